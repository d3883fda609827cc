"""Publishing a bulletin: one number after the other, without gaps and none twice, whoever dies or is slow on the way; and files
whose bytes stay as they were published."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.runtime.wiring import MACHINERY
from services.supervision import ids
from services.supervision.bulletins import files as drawing
from services.supervision.bulletins.bulletin import DRAFT, PUBLISHED, Bulletin
from services.supervision.bulletins.number_series import PATIENCE, NumberSeries
from services.supervision.bulletins.requests import BulletinEntry, NewBulletin, NewCorrection
from services.supervision.bulletins.usecases import compiling, publishing
from services.supervision.bulletins.usecases.reading import corrected_by
from services.supervision.declares import KINDS
from services.supervision.settings import SupervisionSettings
from shared.actor import Actor
from shared.adapters.files import FolderFiles
from shared.adapters.sqlite.store import SqliteStore
from shared.errors import AlreadyThere, Invalid, NotAllowed, NotFound, NotYet, Stale, Unavailable, WrongState
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Files, Record, Store
from shared.trade.deadline import CHINA
from shared.trade.roles import Role
from tests.world.hearing import hear_of_body
from tests.world.troubles import Crash, Life, Port, Trouble, When
from tests.world.workshops import ThreadWorkshop

CENTRE, PATH, STATION = "49000001", "/49000001/", "49003007"
NOW = datetime(2026, 4, 21, 1, 0, tzinfo=UTC)
QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4")
FIRST, SECOND = QUARTERS[:2]
SETTINGS = SupervisionSettings()
WORKSHOP: Any = ThreadWorkshop()
OTHER_FONTS = Path("other")  # what is drawn differs; it is never opened


def at_centre(id: str, role: Role) -> Actor:
    return Actor(id, id, CENTRE, PATH, frozenset({role}))


CLERK, APPROVER = at_centre("clerk", Role.CENTRE_CLERK), at_centre("approver", Role.CENTRE_APPROVER)
READER = Actor("reader", "reader", STATION, f"{PATH}{STATION}/", frozenset({Role.STATION_CLERK}))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "supervision.sqlite", (*KINDS, *MACHINERY))
    await hear_of_body(opened, CENTRE, PATH)
    await hear_of_body(opened, STATION, f"{PATH}{STATION}/", kind="station", state="licensed")
    yield opened
    await opened.close()


@pytest.fixture
def files(tmp_path: Path) -> FolderFiles:
    return FolderFiles(tmp_path / "files")


@pytest.fixture(autouse=True)
def drawn_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """How it looks is told elsewhere (test_bulletin.py); here it matters what is drawn, by which release."""

    def draw(bulletin: Bulletin, name: str, fonts: Path | None) -> bytes:
        return f"{bulletin.id} {bulletin.document_number} {name} {bulletin.seal} {fonts}".encode()

    monkeypatch.setattr(drawing, "draw", draw)
    monkeypatch.setattr(drawing, "join", lambda *copies: b"".join(copies))


async def compiled(store: Store, quarter: str, at: datetime = NOW) -> Bulletin:
    return await compiling.compile_new(
        store, Asked(CLERK, at), f"key {quarter}", NewBulletin(quarter=quarter), SETTINGS
    )


async def publish(store: Store, files: Files, id: str, at: datetime = NOW, version: int = 0) -> Bulletin:
    """As somebody does who reads it, and then publishes what they read."""
    expected = version or (await repository.load(store, Bulletin, id)).version
    return await publishing.publish(
        store, files, WORKSHOP, id, Asked(APPROVER, at, expected), SETTINGS.bulletin_prefix, None
    )


async def facts_of(store: Store) -> list[str]:
    """The bulletins that were told of, in the order of their documents."""
    told = [
        json.loads(row.wire)
        for waiting in await store.pending(1000)
        for row in waiting.rows
        if row.exchange == "events"
    ]
    return sorted(one["data"]["document_number"] for one in told if one["type"].startswith("cn.jianding.bulletin."))


# --- numbers ----------------------------------------------------------------------------------------------------------


async def test_numbers_of_a_year_begin_with_one_and_follow_each_other(store: SqliteStore, files: FolderFiles) -> None:
    """By the day in China on which it is published, whatever the quarter."""
    for quarter in QUARTERS:
        await compiled(store, quarter)
    last_moment, new_year = (
        datetime(2027, 1, 1, tzinfo=CHINA) - timedelta(seconds=1),
        datetime(2027, 1, 1, tzinfo=CHINA),
    )
    numbers = [
        (await publish(store, files, quarter, at)).document_number
        for quarter, at in zip(QUARTERS, (NOW, NOW, last_moment, new_year), strict=True)
    ]
    assert numbers == ["机职鉴通〔2026〕1号", "机职鉴通〔2026〕2号", "机职鉴通〔2026〕3号", "机职鉴通〔2027〕1号"]
    assert await facts_of(store) == numbers


@dataclass
class At(Trouble):
    """Dies at the nth call of all, right before or right after it takes effect."""

    n: int
    when: When
    seen: int = 0

    async def before(self, port: str, method: str, call: int) -> None:
        self.seen += 1
        self._fall("before")

    async def after(self, port: str, method: str, call: int) -> None:
        self._fall("after")

    def _fall(self, when: When) -> None:
        if (self.seen, self.when) == (self.n, when):
            raise Crash(f"{when} call {self.n}")


def mortal(store: Store, files: Files, trouble: Trouble) -> tuple[Any, Any]:
    life = Life([trouble])
    return Port(lambda: store, "store", lambda: life), Port(lambda: files, "files", lambda: life)


CALLS = 10  # of publishing: reading twice, the claim, four files, the write; and what is to spare


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("n", range(1, CALLS + 1))
@pytest.mark.parametrize("correction", [False, True])
async def test_a_death_anywhere_doubles_and_loses_no_number(
    store: SqliteStore, files: FolderFiles, n: int, when: When, correction: bool
) -> None:
    """Dead, it is asked for again; or left, and another one is published: in both cases all numbers are there once."""
    await compiled(store, FIRST)
    await compiled(store, SECOND)
    dying = FIRST
    if correction:
        await publish(store, files, FIRST)
        said = NewCorrection(reason="漏计一站")
        dying = (await compiling.correct(store, FIRST, Asked(CLERK, NOW), "correct", said, SETTINGS)).id
    before = int(correction)
    trouble = At(n, when)
    mortal_store, mortal_files = mortal(store, files, trouble)
    with_death = False
    try:
        version = (await repository.load(store, Bulletin, dying)).version
        await publish(mortal_store, mortal_files, dying, version=version)
    except Crash:
        with_death = True
    assert with_death is (trouble.seen >= n)
    found = await repository.load(store, Bulletin, dying)
    if found.state == DRAFT:
        assert (found.document_number, found.kept) == ("", {})
    late = NOW + timedelta(seconds=PATIENCE)
    other = await publish(store, files, SECOND, late)
    if found.state == DRAFT:
        found = await publish(store, files, dying, late)
    assert sorted([found.serial, other.serial]) == [before + 1, before + 2]
    assert await facts_of(store) == [f"机职鉴通〔2026〕{n}号" for n in range(1, before + 3)]
    for bulletin in (found, other):
        _, content = await publishing.file_of(store, files, WORKSHOP, bulletin.id, READER, "pdf", None)
        assert bulletin.document_number in content.decode()


def test_every_call_of_publishing_was_died_at() -> None:
    """Reading it, the series and its claimant, the claim, four files, the write."""
    assert 1 + 2 + 1 + len(drawing.NAMES) + 1 <= CALLS


async def test_many_at_once(store: SqliteStore, files: FolderFiles) -> None:
    """Whoever is too late is told so, and comes again."""
    for quarter in QUARTERS:
        await compiled(store, quarter)

    async def until_done(quarter: str) -> int:
        while True:
            try:
                return (await publish(store, files, quarter)).serial
            except (NotYet, Stale):
                await asyncio.sleep(0)  # no time passes: nobody takes a number over whose claimant is at work

    assert sorted(await asyncio.gather(*(until_done(quarter) for quarter in QUARTERS))) == [1, 2, 3, 4]


@dataclass
class Meanwhile(Trouble):
    """At the nth call of all, somebody else does something, from beginning to end."""

    n: int
    when: When
    does: Callable[[], Awaitable[object]]
    seen: int = 0

    async def before(self, port: str, method: str, call: int) -> None:
        self.seen += 1
        await self._fall("before")

    async def after(self, port: str, method: str, call: int) -> None:
        await self._fall("after")

    async def _fall(self, when: When) -> None:
        if (self.seen, self.when) == (self.n, when):
            with suppress(NotYet, Stale):
                await self.does()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("n", range(1, CALLS + 3))
async def test_the_former_claimant_comes_back_at_any_moment(
    store: SqliteStore, files: FolderFiles, n: int, when: When
) -> None:
    """One died with its number claimed. While the next one takes it over, it is asked for again."""
    await compiled(store, FIRST)
    await compiled(store, SECOND)
    with pytest.raises(Crash):
        await publish(*mortal(store, files, At(5, "after")), FIRST, version=1)
    assert (await repository.load(store, NumberSeries, "2026")).claimed_by == FIRST
    late = NOW + timedelta(seconds=PATIENCE)
    with suppress(Stale):
        meanwhile = Meanwhile(n, when, lambda: publish(store, files, FIRST, late))
        await publish(*mortal(store, files, meanwhile), SECOND, late, version=1)
    found = {}
    for quarter in (FIRST, SECOND):
        bulletin = await repository.load(store, Bulletin, quarter)
        later = late + timedelta(seconds=PATIENCE)
        found[quarter] = bulletin if bulletin.state == PUBLISHED else await publish(store, files, quarter, later)
    assert sorted(one.serial for one in found.values()) == [1, 2]
    assert await facts_of(store) == ["机职鉴通〔2026〕1号", "机职鉴通〔2026〕2号"]


async def test_two_presses_of_the_button_are_one_publication(store: SqliteStore, files: FolderFiles) -> None:
    await compiled(store, FIRST)
    done = await asyncio.gather(*(publish(store, files, FIRST, version=1) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in done if isinstance(one, BaseException)] == [Stale, Stale]
    assert await facts_of(store) == ["机职鉴通〔2026〕1号"]
    assert (await repository.load(store, Bulletin, FIRST)).serial == 1


async def test_while_one_is_published_the_next_waits_and_a_slow_one_writes_no_more(
    store: SqliteStore, files: FolderFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow one lost its number to the next: it publishes nothing, and gets the number after."""
    for quarter in (FIRST, SECOND):
        await compiled(store, quarter)
    put, go_on, claimed = files.put, asyncio.Event(), asyncio.Event()

    async def slow_put(content: bytes) -> str:
        if content.startswith(FIRST.encode()):
            claimed.set()
            await go_on.wait()
        return await put(content)

    monkeypatch.setattr(files, "put", slow_put)
    slow = asyncio.create_task(publish(store, files, FIRST))
    await claimed.wait()
    with pytest.raises(NotYet, match=FIRST):
        await publish(store, files, SECOND, NOW + timedelta(seconds=PATIENCE - 1))
    assert (await publish(store, files, SECOND, NOW + timedelta(seconds=PATIENCE))).serial == 1
    go_on.set()
    with pytest.raises(Stale):
        await slow
    assert (await repository.load(store, Bulletin, FIRST)).state == DRAFT
    assert (await publish(store, files, FIRST)).serial == 2


async def test_whoever_took_a_number_over_and_died_goes_on_at_once(store: SqliteStore, files: FolderFiles) -> None:
    """The wait is for others: the claim is its own."""
    await compiled(store, FIRST)
    await compiled(store, SECOND)
    late = NOW + timedelta(seconds=PATIENCE)
    for quarter, at, call in ((FIRST, NOW, At(5, "after")), (SECOND, late, At(7, "before"))):
        with pytest.raises(Crash):
            await publish(*mortal(store, files, call), quarter, at, version=1)
    series = await repository.load(store, NumberSeries, "2026")
    assert (series.claimed_by, series.displaced) == (SECOND, [FIRST])
    assert (await publish(store, files, SECOND, late + timedelta(seconds=1))).serial == 1


async def test_a_clock_set_back_keeps_nobody_waiting(store: SqliteStore, files: FolderFiles) -> None:
    series = NumberSeries(id="2026")
    series.claim(FIRST, NOW, [])
    assert [series.is_waiting(NOW + timedelta(seconds=s)) for s in (-3600, -1, 0, PATIENCE - 1, PATIENCE)] == [
        False,
        False,
        True,
        True,
        False,
    ]


async def test_who_may_not_publish_claims_no_number(store: SqliteStore, files: FolderFiles) -> None:
    await compiled(store, "2026-Q2")  # which is not over
    with pytest.raises(Invalid, match="compiled before the quarter ended"):
        await publish(store, files, "2026-Q2")
    assert await repository.seek(store, NumberSeries, "2026") is None


async def test_what_cannot_be_drawn_is_not_published(
    store: SqliteStore, files: FolderFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, it was published, and then nobody could read the paper."""

    def draw(*_: object) -> bytes:
        raise Invalid("字库中没有此字 · no font has it")

    await compiled(store, FIRST)
    with monkeypatch.context() as patched:
        patched.setattr(drawing, "draw", draw)
        with pytest.raises(Invalid, match="no font"):
            await publish(store, files, FIRST)
    assert (await repository.load(store, Bulletin, FIRST)).state == DRAFT
    assert (await publish(store, files, FIRST)).serial == 1


# --- kept bytes -------------------------------------------------------------------------------------------------------


async def given(store: Store, files: Files, id: str, fonts: Path | None, by: Actor = READER) -> list[bytes]:
    return [(await publishing.file_of(store, files, WORKSHOP, id, by, name, fonts))[1] for name in drawing.NAMES]


async def test_published_files_stay_whatever_fonts_come_later(store: SqliteStore, files: FolderFiles) -> None:
    await compiled(store, FIRST)
    await publish(store, files, FIRST)
    before = await given(store, files, FIRST, None)
    assert len(set(before)) == 4
    assert await given(store, files, FIRST, OTHER_FONTS) == before


async def test_a_draft_is_drawn_anew_and_kept_nowhere(store: SqliteStore, files: FolderFiles, tmp_path: Path) -> None:
    await compiled(store, FIRST)
    assert await given(store, files, FIRST, None, CLERK) != await given(store, files, FIRST, OTHER_FONTS, CLERK)
    with pytest.raises(NotFound):
        await publishing.file_of(store, files, WORKSHOP, FIRST, READER, "pdf", None)
    assert not (tmp_path / "files").exists()


async def test_a_file_that_is_lost_is_not_made_anew(store: SqliteStore, files: FolderFiles, tmp_path: Path) -> None:
    """Another drawing under the same number would be another document: it has to come back from the backup."""
    await compiled(store, FIRST)
    kept = (await publish(store, files, FIRST)).kept
    digest = kept["xlsx"].removeprefix("sha256:")
    (tmp_path / "files" / digest[:2] / digest[2:4] / digest).unlink()
    with pytest.raises(Unavailable, match="missing"):
        await publishing.file_of(store, files, WORKSHOP, FIRST, READER, "xlsx", None)
    await publishing.file_of(store, files, WORKSHOP, FIRST, READER, "pdf", None)


EARLIER: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "stores" / "single" / "bulletin-before-numbers.json").read_text(encoding="utf-8")
)
"""A published bulletin as the release before numbers stored it."""


@pytest.fixture
async def earlier(store: SqliteStore) -> str:
    body = {name: value for name, value in EARLIER.items() if name not in ("id", "facts")}
    await store.add(Bulletin.KIND, Record(EARLIER["id"], body, 2, EARLIER["facts"]))
    return str(EARLIER["id"])


async def test_what_an_earlier_release_published_is_kept_by_its_first_reader(
    store: SqliteStore, files: FolderFiles, earlier: str
) -> None:
    first = await given(store, files, earlier, None)
    assert await given(store, files, earlier, OTHER_FONTS) == first
    found = await repository.load(store, Bulletin, earlier)
    found.must_be_intact()
    assert found.as_record().body["rows"] == EARLIER["rows"]
    assert (found.seal, found.document_number, found.history) == (
        EARLIER["seal"],
        "",
        Bulletin.from_record(Record("x", {**EARLIER})).history,
    )


async def test_two_first_readers_are_given_the_same(store: SqliteStore, files: FolderFiles, earlier: str) -> None:
    """Of two releases, say, while one takes the other's place."""
    read = await asyncio.gather(*(given(store, files, earlier, fonts) for fonts in (None, OTHER_FONTS, Path("third"))))
    assert len({tuple(one) for one in read}) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("n", range(1, 9))
async def test_a_death_of_the_first_reader(
    store: SqliteStore, files: FolderFiles, earlier: str, n: int, when: When
) -> None:
    mortal_store, mortal_files = mortal(store, files, At(n, when))
    with pytest.raises(Crash):
        await given(mortal_store, mortal_files, earlier, OTHER_FONTS)
    first = await given(store, files, earlier, None)
    assert await given(store, files, earlier, OTHER_FONTS) == first
    (await repository.load(store, Bulletin, earlier)).must_be_intact()


# --- corrections ------------------------------------------------------------------------------------------------------

WRONG = NewCorrection(reason="49003007 的名册漏计", summary="更正后的说明")


async def correct(store: Store, id: str, key: str = "correct") -> Bulletin:
    return await compiling.correct(store, id, Asked(CLERK, NOW), key, WRONG, SETTINGS)


async def test_a_correction_is_a_bulletin_of_its_own(store: SqliteStore, files: FolderFiles) -> None:
    await compiled(store, FIRST)
    await publish(store, files, FIRST)
    before = (await repository.load(store, Bulletin, FIRST)).as_record()
    draft = await correct(store, FIRST)
    assert (draft.id, draft.correction, draft.corrects, draft.state) == (f"{FIRST}-2", 1, FIRST, DRAFT)
    assert (draft.reason, draft.corrects_number) == (WRONG.reason, "机职鉴通〔2026〕1号")
    assert await corrected_by(store, [FIRST]) == {}, "nobody is told of a draft"
    done = await publish(store, files, draft.id)
    assert done.document_number == "机职鉴通〔2026〕2号"
    assert await corrected_by(store, [FIRST, draft.id]) == {FIRST: draft.id}
    assert (await repository.load(store, Bulletin, FIRST)).as_record() == before, "what was published stays"
    again = await correct(store, draft.id, "again")
    assert (again.id, again.correction, again.corrects) == (f"{FIRST}-3", 2, draft.id)


async def test_a_correction_has_a_fact_of_its_own(store: SqliteStore, files: FolderFiles) -> None:
    await compiled(store, FIRST)
    await publish(store, files, FIRST)
    done = await publish(store, files, (await correct(store, FIRST)).id)
    told = [json.loads(row.wire) for one in await store.pending() for row in one.rows if row.exchange == "events"]
    types = {one["subject"]: one["type"].removeprefix("cn.jianding.") for one in told}
    assert types == {FIRST: "bulletin.published.v1", done.id: "bulletin.corrected.v1"}
    (data,) = [one["data"] for one in told if one["subject"] == done.id]
    assert (data["corrects"], data["correction"], data["reason"]) == (FIRST, 1, WRONG.reason)
    assert (data["document_number"], data["seal"]) == (done.document_number, done.seal)


async def test_only_what_is_published_is_corrected_and_once(store: SqliteStore, files: FolderFiles) -> None:
    await compiled(store, FIRST)
    with pytest.raises(WrongState):
        await correct(store, FIRST)
    await publish(store, files, FIRST)
    draft = await correct(store, FIRST)
    assert (await correct(store, FIRST)).id == draft.id, "the same request again"
    with pytest.raises(AlreadyThere, match=draft.id):
        await correct(store, FIRST, "another key")
    with pytest.raises(WrongState):
        await correct(store, draft.id, "third key")
    with pytest.raises(NotFound):
        await correct(store, SECOND)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", [DRAFT, PUBLISHED])
async def test_who_corrects(store: SqliteStore, files: FolderFiles, role: Role, state: str) -> None:
    """The clerk, what is published. Outside the Centre's office a draft is not there at all."""
    await compiled(store, FIRST)
    if state == PUBLISHED:
        await publish(store, files, FIRST)
    asked = Asked(at_centre("whoever", role), NOW)
    office = role in (Role.CENTRE_CLERK, Role.CENTRE_APPROVER, Role.AUDITOR)
    refusal: type[Exception] | None = NotFound if state == DRAFT and not office else NotAllowed
    if role == Role.CENTRE_CLERK:
        refusal = WrongState if state == DRAFT else None
    if refusal is None:
        assert (await compiling.correct(store, FIRST, asked, "key", WRONG, SETTINGS)).compiled_by == "whoever"
        return
    with pytest.raises(refusal):
        await compiling.correct(store, FIRST, asked, "key", WRONG, SETTINGS)
    assert await repository.seek(store, Bulletin, f"{FIRST}-2") is None


async def test_of_two_who_correct_at_once_one_does(store: SqliteStore, files: FolderFiles) -> None:
    await compiled(store, FIRST)
    await publish(store, files, FIRST)
    done = await asyncio.gather(*(correct(store, FIRST, f"key {n}") for n in range(4)), return_exceptions=True)
    assert [type(one) for one in done if isinstance(one, BaseException)] == [AlreadyThere] * 3


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("n", range(1, 20))
async def test_a_death_while_correcting(store: SqliteStore, files: FolderFiles, n: int, when: When) -> None:
    await compiled(store, FIRST)
    await publish(store, files, FIRST)
    before = (await repository.load(store, Bulletin, FIRST)).as_record()
    mortal_store, _ = mortal(store, files, trouble := At(n, when))
    try:
        await correct(mortal_store, FIRST)
    except Crash:
        assert trouble.seen == n
    else:
        assert trouble.seen < n
    draft = await correct(store, FIRST)
    assert (draft.id, draft.state) == (f"{FIRST}-2", DRAFT)
    assert (await repository.load(store, Bulletin, FIRST)).as_record() == before


async def test_the_reason_of_a_correction_stays_until_another_is_given(store: SqliteStore, files: FolderFiles) -> None:
    await compiled(store, FIRST)
    with pytest.raises(Invalid, match="only a correction"):
        await compiling.compile_again(store, FIRST, Asked(CLERK, NOW, 1), BulletinEntry(reason="改"), SETTINGS)
    await publish(store, files, FIRST)
    draft = await correct(store, FIRST)
    reasons = []
    for version, said in enumerate(("", "另一理由", ""), 1):
        entry = BulletinEntry(reason=said)
        reasons.append(
            (await compiling.compile_again(store, draft.id, Asked(CLERK, NOW, version), entry, SETTINGS)).reason
        )
    assert reasons == [WRONG.reason, "另一理由", "另一理由"]


async def test_what_an_earlier_release_published_can_be_corrected(
    store: SqliteStore, files: FolderFiles, earlier: str
) -> None:
    done = await publish(store, files, (await correct(store, earlier)).id)
    assert (done.corrects, done.corrects_number, done.serial) == (earlier, "", 1)
    assert await corrected_by(store, [earlier]) == {earlier: done.id}
    assert done.state == PUBLISHED


def test_ids_of_corrections() -> None:
    assert [ids.bulletin_id("2026-Q1", n) for n in range(3)] == ["2026-Q1", "2026-Q1-2", "2026-Q1-3"]
    assert [ids.next_bulletin_id(id) for id in ("2026-Q1", "2026-Q1-2", "2026-Q1-9")] == [
        "2026-Q1-2",
        "2026-Q1-3",
        "2026-Q1-10",
    ]


# --- whom it is copied to ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "copied_to"), [(None, "部鉴定中心"), ("", ""), ("行业协会", "行业协会")])
async def test_copied_to_as_it_is_set_unless_the_clerk_says_otherwise(
    store: SqliteStore, said: str | None, copied_to: str
) -> None:
    """It stands in the draft: the approver publishes nothing that could not be read before."""
    settings = SupervisionSettings(bulletin_copied_to="部鉴定中心")
    new = NewBulletin(quarter=FIRST, copied_to=said)
    draft = await compiling.compile_new(store, Asked(CLERK, NOW), "key", new, settings)
    assert draft.copied_to == copied_to
