"""A sanction from its proposal to its end, on a real store: what it may refer to, where items may go, who decides, what
becomes of milder measures. What the other services answer is written by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.runtime.wiring import MACHINERY
from services.supervision.declares import KINDS
from services.supervision.inspections.inspection import Inspection
from services.supervision.sanctions.requests import ChosenForItem, ChosenForKind, NewSanction
from services.supervision.sanctions.sanction import (
    CARRIED_OUT,
    CONFIRMED,
    DIFFERS,
    LIFTED,
    SECONDED,
    SUPERSEDED,
    WITHDRAWN,
    WITHOUT_EFFECT,
    Sanction,
)
from services.supervision.sanctions.usecases import deciding, ladder, proposing, winding_up
from services.supervision.violations.violation import Trigger, Violation
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.directory import BodyStandingChanged, Licence
from shared.contracts.supervision import Measure
from shared.contracts.windup import SERVICES, Effect, WindUpItem, WindUpPreview, WindUpResult
from shared.errors import Invalid, NotFound, NotYet, Overtaken, Stale, WrongState
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Record
from shared.trade.practice import twin, twin_path
from shared.trade.roles import Role
from tests.world.clock import HandClock
from tests.world.hearing import hear_of_body

CENTRE, BRANCH, STATION, TARGET, OTHER = "49000001", "49050001", "49053012", "49053013", "49003007"
PATHS = {
    CENTRE: f"/{CENTRE}/",
    BRANCH: f"/{CENTRE}/{BRANCH}/",
    STATION: f"/{CENTRE}/{BRANCH}/{STATION}/",
    TARGET: f"/{CENTRE}/{BRANCH}/{TARGET}/",
    OTHER: f"/{CENTRE}/{OTHER}/",
}
TODAY = date(2026, 4, 3)  # in China, where the clock of the tests stands
HELD_ON = date(2026, 5, 20)
NEEDED = "6-04-01-01/4"


def at_centre(id: str, role: Role = Role.CENTRE_APPROVER) -> Actor:
    return Actor(id, id, CENTRE, PATHS[CENTRE], frozenset({role}))


CLERK, FIRST, SECOND = at_centre("clerk", Role.CENTRE_CLERK), at_centre("first"), at_centre("second")


def a_licence(
    until: date = date(2039, 12, 31), since: date = date(2020, 1, 1), levels: list[int] | None = None
) -> Licence:
    return Licence.model_validate(
        {
            "licence_no": "机械-测试",
            "valid_from": since,
            "valid_until": until,
            "scope": [{"occupation": "6-04-01-01", "levels": levels or [5, 4, 3]}],
        }
    )


async def know(store: SqliteStore, code: str, path: str = "", **more: Any) -> None:
    """What is known here of a body, from now on."""
    kind = "centre" if code == CENTRE else "branch" if code == BRANCH else "station"
    usual: dict[str, Any] = {"kind": kind, "state": "licensed", "licence": a_licence()}
    await hear_of_body(store, code, path or PATHS[code], **{**usual, **more})


class Services:
    """What the four services answer: what is open, and what they did."""

    def __init__(self) -> None:
        self.items = [item("p")]
        self.done: dict[str, list[Effect]] = {}

    async def get(self, service: str, path: str, model: type[Any]) -> Any:
        if model is WindUpPreview:
            assert path == f"/windups/preview?body={STATION}"
            return WindUpPreview(items=[one for one in self.items if one.service == service])
        return WindUpResult(sanction=path.rpartition("/")[2], effects=self.done[service])


def item(id: str, **more: Any) -> WindUpItem:
    content: dict[str, Any] = {
        "service": "plan",
        "kind": "session",
        "id": id,
        "title": "鉴定批次",
        "state": "approved",
        "count": 9,
        "choices": {"finish": "approved", "move": "approved", "void": "voided"},
        "needs": [NEEDED],
        "held_on": HELD_ON,
    }
    return WindUpItem.model_validate({**content, **more})


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "supervision.sqlite", (*KINDS, *MACHINERY))
    for code in PATHS:
        await know(store, code)
    await know(store, twin(TARGET), twin_path(PATHS[TARGET]))
    yield store
    await store.close()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def ports(store: SqliteStore, clock: HandClock) -> Any:
    return SimpleNamespace(store=store, clock=clock, neighbours=Services())


async def a_violation(store: SqliteStore, id: str = "v", body: str = STATION, decided: str = "confirm") -> str:
    violation = Violation(
        id=id,
        state="",
        body=body,
        path=PATHS[body],
        trigger=Trigger.PAPER_LEAK,
        source="hand",
        description="泄题",
        raised_by=CLERK.id,
    )
    violation.start(CLERK, HandClock().now())
    if decided:
        getattr(violation, decided)(FIRST, HandClock().now(), "证据确凿")
    await repository.add(store, violation)
    return id


async def an_inspection(store: SqliteStore, id: str, body: str = STATION, *, performed: bool = True) -> str:
    inspection = Inspection(
        id=id,
        state="planned",
        body=body,
        path=PATHS[body],
        planned_on=TODAY,
        inspectors="甲乙",
        planned_by=CLERK.id,
    )
    if performed:
        inspection.perform(CLERK, HandClock().now(), summary="未发现问题", findings=[], rectify_by=None)
    await repository.add(store, inspection)
    return id


def a_move(target: str | None = TARGET, id: str = "p") -> ChosenForItem:
    return ChosenForItem(service="plan", kind="session", id=id, choice="move", target=target)


def wanted(measure: Measure = "suspension", **more: Any) -> NewSanction:
    content = {
        "body": STATION,
        "measure": measure,
        "reason": "泄题",
        "violations": ["v"],
        "skips_because": "情节严重",
        **({"wind_up": [a_move()]} if measure == "revocation" else {}),
    }
    return NewSanction.model_validate({**content, **more})


async def propose(ports: Any, new: NewSanction, key: str = "s", by: Actor = CLERK) -> Sanction:
    return await proposing.propose(ports, Asked(by, ports.clock.now()), key, new)


async def confirm(ports: Any, id: str, *approvers: Actor) -> Sanction:
    for by in approvers:
        known = await repository.load(ports.store, Sanction, id)
        known = await deciding.confirm(ports, id, Asked(by, ports.clock.now(), known.version))
    return known


async def in_force(ports: Any, new: NewSanction, key: str = "s") -> Sanction:
    proposed = await propose(ports, new, key)
    return await confirm(ports, proposed.id, FIRST, *([SECOND] if new.measure == "revocation" else []))


def wheres(caught: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [problem.where for problem in caught.value.problems]


# --- what it may refer to ---------------------------------------------------------------------------------------------------


async def test_what_it_refers_to_must_be_settled_and_of_this_body(store: SqliteStore, ports: Any) -> None:
    await a_violation(store)
    await a_violation(store, "open", decided="")
    await a_violation(store, "dismissed", decided="dismiss")
    await a_violation(store, "of another", body=OTHER)
    await an_inspection(store, "done")
    await an_inspection(store, "planned", performed=False)
    await an_inspection(store, "elsewhere", body=OTHER)
    wrong = wanted(
        violations=["v", "open", "dismissed", "of another", "nowhere"],
        inspections=["done", "planned", "elsewhere", "nowhere"],
    )
    with pytest.raises(Invalid) as caught:
        await propose(ports, wrong)
    assert wheres(caught) == [*(f"/violations/{n}" for n in (1, 2, 3, 4)), *(f"/inspections/{n}" for n in (1, 2, 3))]
    proposed = await propose(ports, wanted(violations=["v", "v"], inspections=["done"]))
    assert (proposed.violations, proposed.inspections, proposed.proposed_by) == (["v"], ["done"], CLERK.id)


async def test_the_same_request_again_is_the_same_sanction(store: SqliteStore, ports: Any) -> None:
    """Whatever changed meanwhile: it was proposed then."""
    await a_violation(store)
    proposed = await propose(ports, wanted("revocation"))
    ports.neighbours.items = []
    again = await propose(ports, wanted("revocation"))
    assert (again.id, again.version) == (proposed.id, 1)
    with pytest.raises(Invalid, match="Idempotency-Key"):
        await propose(ports, wanted("suspension"))
    with pytest.raises(Invalid):
        await propose(ports, wanted("revocation"), "another key")


@pytest.mark.parametrize("body", ["49050099", twin(STATION)])
async def test_nobody_is_sanctioned_that_is_not_there(ports: Any, body: str) -> None:
    with pytest.raises(NotFound):
        await propose(ports, wanted(body=body))


async def test_only_a_station_is_revoked_and_only_a_revocation_is_wound_up(store: SqliteStore, ports: Any) -> None:
    await a_violation(store, body=BRANCH)
    with pytest.raises(Invalid, match="only a station"):
        await propose(ports, wanted("revocation", body=BRANCH))
    await a_violation(store, "w")
    for more in (
        {"wind_up": [a_move()]},
        {"wind_up_kinds": [ChosenForKind(kind="session", choice="void", target=None)]},
    ):
        with pytest.raises(Invalid, match="only a revocation"):
            await propose(ports, wanted("suspension", violations=["w"], **more))


async def test_a_station_that_cannot_be_revoked_is_not_asked_about(store: SqliteStore, ports: Any) -> None:
    await a_violation(store)
    await know(store, STATION, state="revoked")
    ports.neighbours = None  # nobody is asked
    with pytest.raises(Invalid) as caught:
        await propose(ports, wanted("revocation"))
    assert wheres(caught) == ["/measure"]


# --- where items may go -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "allowed"),
    [
        pytest.param({}, True, id="licensed for long"),
        pytest.param({"state": "rectifying"}, True, id="rectifying"),
        pytest.param({"state": "suspended"}, False, id="suspended"),
        pytest.param({"state": "applied"}, False, id="never licensed"),
        pytest.param({"licence": None}, False, id="without a licence"),
        pytest.param({"licence": a_licence(until=TODAY - timedelta(days=1))}, False, id="licence ended yesterday"),
        pytest.param({"licence": a_licence(since=TODAY + timedelta(days=1))}, False, id="licence begins tomorrow"),
        pytest.param({"licence": a_licence(until=HELD_ON - timedelta(days=1))}, False, id="ends before the exam"),
        pytest.param({"licence": a_licence(until=HELD_ON)}, True, id="ends on the day of the exam"),
        pytest.param({"licence": a_licence(levels=[5, 3])}, False, id="not for this level"),
    ],
)
@pytest.mark.parametrize("when", ["proposed", "confirmed"])
async def test_a_session_moves_only_to_whoever_may_hold_it(
    store: SqliteStore, ports: Any, more: dict[str, Any], allowed: bool, when: str
) -> None:
    """Asked when it is proposed, and again at the confirmation: the other station may have lost its licence in between."""
    await a_violation(store)
    if when == "proposed":
        await know(store, TARGET, **more)
    proposed = None
    if when == "confirmed":
        proposed = await propose(ports, wanted("revocation"))
        await know(store, TARGET, **more)
    if not allowed:
        with pytest.raises(Invalid, match="cannot take this over") as caught:
            await (confirm(ports, proposed.id, FIRST) if proposed else propose(ports, wanted("revocation")))
        assert wheres(caught) == ["/wind_up/plan/session/p"]
        return
    proposed = proposed or await propose(ports, wanted("revocation"))
    assert [(effect.choice, effect.target) for effect in proposed.effects] == [("move", TARGET)]
    assert (await confirm(ports, proposed.id, FIRST)).state == SECONDED


@pytest.mark.parametrize("since", [TODAY, TODAY - timedelta(days=400)])
async def test_of_an_exam_that_was_held_the_licence_of_today_counts(
    store: SqliteStore, ports: Any, since: date
) -> None:
    """Whoever takes it over only reports it."""
    await a_violation(store)
    ports.neighbours.items = [item("p", held_on=TODAY - timedelta(days=30))]
    await know(store, TARGET, licence=a_licence(until=TODAY, since=since))
    assert (await propose(ports, wanted("revocation"))).effects


@pytest.mark.parametrize("target", [STATION, BRANCH, CENTRE, twin(TARGET), "49050099"])
async def test_not_to_itself_nor_to_who_holds_no_exams(store: SqliteStore, ports: Any, target: str) -> None:
    await a_violation(store)
    with pytest.raises(Invalid, match="cannot take this over"):
        await propose(ports, wanted("revocation", wind_up=[a_move(target)]))


# --- confirmations ----------------------------------------------------------------------------------------------------------


async def test_what_changed_since_the_preview_stops_a_confirmation(store: SqliteStore, ports: Any) -> None:
    await a_violation(store)
    proposed = await propose(ports, wanted("revocation"))
    await confirm(ports, proposed.id, FIRST)
    ports.neighbours.items = [item("p", count=10)]
    with pytest.raises(Overtaken, match="session p"):
        await confirm(ports, proposed.id, SECOND)
    ports.neighbours.items = [item("p"), item("q")]
    with pytest.raises(Overtaken, match="session q is new"):
        await confirm(ports, proposed.id, SECOND)
    ports.neighbours.items = [item("p")]
    assert (await confirm(ports, proposed.id, SECOND)).state == CONFIRMED


async def test_who_read_an_older_version_decides_nothing(store: SqliteStore, ports: Any) -> None:
    await a_violation(store)
    proposed = await propose(ports, wanted())
    with pytest.raises(Stale):
        await deciding.confirm(ports, proposed.id, Asked(FIRST, ports.clock.now(), proposed.version - 1))
    withdrawn = await deciding.withdraw(store, proposed.id, Asked(CLERK, ports.clock.now(), 1), "撤回")
    assert withdrawn.state == WITHDRAWN


async def test_who_stands_elsewhere_does_not_even_see_it(store: SqliteStore, ports: Any) -> None:
    await a_violation(store)
    proposed = await propose(ports, wanted())
    stranger = Actor("x", "x", OTHER, PATHS[OTHER], frozenset({Role.CENTRE_APPROVER}))
    for decide in (
        deciding.confirm(ports, proposed.id, Asked(stranger, ports.clock.now(), 1)),
        deciding.withdraw(store, proposed.id, Asked(stranger, ports.clock.now(), 1), "x"),
        deciding.lift(store, proposed.id, Asked(stranger, ports.clock.now(), 1), "x"),
    ):
        with pytest.raises(NotFound):
            await decide


# --- terms ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", ["rectification", "suspension"])
async def test_a_term_ends_after_today_and_counts_at_the_confirmation(
    store: SqliteStore, ports: Any, clock: HandClock, measure: Measure
) -> None:
    await a_violation(store)
    with pytest.raises(Invalid) as caught:
        await propose(ports, wanted(measure, until=TODAY), "today")
    assert wheres(caught) == ["/until"]
    proposed = await propose(ports, wanted(measure, until=TODAY + timedelta(days=1)))
    clock.advance(86_400)
    with pytest.raises(Invalid, match="propose it again") as late:
        await confirm(ports, proposed.id, FIRST)
    assert wheres(late) == ["/until"]


# --- the ladder -------------------------------------------------------------------------------------------------------------


async def test_a_graver_measure_ends_the_milder_one_and_nothing_else(store: SqliteStore, ports: Any) -> None:
    await a_violation(store)
    await a_violation(store, "o", body=OTHER)
    notice = await in_force(ports, wanted("notice"), "n")
    milder = await in_force(ports, wanted("rectification"), "r")
    elsewhere = await in_force(ports, wanted("rectification", body=OTHER, violations=["o"]), "o")
    graver = await in_force(ports, wanted("suspension"), "s")
    for _ in range(2):  # a repeat finds nothing more
        await ladder.supersede(store, ports.clock, graver.id)
        states = {
            one.id: (await repository.load(store, Sanction, one.id)) for one in (notice, milder, elsewhere, graver)
        }
        assert [one.state for one in states.values()] == [CONFIRMED, SUPERSEDED, CONFIRMED, CONFIRMED]
    ended = states[milder.id].history[-1]
    assert (ended.by, ended.reason) == (f"sanction:{graver.id}", graver.id)
    await ladder.supersede(store, ports.clock, milder.id)
    assert (await repository.load(store, Sanction, graver.id)).state == CONFIRMED, "a milder one ends nothing graver"


async def test_while_a_graver_one_is_in_force_the_milder_is_not_lifted(store: SqliteStore, ports: Any) -> None:
    await a_violation(store)
    milder = await in_force(ports, wanted("rectification"), "r")
    graver = await in_force(ports, wanted("suspension"), "s")
    with pytest.raises(WrongState) as caught:
        await deciding.lift(store, milder.id, Asked(FIRST, ports.clock.now(), milder.version), "整改合格")
    assert caught.value.state == CONFIRMED and "更重的处理" in str(caught.value)
    lifted = await deciding.lift(store, graver.id, Asked(FIRST, ports.clock.now(), graver.version), "期满")
    assert lifted.state == LIFTED
    assert (
        await deciding.lift(store, milder.id, Asked(FIRST, ports.clock.now(), milder.version), "好")
    ).state == LIFTED


async def test_nothing_is_known_of_a_sanction_that_has_not_arrived(store: SqliteStore, ports: Any) -> None:
    told = standing_changed("nowhere", "suspended")
    for waiting in (
        ladder.supersede(store, ports.clock, "nowhere"),
        ladder.take_standing(store, ports.clock, told),
        winding_up.take_result(store, ports.clock, ports.neighbours, "plan", "nowhere"),
    ):
        with pytest.raises(NotYet):
            await waiting


def standing_changed(sanction: str, to: str, **more: Any) -> BodyStandingChanged:
    return BodyStandingChanged.model_validate(
        {
            "body": STATION,
            "path": PATHS[STATION],
            "above": BRANCH,
            "from_state": "licensed",
            "to_state": to,
            "reason": "泄题",
            "until": None,
            "sanction": sanction,
            **more,
        }
    )


async def test_a_measure_that_did_nothing_is_without_effect_and_said_aloud(
    store: SqliteStore, ports: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await a_violation(store)
    sanction = await in_force(ports, wanted())
    await ladder.take_standing(store, ports.clock, standing_changed(sanction.id, "revoked"))
    found = await repository.load(store, Sanction, sanction.id)
    assert (found.state, found.counted()) == (WITHOUT_EFFECT, None)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    await ladder.take_standing(store, ports.clock, standing_changed(sanction.id, "suspended"))
    assert (await repository.load(store, Sanction, sanction.id)).version == found.version, "said once"


async def test_what_a_measure_and_its_lifting_did_is_kept_apart(
    store: SqliteStore, ports: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await a_violation(store)
    sanction = await in_force(ports, wanted())
    await ladder.take_standing(store, ports.clock, standing_changed(sanction.id, "suspended"))
    back = standing_changed(sanction.id, "licensed", from_state="suspended", lifting=True)
    for _ in range(2):
        await ladder.take_standing(store, ports.clock, back)
    found = await repository.load(store, Sanction, sanction.id)
    assert found.put is not None
    assert found.ended is not None
    assert (found.put.to_state, found.ended.from_state, found.ended.to_state) == ("suspended", "suspended", "licensed")
    assert (found.state, caplog.records) == (CONFIRMED, [])


# --- carried out by four services ---------------------------------------------------------------------------------------------


async def test_orders_are_for_a_sanction_in_force_and_of_one_service(store: SqliteStore, ports: Any) -> None:
    await a_violation(store)
    ports.neighbours.items = [item("p"), item("a", service="directory", kind="account", needs=[], held_on=None)]
    close = ChosenForKind(kind="account", choice="void", target=None)
    proposed = await propose(ports, wanted("revocation", wind_up_kinds=[close]))
    for state in ("proposed", "seconded"):
        with pytest.raises(WrongState) as caught:
            await winding_up.orders(store, proposed.id, "plan")
        assert caught.value.state == state
        await confirm(ports, proposed.id, FIRST if state == "proposed" else SECOND)
    orders = await winding_up.orders(store, proposed.id, "plan")
    assert (orders.sanction, orders.body, orders.reason) == (proposed.id, STATION, "泄题")
    assert [(effect.id, effect.choice, effect.target) for effect in orders.effects] == [("p", "move", TARGET)]
    assert [one.id for one in (await winding_up.orders(store, proposed.id, "directory")).effects] == ["a"]
    with pytest.raises(NotFound):
        await winding_up.orders(store, "nowhere", "plan")


@pytest.mark.parametrize("as_shown", [True, False])
async def test_four_results_are_held_against_what_was_shown(store: SqliteStore, ports: Any, as_shown: bool) -> None:
    await a_violation(store)
    sanction = await in_force(ports, wanted("revocation"))
    happened = [one if as_shown else one.model_copy(update={"count": 8}) for one in sanction.effects]
    ports.neighbours.done = {service: happened if service == "plan" else [] for service in SERVICES}
    for n, service in enumerate((*SERVICES, SERVICES[0])):
        known = await winding_up.take_result(store, ports.clock, ports.neighbours, service, sanction.id)
        assert known.state == (CONFIRMED if n < 3 else CARRIED_OUT if as_shown else DIFFERS)
        ports.neighbours.done.pop(service, None)  # a repeat does not even ask
    assert known.results["plan"] == happened
    assert len(known.differs_in) == (0 if as_shown else 1)
    assert known.history[-1].by == f"sanction:{sanction.id}"


async def test_a_revocation_that_nobody_finishes_is_told_of_after_an_hour(
    store: SqliteStore, ports: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Be there ever so many that are not late."""
    await a_violation(store)
    late = await in_force(ports, wanted("revocation"))
    ports.neighbours.done = {"plan": []}
    await winding_up.take_result(store, ports.clock, ports.neighbours, "plan", late.id)
    assert late.confirmed_at is not None
    await winding_up.sweep(store, late.confirmed_at + timedelta(hours=1))
    assert caplog.messages == []
    now = late.confirmed_at + timedelta(hours=1, seconds=1)
    fresh = late.model_copy(update={"confirmed_at": now})
    for n in range(25):
        await store.add(Sanction.KIND, Record(f"0-{n}", fresh.as_record().body))
    await winding_up.sweep(store, now)
    (message,) = caplog.messages
    assert (late.id in message, "directory, reporting, certificate" in message) == (True, True)


async def test_other_measures_and_what_is_done_wait_for_nobody(
    store: SqliteStore, ports: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await a_violation(store)
    await in_force(ports, wanted("suspension"), "s")
    done = await in_force(ports, wanted("revocation"), "r")
    ports.neighbours.done = {service: [] for service in SERVICES}
    ports.neighbours.done["plan"] = done.effects
    await asyncio.sleep(0)
    for service in SERVICES:
        await winding_up.take_result(store, ports.clock, ports.neighbours, service, done.id)
    await winding_up.sweep(store, datetime(2027, 1, 1, tzinfo=UTC))
    assert caplog.messages == []
