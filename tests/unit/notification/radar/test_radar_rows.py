"""One row for each duty, however often and in whatever order its facts come; and every service's duties."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import ClassVar

import pytest

from services.notification.radar import storage
from services.notification.radar.row import LAPSED, OPEN, SETTLED, RadarRow
from services.notification.radar.storage import RADAR
from services.runtime.catalogue import REGISTER
from shared.contracts.duties import DutyOpened
from shared.contracts.envelope import Envelope
from shared.errors import Stale
from shared.keeping import repository
from shared.ports import every_record
from shared.procedure.duties.duty import Owed
from shared.register.declaration import Declaration
from shared.register.duties import kinds_with_duties
from shared.register.register import Register
from tests.unit.notification.radar.duties import (
    BRANCH,
    CALENDAR,
    CENTRE,
    LADDER,
    STATION,
    World,
    duty,
    nine,
    radar_room,
    said,
    told,
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with radar_room(tmp_path) as room:
        yield room


async def rows(world: World) -> dict[str, RadarRow]:
    return {record.id: RadarRow.model_validate(record.body) async for record in every_record(world.store, RADAR.name)}


def facts() -> list[Envelope]:
    """Opened, two marks, settled late."""
    one = told("2026-01-29", "2026-03-02", of=duty(STATION))
    one.settle(nine("2026-03-05"), nine("2026-03-05"))
    found = said(one)
    assert [one.fact_type.split(".")[1] for one in found] == ["opened", "marked", "marked", "settled"]
    return found


async def test_a_row_says_what_its_facts_told(world: World) -> None:
    opened, first, second, settled = facts()
    await world.take(opened)
    (row,) = (await rows(world)).values()
    assert (row.state, row.since, row.due_on, row.marked) == (OPEN, date(2026, 1, 1), date(2026, 2, 28), [])
    await world.take(first, second)
    (row,) = (await rows(world)).values()
    assert (row.state, row.marked, row.settled_on) == (OPEN, [30, -1], None)
    await world.take(settled)
    ((id, row),) = (await rows(world)).items()
    assert id == f"plan_duty.{STATION}-2026.annual_plan"
    assert (row.state, row.late, row.settled_on, row.marked) == (SETTLED, True, date(2026, 3, 5), [30, -1])
    assert (row.what, row.body, row.concerns, row.period) == ("annual_plan", STATION, STATION, "2026")


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=lambda order: "".join(map(str, order)))
async def test_order_and_repeats_change_nothing(world: World, tmp_path: Path, order: tuple[int, ...]) -> None:
    """`marked` before `opened` too: nothing that one of them tells is lost."""
    told_ = facts()
    await world.take(*told_)
    (wanted,) = (await rows(world)).values()
    (tmp_path / "other").mkdir()
    async with radar_room(tmp_path / "other") as other:
        for n in order:
            await other.take(told_[n], told_[n])
        assert list((await rows(other)).values()) == [wanted]


async def test_what_ended_without_having_been_done_is_not_done(world: World) -> None:
    one = told("2026-01-29", of=duty(STATION))
    one.lapse(nine("2026-02-01"))
    await world.hear(one)
    (row,) = (await rows(world)).values()
    assert (row.state, row.late) == (LAPSED, False)


async def test_a_newer_fact_says_where_the_body_stands_now(world: World) -> None:
    one = told("2026-01-29", of=duty(STATION))
    one.path = f"/{CENTRE}/{STATION}/"
    opened, *_, marked = said(told("2026-02-24", of=one))
    for envelope in (marked, opened):
        await world.take(envelope)
    (record,) = [record async for record in every_record(world.store, RADAR.name)]
    assert record.body["path"] == f"/{CENTRE}/{STATION}/"
    assert (record.body["place2"], "place3" in record.body) == (STATION, False)


async def test_another_day_and_another_place_show_before_the_next_mark(world: World) -> None:
    """The working days of a year became known, or its body stands elsewhere: the fact of that very change says so."""
    one = told("2026-01-29", of=duty(STATION))
    elsewhere = Owed(STATION, f"/{CENTRE}/{STATION}/", STATION, one.since, date(2026, 3, 2))
    assert one.reckon(elsewhere, LADDER, CALENDAR, nine("2026-02-02"))
    assert not one.reckon(elsewhere, LADDER, CALENDAR, nine("2026-02-03")), "and of nothing new nothing is told"
    *before, reckoned = said(one)
    assert reckoned.fact_type == "plan_duty.reckoned.v1"
    for envelope in (reckoned, *before):
        await world.take(envelope)
    (row,) = (await rows(world)).values()
    assert (row.path, row.due_on, row.state, row.marked) == (elsewhere.path, elsewhere.due_on, OPEN, [30])


async def test_rows_that_cannot_be_read_are_counted_where_all_others_are(world: World) -> None:
    await world.hear(duty(STATION), duty(BRANCH))
    record = await world.store.get(RADAR.name, f"plan_duty.{STATION}-2026.annual_plan")
    assert record is not None
    await world.store.put(RADAR.name, replace(record, body={**record.body, "due_on": "2026-02-30"}))
    before = repository.UNREADABLE[RADAR.name]
    found, left_out = storage.readable([record async for record in every_record(world.store, RADAR.name)])
    assert ([row.body for row in found], left_out) == ([BRANCH], [record.id])
    assert repository.UNREADABLE[RADAR.name] == before + 1, "which is jianding_unreadable_documents_total"


async def test_another_worker_was_faster(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then once more, by the worker: nothing is overwritten."""
    opened, first, second, _ = facts()
    await world.take(opened)
    before = await world.store.get(RADAR.name, f"plan_duty.{STATION}-2026.annual_plan")

    async def earlier(kind: str, id: str) -> object:
        return before

    await world.take(first)
    monkeypatch.setattr(world.store, "get", earlier)
    with pytest.raises(Stale):
        await world.take(second)


def test_it_takes_the_duties_of_every_service_also_of_one_that_comes_later() -> None:
    class VisitDutyOpened(DutyOpened):
        TYPE: ClassVar[str] = "visit_duty.opened.v1"

    later = replace(Declaration("visits", (), (), ()), facts=(VisitDutyOpened,))
    register = Register([*REGISTER.declared.values(), later])
    (queue,) = [queue for queue in register.topology().queues if queue.name == "notification.radar"]
    assert set(queue.takes) == {*REGISTER.duty_types, "visit_duty.opened.v1"}
    assert {f"plan_duty.{verb}.v1" for verb in ("opened", "marked", "settled")} <= set(REGISTER.duty_types)
    assert set(REGISTER.duty_types) == {
        type for type in REGISTER.facts if type.split(".")[0].endswith("_duty") and type.split(".")[1] != "due"
    }, "by what they are, which is what they are called"
    assert kinds_with_duties(later.facts) == ["visit_duty"]


def test_what_measures_lateness_looks_where_duties_are_kept() -> None:
    """By the noun of the facts: it has to be the name of a collection, with the index that the question needs."""
    for declared in REGISTER.declared.values():
        kinds = {kind.name: kind for kind in declared.kinds}
        for name in kinds_with_duties(declared.facts):
            assert ("state", "next_at") in kinds[name].indexes


async def test_two_services_may_call_a_duty_the_same(world: World) -> None:
    opened, *_ = facts()
    other = opened.model_copy(update={"type": opened.type.replace("plan_duty", "roster_duty")})
    await world.take(opened)
    fact = REGISTER.facts[opened.fact_type].from_data(opened.data)
    assert isinstance(fact, DutyOpened)
    await storage.keep(world.store, other, fact)
    assert len(await rows(world)) == 2


async def test_body_and_concerned_are_kept_apart(world: World) -> None:
    await world.hear(duty(BRANCH, "2026-02-20", "annual_plan_endorsement", concerns=STATION))
    (row,) = (await rows(world)).values()
    assert (row.body, row.concerns) == (BRANCH, STATION)
