"""What a body was on a day of the past, and that everybody is told: also of bodies that earlier releases told less of."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.directory.bodies import usecases
from services.directory.bodies.body import TELLING, Body
from services.directory.bodies.periods import MOST_TOLD
from services.directory.declares import KINDS
from services.runtime.wiring import MACHINERY
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.directory import BodyRegistered, Licence, ScopeItem, Suspension
from shared.contracts.occupations import occupations
from shared.keeping import repository
from shared.ports import Record, Store
from tests.unit.directory.test_standing import (
    APPROVER,
    CLERK,
    LICENCE,
    OF_RELEASE_0_1,
    STATION,
    SYSTEM,
    a_body,
    entry,
    facts,
)

SCOPE = [ScopeItem(occupation="6-04-01-01", levels=[4])]


def at(month: int, day: int, hour: int = 1) -> datetime:
    """hour: of UTC; from 16 on it is the next day in China."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


def told_of(body: Body, about: str = STATION) -> BodyRegistered:
    return [BodyRegistered.from_data(data) for key, subject, data in facts(body) if subject == about and "reg" in key][
        -1
    ]


def a_licence(first: date, last: date) -> Licence:
    return Licence(licence_no=f"机械-{first:%Y%m%d}", valid_from=first, valid_until=last, scope=SCOPE)


def test_a_suspension_begins_on_its_day_and_ends_on_the_day_before_it_is_lifted() -> None:
    body = a_body("licensed")
    body.suspend(SYSTEM, at(5, 10), "超范围鉴定")
    assert told_of(body).suspensions == [Suspension(first=date(2026, 5, 10), last=None)]
    body.reinstate(SYSTEM, at(6, 1), "已整改")
    told = told_of(body)
    assert told.suspensions == [Suspension(first=date(2026, 5, 10), last=date(2026, 5, 31))]
    on = [told.suspended_on(day) for day in (date(2026, 5, 9), date(2026, 5, 10), date(2026, 5, 31), date(2026, 6, 1))]
    assert on == [False, True, True, False]


def test_a_body_licensed_many_times_may_still_be_revoked() -> None:
    """What it is told by stays small enough for the bus; the latest licences are told, and from which day on."""
    body = a_body("licensed")
    scope = [ScopeItem(occupation=one.code, levels=sorted(one.levels)) for one in occupations().values()]
    for year in range(2027, 2067):
        widest = Licence(
            licence_no="机械行业特有工种" * 7, valid_from=date(year, 1, 1), valid_until=date(year, 12, 31), scope=scope
        )
        body.license(APPROVER, at(5, 1), widest)
    body.revoke(SYSTEM, at(6, 1), "取消" * 250)
    told = told_of(body)
    assert (told.state, len(body.former_licences), len(told.former_licences)) == ("revoked", 40, MOST_TOLD)
    assert told.licences_since == told.former_licences[0].valid_from == date(2066 - MOST_TOLD, 1, 1)


def test_days_are_days_in_china() -> None:
    body = a_body("licensed")
    body.suspend(SYSTEM, at(5, 10, 16), "超范围鉴定")
    body.reinstate(SYSTEM, at(5, 31, 16), "已整改")
    assert told_of(body).suspensions == [Suspension(first=date(2026, 5, 11), last=date(2026, 5, 31))]


def test_suspended_twice_and_once_for_less_than_a_day() -> None:
    body = a_body("licensed")
    for first, last in ((5, 6), (8, 8), (8, 20)):
        body.suspend(SYSTEM, at(5, first), "超范围鉴定")
        body.reinstate(SYSTEM, at(5, last, 2), "已整改")
    assert told_of(body).suspensions == [
        Suspension(first=date(2026, 5, 5), last=date(2026, 5, 5)),
        Suspension(first=date(2026, 5, 8), last=date(2026, 5, 19)),
    ]


def test_a_second_order_prolongs_no_suspension_and_begins_none() -> None:
    body = a_body("licensed")
    body.suspend(SYSTEM, at(5, 10), "超范围鉴定")
    body.abide("suspend", SYSTEM, at(5, 12), "再次", sanction="s2")
    assert told_of(body).suspensions == [Suspension(first=date(2026, 5, 10), last=None)]


def test_a_revocation_ends_the_suspension_and_leaves_the_term_of_the_licence_to_the_winding_up() -> None:
    body = a_body("licensed")
    body.suspend(SYSTEM, at(5, 10), "超范围鉴定")
    body.revoke(SYSTEM, at(6, 1), "伪造证书")
    told = told_of(body)
    assert (told.ended_on, told.state) == (date(2026, 6, 1), "revoked")
    assert told.suspensions == [Suspension(first=date(2026, 5, 10), last=date(2026, 5, 31))]
    assert [told.licence_on(date(2026, 6, day)) for day in (1, 2)] == [LICENCE, LICENCE]
    assert not told.suspended_on(date(2026, 6, 1))


def test_a_licence_that_was_replaced_holds_until_the_day_before_the_next() -> None:
    first = a_licence(date(2024, 1, 1), date(2026, 12, 31))
    early = a_licence(date(2027, 1, 1), date(2029, 12, 31))  # renewed in time: the present one goes on until then
    narrower = a_licence(date(2026, 7, 1), date(2026, 9, 30))
    body = a_body("applied")
    for licence in (first, first, narrower, early):
        body.license(APPROVER, at(4, 3), licence)
    assert body.former_licences == [first, narrower], "as they were given; the same one again replaces nothing"
    told = told_of(body)
    held = [(one.valid_from, one.valid_until) for one in told.former_licences]
    assert held == [(date(2024, 1, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 9, 30))]
    days = (date(2023, 12, 31), date(2026, 6, 30), date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1))
    numbers = [licence.licence_no if (licence := told.licence_on(day)) else "" for day in days]
    assert numbers == ["", first.licence_no, narrower.licence_no, "", early.licence_no]


def test_a_licence_that_began_no_later_than_the_one_before_takes_its_place_altogether() -> None:
    wrong = a_licence(date(2026, 1, 1), date(2035, 12, 31))
    body = a_body("applied")
    body.license(APPROVER, at(4, 3), wrong)
    body.license(APPROVER, at(4, 4), a_licence(date(2026, 1, 1), date(2028, 12, 31)))
    told = told_of(body)
    assert (told.former_licences, told.licence_on(date(2030, 1, 1))) == ([], None)


def test_the_day_of_the_registration_is_told_and_the_twin_was_never_held_up() -> None:
    body = a_body("licensed")
    body.suspend(SYSTEM, at(5, 10), "超范围鉴定")
    body.revoke(SYSTEM, at(6, 1), "伪造证书")
    assert told_of(body).registered_on == date(2026, 4, 3)
    twin = told_of(body, "99053012")
    assert (twin.state, twin.suspensions, twin.ended_on) == ("licensed", [], None)
    assert twin.licence_on(date(2026, 7, 1)) is not None


# --- told anew, once, after the upgrade -------------------------------------------------------------------------------------


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = SqliteStore(tmp_path / "directory.sqlite", (*KINDS, *MACHINERY))
    yield opened
    await opened.close()


SUSPENDED_BY_AN_EARLIER_RELEASE = {
    **OF_RELEASE_0_1,
    "state": "suspended",
    "licence": LICENCE.model_dump(mode="json"),
    "because": "超范围鉴定",
    "history": [
        {**OF_RELEASE_0_1["history"][0], "n": 1},  # type: ignore[index]
        {
            "n": 4,
            "at": "2026-02-05T01:00:00Z",
            "by": "sanction:s",
            "name": "监督处理 · sanction",
            "body": "",
            "verb": "suspend",
            "from_state": "licensed",
            "to_state": "suspended",
            "reason": "超范围鉴定",
        },
    ],
}


async def test_what_an_earlier_release_told_is_told_anew_once(store: Store) -> None:
    await store.add(Body.KIND, Record(STATION, SUSPENDED_BY_AN_EARLIER_RELEASE, 5, 6))
    for _ in range(3):
        await usecases.tell_anew(store, at(6, 1))
    (waiting,) = await store.pending()
    envelopes = [json.loads(row.wire) for row in waiting.rows]
    assert [(one["subject"], one["sequence"]) for one in envelopes] == [
        (STATION, "0000000007"),
        ("99053012", "0000000008"),
    ]
    told = BodyRegistered.from_data(envelopes[0]["data"])
    assert told.suspensions == [Suspension(first=date(2026, 2, 5), last=None)]
    assert (told.registered_on, told.state) == (date(2026, 1, 5), "suspended")
    known = await repository.load(store, Body, STATION)
    assert (known.told, len(known.history)) == (TELLING, 2), "nobody did anything"


LICENSED_TWICE_BY_AN_EARLIER_RELEASE = {
    **SUSPENDED_BY_AN_EARLIER_RELEASE,
    "state": "licensed",
    "history": [
        *SUSPENDED_BY_AN_EARLIER_RELEASE["history"],  # type: ignore[misc]
        *(
            {**OF_RELEASE_0_1["history"][0], "n": n, "at": day, "verb": "license", "to_state": "licensed"}  # type: ignore[index]
            for n, day in ((7, "2026-03-01T01:00:00Z"), (10, "2026-03-05T16:00:00Z"))
        ),
    ],
}


async def test_nobody_is_refused_for_a_licence_that_an_earlier_release_did_not_keep(store: Store) -> None:
    """What held before the last licence of that release is lost; from then on all of them are known."""
    await store.add(Body.KIND, Record(STATION, LICENSED_TWICE_BY_AN_EARLIER_RELEASE, 5, 12))
    body = await repository.load(store, Body, STATION)
    following = a_licence(date(2029, 1, 1), date(2031, 12, 31))
    body.license(APPROVER, at(6, 1), following)
    await repository.save(store, body)
    body = await repository.load(store, Body, STATION)
    body.change(CLERK, at(6, 2), entry())
    told = told_of(body)
    assert (told.licences_since, told.former_licences) == (date(2026, 3, 6), [LICENCE])
    days = (date(2025, 12, 31), date(2026, 3, 6), date(2028, 12, 31), date(2029, 1, 1), date(2032, 1, 1))
    assert [told.licence_on(day) for day in days] == [following, LICENCE, LICENCE, following, None]
    assert told_of(body, "99053012").licences_since is None


async def test_what_this_release_told_is_not_told_anew(store: Store) -> None:
    body = a_body("licensed")
    body.suspend(SYSTEM, at(5, 10), "超范围鉴定")
    await repository.add(store, Body.from_record(body.as_record()))
    await usecases.tell_anew(store, at(6, 1))
    assert await store.pending() == []


async def test_one_that_cannot_be_read_keeps_no_other_from_being_told(store: Store) -> None:
    await store.add(Body.KIND, Record("49000001", {"kind": "nothing"}))
    await store.add(Body.KIND, Record(STATION, OF_RELEASE_0_1))
    await usecases.tell_anew(store, at(6, 1))
    await usecases.tell_anew(store, at(6, 1))
    assert [(one.id, len(one.rows)) for one in await store.pending()] == [(STATION, 2)]


async def test_whoever_changes_it_in_that_moment_told_it_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await store.add(Body.KIND, Record(STATION, OF_RELEASE_0_1))
    other = await repository.load(store, Body, STATION)
    save_if_first = repository.save_if_first

    async def too_late(store: Store, body: Body) -> bool:
        other.license(APPROVER, at(6, 1), LICENCE)
        await repository.save(store, other)
        return await save_if_first(store, body)

    monkeypatch.setattr(repository, "save_if_first", too_late)
    await usecases.tell_anew(store, at(6, 1))
    (waiting,) = await store.pending()
    assert [json.loads(row.wire).get("subject") for row in waiting.rows] == [None, STATION, "99053012", STATION]
    assert (await repository.load(store, Body, STATION)).told == TELLING
