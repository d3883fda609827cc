"""Registered persons: states, terms, what each office may assess."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.directory.bodies.body import Body
from services.directory.declares import KINDS
from services.directory.persons import usecases
from services.directory.persons.person import ACTIVE, STATES, WITHDRAWN, RegisteredPerson, Wanted
from services.runtime.wiring import MACHINERY
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.directory import ScopeItem
from shared.errors import Invalid, NotAllowed, WrongState
from shared.keeping import repository
from shared.trade.roles import Role

NOW = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)
FIRST = date(2026, 4, 1)


def actor(*roles: Role) -> Actor:
    return Actor("who", "who", "49000001", "/49000001/", frozenset(roles))


CLERK, OFFICER = actor(Role.CENTRE_CLERK), actor(Role.BRANCH_OFFICER)


def station(state: str = "licensed") -> Body:
    return Body(
        id="49053012",
        state=state,
        kind="station",
        path="/49000001/49050001/49053012/",
        name_zh="示例站",
        name_en="Station",
        produces=False,
        email="office@example.org",
    )


def scope(*rows: tuple[str, list[int]]) -> list[ScopeItem]:
    return [ScopeItem(occupation=occupation, levels=levels) for occupation, levels in rows]


TURNER = scope(("6-04-01-01", [5, 4, 3]))


def registered(by: Actor = CLERK, **other: Any) -> RegisteredPerson:
    content = {
        "office": "examiner",
        "name": "张伟",
        "card_no": "R49260001",
        "body": station(),
        "scope": TURNER,
        "appointed_from": FIRST,
        **other,
    }
    return RegisteredPerson.register(by, NOW, **content)


VERBS: dict[str, Callable[[RegisteredPerson], None]] = {
    "renew": lambda person: person.renew(CLERK, NOW, appointed_from=date(2029, 4, 1)),
    "withdraw": lambda person: person.withdraw(CLERK, NOW, "调离"),
}
TABLE = {ACTIVE: {"renew": ACTIVE, "withdraw": WITHDRAWN}, WITHDRAWN: {}}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state(state: str, verb: str) -> None:
    person = registered().model_copy(update={"state": state})
    wanted = TABLE[state].get(verb)
    if wanted is None:
        with pytest.raises(WrongState):
            VERBS[verb](person)
        assert person.state == state
        return
    VERBS[verb](person)
    assert person.state == wanted
    assert person.history[-1].verb == verb


def test_nothing_of_a_person_goes_on_the_bus() -> None:
    person = registered()
    person.renew(CLERK, NOW, appointed_from=FIRST)
    person.withdraw(CLERK, NOW, "调离")
    assert person.outbox == ()
    assert [row.key for row in person.outgoing] == ["49053012"] * 3, "the acts stand in the chain of the body"


@pytest.mark.parametrize(
    ("first", "last"),
    [(FIRST, date(2029, 3, 31)), (date(2024, 2, 29), date(2027, 2, 27)), (date(2026, 1, 1), date(2028, 12, 31))],
)
def test_a_term_is_three_years_where_nothing_is_said(first: date, last: date) -> None:
    assert registered(appointed_from=first).valid_until == last
    assert registered(appointed_from=first, valid_until=first).valid_until == first


def test_a_renewal_keeps_the_scope_unless_another_one_is_given() -> None:
    person = registered()
    person.renew(OFFICER, NOW, appointed_from=date(2029, 4, 1))
    assert (person.scope, person.valid_until) == (TURNER, date(2032, 3, 31))
    person.renew(OFFICER, NOW, appointed_from=date(2029, 4, 1), scope=scope(("6-04-01-01", [5])))
    assert person.scope == scope(("6-04-01-01", [5]))
    with pytest.raises(Invalid):
        person.renew(OFFICER, NOW, appointed_from=FIRST, scope=scope(("6-04-01-01", [2])))


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        ({"scope": scope(("6-04-01-01", [3, 2, 1]))}, ["/scope/0/levels/1", "/scope/0/levels/2"]),
        ({"scope": scope(("6-04-01-01", [3, 2, 1])), "office": "senior_examiner"}, []),
        ({"scope": []}, ["/scope"]),
        ({"scope": [], "office": "senior_examiner"}, ["/scope"]),
        ({"scope": [], "office": "quality_supervisor"}, []),
        ({"valid_until": date(2026, 3, 31)}, ["/valid_until"]),
        ({"scope": scope(("9-99-99-99", [5])), "valid_until": FIRST}, ["/scope/0/occupation"]),
        ({"scope": scope(("6-04-01-01", [5]), ("6-04-01-01", [4]))}, ["/scope/1/occupation"]),
        ({"body": station("revoked")}, ["/body"]),
    ],
)
def test_every_contradiction_at_once(other: dict[str, Any], wanted: list[str]) -> None:
    if not wanted:
        assert registered(**other).state == ACTIVE
        return
    with pytest.raises(Invalid) as refused:
        registered(**other)
    assert [problem.where for problem in refused.value.problems] == wanted


def test_who_may_register_whom() -> None:
    assert registered(OFFICER).state == ACTIVE
    with pytest.raises(NotAllowed):
        registered(OFFICER, office="quality_supervisor", scope=[])
    for nobody in (actor(Role.STATION_HEAD), actor(Role.CENTRE_APPROVER), actor(Role.OPERATOR)):
        with pytest.raises(NotAllowed):
            registered(nobody)


def test_a_card_is_one_card_however_it_is_typed() -> None:
    assert registered(card_no="r４９２６ 0001").id == registered().id
    assert registered(card_no="R49260002").id != registered().id


@pytest.mark.parametrize(
    ("occupation", "level", "day", "may"),
    [
        ("", None, None, True),
        ("6-04-01-01", None, None, True),
        ("6-04-01-02", None, None, False),
        ("6-04-01-01", 3, None, True),
        ("6-04-01-01", 2, None, False),
        ("", 5, None, True),
        ("6-04-01-01", 3, date(2026, 4, 1), True),
        ("6-04-01-01", 3, date(2026, 3, 31), False),
        ("6-04-01-01", 3, date(2029, 3, 31), True),
        ("6-04-01-01", 3, date(2029, 4, 1), False),
        ("", None, date(2029, 4, 1), False),
    ],
)
def test_who_may_assess(occupation: str, level: int | None, day: date | None, may: bool) -> None:
    assert registered().may_assess(occupation, level, day) is may


def test_who_is_withdrawn_assesses_on_no_day() -> None:
    person = registered()
    person.withdraw(CLERK, NOW, "调离")
    assert person.may_assess("6-04-01-01", 3, None)
    assert not person.may_assess("6-04-01-01", 3, FIRST)


def test_whoever_registers_an_office_also_renews_and_withdraws_it() -> None:
    for office, allowed, refused in (
        ("examiner", (CLERK, OFFICER), (actor(Role.STATION_HEAD), actor(Role.OPERATOR))),
        ("quality_supervisor", (CLERK,), (OFFICER, actor(Role.OPERATOR))),
    ):
        for by in allowed:
            registered(office=office).renew(by, NOW, appointed_from=date(2029, 4, 1))
            registered(office=office).withdraw(by, NOW, "调离")
        for by in refused:
            person = registered(office=office)
            with pytest.raises(NotAllowed):
                person.renew(by, NOW, appointed_from=date(2029, 4, 1))
            with pytest.raises(NotAllowed):
                person.withdraw(by, NOW, "调离")
            assert (person.state, person.appointed_from) == (ACTIVE, FIRST)


def test_a_withdrawal_needs_a_reason() -> None:
    person = registered()
    with pytest.raises(Invalid) as refused:
        person.withdraw(CLERK, NOW, " \n")
    assert [problem.where for problem in refused.value.problems] == ["/reason"]
    person.withdraw(CLERK, NOW, " 调离 ")
    assert (person.state, person.withdrawn_because) == (WITHDRAWN, "调离")


def test_a_renewal_ends_on_the_day_that_is_named_or_after_three_years() -> None:
    person = registered()
    person.renew(CLERK, NOW, appointed_from=date(2029, 4, 1), valid_until=date(2029, 4, 1))
    assert person.valid_until == date(2029, 4, 1)
    person.renew(CLERK, NOW, appointed_from=date(2029, 4, 1))
    assert person.valid_until == date(2032, 3, 31)


def test_a_question_about_the_level_alone_or_about_nothing() -> None:
    examiner, supervisor = registered(), registered(office="quality_supervisor", scope=[])
    assert examiner.may_assess("", 5, None)
    assert not examiner.may_assess("", 1, None)
    assert supervisor.may_assess("", None, FIRST)
    assert not supervisor.may_assess("", 5, FIRST)


async def test_a_list_that_ends_with_a_page_of_the_store_says_where_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usecases, "TOGETHER", 2)
    store = SqliteStore(tmp_path / "directory.sqlite", (*KINDS, *MACHINERY))
    for n in range(5):
        await repository.add(store, registered(card_no=f"R4926000{n}"))
    found: list[str] = []
    after = None
    for left in (3, 1, 0):
        page = await usecases.listed(store, CLERK, Wanted(), after=after, limit=2)
        found += [record.id for record in page.records]
        assert (page.next is None) == (left == 0)
        after = page.next
    assert len(set(found)) == 5
    await store.close()
