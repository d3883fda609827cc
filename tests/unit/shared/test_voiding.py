"""What a revocation may do with a session, a roster, a production, a batch, a reminder and an account, as tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from services.certificate import windup as certificate
from services.certificate.production import batch as batches
from services.certificate.production import production as productions
from services.certificate.production.batch import Batch
from services.certificate.production.production import Production
from services.directory import windup as directory
from services.directory.accounts.account import Account
from services.plan import windup as plan
from services.plan.duties.annual_plan import year_in_view
from services.plan.duties.duty import PlanDuty
from services.plan.session_plans import session_plan as sessions
from services.plan.session_plans.session_plan import SessionPlan
from services.plan.windup import not_begun
from services.reporting import windup as reporting
from services.reporting.rosters import roster as rosters
from services.reporting.rosters.roster import Attendance, Roster
from shared.contracts.plan import PlannedItem
from shared.contracts.windup import SERVICES, Choice, WindUpKind
from shared.errors import WrongState
from shared.ports.exchanges import AUDIT
from shared.procedure import approval
from shared.procedure.duties.duty import OPEN
from shared.procedure.duties.duty import VOIDED as DUTY_VOIDED
from shared.procedure.holdings import Act, Holding
from shared.procedure.windup import acting_for
from shared.trade.ladder import Ladder
from shared.trade.roles import Role
from shared.trade.workdays.reading import ours
from shared.trade.workdays.working_days import WorkingDays

NOW = datetime(2026, 4, 3, 9, 0, tzinfo=UTC)
CENTRE, BRANCH, STATION, TARGET = "49000001", "49050001", "49053012", "49003007"
PATH, THERE = f"/{CENTRE}/{BRANCH}/{STATION}/", f"/{CENTRE}/{TARGET}/"
ITEM = PlannedItem(occupation="6-04-01-01", occupation_zh="车工", occupation_en="turner", level=4, heads=9)
BY = acting_for("s")


def session(state: str) -> SessionPlan:
    return SessionPlan(
        id="p",
        state=state,
        body=STATION,
        path=PATH,
        prepared_by="clerk",
        submitted_by="head",
        endorsed_by="officer",
        year=2026,
        number=1,
        annual_plan="a",
        held_on=date(2026, 3, 20),
        place="考场",
        in_charge="吴刚",
        items=[ITEM],
    )


def roster(state: str) -> Roster:
    return Roster(
        id="p",
        state=state,
        body=STATION,
        path=PATH,
        prepared_by="clerk",
        submitted_by="head",
        endorsed_by="officer",
        session="p",
        held_on=date(2026, 3, 20),
        items=[ITEM],
        attendance=Attendance(applied=9, accepted=9, examined=9),
    )


def production(state: str) -> Production:
    return Production(
        id="p",
        state=state,
        body=STATION,
        path=PATH,
        producer=BRANCH,
        approved_on=date(2026, 4, 3),
        certificates=9,
        batches=1,
    )


def account(state: str) -> Account:
    return Account(
        id="a",
        state=state,
        name="",
        body=STATION,
        path=PATH,
        roles=[Role.STATION_CLERK],
        password_hash="",
    )


def duty(state: str) -> PlanDuty:
    begun = not_begun(f"{STATION}-2027.annual_plan", STATION, PATH)
    begun.state = state
    return begun


PARTS = {part.done.SERVICE: part for part in (directory.PART, plan.PART, reporting.PART, certificate.PART)}
HOLDINGS: dict[str, Holding[Any]] = {one.what.KIND: one for part in PARTS.values() for one in part.holdings}


def take(document: Any, choice: Choice) -> None:
    """As an order would: by the verb of the table."""
    moved = choice == "move"
    act = Act(BY, NOW, "取消资质", "s", TARGET if moved else "", THERE if moved else "")
    HOLDINGS[document.KIND].ways[choice].verb(document, act)


D, S, E, A, R = approval.DRAFT, approval.SUBMITTED, approval.ENDORSED, approval.APPROVED, approval.RETURNED
TABLES: list[tuple[Callable[[str], Any], tuple[str, ...], dict[tuple[str, str], str]]] = [
    (
        session,
        (*approval.STATES, sessions.VOIDED),
        {
            (A, "finish"): A,
            (D, "move"): D,
            (S, "move"): R,
            (E, "move"): R,
            (R, "move"): R,
            (A, "move"): A,
            **{(state, "void"): sessions.VOIDED for state in (D, S, E, A, R)},
        },
    ),
    (
        roster,
        (*approval.STATES, rosters.VOIDED),
        {
            **{(state, "finish"): state for state in (D, S, E, R)},
            (D, "move"): D,
            (S, "move"): R,
            (E, "move"): R,
            (R, "move"): R,
            **{(state, "void"): rosters.VOIDED for state in (D, S, E, R)},
        },
    ),
    (
        production,
        productions.STATES,
        {
            **{(state, "finish"): state for state in productions.OPEN},
            **{(state, "void"): productions.VOIDED for state in productions.OPEN},
        },
    ),
    (
        account,
        ("active", "closed"),
        {("active", "finish"): "active", ("active", "move"): "active", ("active", "void"): "closed"},
    ),
    (duty, (OPEN, DUTY_VOIDED), {(OPEN, "void"): DUTY_VOIDED}),
]
"""By hand, next to what the services declare: a document, all its states, and where each choice leads."""


@pytest.mark.parametrize(("make", "states", "table"), TABLES, ids=lambda value: getattr(value, "__name__", ""))
def test_what_is_declared(
    make: Callable[[str], Any], states: tuple[str, ...], table: dict[tuple[str, str], str]
) -> None:
    holding = HOLDINGS[make(states[0]).KIND]
    assert {(state, choice): to for choice, way in holding.ways.items() for state, to in way.leads.items()} == table
    assert {state for state in states if holding.is_open(make(state))} == {state for state, _ in table}, (
        "open is what something can be chosen for, and every open state leaves something to choose"
    )
    assert set(holding.open) == {state for state, _ in table}


@pytest.mark.parametrize(("make", "states", "table"), TABLES, ids=lambda value: getattr(value, "__name__", ""))
def test_what_is_shown_is_what_the_table_says(
    make: Callable[[str], Any], states: tuple[str, ...], table: dict[tuple[str, str], str]
) -> None:
    for state in {state for state, _ in table}:
        document = make(state)
        shown = HOLDINGS[document.KIND].shown("plan", document)
        assert (shown.id, shown.state, shown.title != "") == (document.id, state, True)
        assert shown.choices == {choice: to for (origin, choice), to in table.items() if origin == state}
        assert list(shown.choices) == [choice for choice in get_args(Choice) if choice in shown.choices], "in one order"


def test_every_kind_and_every_service_has_its_part() -> None:
    assert tuple(PARTS) == SERVICES
    assert {one.kind for one in HOLDINGS.values()} == set(get_args(WindUpKind))
    assert len(HOLDINGS) == len(get_args(WindUpKind)), "no kind twice"


@pytest.mark.parametrize(
    ("make", "state", "choice", "to"),
    [
        pytest.param(make, state, choice, table.get((state, choice)), id=f"{make.__name__} {state} {choice}")
        for make, states, table in TABLES
        for state in states
        for choice in HOLDINGS[make(state).KIND].ways
    ],
)
def test_every_choice_in_every_state(make: Callable[[str], Any], state: str, choice: Choice, to: str | None) -> None:
    document = make(state)
    if to is None:
        with pytest.raises(WrongState):
            take(document, choice)
        assert (document.state, document.body, document.outbox, document.history) == (state, STATION, (), [])
        return
    take(document, choice)
    assert document.state == to
    assert (document.body, document.path) == ((TARGET, THERE) if choice == "move" else (STATION, PATH))
    (entry,) = document.history
    assert (entry.by, entry.from_state, entry.to_state) == ("sanction:s", state, to)
    if to == R and choice == "move":
        assert document.endorsed_by == ""
        assert document.returned_because == "取消资质"


def test_a_moved_approved_session_is_told_anew() -> None:
    moved = session(A)
    take(moved, "move")
    (row,) = moved.outbox
    fact = json.loads(row.wire)["data"]
    assert (row.key, fact["body"], fact["path"]) == ("session_plan.approved.v1", TARGET, THERE)
    silent = session(S)
    take(silent, "move")
    assert silent.outbox == ()


@pytest.mark.parametrize(("make", "state"), [(session, S), (roster, S), (account, "active")])
def test_a_move_is_an_act_of_the_body_that_loses_it(make: Callable[[str], Any], state: str) -> None:
    """Its auditors read where it went; the body that gets it reads what is done there from then on."""
    document = make(state)
    take(document, "move")
    (act,) = [row for row in document.outgoing if row.exchange == AUDIT]
    assert (act.key, act.headers["path"]) == (STATION, PATH)


@pytest.mark.parametrize("choice", get_args(Choice))
def test_a_reported_session_is_not_open(choice: Choice) -> None:
    reported = session(A)
    assert plan.SESSIONS.is_open(reported)
    assert reported.close(NOW)
    assert not reported.close(NOW)
    assert not plan.SESSIONS.is_open(reported)
    with pytest.raises(WrongState) as raised:
        take(reported, choice)
    assert raised.value.state == "reported"


def test_what_is_voided_is_told() -> None:
    for document, key in ((session(A), "session_plan.voided.v1"), (production("ready"), "certificates.voided.v1")):
        take(document, "void")
        assert [row.key for row in document.outbox] == [key]
        assert json.loads(document.outbox[0].wire)["data"]["sanction"] == "s"


@pytest.mark.parametrize("state", [batches.NUMBERED, batches.PRODUCED, batches.VOIDED])
def test_only_a_batch_that_waits_is_voided(state: str) -> None:
    batch = Batch(id="b", state=state, roster="p", page=0, path=PATH, producer=BRANCH, certificates=9, numbered_at=NOW)
    assert batch.void(BY, NOW, "取消资质") is (state == batches.NUMBERED)
    assert batch.state == (batches.VOIDED if state == batches.NUMBERED else state)


def test_a_voided_production_goes_no_further() -> None:
    voided = production(productions.VOIDED)
    assert not voided.mark_ready([], NOW)
    assert not voided.take_redraw(["x"])
    assert voided.outbox == ()


@pytest.mark.parametrize("state", [OPEN, DUTY_VOIDED])
def test_a_voided_duty_reminds_nobody(state: str) -> None:
    on_its_day = datetime(2027, 2, 28, 4, 0, tzinfo=UTC)
    assert duty(state).mark(Ladder.read("0,-1"), WorkingDays(ours()), on_its_day) is (state == OPEN)


@pytest.mark.parametrize(
    ("today", "year"),
    [
        (datetime(2026, 1, 5, tzinfo=UTC), 2026),
        (datetime(2026, 3, 3, 10, tzinfo=UTC), 2026),  # the last mark, three days after
        (datetime(2026, 3, 3, 17, tzinfo=UTC), 2027),  # the day after, in China
        (datetime(2026, 12, 31, tzinfo=UTC), 2027),
    ],
)
def test_the_year_in_view(today: datetime, year: int) -> None:
    assert year_in_view(today) == year
