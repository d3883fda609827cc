"""What production refuses though it should never happen: each guard here stands behind another one, and is asked alone.

Intake, drawing, tally and posting run on a real store; what reporting answers is written by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.certificate import ids
from services.certificate.certificates import storage as certificates
from services.certificate.certificates.certificate import Certificate
from services.certificate.declares import KINDS
from services.certificate.numbers import storage as numbers
from services.certificate.numbers.number_register import LAST, NumberRegister
from services.certificate.production.batch import NUMBERED, PRODUCED, VOIDED, Batch, RefusedCertificate
from services.certificate.production.production import MAILED, MAKING, READY, Production
from services.certificate.production.production import VOIDED as PRODUCTION_VOIDED
from services.certificate.production.requests import Parcel
from services.certificate.production.usecases import by_hand, produce, sweep
from services.certificate.production.usecases.intake import take_in
from services.certificate.verification.usecases import looking_up
from services.certificate.verification.usecases.findings import Findings
from shared.actor import Actor
from shared.adapters.files import FolderFiles
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.certificate import BatchNumbered, BatchProduced
from shared.contracts.reporting import (
    PageSeal,
    RosterApproved,
    RosterLine,
    RosterPage,
    SealedRoster,
    seal_lines,
    seal_pages,
)
from shared.errors import NotAllowed, NotFound, NotYet, Refused, Stale, Unavailable, WrongState
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Record, every_record
from shared.procedure.windup import acting_for
from shared.trade.numbers.certificate_number import compose
from shared.trade.roles import Role
from tests.world import workshops
from tests.world.clock import HandClock
from tests.world.hearing import hear_of_body
from tests.world.seeding import TECHNICIAN, a_line
from tests.world.workshops import PaperWorkshop

CENTRE, BRANCH, STATION = "49000001", "49050001", "49053012"
PATH = f"/{CENTRE}/{BRANCH}/{STATION}/"
ROSTER = f"{STATION}-2026-001"
APPROVED_ON = date(2026, 4, 3)
CLOCK = HandClock()
LANES: frozenset[str] = frozenset()
MAKER = Actor("maker", "制证员", BRANCH, f"/{CENTRE}/{BRANCH}/", frozenset({Role.BRANCH_OFFICER}))
PARCEL = Parcel(carrier="中国邮政EMS", parcel="EA000000001CN")
UNDRAWABLE = "\U0003ffff"


class Reporting:
    """Reporting as intake sees it. pages: the lines it answers. sealed: what it says they add up to; the truth, unless a
    test says otherwise. at_page: done before a page is answered."""

    def __init__(self, *pages: Sequence[RosterLine], sealed: Sequence[PageSeal] = ()) -> None:
        self.pages = list(pages)
        self.sealed = list(sealed) or [seal_of(page) for page in pages]
        self.at_page: dict[int, Callable[[], Awaitable[None]]] = {}
        self.asked: list[str] = []

    async def get(self, service: str, path: str, model: type[Any]) -> Any:
        assert service == "reporting"
        self.asked.append(path)
        if path.endswith("/sealed"):
            return SealedRoster(
                roster=ROSTER,
                session=ROSTER,
                body=STATION,
                held_on=date(2026, 3, 20),
                approved_on=APPROVED_ON,
                pages=self.sealed,
            )
        page = int(path.rpartition("/")[2])
        if page in self.at_page:
            await self.at_page[page]()
        return RosterPage(roster=ROSTER, page=page, lines=list(self.pages[page]))

    def fact(self, lines: dict[int, int] | None = None) -> RosterApproved:
        """lines: what it says by level; the truth, unless a test says otherwise."""
        counted = Counter(line.level for page in self.pages for line in page)
        return RosterApproved(
            roster=ROSTER,
            session=ROSTER,
            body=STATION,
            path=PATH,
            at_desk=STATION,
            producer=BRANCH,
            approved_on=APPROVED_ON,
            lines=dict(counted) if lines is None else lines,
            seal=seal_pages(self.sealed),
            examined=None,
        )


def seal_of(lines: Sequence[RosterLine], counts: dict[int, int] | None = None) -> PageSeal:
    return PageSeal(seal=seal_lines(lines), lines=counts or dict(Counter(line.level for line in lines)))


TURNERS = [a_line(n) for n in (1, 2)]  # level 4
TECHNICIANS = [a_line(n, TECHNICIAN) for n in (3, 4, 5)]  # level 2


async def know(store: SqliteStore, code: str) -> None:
    """The registration of a body has arrived here."""
    path = f"/{CENTRE}/" if code == CENTRE else PATH
    await hear_of_body(store, code, path, name_zh=f"名称{code}", name_en=f"Name {code}")


@pytest.fixture
async def empty_store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "certificate.sqlite", KINDS)
    yield store
    await store.close()


@pytest.fixture
async def store(empty_store: SqliteStore) -> SqliteStore:
    for code in (CENTRE, STATION):
        await know(empty_store, code)
    return empty_store


async def take(store: Any, reporting: Reporting, fact: RosterApproved | None = None) -> None:
    await take_in(store, CLOCK, cast(Any, reporting), LANES, fact or reporting.fact())


async def stored(store: SqliteStore) -> dict[str, int]:
    """How many documents there are of what intake makes."""
    kinds = (Production, NumberRegister, Certificate, Batch)
    counts = {what.KIND: len([one async for one in every_record(store, what.KIND)]) for what in kinds}
    return {kind: count for kind, count in counts.items() if count}


async def numbers_of(store: SqliteStore) -> list[str]:
    found = [Certificate.from_record(one) async for one in every_record(store, Certificate.KIND)]
    return [one.number for one in sorted(found, key=lambda certificate: certificate.n)]


async def void(store: SqliteStore) -> None:
    production = await repository.load(store, Production, ROSTER)
    production.void(acting_for("s"), CLOCK.now(), "取消资质", "s")
    await repository.save(store, production)


def asked(version: int, by: Actor = MAKER) -> Asked:
    return Asked(by, CLOCK.now(), version)


# --- what reporting answers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "taken"), [(date(2026, 3, 20), True), (None, True), (date(2026, 3, 21), False)], ids=str
)
async def test_the_day_that_a_fact_repeats_must_be_that_of_the_roster(
    store: SqliteStore, said: date | None, taken: bool
) -> None:
    """A fact of an earlier release repeats none."""
    reporting = Reporting(TURNERS)
    fact = reporting.fact().model_copy(update={"held_on": said})
    if taken:
        await take(store, reporting, fact)
        return
    with pytest.raises(Refused, match="held_on"):
        await take(store, reporting, fact)


async def test_levels_and_pages_that_add_up_are_taken_in(store: SqliteStore) -> None:
    """A page of two levels and a page of one: the blocks go on from page to page."""
    await take(store, Reporting([*TURNERS, *TECHNICIANS[:2]], TECHNICIANS[2:]))
    assert await stored(store) == {"production": 1, "number_register": 2, "certificate": 5, "batch": 2}
    assert await numbers_of(store) == [
        f"26{STATION}{level}{sequence:05d}" for level, sequence in ((4, 1), (4, 2), (2, 1), (2, 2), (2, 3))
    ]
    production = await repository.load(store, Production, ROSTER)
    assert (production.certificates, production.batches, production.state) == (5, 2, MAKING)
    batches = [await repository.load(store, Batch, ids.batch_id(ROSTER, page)) for page in (0, 1)]
    assert [(batch.page, batch.certificates, batch.producer, batch.path) for batch in batches] == [
        (0, 4, BRANCH, PATH),
        (1, 1, BRANCH, PATH),
    ]
    third = await repository.load(store, Certificate, ids.certificate_id(ROSTER, 3))
    assert (third.issuer.body_zh, third.issuer.centre_en) == (f"名称{STATION}", f"Name {CENTRE}")
    assert (third.batch, third.issued_on, third.holder) == (batches[0].id, APPROVED_ON, TECHNICIANS[0])


@pytest.mark.parametrize("lines", [{4: 1}, {4: 3}, {4: 2, 2: 1}, {2: 2}, {}])
async def test_a_fact_that_counts_otherwise_than_the_sealed_pages_is_refused(
    store: SqliteStore, lines: dict[int, int]
) -> None:
    """Its seal is right: it is the counts by level that do not add up."""
    reporting = Reporting(TURNERS)
    with pytest.raises(Refused, match="seal"):
        await take(store, reporting, reporting.fact(lines))
    assert await stored(store) == {}, "no number was granted, and nothing promised"


async def test_a_fact_with_another_seal_is_refused(store: SqliteStore) -> None:
    fact = Reporting(TURNERS).fact().model_copy(update={"seal": seal_pages([seal_of(TECHNICIANS)])})
    with pytest.raises(Refused, match="seal"):
        await take(store, Reporting(TURNERS), fact)
    assert await stored(store) == {}


async def test_a_page_that_counts_otherwise_than_it_says_is_refused(store: SqliteStore) -> None:
    """All pages together add up, and the lines have their seal; but two pages changed their counts, so that numbers of one
    page would be given to another."""
    pages = [TURNERS[:1], [*TURNERS[1:], a_line(6)]]
    sealed = [seal_of(pages[0], {4: 2}), seal_of(pages[1], {4: 1})]
    with pytest.raises(Refused, match="page 1"):
        await take(store, Reporting(*pages, sealed=sealed))
    assert await numbers_of(store) == []


async def test_a_page_of_other_levels_than_it_says_is_refused(store: SqliteStore) -> None:
    pages = [TURNERS[:1], [a_line(2, TECHNICIAN)]]
    sealed = [seal_of(pages[0], {2: 1}), seal_of(pages[1], {4: 1})]
    with pytest.raises(Refused, match="page 1"):
        await take(store, Reporting(*pages, sealed=sealed))
    assert await numbers_of(store) == []


async def test_a_page_with_other_lines_than_were_sealed_is_refused(store: SqliteStore) -> None:
    reporting = Reporting(TURNERS, TECHNICIANS)
    reporting.pages[1] = [*TECHNICIANS[:2], a_line(5, TECHNICIAN, name="别人")]
    with pytest.raises(Refused, match="page 2"):
        await take(store, reporting)
    assert len(await numbers_of(store)) == 2, "the page before it was in order"


@pytest.mark.parametrize(("known", "missing"), [(CENTRE, STATION), (STATION, CENTRE)])
async def test_without_the_names_that_are_printed_nothing_begins(
    empty_store: SqliteStore, known: str, missing: str
) -> None:
    await know(empty_store, known)
    with pytest.raises(NotYet, match=missing):
        await take(empty_store, Reporting(TURNERS))
    assert await stored(empty_store) == {}


# --- numbers ----------------------------------------------------------------------------------------------------------


async def fill(store: SqliteStore, level: int, left: int) -> None:
    """As other rosters of the year left the register."""
    register = await numbers.register_of(store, 2026, STATION, level)
    await numbers.grant(store, register, "others", LAST - left)


async def test_a_roster_without_room_at_one_level_is_granted_nothing_at_any(store: SqliteStore) -> None:
    """Otherwise the other level would keep a block of numbers that nobody ever gets."""
    await fill(store, 2, left=2)
    with pytest.raises(Refused, match="3 numbers wanted, 2 left"):
        await take(store, Reporting(TURNERS, TECHNICIANS))
    assert await stored(store) == {"number_register": 1}
    register = await numbers.register_of(store, 2026, STATION, 2)
    assert list(register.granted) == ["others"]


async def test_the_last_numbers_of_a_register_are_given_again_after_a_crash(store: SqliteStore) -> None:
    """The register is full since the first try, by this very roster: the repeat is no reason to refuse it."""
    await fill(store, 4, left=2)
    reporting = Reporting(TURNERS)

    async def crash() -> None:
        raise Unavailable("reporting is away")

    reporting.at_page[0] = crash
    with pytest.raises(Unavailable):
        await take(store, reporting)
    register = await numbers.register_of(store, 2026, STATION, 4)
    assert (register.next, await numbers_of(store)) == (LAST + 1, [])
    del reporting.at_page[0]
    for _ in range(2):
        await take(store, reporting)
    assert [number[-5:] for number in await numbers_of(store)] == ["99998", "99999"]


async def test_two_rosters_at_once_never_get_the_same_numbers(store: SqliteStore) -> None:
    """Both read the register before either wrote: the second is told so, and has to begin again."""
    fresh = [await numbers.register_of(store, 2026, STATION, 4) for _ in range(2)]
    assert await numbers.grant(store, fresh[0], "a", 3) == 1
    assert await numbers.grant(store, fresh[1], "b", 3) == 4, "nothing was stored when it looked: it looks again"
    known = [await numbers.register_of(store, 2026, STATION, 4) for _ in range(2)]
    assert await numbers.grant(store, known[0], "c", 3) == 7
    with pytest.raises(Stale):
        await numbers.grant(store, known[1], "d", 3)
    assert await numbers.grant(store, await numbers.register_of(store, 2026, STATION, 4), "d", 3) == 10


async def test_what_became_of_a_number_is_told_to_our_own_services(store: SqliteStore) -> None:
    """Given and not printed yet, printed, void; never given. And nothing of whose it is."""
    first, second, findings = f"26{STATION}400001", f"26{STATION}400002", Findings(store)

    async def told() -> list[str]:
        asked_for = (first, second, f"26{STATION}400003")
        asked = [await looking_up.registered(store, findings, number) for number in asked_for]
        assert [set(one.model_dump()) for one in asked] == [{"number", "state"}] * 3
        return [one.state for one in asked]

    assert await told() == ["absent"] * 3
    await take(store, Reporting(TURNERS))
    assert await told() == ["being_made", "being_made", "absent"]
    batch = await repository.load(store, Batch, ids.batch_id(ROSTER, 0))
    left_out = RefusedCertificate(certificate=ids.certificate_id(ROSTER, 2), number=second, characters=[UNDRAWABLE])
    batch.produce("sha256:" + "0" * 64, 1, [left_out], CLOCK.now())
    await repository.save(store, batch)
    assert await told() == ["valid", "being_made", "absent"]
    await void(store)
    assert await told() == ["void", "void", "absent"]


# --- a voided production ----------------------------------------------------------------------------------------------


async def test_a_voided_production_is_given_no_numbers(store: SqliteStore) -> None:
    reporting = Reporting(TURNERS)
    grants = _Watched(store)
    grants.after_adding[Production.KIND] = lambda: void(store)  # by a revocation, in the moment in which it began
    await take(grants, reporting)
    assert await stored(store) == {"production": 1}
    await take(store, reporting)  # and no repeat of the message changes that
    assert await stored(store) == {"production": 1}


async def test_a_production_voided_while_its_pages_come_in_goes_no_further(store: SqliteStore) -> None:
    reporting = Reporting(TURNERS, TECHNICIANS)
    watched = _Watched(store)
    watched.after_adding[Batch.KIND] = lambda: void(store)
    await take(watched, reporting)
    assert (await stored(store))["batch"] == 1
    assert len(await numbers_of(store)) == 2, "those of the first page"
    assert f"/rosters/{ROSTER}/pages/1" not in reporting.asked


class _Watched:
    """A store that does something once, after the first document of a kind was added."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.after_adding: dict[str, Callable[[], Awaitable[None]]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def add(self, kind: str, record: Record, outbox: Sequence[Any] = ()) -> bool:
        added = await self._store.add(kind, record, outbox)
        if added and kind in self.after_adding:
            await self.after_adding.pop(kind)()
        return added


class _Workshop(PaperWorkshop):
    drawn = 0

    async def do(self, work: Callable[..., Any], *given: Any) -> Any:
        lacking, content = await super().do(work, *given)
        self.drawn += len(given[0]) - len(lacking)
        return lacking, content


@pytest.fixture
def ports(store: SqliteStore, tmp_path: Path) -> Any:
    settings = SimpleNamespace(url="https://certificates.example.org", fonts=None)
    files = FolderFiles(tmp_path / "files")
    return SimpleNamespace(store=store, files=files, workshop=_Workshop(), clock=CLOCK, settings=settings)


def numbered(page: int = 0, drawing: int = 1) -> BatchNumbered:
    batch = ids.batch_id(ROSTER, page)
    return BatchNumbered(batch=batch, roster=ROSTER, producer=BRANCH, certificates=2, drawing=drawing)


def produced(page: int = 0) -> BatchProduced:
    batch = ids.batch_id(ROSTER, page)
    return BatchProduced(batch=batch, roster=ROSTER, producer=BRANCH, drawn=2, refused=0, print_file=None)


async def the_batch(store: SqliteStore, page: int = 0) -> Batch:
    return await repository.load(store, Batch, ids.batch_id(ROSTER, page))


async def the_production(store: SqliteStore) -> Production:
    return await repository.load(store, Production, ROSTER)


async def test_nothing_is_drawn_for_a_voided_production(store: SqliteStore, ports: Any) -> None:
    await take(store, Reporting(TURNERS))
    await void(store)
    await produce.produce(ports, numbered())
    assert ports.workshop.drawn == 0
    assert (await the_batch(store)).state == NUMBERED


async def draw_with_one_left_out(store: SqliteStore, ports: Any) -> None:
    """A roster of two pages, of which the first has somebody whose name no font can draw; ready."""
    await take(store, Reporting([TURNERS[0], a_line(2, name=f"张{UNDRAWABLE}")], TECHNICIANS))
    for page in (0, 1):
        await produce.produce(ports, numbered(page))
        await produce.tally(store, CLOCK, produced(page))


async def test_a_batch_is_drawn_once_and_tells_who_was_left_out(store: SqliteStore, ports: Any) -> None:
    await draw_with_one_left_out(store, ports)
    batch, production = await the_batch(store), await the_production(store)
    assert (batch.state, batch.drawn, ports.workshop.drawn) == (PRODUCED, 1, 4)
    assert [(one.number[-1], one.characters) for one in batch.refused] == [("2", [UNDRAWABLE])]
    assert (production.state, production.refused) == (READY, 1)
    assert production.left_out == [ids.certificate_id(ROSTER, 2)]
    await produce.produce(ports, numbered())  # delivered twice
    assert ports.workshop.drawn == 4


async def test_who_is_left_out_is_told_of_every_batch(store: SqliteStore, ports: Any) -> None:
    pages = [[a_line(1, name=UNDRAWABLE)], [a_line(2)], [a_line(3, name=UNDRAWABLE), a_line(4)]]
    await take(store, Reporting(*pages))
    for page in (2, 0, 1):
        await produce.produce(ports, numbered(page))
        await produce.tally(store, CLOCK, produced(page))
    production = await the_production(store)
    assert (production.state, production.left_out) == (READY, [ids.certificate_id(ROSTER, n) for n in (1, 3)])


async def test_certificates_are_found_by_number_and_in_the_order_of_the_roster(store: SqliteStore) -> None:
    await take(store, Reporting(TURNERS, TECHNICIANS))
    second = await repository.load(store, Certificate, ids.certificate_id(ROSTER, 2))
    assert second.version == 1
    assert await certificates.numbered(store, second.number) == second
    assert await certificates.numbered(store, compose(2026, STATION, 4, 99)) is None
    first = await certificates.page_of_roster(store, ROSTER, None, 4)
    rest = await certificates.page_of_roster(store, ROSTER, first.next, 4)
    assert [[record.body["n"] for record in page.records] for page in (first, rest)] == [[1, 2, 3, 4], [5]]
    of_batch = await certificates.in_batch(store, ids.batch_id(ROSTER, 1), 3)
    assert [certificate.n for certificate in of_batch] == [3, 4, 5]


async def test_it_is_not_ready_before_every_batch_is_drawn(store: SqliteStore, ports: Any) -> None:
    await take(store, Reporting(TURNERS, TECHNICIANS))
    await produce.produce(ports, numbered())
    await produce.tally(store, CLOCK, produced())
    assert (await the_production(store)).state == MAKING
    with pytest.raises(WrongState) as caught:
        await by_hand.post_parcel(store, ROSTER, asked(1), PARCEL)
    assert caught.value.state == MAKING


async def test_a_voided_production_is_neither_redrawn_nor_printed_nor_posted(store: SqliteStore, ports: Any) -> None:
    await draw_with_one_left_out(store, ports)
    id = ids.batch_id(ROSTER, 0)
    assert await by_hand.print_file(store, ports.files, id, 1, MAKER)
    await void(store)
    version = (await the_batch(store)).version
    with pytest.raises(WrongState) as redraw:
        await by_hand.redraw(store, id, asked(version), LANES)
    with pytest.raises(WrongState) as printed:
        await by_hand.print_file(store, ports.files, id, 1, MAKER)
    with pytest.raises(WrongState) as posted:
        await by_hand.post_parcel(store, ROSTER, asked((await the_production(store)).version), PARCEL)
    assert [caught.value.state for caught in (redraw, printed, posted)] == [PRODUCTION_VOIDED] * 3
    assert (await the_batch(store)).state == PRODUCED
    await produce.tally(store, CLOCK, produced())  # late, of the batch drawn last
    assert (await the_production(store)).state == PRODUCTION_VOIDED


# --- a redraw ---------------------------------------------------------------------------------------------------------


async def test_the_parcel_waits_for_a_redraw(store: SqliteStore, ports: Any) -> None:
    """It would go without sheets that are being drawn, and what a posted parcel lacked is settled for ever."""
    await draw_with_one_left_out(store, ports)
    await by_hand.redraw(store, ids.batch_id(ROSTER, 0), asked((await the_batch(store)).version), LANES)
    version = (await the_production(store)).version
    with pytest.raises(WrongState) as caught:
        await by_hand.post_parcel(store, ROSTER, asked(version), PARCEL)
    assert caught.value.state == READY and "正在重新绘制" in str(caught.value)
    await produce.produce(ports, numbered(drawing=1))  # of the drawing before, delivered late
    assert (await the_batch(store)).state == NUMBERED
    await produce.produce(ports, numbered(drawing=2))
    await by_hand.post_parcel(store, ROSTER, asked(version), PARCEL)
    production = await the_production(store)
    assert (production.state, production.parcel, production.carrier) == (MAILED, PARCEL.parcel, PARCEL.carrier)
    with pytest.raises(WrongState):
        await by_hand.post_parcel(store, ROSTER, asked(production.version), PARCEL)


async def test_a_redraw_draws_only_what_was_left_out(
    store: SqliteStore, ports: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a font was installed: nobody's sheet is printed twice, and the first print file stays as it was."""
    await draw_with_one_left_out(store, ports)
    id = ids.batch_id(ROSTER, 0)
    before = await by_hand.print_file(store, ports.files, id, 1, MAKER)
    monkeypatch.setattr(workshops, "missing_in", lambda sheet, fonts: [])
    await by_hand.redraw(store, id, asked((await the_batch(store)).version), LANES)
    await produce.produce(ports, numbered(drawing=2))
    await produce.tally(store, CLOCK, produced())
    assert ports.workshop.drawn == 5
    first, second = (await numbers_of(store))[:2]
    files = [await by_hand.print_file(store, ports.files, id, n, MAKER) for n in (1, 2)]
    assert files[0] == before
    assert [(first.encode() in file, second.encode() in file) for file in files] == [(True, False), (False, True)]
    batch, production = await the_batch(store), await the_production(store)
    assert (batch.drawn, batch.refused, production.refused, production.left_out) == (2, [], 0, [])


async def test_who_comes_first_and_cannot_be_drawn_keeps_nobody_waiting(store: SqliteStore, ports: Any) -> None:
    await take(store, Reporting([a_line(1, name=UNDRAWABLE), a_line(2), a_line(3, name=UNDRAWABLE)]))
    await produce.produce(ports, numbered())
    batch = await the_batch(store)
    assert (ports.workshop.drawn, batch.drawn, len(batch.refused), len(batch.print_files)) == (1, 1, 2, 1)


async def test_every_certificate_has_a_key_that_nobody_guesses(store: SqliteStore) -> None:
    """96 random bits; a repeat of intake does not change the key that may be on paper already."""
    await take(store, Reporting(TURNERS))
    found = [await repository.load(store, Certificate, ids.certificate_id(ROSTER, n)) for n in (1, 2)]
    keys = [certificate.verify_key for certificate in found]
    assert ([len(key) for key in keys], len(set(keys))) == ([16, 16], 2)
    assert [f"/certificate/v/{one.number}/{one.verify_key}" in one.verify_url("https://x.org/") for one in found] == [
        True
    ] * 2


async def test_only_who_makes_them_and_the_centre_fetch_the_print_file(store: SqliteStore, ports: Any) -> None:
    await draw_with_one_left_out(store, ports)
    id = ids.batch_id(ROSTER, 1)
    centre = Actor("c", "中心", CENTRE, f"/{CENTRE}/", frozenset({Role.CENTRE_CLERK}))
    station = Actor("s", "站", STATION, PATH, frozenset({Role.BRANCH_OFFICER}))
    strangers = Actor("o", "他", "49060001", f"/{CENTRE}/49060001/", frozenset({Role.BRANCH_OFFICER}))
    first = await by_hand.print_file(store, ports.files, id, 1, MAKER)
    assert first == await by_hand.print_file(store, ports.files, id, 1, centre)
    assert all(number.encode() in first for number in (await numbers_of(store))[2:])
    with pytest.raises(NotAllowed, match=BRANCH):
        await by_hand.print_file(store, ports.files, id, 1, station)
    with pytest.raises(NotFound):
        await by_hand.print_file(store, ports.files, id, 1, strangers)
    with pytest.raises(NotFound, match="no print file 2"):
        await by_hand.print_file(store, ports.files, id, 2, MAKER)


# --- the clock's question ---------------------------------------------------------------------------------------------


async def test_a_batch_that_waits_for_more_than_an_hour_is_told_of(
    store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    await take(store, Reporting(TURNERS))
    begun = (await the_batch(store)).numbered_at
    await sweep.sweep(store, begun + timedelta(hours=1))
    assert caplog.messages == []
    await sweep.sweep(store, begun + timedelta(hours=1, seconds=1))
    (message,) = caplog.messages
    assert ids.batch_id(ROSTER, 0) in message


@pytest.mark.parametrize(("waiting", "more"), [(20, []), (21, ["1 more"]), (600, ["580 more"])])
async def test_of_many_batches_that_wait_none_is_forgotten(
    store: SqliteStore, caplog: pytest.LogCaptureFixture, waiting: int, more: list[str]
) -> None:
    await take(store, Reporting(TURNERS))
    batch = await the_batch(store)
    await store.add_many(Batch.KIND, [Record(f"b{n:03d}", batch.as_record().body) for n in range(waiting - 1)])
    await sweep.sweep(store, batch.numbered_at + timedelta(hours=2))
    assert len(caplog.messages) == 20 + len(more)
    assert [message[: len(said)] for message, said in zip(caplog.messages[20:], more, strict=True)] == more


async def test_what_is_drawn_or_voided_waits_for_nobody(
    store: SqliteStore, ports: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await take(store, Reporting(TURNERS, TECHNICIANS))
    await produce.produce(ports, numbered(0))
    batch = await the_batch(store, 1)
    assert batch.void(acting_for("s"), CLOCK.now(), "取消资质")
    await repository.save(store, batch)
    assert batch.state == VOIDED
    await sweep.sweep(store, CLOCK.now() + timedelta(days=1))
    assert caplog.messages == []
