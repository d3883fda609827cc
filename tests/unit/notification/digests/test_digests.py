"""What offices need not read at once comes in one letter a mailbox and working day: nothing twice, nothing lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from services.notification.digests.digest import Digest
from services.notification.digests.usecases import gathering as usecases
from services.notification.digests.words import GROUPS
from services.notification.ids import digest_id
from services.notification.letters.letter import LetterWriter
from services.notification.mailings.digest_day import of
from services.notification.mailings.mailing import DUE, GATHERED, STATES, WAITS, Mailing
from services.notification.mailings.requests import Resending
from services.notification.mailings.usecases.planning import plan_letters
from services.notification.mailings.usecases.resending import resend
from services.notification.settings import NotificationSettings
from services.runtime.catalogue import REGISTER
from shared.actor import Actor
from shared.errors import WrongState
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Record
from shared.trade.deadline import CHINA, local_day
from shared.trade.practice import twin, twin_path
from shared.trade.roles import Role
from shared.trade.workdays.reading import ours
from shared.trade.workdays.working_days import WorkingDays
from tests.unit.notification.occasions import BRANCH, OTHER_BRANCH, STATION, TREE, happened, mailings, office, post_room
from tests.world.hearing import hear_of_body

WRITER = LetterWriter(REGISTER.templates.values())
AT = "08:30"
CALENDAR = WorkingDays(ours())
FRIDAY, MONDAY = date(2026, 4, 10), date(2026, 4, 13)
SUBMITTED = ("annual_plan.submitted.v1", "session_plan.submitted.v1", "roster.submitted.v1")
"""Each makes a letter to the branch."""


class Killed(Exception):
    pass


class Crumbling:
    """A store whose process is killed before its n-th write."""

    def __init__(self, store: Any, writes: int) -> None:
        self._store, self._left = store, writes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def add(self, *given: Any) -> Any:
        self._write()
        return await self._store.add(*given)

    async def put(self, *given: Any) -> Any:
        self._write()
        return await self._store.put(*given)

    def _write(self) -> None:
        if self._left == 0:
            raise Killed
        self._left -= 1


@pytest.fixture
async def ports(tmp_path: Path) -> AsyncIterator[Any]:
    async with post_room(tmp_path, digest_at=AT) as room:
        go_to(room, FRIDAY, "15:00")
        yield room


def go_to(ports: Any, day: date, time: str) -> None:
    moment = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=CHINA)
    ports.clock.advance((moment - ports.clock.now()).total_seconds())


async def gather(ports: Any) -> None:
    await usecases.gather(ports, WRITER, AT, ports.clock.now())


async def handed_over(ports: Any) -> list[tuple[str, str]]:
    """Every letter that the post is told of: once in the outbox each."""
    told = Counter(waiting.id for waiting in await ports.store.pending(1000) for _ in waiting.rows)
    assert set(told.values()) <= {1}, "a letter is told of once"
    return sorted((one.letter, one.to) for one in await mailings(ports) if one.id in told)


async def three_on_friday(ports: Any) -> None:
    for n, fact in enumerate(SUBMITTED, 1):
        await plan_letters(ports, happened(fact, n))


async def test_a_digest_on_the_next_working_day_tells_them_all(ports: Any) -> None:
    await three_on_friday(ports)
    for day, time in ((FRIDAY, "23:59"), (date(2026, 4, 11), "09:00"), (MONDAY, "08:29")):
        go_to(ports, day, time)
        await gather(ports)
        assert await handed_over(ports) == []
    go_to(ports, MONDAY, "08:30")
    await gather(ports)
    assert await handed_over(ports) == [("digest", office(BRANCH))]
    digest = next(one for one in await mailings(ports) if one.letter == "digest")
    assert digest.id == digest_id(office(BRANCH), "2026-04-13", False)
    assert (digest.body, digest.path) == (BRANCH, TREE[BRANCH]), "its own officers see it"
    assert (digest.recipient, digest.deputy) == (BRANCH, False), "a bounce of it tells of the mailbox"
    subject, text, html = WRITER.render("digest", digest.values)
    assert subject == "2026年4月13日事项汇总：待审核 3 件 · Digest of 13 April 2026: 3 matters"
    for link in ("/annual-plans/49053012-2026", "/session-plans/49053012-2026-001"):
        assert link in text and link in html
    assert {one.state for one in await mailings(ports) if one.letter != "digest"} == {GATHERED}
    assert {one.digest for one in await mailings(ports) if one.letter != "digest"} == {digest.id}
    for day in range(20):
        ports.clock.advance(86_400)
        await gather(ports)
        assert await handed_over(ports) == [("digest", office(BRANCH))], day


async def test_one_alone_goes_out_itself(ports: Any) -> None:
    await plan_letters(ports, happened("roster.submitted.v1"))
    go_to(ports, MONDAY, "08:30")
    for _ in range(2):
        await gather(ports)
        assert await handed_over(ports) == [("awaiting-review", office(BRANCH))]
    assert [one.state for one in await mailings(ports)] == [DUE]


async def test_a_letter_that_counts_days_comes_on_the_day_on_which_it_counts(ports: Any) -> None:
    """Marks are told from eight on; after an outage, or on the last day, the digest of tomorrow would be too late."""
    ahead = {"ahead": True, "overdue": False, "days_left": 0, "above": None}
    await plan_letters(ports, happened("plan_duty.marked.v1", 1, **ahead))
    assert await handed_over(ports) == [("duty-ahead", office(STATION))]
    go_to(ports, MONDAY, "08:01")
    await plan_letters(ports, happened("plan_duty.marked.v1", 2, **ahead))
    await plan_letters(ports, happened("work_report.approved.v1", 3))
    assert len(await handed_over(ports)) == 1
    go_to(ports, MONDAY, "08:30")
    await gather(ports)
    assert await handed_over(ports) == [("digest", office(STATION)), ("duty-ahead", office(STATION))]


async def test_what_cannot_wait_goes_out_at_once(ports: Any) -> None:
    at_once = {
        "account.locked.v1": ["account-locked"],
        "roster.returned.v1": ["returned"],
        "sanction.confirmed.v1": ["sanction-confirmed"] * 2,
        "plan_duty.marked.v1": ["duty-overdue", "duty-overdue-below"],
    }
    for n, fact in enumerate(at_once, 1):
        await plan_letters(ports, happened(fact, n))
    assert [letter for letter, _ in await handed_over(ports)] == sorted(chain(*at_once.values()))
    await plan_letters(ports, happened("certificates.mailed.v1", 9))
    letters = Counter(letter for letter, _ in await handed_over(ports))
    assert (letters["certificate-on-its-way"], letters["certificates-mailed"]) == (2, 0)


async def test_each_mailbox_has_its_own_and_practice_is_never_mixed_in(ports: Any) -> None:
    await three_on_friday(ports)
    names = {"name_zh": "（培训）分中心", "name_en": "(Training) Branch"}
    await hear_of_body(ports.store, twin(BRANCH), twin_path(TREE[BRANCH]), email=office(BRANCH), **names)
    for n, fact in enumerate(SUBMITTED, 5):
        practised = {"body": twin(STATION), "path": twin_path(TREE[STATION]), "at_desk": twin(BRANCH)}
        await plan_letters(ports, happened(fact, n, **practised))
    for n, noun in enumerate(("annual_plan", "work_report"), 10):
        await plan_letters(ports, happened(f"{noun}.approved.v1", n))
    go_to(ports, MONDAY, "09:00")
    await gather(ports)
    sent = await handed_over(ports)
    assert sent == sorted([("digest", office(BRANCH))] * 2 + [("digest", office(STATION))])
    digests = [one for one in await mailings(ports) if one.letter == "digest"]
    assert {one.body for one in digests} == {BRANCH, twin(BRANCH), STATION}
    assert sorted(one.values["training"] for one in digests) == [False, False, True]


@pytest.mark.parametrize("first", range(9))
async def test_who_is_killed_between_two_writes_doubles_nothing(ports: Any, first: int) -> None:
    """Nine writes: the decision, the letter, three letters that it tells, the end; and what comes after."""
    await three_on_friday(ports)
    go_to(ports, MONDAY, "08:30")
    whole = ports.store
    ports.store = Crumbling(whole, first)
    try:
        await gather(ports)
    except Killed:
        assert first < 6
    ports.store = whole
    await plan_letters(ports, happened("work_report.submitted.v1", 8))  # comes when it was decided already
    for _ in range(2):
        await gather(ports)
        assert await handed_over(ports) == [("digest", office(BRANCH))]
    states = Counter(one.state for one in await mailings(ports) if one.letter != "digest")
    assert states == {GATHERED: 3, WAITS: 1}, "what came late waits for the next day"


async def test_two_clocks_of_which_each_saw_another_list(ports: Any) -> None:
    """One saw a single letter, the other two: what was stored first counts for both."""
    await plan_letters(ports, happened(SUBMITTED[0], 1))
    go_to(ports, MONDAY, "08:30")
    today = local_day(ports.clock.now())
    (first,) = [one.id for one in await mailings(ports)]
    # The other letter was planned on Friday too, and stored a moment late.
    ports.clock.set_by(-3 * 86_400)
    await plan_letters(ports, happened(SUBMITTED[1], 2))
    ports.clock.set_by(3 * 86_400)
    both = [one.id for one in await mailings(ports)]
    now = ports.clock.now()
    for waiting in ([first], both, both):
        await usecases._decide(ports, WRITER, office(BRANCH), False, today, waiting, now)
    assert await handed_over(ports) == [("awaiting-review", office(BRANCH))]
    late = next(one for one in await mailings(ports) if one.id != first)
    assert (late.state, late.digest_on) == (WAITS, MONDAY + timedelta(days=1))
    go_to(ports, MONDAY + timedelta(days=1), "08:30")
    await gather(ports)
    assert await handed_over(ports) == [("awaiting-review", office(BRANCH))] * 2


@pytest.mark.parametrize(
    "jump", [timedelta(days=-1), timedelta(minutes=-20), timedelta(days=1), timedelta(days=30)], ids=str
)
async def test_a_clock_that_is_set_doubles_no_digest_and_loses_no_letter(ports: Any, jump: timedelta) -> None:
    """Set wrongly after the digest of Monday or before it, and right again; another letter is planned meanwhile."""
    await three_on_friday(ports)
    go_to(ports, MONDAY, "08:25")
    ports.clock.set_by(jump.total_seconds())
    await gather(ports)
    await plan_letters(ports, happened("work_report.submitted.v1", 8))
    ports.clock.set_by(-jump.total_seconds())
    for moment in ("08:30", "08:40"):
        go_to(ports, MONDAY, moment)
        await gather(ports)
        ports.clock.set_by(jump.total_seconds())
        await gather(ports)
        ports.clock.set_by(-jump.total_seconds())
    for day in range(1, 40):
        go_to(ports, MONDAY + timedelta(days=day), "09:00")
        await gather(ports)
    letters = [one for one in await mailings(ports) if one.letter != "digest"]
    assert len(letters) == 4 and {one.state for one in letters} <= {GATHERED, DUE}
    told_in = Counter(one.digest or one.id for one in letters)
    assert len(await handed_over(ports)) == len(told_in), "each letter went out by one way, once"


async def test_after_an_outage_there_is_one_digest_of_everything(ports: Any) -> None:
    await three_on_friday(ports)
    go_to(ports, MONDAY, "15:00")
    await plan_letters(ports, happened("work_report.submitted.v1", 8))
    go_to(ports, date(2026, 4, 20), "14:00")
    await gather(ports)
    assert await handed_over(ports) == [("digest", office(BRANCH))]
    assert Counter(one.state for one in await mailings(ports))[GATHERED] == 4


async def test_without_digests_what_still_waits_goes_out_now(ports: Any) -> None:
    await three_on_friday(ports)
    await usecases.gather(ports, WRITER, "", ports.clock.now())
    assert await handed_over(ports) == [("digest", office(BRANCH))]


@pytest.mark.parametrize("broken", [{"letter": "of-another-release"}, {"values": {}}])
async def test_a_letter_of_another_release_keeps_nobody_from_a_digest(ports: Any, broken: dict[str, Any]) -> None:
    await three_on_friday(ports)
    first = (await mailings(ports))[0]
    await repository.save(ports.store, first.model_copy(update=broken))
    go_to(ports, MONDAY, "09:00")
    await gather(ports)
    assert await handed_over(ports) == [("digest", office(BRANCH))]
    assert Counter(one.state for one in await mailings(ports)) == {GATHERED: 3, DUE: 1}


async def test_what_cannot_be_read_keeps_no_mailbox_from_its_digest(
    ports: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await three_on_friday(ports)
    await ports.store.add(
        Mailing.KIND,
        Record("broken", {"state": WAITS, "to": office(BRANCH), "body": STATION, "digest_on": "2026-04-13"}),
    )
    for id, to in (("0", "a@example.org"), ("1", "b@example.org")):
        await repository.add(ports.store, Digest(id=id, day=MONDAY, path=TREE[BRANCH], mailings=["gone", to]))
    go_to(ports, MONDAY, "09:00")
    await gather(ports)
    digest = digest_id(office(BRANCH), MONDAY.isoformat(), False)
    assert [one.id for one in await ports.store.pending(1000)] == [digest]


async def test_a_digest_of_two_offices_follows_neither_of_them(ports: Any) -> None:
    """One of them has, or says that it has, the mailbox of the other: what was told to that one stays where it was sent."""
    await hear_of_body(ports.store, OTHER_BRANCH, TREE[OTHER_BRANCH], kind="branch", email=office(BRANCH))
    await three_on_friday(ports)
    await plan_letters(ports, happened("bulletin.published.v1", 9))
    go_to(ports, MONDAY, "09:00")
    await gather(ports)
    digest = next(one for one in await mailings(ports) if one.letter == "digest" and one.to == office(BRANCH))
    assert digest.recipient == ""
    digest.send(ports.clock.now())
    digest.fail("550 5.1.1 no such user", "no_such_address", ports.clock.now())
    await repository.save(ports.store, digest)
    for code in (BRANCH, OTHER_BRANCH):
        await hear_of_body(ports.store, code, TREE[code], kind="branch", email=f"new-{code}@example.org")
    asked = Asked(Actor("l.hua", "李华", BRANCH, TREE[BRANCH], frozenset({Role.BRANCH_OFFICER})), ports.clock.now(), 0)
    await resend(ports.store, asked, Resending(ids=[digest.id]))
    assert (await repository.load(ports.store, Mailing, digest.id)).to == office(BRANCH)


@pytest.mark.parametrize(("written", "read"), [("off", ""), ("", ""), ("08:30", "08:30")])
def test_the_hour_as_the_operator_sets_it(written: str, read: str) -> None:
    assert NotificationSettings(digest_at=written).digest_at == read


@pytest.mark.parametrize("written", ["25:00", "half past eight", "8.30"])
def test_what_is_no_hour_is_refused_with_a_sentence(written: str) -> None:
    with pytest.raises(ValueError, match="不是时刻"):
        NotificationSettings(digest_at=written)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-04-10T08:29", FRIDAY),
        ("2026-04-10T08:30", MONDAY),
        ("2026-02-14T10:00", date(2026, 2, 24)),  # 14 February was worked on, the Spring Festival followed
        ("2026-02-14T08:00", date(2026, 2, 14)),
    ],
)
def test_the_day_of_a_letter(now: str, day: date) -> None:
    assert of(datetime.fromisoformat(now).replace(tzinfo=CHINA), AT, CALENDAR) == day


@pytest.mark.parametrize("state", STATES)
def test_only_what_waits_is_gathered(state: str) -> None:
    mailing = Mailing(
        id="m", state=state, letter="approved", to="a@example.org", to_name="站", body=STATION, path=TREE[STATION],
        subject_of="x", fact="f", values={}, planned_at=datetime(2026, 4, 10, tzinfo=CHINA),
    )  # fmt: skip
    if state == WAITS:
        mailing.gather("d", mailing.planned_at, alone=False)
        assert (mailing.state, mailing.outbox) == (GATHERED, ())
        return
    for verb in (lambda: mailing.gather("d", mailing.planned_at, alone=True), lambda: mailing.wait_longer(MONDAY)):
        with pytest.raises(WrongState):
            verb()


def test_every_letter_that_waits_has_its_group() -> None:
    waiting = {letter.name for letters in REGISTER.letters.values() for letter in letters if letter.waits}
    assert waiting == set(GROUPS)
