"""A service's part of a revocation, on a real store: what it shows, what it does on its orders, and what a repeat finds.

Planning, reporting and the certificate service go through the same procedure with tables of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.certificate import windup as certificate
from services.certificate.declares import KINDS as CERTIFICATE_KINDS
from services.certificate.production.batch import Batch
from services.certificate.production.production import Production
from services.plan import handlers as plan_handlers
from services.plan import windup as plan
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.declares import KINDS as PLAN_KINDS
from services.plan.duties.duty import PlanDuty
from services.plan.session_plans.session_plan import SessionPlan
from services.reporting import handlers as reporting_handlers
from services.reporting import windup as reporting
from services.reporting.declares import KINDS as REPORTING_KINDS
from services.reporting.rosters.roster import Attendance, Roster
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.envelope import PREFIX, Envelope
from shared.contracts.plan import PlannedItem
from shared.contracts.supervision import SanctionConfirmed
from shared.contracts.windup import Effect, WindUpOrders
from shared.errors import NotFound, NotYet, Unavailable
from shared.keeping import repository
from shared.keeping.aggregate import Aggregate
from shared.procedure.windup import acting_for, result_of
from shared.trade.roles import Role
from tests.world.clock import HandClock
from tests.world.empty import empty_house
from tests.world.hearing import hear_of_body

CENTRE, BRANCH, STATION, TARGET = "49000001", "49050001", "49053012", "49003007"
PATH, THERE = f"/{CENTRE}/{BRANCH}/{STATION}/", f"/{CENTRE}/{TARGET}/"
NOW = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)
CLERK = Actor("clerk", "周宁", STATION, PATH, frozenset({Role.STATION_CLERK}))
HEAD = Actor("head", "吴刚", STATION, PATH, frozenset({Role.STATION_HEAD}))
OFFICER = Actor("officer", "李华", BRANCH, f"/{CENTRE}/{BRANCH}/", frozenset({Role.BRANCH_OFFICER}))
APPROVER = Actor("approver", "孙敏", CENTRE, f"/{CENTRE}/", frozenset({Role.CENTRE_APPROVER}))
ITEM = PlannedItem(occupation="6-04-01-01", occupation_zh="车工", occupation_en="turner", level=4, heads=9)
FACT = SanctionConfirmed(
    sanction="s", body=STATION, path=PATH, branch=BRANCH, measure="revocation", reason="泄题", until=None
)


class Supervision:
    """Answers a service its orders; or is away."""

    def __init__(self) -> None:
        self.orders: list[Effect] | None = None
        self.asked: list[str] = []

    async def get(self, service: str, path: str, model: type[Any]) -> Any:
        assert service == "supervision"
        self.asked.append(path)
        if self.orders is None:
            raise Unavailable("supervision is away")
        return WindUpOrders(sanction="s", body=STATION, reason="取消资质", effects=self.orders)


@asynccontextmanager
async def ports_of(path: Path, service: str, kinds: Any) -> AsyncIterator[Any]:
    store = SqliteStore(path / f"{service}.sqlite", kinds)
    await hear_of_body(store, TARGET, THERE)
    yield empty_house(store=store, clock=HandClock(NOW), neighbours=Supervision())
    await store.close()


@pytest.fixture
async def planning(tmp_path: Path) -> AsyncIterator[Any]:
    async with ports_of(tmp_path, "plan", PLAN_KINDS) as ports:
        yield ports


@pytest.fixture
async def rosters(tmp_path: Path) -> AsyncIterator[Any]:
    async with ports_of(tmp_path, "reporting", REPORTING_KINDS) as ports:
        yield ports


@pytest.fixture
async def making(tmp_path: Path) -> AsyncIterator[Any]:
    async with ports_of(tmp_path, "certificate", CERTIFICATE_KINDS) as ports:
        yield ports


WAY = ((HEAD, "submit"), (OFFICER, "endorse"), (APPROVER, "approve"))


async def session(ports: Any, number: int, steps: int = 3, body: str = STATION, path: str = PATH) -> SessionPlan:
    """A session plan that went so many steps up."""
    made = SessionPlan(
        id=f"{body}-2026-{number:03d}",
        body=body,
        path=path,
        prepared_by="clerk",
        year=2026,
        number=number,
        annual_plan=f"{body}-2026",
        held_on=date(2026, 5, 20),
        place="考场",
        in_charge="吴刚",
        items=[ITEM, ITEM.model_copy(update={"level": 3, "heads": 2})],
    )
    for by, verb in WAY[:steps]:
        made.step(verb, by, NOW)
    await repository.add(ports.store, made)
    return made


async def roster(ports: Any, id: str, steps: int = 0) -> Roster:
    made = Roster(
        id=id,
        body=STATION,
        path=PATH,
        prepared_by="clerk",
        session=id,
        held_on=date(2026, 3, 20),
        items=[ITEM],
        attendance=Attendance(applied=9, accepted=9, examined=9),
    )
    await repository.add(ports.store, made)
    return made


def order(id: str, choice: Any, service: Any = "plan", kind: Any = "session", **more: Any) -> Effect:
    content = {"from_state": "approved", "to_state": "approved", "count": 11, **more}
    return Effect(service=service, kind=kind, id=id, choice=choice, **content)


async def load(ports: Any, what: type[Aggregate], id: str) -> Any:
    return await repository.load(ports.store, what, id)


# --- shown ----------------------------------------------------------------------------------------------------------------


async def test_planning_shows_what_is_open_at_this_body_and_the_next_reminder(planning: Any) -> None:
    await session(planning, 1)
    reported = await session(planning, 2)
    reported.close(NOW)
    await repository.save(planning.store, reported)
    await session(planning, 3, steps=1)
    await session(planning, 4, steps=0, body="49053013", path=f"/{CENTRE}/{BRANCH}/49053013/")
    shown = (await plan.preview(planning, STATION)).items
    assert [(one.kind, one.id, one.state, one.count) for one in shown] == [
        ("session", f"{STATION}-2026-001", "approved", 11),
        ("session", f"{STATION}-2026-003", "submitted", 11),
        ("reminder", f"{STATION}-2027.annual_plan", "open", 1),
    ]
    assert (shown[0].needs, shown[0].held_on) == (["6-04-01-01/3", "6-04-01-01/4"], date(2026, 5, 20))
    assert (shown[2].needs, shown[2].held_on) == ([], None)
    assert {one.service for one in shown} == {"plan"}
    assert await repository.seek(planning.store, PlanDuty, f"{STATION}-2027.annual_plan") is None, (
        "looking stores nothing"
    )


@pytest.mark.parametrize(("steps", "reminded"), [(0, True), (1, False), (3, False)])
async def test_nobody_is_reminded_of_what_was_handed_in(planning: Any, steps: int, reminded: bool) -> None:
    annual = AnnualPlan(id=f"{STATION}-2027", body=STATION, path=PATH, prepared_by="clerk", year=2027, items=[ITEM])
    for by, verb in WAY[:steps]:
        annual.step(verb, by, NOW)
    await repository.add(planning.store, annual)
    assert [one.kind for one in (await plan.preview(planning, STATION)).items] == (["reminder"] if reminded else [])


async def test_a_reminder_that_was_voided_is_not_shown_again(planning: Any) -> None:
    duty = plan.not_begun(f"{STATION}-2027.annual_plan", STATION, PATH)
    duty.void(acting_for("earlier"), NOW, "取消资质")
    await repository.add(planning.store, duty)
    assert (await plan.preview(planning, STATION)).items == []


async def test_reporting_shows_rosters_that_are_not_settled(rosters: Any) -> None:
    await roster(rosters, "a")
    settled = await roster(rosters, "b")
    settled.void(acting_for("earlier"), NOW, "取消资质")
    await repository.save(rosters.store, settled)
    (shown,) = (await reporting.preview(rosters.store, STATION)).items
    assert (shown.service, shown.kind, shown.id, shown.state) == ("reporting", "roster", "a", "draft")
    assert shown.choices == {"finish": "draft", "move": "draft", "void": "voided"}


# --- done -----------------------------------------------------------------------------------------------------------------


ONE, TWO, THREE = (f"{STATION}-2026-{n:03d}" for n in (1, 2, 3))


@pytest.mark.parametrize(
    "reminder", [f"{STATION}-2027.annual_plan", f"{STATION}-2027"], ids=["", "of an earlier release"]
)
async def test_every_order_is_carried_out_once_and_told(planning: Any, reminder: str) -> None:
    for number, steps in ((1, 3), (2, 2), (3, 3)):
        await session(planning, number, steps)
    planning.neighbours.orders = [
        order(THREE, "void", to_state="voided"),
        order(TWO, "move", target=TARGET, from_state="endorsed", to_state="returned"),
        order(ONE, "finish"),
        order(reminder, "void", kind="reminder", from_state="open", to_state="voided", count=1),
    ]
    await plan.revoke(planning, FACT)
    assert planning.neighbours.asked == ["/sanctions/s/orders/plan"]
    found = {id: await load(planning, SessionPlan, id) for id in (ONE, TWO, THREE)}
    assert [(one.state, one.body, one.path) for one in found.values()] == [
        ("approved", STATION, PATH),
        ("returned", TARGET, THERE),
        ("voided", STATION, PATH),
    ]
    assert {one.history[-1].reason for one in found.values()} == {"取消资质"}, "as the orders say"
    duty = await load(planning, PlanDuty, reminder)
    assert (duty.state, duty.body, duty.path, duty.period) == ("voided", STATION, PATH, "2027")
    result = await result_of(planning.store, plan.PlanWindUp, "s")
    assert [(one.id, one.from_state, one.to_state, one.count) for one in result.effects] == [
        (reminder, "open", "voided", 1),
        (ONE, "approved", "approved", 11),
        (TWO, "endorsed", "returned", 11),
        (THREE, "approved", "voided", 11),
    ], "in one order, whatever order they came in"
    done = await load(planning, plan.PlanWindUp, "s")
    (told,) = [row for waiting in await planning.store.pending() if waiting.kind == "windup" for row in waiting.rows]
    assert (told.key, '"effects":4' in told.wire, '"sanction":"s"' in told.wire) == ("plan_windup.done.v1", True, True)
    assert (done.body, done.path) == (STATION, PATH)


async def test_a_repeat_finds_everything_done(planning: Any) -> None:
    await session(planning, 1)
    planning.neighbours.orders = [order(ONE, "void", to_state="voided")]
    await plan.revoke(planning, FACT)
    before = (await load(planning, SessionPlan, ONE)).version
    planning.neighbours.orders = None  # nobody is even asked
    await plan.revoke(planning, FACT)
    assert (await load(planning, SessionPlan, ONE)).version == before


async def test_what_was_done_before_a_crash_is_told_as_it_was(planning: Any) -> None:
    """Two of three orders were carried out; the repeat does the third, and says of the others what they did then."""
    for number in (1, 2):
        await session(planning, number)
    planning.neighbours.orders = [
        order(ONE, "void", to_state="voided"),
        order(TWO, "move", target=TARGET),
        order(THREE, "finish"),
    ]
    with pytest.raises(NotYet, match=THREE):
        await plan.revoke(planning, FACT)
    assert await repository.seek(planning.store, plan.PlanWindUp, "s") is None
    versions = [(await load(planning, SessionPlan, id)).version for id in (ONE, TWO)]
    await session(planning, 3)
    await plan.revoke(planning, FACT)
    assert [(await load(planning, SessionPlan, id)).version for id in (ONE, TWO)] == versions
    result = await result_of(planning.store, plan.PlanWindUp, "s")
    assert [(one.from_state, one.to_state) for one in result.effects] == [
        ("approved", "voided"),
        ("approved", "approved"),
        ("approved", "approved"),
    ]


async def test_what_went_on_meanwhile_stays_as_it_is_and_says_so(planning: Any) -> None:
    made = await session(planning, 1)
    made.close(NOW)  # its roster was approved in that very moment
    await repository.save(planning.store, made)
    planning.neighbours.orders = [order(ONE, "void", to_state="voided")]
    await plan.revoke(planning, FACT)
    (effect,) = (await result_of(planning.store, plan.PlanWindUp, "s")).effects
    assert (effect.choice, effect.from_state, effect.to_state) == ("void", "reported", "reported")
    assert (await load(planning, SessionPlan, ONE)).state == "approved"


async def test_nothing_moves_to_a_body_that_is_not_known_here(planning: Any) -> None:
    await session(planning, 1)
    planning.neighbours.orders = [order(ONE, "move", target="49053013")]
    with pytest.raises(NotYet, match="49053013"):
        await plan.revoke(planning, FACT)
    assert (await load(planning, SessionPlan, ONE)).body == STATION


async def test_another_sanction_does_its_own_part(planning: Any) -> None:
    await session(planning, 1)
    planning.neighbours.orders = [order(ONE, "finish")]
    await plan.revoke(planning, FACT)
    await plan.revoke(planning, FACT.model_copy(update={"sanction": "t"}))
    history = (await load(planning, SessionPlan, ONE)).history
    assert [entry.by for entry in history[-2:]] == ["sanction:s", "sanction:t"]
    with pytest.raises(NotFound):
        await result_of(planning.store, plan.PlanWindUp, "u")


@pytest.mark.parametrize("measure", ["notice", "rectification", "suspension", "revocation"])
async def test_only_a_revocation_winds_anything_up(planning: Any, rosters: Any, measure: str) -> None:
    fact = FACT.model_copy(update={"measure": measure})
    envelope = Envelope(
        id="/supervision/sanction/s#0000000002",
        source="/supervision",
        type=PREFIX + SanctionConfirmed.TYPE,
        subject="s",
        time=NOW,
        sequence="0000000002",
        data=fact.model_dump(mode="json"),
    )
    for ports, service in ((planning, plan_handlers), (rosters, reporting_handlers)):
        ports.neighbours.orders = []
        await service.handlers(ports)["windup"][SanctionConfirmed.TYPE](envelope)
        assert len(ports.neighbours.asked) == (1 if measure == "revocation" else 0)


async def test_a_roster_goes_the_way_it_was_ordered(rosters: Any) -> None:
    for id in "abc":
        await roster(rosters, id)
    rosters.neighbours.orders = [
        order("a", "finish", "reporting", "roster"),
        order("b", "move", "reporting", "roster", target=TARGET),
        order("c", "void", "reporting", "roster"),
    ]
    await reporting.revoke(rosters, FACT)
    found = [await load(rosters, Roster, id) for id in "abc"]
    assert [(one.state, one.body) for one in found] == [("draft", STATION), ("draft", TARGET), ("voided", STATION)]
    result = await result_of(rosters.store, reporting.ReportingWindUp, "s")
    assert [(one.from_state, one.to_state, one.count) for one in result.effects] == [
        ("draft", "draft", 0),
        ("draft", "draft", 0),
        ("draft", "voided", 0),
    ]


# --- certificates -----------------------------------------------------------------------------------------------------------


async def production(ports: Any, id: str) -> None:
    made = Production(
        id=id,
        body=STATION,
        path=PATH,
        producer=BRANCH,
        approved_on=date(2026, 4, 3),
        certificates=400,
        batches=2,
    )
    await repository.add(ports.store, made)
    for page in range(2):
        batch = Batch(
            id=f"{id}-b{page:04d}",
            roster=id,
            page=page,
            path=PATH,
            producer=BRANCH,
            certificates=200,
            numbered_at=NOW,
        )
        if page == 0:
            batch.produce(f"sha256:{'a' * 64}", 200, [], NOW)
        await repository.add(ports.store, batch)


@pytest.mark.parametrize(("choice", "states"), [("void", ["produced", "voided"]), ("finish", ["produced", "numbered"])])
async def test_with_its_production_a_batch_is_voided_that_nobody_has_drawn(
    making: Any, choice: str, states: list[str]
) -> None:
    await production(making, "r")
    await production(making, "other")
    making.neighbours.orders = [order("r", choice, "certificate", "production", from_state="making")]
    await certificate.revoke(making, FACT)
    assert [(await load(making, Batch, f"r-b{page:04d}")).state for page in range(2)] == states
    assert [(await load(making, Batch, f"other-b{page:04d}")).state for page in range(2)] == ["produced", "numbered"]
    (effect,) = (await result_of(making.store, certificate.CertificateWindUp, "s")).effects
    assert (effect.to_state, effect.count) == ("voided" if choice == "void" else "making", 400)
    shown = (await certificate.preview(making.store, STATION)).items
    assert [one.id for one in shown] == (["other"] if choice == "void" else ["other", "r"])


async def test_batches_are_voided_also_when_the_crash_came_right_after_their_production(making: Any) -> None:
    await production(making, "r")
    made = await load(making, Production, "r")
    made.void(acting_for("s"), NOW, "取消资质", "s")
    await repository.save(making.store, made)
    making.neighbours.orders = [order("r", "void", "certificate", "production", from_state="making")]
    await certificate.revoke(making, FACT)
    assert (await load(making, Batch, "r-b0001")).state == "voided"
