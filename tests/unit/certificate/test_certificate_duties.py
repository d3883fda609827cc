"""The clocks of who makes certificates and of who receives them (R4.2): drawn, posted, received."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.certificate import windup
from services.certificate.declares import KINDS
from services.certificate.duties.duty import CertificateDuty
from services.certificate.duties.making import STAGES, key_of
from services.certificate.duties.watching import duties
from services.certificate.handlers import handlers
from services.certificate.production.production import Production
from services.runtime.wiring import MACHINERY
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.certificate import CertificateWindUpDone
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import PREFIX
from shared.contracts.windup import Effect
from shared.keeping import repository
from shared.procedure.windup import acting_for
from shared.trade.roles import Role
from tests.world.duty_desk import DutyDesk
from tests.world.hearing import hear_of_body, told

CENTRE, BRANCH, STATION = "49000001", "49050001", "49053012"
PATHS = {CENTRE: f"/{CENTRE}/", BRANCH: f"/{CENTRE}/{BRANCH}/", STATION: f"/{CENTRE}/{BRANCH}/{STATION}/"}
ROSTER = f"{STATION}-2026-001"
MAKING, POSTING, RECEIPT = (f"{ROSTER}.{stage.row.what}" for stage in STAGES)
MAKER = Actor("maker", "m", BRANCH, PATHS[BRANCH], frozenset({Role.BRANCH_OFFICER}))
CLERK = Actor("clerk", "c", STATION, PATHS[STATION], frozenset({Role.STATION_CLERK}))
APPROVED = "2026-04-03"
"""A Friday, before a Monday that is off."""
MADE_BY, POSTED_BY, RECEIVED_BY = "2026-04-13", "2026-04-13", "2026-04-23"
"""Five working days after the approval; three after the eighth; fifteen days of the calendar after the same."""


class Desk(DutyDesk):
    def __init__(self, store: SqliteStore, day: str = APPROVED) -> None:
        super().__init__(store, CertificateDuty, duties, day)
        self.handlers = handlers(self.ports())["duties"]

    async def approved(self, **more: Any) -> Production:
        """As intake leaves it, when the roster was approved."""
        usual = {"body": STATION, "path": PATHS[STATION], "producer": BRANCH, "certificates": 52, "batches": 1}
        production = Production(id=ROSTER, approved_on=date.fromisoformat(APPROVED), **{**usual, **more})
        await repository.add(self.store, production)
        for stage in STAGES:
            await self.keeper.look_at(key_of(stage, ROSTER, production.body), stage.row.what)
        return production

    async def act(self, production: Production, *verbs: str, heard: bool = True) -> None:
        for verb in verbs:
            now = self.clock.now()
            match verb:
                case "draw":
                    production.mark_ready([], now, 41)
                case "post":
                    production.post_parcel(MAKER, now, "EMS", "EA000000001CN")
                case "receive":
                    production.receive(CLERK, now, 52)
                case "void":
                    production.void(acting_for("s"), now, "取消资质", "s")
            (fact,) = (row.key for row in production.outbox)
            await repository.save(self.store, production)
            for _ in range(2 if heard else 0):  # however often it is told
                await self.handlers[fact](envelope_of(production, fact))


def envelope_of(production: Production, fact: str) -> Any:
    """Of which the duties read what it is about, and nothing else."""
    some = told(production.id, CertificateWindUpDone(sanction="s", effects=0))
    return some.model_copy(update={"type": PREFIX + fact, "data": {"body": production.body}})


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "certificate.sqlite", (*KINDS, *MACHINERY))
    for code, path in PATHS.items():
        await hear_of_body(opened, code, path, kind={CENTRE: "centre", BRANCH: "branch"}.get(code, "station"))
    yield opened
    await opened.close()


@pytest.fixture
async def desk(store: SqliteStore) -> Desk:
    return Desk(store)


# --- each row ---------------------------------------------------------------------------------------------------------


async def test_each_step_is_owed_by_whose_turn_it_is(desk: Desk) -> None:
    production = await desk.approved()
    assert await desk.due() == {MAKING: MADE_BY}
    desk.be("2026-04-08")
    await desk.act(production, "draw")
    assert (await desk.due())[POSTING] == POSTED_BY
    await desk.act(production, "post")
    assert (await desk.due())[RECEIPT] == RECEIVED_BY
    desk.be("2026-04-20")
    await desk.act(production, "receive")
    opened = {id: told[0] for id, told in (await desk.told("opened")).items()}
    whose = {id: (one["body"], one["path"], one["concerns"], one["period"]) for id, one in opened.items()}
    producer = (BRANCH, PATHS[BRANCH], STATION, "")
    assert whose == {
        MAKING: producer,
        POSTING: producer,
        RECEIPT: (STATION, PATHS[STATION], STATION, ROSTER),
    }
    assert await desk.ends() == dict.fromkeys((MAKING, POSTING, RECEIPT), (False, False))
    await desk.days("2026-04-20", "2026-06-01")
    assert await desk.marks() == {}, "nobody is reminded of what is done"


BEFORE: dict[str, tuple[str, ...]] = {MAKING: (), POSTING: ("draw",), RECEIPT: ("draw", "post")}
BY = {MAKING: "draw", POSTING: "post", RECEIPT: "receive"}
LAST = {MAKING: "2026-04-13", POSTING: "2026-04-09", RECEIPT: "2026-04-18"}
"""Where everything before was done on the day of the approval."""


@pytest.mark.parametrize("heard", [True, False], ids=["told", "not told"])
@pytest.mark.parametrize("on_time", [True, False], ids=["on the last day", "a day later"])
@pytest.mark.parametrize("what", BY)
async def test_late_is_after_the_last_day(desk: Desk, what: str, on_time: bool, heard: bool) -> None:
    production = await desk.approved()
    await desk.act(production, *BEFORE[what])
    assert (await desk.due())[what] == LAST[what]
    day = date.fromisoformat(LAST[what])
    desk.be(str(day if on_time else day.replace(day=day.day + 1)))
    await desk.act(production, BY[what], heard=heard)
    await desk.keeper.watch(desk.clock.now())
    assert (await desk.ends())[what] == (not on_time, False)


@pytest.mark.parametrize(
    ("what", "marks"),
    [
        (MAKING, [1, 0, -1, -3, -10]),
        (POSTING, [1, 0, -1, -3, -10]),
        (RECEIPT, [3, 0, -1, -3, -10]),
    ],
)
async def test_marks(desk: Desk, what: str, marks: list[int]) -> None:
    await desk.act(await desk.approved(), *BEFORE[what])
    await desk.days(APPROVED, "2026-05-01")
    told_of = [one for one in (await desk.told("marked"))[what] if one["mark"] >= -10]
    assert [one["mark"] for one in told_of] == marks
    assert [one["above"] for one in told_of][-2:] == [BRANCH if what == RECEIPT else CENTRE] * 2
    assert told_of[-1]["centre"] == (CENTRE if what == RECEIPT else None), "for the producer the Centre is right above"


@pytest.mark.parametrize("done", [(), ("draw",)], ids=["being made", "ready"])
async def test_of_voided_certificates_nothing_is_owed(desk: Desk, done: tuple[str, ...]) -> None:
    production = await desk.approved()
    await desk.act(production, *done)
    await desk.act(production, "void")
    open_then = POSTING if done else MAKING
    assert (await desk.ends())[open_then] == (False, True)
    await desk.days(APPROVED, "2026-06-01")
    assert await desk.marks() == {}


async def test_a_winding_up_is_looked_at_too(desk: Desk) -> None:
    production = await desk.approved()
    await desk.act(production, "void", heard=False)
    effect = Effect(
        service="certificate",
        kind="production",
        id=ROSTER,
        choice="void",
        from_state="making",
        to_state="voided",
        count=52,
    )
    await repository.add(
        desk.store, windup.CertificateWindUp(id="s", body=STATION, path=PATHS[STATION], effects=[effect])
    )
    fact = CertificateWindUpDone(sanction="s", effects=1)
    await desk.handlers[fact.TYPE](told("s", fact))
    assert (await desk.ends())[MAKING] == (False, True)


def the_station(**more: Any) -> BodyRegistered:
    usual = {"body": STATION, "kind": "station", "path": PATHS[STATION], "name_zh": "站", "name_en": "S", "email": ""}
    return BodyRegistered.model_validate({**usual, "produces": False, **more})


async def test_a_body_without_a_licence_is_not_asked_for_its_parcel_from_that_fact_on(desk: Desk) -> None:
    await desk.act(await desk.approved(), "draw", "post")
    for _ in range(2):
        await desk.handlers[BodyRegistered.TYPE](told(STATION, the_station(state="revoked")))
    assert (await desk.ends())[RECEIPT] == (False, True)
    await desk.days(APPROVED, "2026-06-01")
    assert await desk.marks() == {}


@pytest.mark.parametrize("before", [(), ("draw",)], ids=["being made", "ready"])
async def test_what_its_winding_up_let_it_finish_is_owed(desk: Desk, before: tuple[str, ...]) -> None:
    """Rules §4.9: made and posted, so the parcel arrives somewhere, and somebody has to count it."""
    production = await desk.approved()
    await desk.act(production, *before)
    production.finish(acting_for("s"), desk.clock.now(), "取消资质")
    await desk.handlers[BodyRegistered.TYPE](told(STATION, the_station(state="revoked")))
    await desk.act(production, *(verb for verb in ("draw", "post") if verb not in before))
    await desk.days(APPROVED, LAST[RECEIPT])
    assert (await desk.marks())[RECEIPT] == [3, 0]
    await desk.act(production, "receive")
    assert (await desk.ends())[RECEIPT] == (False, False)


async def test_a_body_that_stands_elsewhere_is_told_to_stand_there_at_once(desk: Desk) -> None:
    await desk.act(await desk.approved(), "draw", "post")
    await desk.handlers[BodyRegistered.TYPE](told(STATION, the_station(path=f"/{CENTRE}/{STATION}/")))
    assert [one["path"] for one in (await desk.told("reckoned"))[RECEIPT]] == [f"/{CENTRE}/{STATION}/"]


async def test_nobody_who_practises_owes_anything(desk: Desk) -> None:
    twins = {"body": "99053012", "path": "/99000001/99050001/99053012/", "producer": "99050001"}
    await desk.approved(**twins)
    assert await desk.told("opened") == {}


@pytest.mark.parametrize(
    ("approved_on", "made_by"),
    [("2026-09-29", "2026-10-12"), ("2026-09-30", "2026-10-13"), ("2026-10-08", "2026-10-14")],
)
async def test_over_the_national_day(store: SqliteStore, approved_on: str, made_by: str) -> None:
    """1 to 7 October are off, and Saturday the 10th is worked on."""
    desk = Desk(store, approved_on)
    production = Production(
        id=ROSTER,
        body=STATION,
        path=PATHS[STATION],
        producer=BRANCH,
        approved_on=date.fromisoformat(approved_on),
        certificates=1,
        batches=1,
    )
    await repository.add(store, production)
    await desk.day(approved_on)
    assert await desk.due() == {MAKING: made_by}


# --- clocks and earlier releases --------------------------------------------------------------------------------------


async def test_two_clocks_at_once_double_nothing(desk: Desk) -> None:
    await desk.act(await desk.approved(), "draw")
    clocks = [desk.keeper, desk.another(), desk.another()]
    for day in range(3, 21):
        now = desk.be(f"2026-04-{day:02d}")
        await asyncio.gather(*(clock.watch(now) for clock in clocks))
    assert await desk.marks() == {POSTING: [1, 0, -1, -3, -10]}


async def test_after_an_outage_the_nearest_mark_goes_out(desk: Desk) -> None:
    await desk.act(await desk.approved(), "draw")
    await desk.day("2026-04-07")
    await desk.day("2026-04-30")
    assert await desk.marks() == {POSTING: [-17]}


@pytest.mark.parametrize(
    ("state", "mailed", "owed"),
    [
        ((), "", MAKING),
        (("draw",), "", POSTING),
        (("draw", "post"), "2026-05-04", RECEIPT),  # thirty days before
        (("draw", "post"), "2026-05-03", ""),
        (("draw", "post", "receive"), "2026-05-04", ""),
        (("void",), "", ""),
    ],
)
async def test_what_an_earlier_release_left_is_found_at_the_first_round(
    store: SqliteStore, state: tuple[str, ...], mailed: str, owed: str
) -> None:
    """A parcel that was posted long before there were receipts is not asked for any more, then or later."""
    desk = Desk(store, mailed or APPROVED)
    production = Production(
        id=ROSTER,
        body=STATION,
        path=PATHS[STATION],
        producer=BRANCH,
        approved_on=date.fromisoformat(APPROVED),
        certificates=52,
        batches=1,
    )
    await repository.add(store, production)
    await desk.act(production, *state, heard=False)
    await desk.day("2026-06-03")
    await desk.day("2026-06-03", desk.another())
    assert list(await desk.told("opened")) == ([owed] if owed else [])
    await desk.days("2026-06-04", "2026-06-12")
    assert list(await desk.marks()) == ([owed] if owed else [])
