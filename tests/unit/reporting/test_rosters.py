"""Rosters through their use cases, on a real store: opened for a session, read page by page, taken further, and what
becomes of them when their session is voided or moves to another body."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.reporting.certified.person_key import PersonKey
from services.reporting.declares import KINDS
from services.reporting.foreign_numbers import storage as foreign_numbers
from services.reporting.foreign_numbers.foreign_number import ForeignNumberFind, PresentedFor
from services.reporting.rosters import storage
from services.reporting.rosters.answers import RosterAnswer
from services.reporting.rosters.requests import NewRoster, RosterEntry
from services.reporting.rosters.roster import VOIDED as ROSTER_VOIDED
from services.reporting.rosters.roster import Attendance, Checked, Roster, producer_of
from services.reporting.rosters.usecases import following, opening, reading, steps
from services.reporting.sessions import storage as sessions
from services.runtime.wiring import MACHINERY
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.plan import PlannedItem, SessionPlanApproved, SessionPlanVoided
from shared.contracts.reporting import LINES_PER_PAGE, RosterLine, seal_lines, seal_pages
from shared.errors import AlreadyThere, Invalid, NotAllowed, NotFound, NotYet, Stale, WrongState
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Record, Store
from shared.ports.exchanges import EVENTS
from shared.procedure.approval import APPROVED, DRAFT, ENDORSED, RETURNED, SUBMITTED
from shared.procedure.windup import acting_for
from shared.trade.numbers.certificate_number import compose
from shared.trade.practice import twin, twin_path
from shared.trade.roles import Role
from tests.world.books import everything
from tests.world.clock import MORNING
from tests.world.hearing import hear_of_body, told
from tests.world.seeding import a_line

CENTRE, BRANCH, STATION, DIRECT = "49000001", "49050001", "49053012", "49003007"
PATHS = {
    CENTRE: f"/{CENTRE}/",
    BRANCH: f"/{CENTRE}/{BRANCH}/",
    STATION: f"/{CENTRE}/{BRANCH}/{STATION}/",
    DIRECT: f"/{CENTRE}/{DIRECT}/",
}
SESSION = f"{STATION}-2026-001"
ITEM = PlannedItem(occupation="6-04-01-01", occupation_zh="车工", occupation_en="turner", level=4, heads=500)
HELD_ON = date(2026, 3, 20)
KEY = PersonKey("key-of-the-tests")
HEADS = Attendance(applied=500, accepted=450, examined=401)


def actor(id: str, role: Role, body: str, path: str = "") -> Actor:
    return Actor(id, id, body, path or PATHS[body], frozenset({role}))


CLERK, HEAD = actor("clerk", Role.STATION_CLERK, STATION), actor("head", Role.STATION_HEAD, STATION)
OFFICER, APPROVER = actor("officer", Role.BRANCH_OFFICER, BRANCH), actor("approver", Role.CENTRE_APPROVER, CENTRE)
CERTIFICATE = actor("certificate", Role.SERVICE, CENTRE, "/")
NEW_CLERK = actor("new clerk", Role.STATION_CLERK, DIRECT)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "reporting.sqlite", (*KINDS, *MACHINERY))
    for code in PATHS:
        await know(store, code)
    await approved(store)
    yield store
    await store.close()


async def know(store: SqliteStore, code: str, *, produces: bool = False) -> None:
    kind = "centre" if code == CENTRE else "branch" if code == BRANCH else "station"
    await hear_of_body(store, code, PATHS[code], kind=kind, produces=produces)


def a_session(body: str = STATION, **more: Any) -> SessionPlanApproved:
    """As planning tells it; `more` takes the place of what is usual."""
    usual: dict[str, Any] = {
        "held_on": HELD_ON,
        "items": [ITEM],
        "standard": "national",
        "paper_source": "self_made",
        "draw_needed": False,
    }
    place = {"plan": SESSION, "session": SESSION, "body": body, "path": PATHS[body], "at_desk": body}
    return SessionPlanApproved(**place, **(usual | more))


async def approved(store: SqliteStore, body: str = STATION, **more: Any) -> None:
    """Planning approved the session, or said anew whose it is."""
    await following.approved(store, MORNING, told(SESSION, a_session(body, **more)))


def asked(by: Actor, version: int = 0) -> Asked:
    return Asked(by, MORNING, version)


NEW = NewRoster(session=SESSION, attendance=HEADS)


async def opened(store: SqliteStore, by: Actor = CLERK, key: str = "roster") -> Roster:
    return await opening.open_roster(store, asked(by), key, NEW)


def in_pages(lines: list[RosterLine]) -> list[list[RosterLine]]:
    return [lines[n : n + LINES_PER_PAGE] for n in range(0, len(lines), LINES_PER_PAGE)]


async def with_lines(store: SqliteStore, lines: list[RosterLine], *, checked: bool = True) -> Roster:
    """Opened, and its lines imported; or, unless checked, by a release that did not look at them."""
    roster = await opened(store)
    pages = storage.sealed_pages(in_pages(lines))
    import_ = storage.import_id(roster.id, pages)
    await storage.write(store, import_, map(storage.text_of, in_pages(lines)))
    counts = Counter((line.occupation, line.level) for line in lines)
    roster.take_lines(CLERK, MORNING, import_, pages, Checked.of(HELD_ON, counts) if checked else None)
    await repository.save(store, roster)
    return roster


WAY = ((HEAD, "submit"), (OFFICER, "endorse"), (APPROVER, "approve"))


async def up(store: SqliteStore, roster: Roster, steps_taken: int) -> Roster:
    for by, verb in WAY[:steps_taken]:
        roster = await steps.step(store, KEY, roster.id, asked(by, roster.version), verb)
    return roster


LINES = [a_line(n) for n in range(1, 402)]


# --- opened and revised -------------------------------------------------------------------------------------------------


async def test_a_roster_is_opened_once_for_an_approved_session(store: SqliteStore) -> None:
    roster = await opened(store)
    assert (roster.id, roster.session, roster.body, roster.path) == (SESSION, SESSION, STATION, PATHS[STATION])
    assert (roster.held_on, roster.items, roster.attendance) == (date(2026, 3, 20), [ITEM], HEADS)
    assert (roster.state, roster.prepared_by, [one.verb for one in roster.history]) == (DRAFT, "clerk", ["draft"])
    assert (await opened(store)).version == 1, "the same request again"
    with pytest.raises(AlreadyThere) as caught:
        await opened(store, key="another")
    assert caught.value.location == f"/reporting/rosters/{SESSION}"


@pytest.mark.parametrize(
    ("by", "refusal"),
    [
        (HEAD, NotAllowed),
        (actor("x", Role.STATION_CLERK, BRANCH), NotAllowed),  # sees the session, and does not sit at its body
        (NEW_CLERK, NotFound),
    ],
)
async def test_who_does_not_open_it(store: SqliteStore, by: Actor, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await opened(store, by)
    assert await repository.seek(store, Roster, SESSION) is None


async def test_of_a_session_that_is_not_approved_yet_there_is_none(store: SqliteStore) -> None:
    with pytest.raises(NotYet):
        await opening.open_roster(store, asked(CLERK), "k", NewRoster(session=f"{STATION}-2026-002", attendance=HEADS))


async def test_the_heads_are_revised_while_it_lies_at_the_station(store: SqliteStore) -> None:
    roster = await opened(store)
    fewer = RosterEntry(attendance=Attendance(applied=9, accepted=9, examined=8))
    with pytest.raises(Stale):
        await opening.revise(store, SESSION, asked(HEAD, 0), fewer)
    revised = await opening.revise(store, SESSION, asked(HEAD, roster.version), fewer)
    assert (revised.attendance.examined, revised.prepared_by) == (8, "head")
    assert (await repository.load(store, Roster, SESSION)).attendance == fewer.attendance
    with pytest.raises(NotAllowed):
        await opening.revise(store, SESSION, asked(OFFICER, revised.version), fewer)


# --- its lines ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "first"), [(CLERK, 1), (CERTIFICATE, 0)], ids=["people", "services"])
async def test_lines_are_read_back_page_by_page(store: SqliteStore, by: Actor, first: int) -> None:
    """People count from 1; the certificate service of this and of the release before from 0, whichever of ours answers."""
    roster = await with_lines(store, LINES)
    assert [page.lines for page in roster.pages] == [{4: 200}, {4: 200}, {4: 1}]
    found = [(await reading.read_page(store, SESSION, first + page, by)).lines for page in range(3)]
    assert [line for page in found for line in page] == LINES
    assert [seal_lines(page) for page in found] == [page.seal for page in roster.pages]
    for beyond in (first - 1, first + 3):
        with pytest.raises(NotFound, match=f"页号从 {first} 起"):
            await reading.read_page(store, SESSION, beyond, by)
    with pytest.raises(NotFound):
        await reading.read_page(store, SESSION, 1, NEW_CLERK)


async def test_the_same_lines_are_the_same_import_and_others_are_not(store: SqliteStore) -> None:
    """So that a workbook uploaded again meets what it left behind, and one that was corrected does not mix with it."""
    first, again = storage.sealed_pages(in_pages(LINES)), storage.sealed_pages(in_pages(LINES))
    corrected = storage.sealed_pages(in_pages([*LINES[:-1], LINES[-1].model_copy(update={"theory": 61.0})]))
    assert storage.import_id(SESSION, first) == storage.import_id(SESSION, again)
    assert len({storage.import_id(SESSION, pages) for pages in (first, corrected)}) == 2
    assert storage.import_id(f"{STATION}-2026-002", first) != storage.import_id(SESSION, first)


@pytest.mark.parametrize("count", [1999, 2000, 2001, 4100])
async def test_ever_so_many_lines_are_all_written_once(store: SqliteStore, count: int) -> None:
    lines = [a_line(n) for n in range(1, count + 1)]
    for _ in range(2):
        await storage.write(store, "import", map(storage.text_of, in_pages(lines)))
    stored = await everything(store, storage.PAGES)
    assert sorted(record.body["page"] for record in stored) == list(range(-(-count // LINES_PER_PAGE)))
    read = [line for page in range(len(stored)) for line in await storage.read_page(store, "import", page)]
    assert read == lines


async def test_lines_that_earlier_releases_kept_one_by_one_are_read(store: SqliteStore) -> None:
    roster = await with_lines(store, LINES)
    earlier = [
        Record(
            f"earlier-{line.n:06d}",
            {
                "import_id": "earlier",
                "page": (line.n - 1) // LINES_PER_PAGE,
                "n": line.n,
                "line": line.model_dump(mode="json"),
            },
        )
        for line in LINES
    ]
    await store.add_many(storage.LINES, earlier)
    for page, sealed in enumerate(roster.pages):
        found = await storage.read_page(store, "earlier", page)
        assert (found, seal_lines(found)) == (await storage.read_page(store, roster.import_id, page), sealed.seal)


async def test_it_is_read_sealed_once_the_centre_approved_it(store: SqliteStore) -> None:
    roster = await with_lines(store, LINES)
    for taken in range(3):
        with pytest.raises(WrongState) as caught:
            await reading.read_sealed(store, SESSION, OFFICER)
        assert caught.value.state == (DRAFT, SUBMITTED, ENDORSED)[taken]
        by, verb = WAY[taken]
        roster = await steps.step(store, KEY, SESSION, asked(by, roster.version), verb)
    sealed = await reading.read_sealed(store, SESSION, OFFICER)
    assert (sealed.body, sealed.held_on, sealed.approved_on) == (STATION, date(2026, 3, 20), date(2026, 4, 3))
    assert (seal_pages(sealed.pages), sealed.session) == (roster.seal, SESSION)


# --- its way up -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("produces", "producer"), [(True, BRANCH), (False, CENTRE)])
async def test_who_makes_the_certificates_is_settled_by_the_approval(
    store: SqliteStore, produces: bool, producer: str
) -> None:
    """By the right as it stands on that day (R4.2)."""
    roster = await with_lines(store, LINES)
    roster = await up(store, roster, 2)
    assert roster.producer == ""
    await know(store, BRANCH, produces=produces)
    roster = await steps.step(store, KEY, SESSION, asked(APPROVER, roster.version), "approve")
    assert (roster.state, roster.producer, roster.lines) == (APPROVED, producer, {4: 401})
    assert producer_of(PATHS[DIRECT], frozenset({BRANCH})) == CENTRE


async def test_nobody_submits_what_cannot_be_true(store: SqliteStore) -> None:
    roster = await opened(store)
    with pytest.raises(Invalid) as empty:
        await steps.step(store, KEY, SESSION, asked(HEAD, roster.version), "submit")
    assert [problem.where for problem in empty.value.problems] == ["/pages"]
    roster = await with_lines(store, LINES)
    fewer = RosterEntry(attendance=Attendance(applied=401, accepted=401, examined=400))
    roster = await opening.revise(store, SESSION, asked(CLERK, roster.version), fewer)
    with pytest.raises(Invalid) as more_passed_than_sat:
        await steps.step(store, KEY, SESSION, asked(HEAD, roster.version), "submit")
    assert [problem.where for problem in more_passed_than_sat.value.problems] == ["/attendance/examined"]
    exactly = RosterEntry(attendance=Attendance(applied=401, accepted=401, examined=401))
    roster = await opening.revise(store, SESSION, asked(CLERK, roster.version), exactly)
    assert (await steps.step(store, KEY, SESSION, asked(HEAD, roster.version), "submit")).state == SUBMITTED


@pytest.mark.parametrize(("days", "allowed"), [(-1, False), (0, True)], ids=["the day before", "on the day"])
async def test_a_roster_is_submitted_from_the_day_of_the_exam_on(store: SqliteStore, days: int, allowed: bool) -> None:
    roster = await with_lines(store, LINES)
    held_on = MORNING + (date(2026, 3, 20) - MORNING.date())
    at = Asked(HEAD, held_on + timedelta(days=days), roster.version)
    if allowed:
        assert (await steps.step(store, KEY, SESSION, at, "submit")).state == SUBMITTED
        return
    with pytest.raises(Invalid, match="held on"):
        await steps.step(store, KEY, SESSION, at, "submit")


@pytest.mark.parametrize("attendance", [(8, 9, 9), (9, 8, 9), (9, 9, 10)])
def test_heads_only_get_fewer(attendance: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="报名"):
        Attendance(applied=attendance[0], accepted=attendance[1], examined=attendance[2])


# --- beyond what was planned ----------------------------------------------------------------------------------------------


def few(heads: int, level: int = 4) -> PlannedItem:
    return ITEM.model_copy(update={"heads": heads, "level": level})


BEYOND = "beyond_planned/6-04-01-01/4"


def pointer(rule: str) -> str:
    return "/exceptions/" + rule.replace("/", "~1")


async def told_by(store: SqliteStore, key: str) -> dict[str, Any]:
    """The content of the one fact of this kind that waits to be sent."""
    (wire,) = [row.wire for waiting in await store.pending() for row in waiting.rows if row.key.startswith(key)]
    content: dict[str, Any] = json.loads(wire)["data"]
    return content


@pytest.mark.parametrize(
    ("items", "needed"),
    [
        ([few(401)], []),
        ([few(400)], [BEYOND, "examined_beyond_planned"]),
        ([few(400), few(1, level=5)], [BEYOND]),
        ([few(200), few(201)], []),  # the same occupation and level in two rows of the plan
    ],
    ids=["as planned", "one too many", "others were planned and did not come", "planned in two rows"],
)
@pytest.mark.parametrize("earlier", [False, True], ids=["counted at the import", "imported by an earlier release"])
async def test_heads_beyond_those_planned_need_the_centres_reason(
    store: SqliteStore, items: list[PlannedItem], needed: list[str], earlier: bool
) -> None:
    await approved(store, items=items)
    roster = await up(store, await with_lines(store, LINES, checked=not earlier), 2)
    assert [one.rule for one in roster.needs] == needed
    assert all("401" in one.what for one in roster.needs)
    approve = partial(steps.step, store, KEY, SESSION, asked(APPROVER, roster.version), "approve")
    if needed:
        for reasons in ({}, dict.fromkeys(needed, " "), {needed[0] + "x": "因补考增加"}):
            with pytest.raises(Invalid) as caught:
                await approve(reasons=reasons)
            missing = [problem.where for problem in caught.value.problems]
            assert {pointer(rule) for rule in needed} <= set(missing)
    roster = await approve(reasons=dict.fromkeys(needed, "因补考增加"))
    assert [(one.rule, one.reason, one.by) for one in roster.exceptions] == [
        (rule, "因补考增加", "approver") for rule in needed
    ]
    assert roster.needs == [], "it is settled"
    assert (await told_by(store, "roster.approved"))["exceptions"] == needed


async def test_what_will_be_needed_is_shown_from_the_import_on(store: SqliteStore) -> None:
    await approved(store, items=[few(400)])
    roster = await with_lines(store, LINES)
    shown = RosterAnswer.of(roster).needs
    assert [one.rule for one in shown] == [BEYOND, "examined_beyond_planned"]
    assert shown[0].what == "车工四级/中级工：合格 401 人，计划 400 人 · level 4: 401 passed, 400 planned"


async def test_a_reason_that_nothing_needs_is_refused(store: SqliteStore) -> None:
    roster = await up(store, await with_lines(store, LINES), 2)
    with pytest.raises(Invalid) as caught:
        await steps.step(
            store, KEY, SESSION, asked(APPROVER, roster.version), "approve", reasons={BEYOND: "因补考增加"}
        )
    assert [problem.where for problem in caught.value.problems] == [pointer(BEYOND)]


# --- lines that an earlier release imported -------------------------------------------------------------------------------


def born(n: int, day: date) -> RosterLine:
    return a_line(n).model_copy(update={"birth": day})


@pytest.mark.parametrize("looked_at", [None, Checked.of(date(2026, 12, 31), {})], ids=["never", "for a later day"])
@pytest.mark.parametrize("taken", [0, 1, 2])
async def test_nobody_is_certified_who_was_too_young_on_the_day(
    store: SqliteStore, taken: int, looked_at: Checked | None
) -> None:
    """Their workbook claimed a later day. All of them are named, over all pages, and nothing is taken from the roster."""
    young = date(HELD_ON.year - 16, HELD_ON.month, HELD_ON.day + 1)
    lines = [*LINES[:199], born(200, young), born(201, date(2012, 1, 5)), *LINES[201:400], born(401, HELD_ON)]
    roster = await up(store, await with_lines(store, LINES, checked=False), taken)
    await _as_imported_before(store, roster, lines, looked_at)
    roster = await repository.load(store, Roster, SESSION)
    by, verb = WAY[taken]
    with pytest.raises(Invalid) as caught:
        await steps.step(store, KEY, SESSION, asked(by, roster.version), verb)
    assert [problem.where for problem in caught.value.problems] == ["/lines/200", "/lines/201", "/lines/401"]
    assert all("16" in problem.what and problem.fix for problem in caught.value.problems)
    assert (await repository.load(store, Roster, SESSION)).version == roster.version


async def _as_imported_before(
    store: SqliteStore, roster: Roster, lines: list[RosterLine], looked_at: Checked | None = None
) -> None:
    pages = storage.sealed_pages(in_pages(lines))
    roster.import_id, roster.pages, roster.checked = storage.import_id(roster.id, pages), pages, looked_at
    await storage.write(store, roster.import_id, map(storage.text_of, in_pages(lines)))
    await repository.save(store, roster)


async def test_lines_of_an_earlier_release_are_looked_at_once(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    sixteen = date(HELD_ON.year - 16, HELD_ON.month, HELD_ON.day)
    roster = await with_lines(store, LINES, checked=False)
    await _as_imported_before(store, roster, [*LINES[:-1], born(401, sixteen)])
    read: list[int] = []
    page_of = storage.read_page

    async def counted(store: Store, import_: str, page: int) -> list[RosterLine]:
        read.append(page)
        return await page_of(store, import_, page)

    monkeypatch.setattr(storage, "read_page", counted)
    roster = await up(store, roster, 2)
    assert (roster.state, read) == (ENDORSED, [0, 1, 2])
    assert roster.checked is not None
    assert [(one.occupation, one.level, one.lines) for one in roster.checked.passed] == [("6-04-01-01", 4, 401)]


# --- its session is voided, or moves ------------------------------------------------------------------------------------


VOID = SessionPlanVoided(plan=SESSION, session=SESSION, body=STATION, path=PATHS[STATION], sanction="s")


async def test_no_roster_is_opened_for_a_voided_session(store: SqliteStore) -> None:
    for _ in range(2):
        await following.void_with_session(store, MORNING, VOID)
    with pytest.raises(WrongState) as caught:
        await opened(store)
    assert caught.value.state == "voided"
    assert await repository.seek(store, Roster, SESSION) is None


@pytest.mark.parametrize("taken", [0, 1, 2, 3])
async def test_a_roster_follows_its_voided_session_unless_it_is_approved(store: SqliteStore, taken: int) -> None:
    roster = await up(store, await with_lines(store, LINES), taken)
    for _ in range(2):
        await following.void_with_session(store, MORNING, VOID)
    found = await repository.load(store, Roster, SESSION)
    if taken == 3:
        assert (found.state, found.version) == (APPROVED, roster.version)
        return
    assert (found.state, found.version) == (ROSTER_VOIDED, roster.version + 1)
    assert (found.history[-1].by, found.history[-1].verb) == (acting_for("s").id, "void")
    assert SESSION in found.history[-1].reason


@pytest.mark.parametrize("taken", [0, 1, 2])
async def test_a_roster_that_slipped_in_stops_at_its_next_step(store: SqliteStore, taken: int) -> None:
    """Its session was voided in the very moment in which it was opened: it may be sent back, and never goes further."""
    roster = await up(store, await with_lines(store, LINES), taken)
    await sessions.note_voided(store, VOID)
    by, verb = WAY[taken]
    with pytest.raises(WrongState) as caught:
        await steps.step(store, KEY, SESSION, asked(by, roster.version), verb)
    assert caught.value.state == "voided"
    if taken:
        sender = OFFICER if taken == 1 else APPROVER
        back = await steps.step(store, KEY, SESSION, asked(sender, roster.version), "send_back", "批次已作废")
        assert back.state == (RETURNED, SUBMITTED)[taken - 1]


async def test_of_a_moved_session_the_body_that_holds_it_now_goes_on(store: SqliteStore) -> None:
    """The roster that was left behind is taken over with it: by whoever opens one, and by nobody else."""
    left = await up(store, await with_lines(store, LINES), 1)
    await approved(store, DIRECT)
    with pytest.raises(WrongState, match=DIRECT):
        await steps.step(store, KEY, SESSION, asked(OFFICER, left.version), "endorse")
    taken_over, again = [await opened(store, NEW_CLERK, "taken over") for _ in range(2)]
    assert (again.id, again.version) == (taken_over.id, taken_over.version)
    assert (taken_over.body, taken_over.path, taken_over.state) == (DIRECT, PATHS[DIRECT], RETURNED)
    assert (taken_over.submitted_by, taken_over.version) == ("", left.version + 1)
    assert taken_over.history[-1].verb == "transfer"
    with pytest.raises(NotFound):
        await opened(store, CLERK, "too late")


@pytest.mark.parametrize("state", [APPROVED, ROSTER_VOIDED])
async def test_what_is_settled_is_not_taken_over(store: SqliteStore, state: str) -> None:
    roster = await up(store, await with_lines(store, LINES), 3 if state == APPROVED else 0)
    if state == ROSTER_VOIDED:
        roster.void(acting_for("s"), MORNING, "取消资质")
        await repository.save(store, roster)
    await approved(store, DIRECT)
    with pytest.raises(AlreadyThere):
        await opened(store, NEW_CLERK, "taken over")
    assert (await repository.load(store, Roster, SESSION)).body == STATION


# --- numbers of somebody else -------------------------------------------------------------------------------------------


FOREIGN = [f"2631011001{level}{n:05d}" for level in (4,) for n in range(1, 80)]
PRESENTED = PresentedFor(STATION, PATHS[STATION], SESSION)


async def test_a_foreign_number_is_kept_once_without_its_sequence(store: SqliteStore) -> None:
    """And told once; a number of our own industry, or none at all, is no find."""
    for _ in range(2):
        ours = compose(2026, STATION, 4, 1)
        await foreign_numbers.keep(store, asked(CLERK), PRESENTED, (FOREIGN[0], "49", ours, FOREIGN[1]))
    found = [ForeignNumberFind.from_record(one) for one in await everything(store, ForeignNumberFind.KIND)]
    assert len(found) == 2
    assert {(one.body, one.session, one.institution, one.masked) for one in found} == {
        (STATION, SESSION, "31011001", "26310110014*****")
    }
    assert {one.version for one in found} == {1}
    assert {(one.state, one.path, one.history[0].verb, one.history[0].by) for one in found} == {
        ("found", PATHS[STATION], "present", "clerk")
    }
    told = [row for waiting in await store.pending() for row in waiting.rows if row.exchange == EVENTS]
    assert [row.key for row in told] == ["foreign_number.found.v1"] * 2
    assert not any(FOREIGN[0] in str(one.as_record().body) for one in found)


async def test_fifty_are_enough(store: SqliteStore) -> None:
    await foreign_numbers.keep(store, asked(CLERK), PRESENTED, tuple(FOREIGN))
    assert len(await everything(store, ForeignNumberFind.KIND)) == 50


async def test_neither_in_practice_nor_by_somebody_from_elsewhere(store: SqliteStore) -> None:
    practised = PresentedFor(twin(STATION), twin_path(PATHS[STATION]), SESSION)
    student = actor("x", Role.STATION_CLERK, twin(STATION), twin_path(PATHS[STATION]))
    await foreign_numbers.keep(store, asked(student), practised, tuple(FOREIGN))
    await foreign_numbers.keep(store, asked(OFFICER), PRESENTED, tuple(FOREIGN))
    assert await everything(store, ForeignNumberFind.KIND) == []
