"""Who has to draw the papers of a session, and by when (R4.1): the Centre, by the day before the exam; and what becomes of it
when the session is put off, cancelled or held."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from services.plan.declares import KINDS
from services.plan.duties.duty import PlanDuty
from services.plan.duties.watching import duties
from services.plan.handlers import handlers
from services.plan.session_plans.paper_draw import DrawnSet
from services.plan.session_plans.session_plan import SessionPlan
from services.runtime.wiring import MACHINERY
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.envelope import Envelope
from shared.contracts.plan import PlannedItem
from shared.keeping import repository
from shared.trade.deadline import CHINA
from shared.trade.roles import Role
from tests.world.duty_desk import DutyDesk

CENTRE, STATION = "49000001", "49003007"
PATH = f"/{CENTRE}/{STATION}/"
ITEM = PlannedItem(occupation="6-04-01-01", occupation_zh="车工", occupation_en="turner", level=4, heads=9)
SETS = [DrawnSet(occupation=ITEM.occupation, level=ITEM.level, set=2)]
HELD_ON = "2026-04-30"
"""A Thursday."""
CLERK = Actor("clerk", "何", CENTRE, f"/{CENTRE}/", frozenset({Role.CENTRE_CLERK}))
APPROVER = Actor("approver", "孙", CENTRE, f"/{CENTRE}/", frozenset({Role.CENTRE_APPROVER}))
HEAD = Actor("head", "吴", STATION, PATH, frozenset({Role.STATION_HEAD}))
FIRST = f"{STATION}-2026-001.session_plan_draw"


class Desk(DutyDesk):
    """With a session that is approved on the day on which it begins, and the facts about it on the queue of the duties."""

    def __init__(self, store: SqliteStore, day: str = "2026-03-02", **plan: Any) -> None:
        super().__init__(store, PlanDuty, duties, day)
        self.handlers = handlers(self.ports())["duties"]
        given = {"held_on": date.fromisoformat(HELD_ON), "paper_source": "self_made", **plan}
        self.plan = SessionPlan(
            id=f"{STATION}-2026-001",
            state="submitted",
            body=STATION,
            path=PATH,
            prepared_by="preparer",
            submitted_by="head",
            year=2026,
            number=1,
            annual_plan=f"{STATION}-2026",
            place="考场",
            in_charge="吴刚",
            items=[ITEM],
            **given,
        )

    async def approve(self) -> None:
        self.plan.approve(APPROVER, self.clock.now())
        await self.put()

    async def put(self) -> None:
        """And what it tells is heard."""
        await repository.save_if_first(self.store, self.plan)
        for one in await self.store.pending(500):
            if one.kind != SessionPlan.KIND:
                continue
            for row in one.rows:
                if row.exchange == "events":
                    envelope = Envelope.read(row.wire)
                    await self.handlers[envelope.fact_type](envelope)
            await self.store.sent(one.kind, one.id, one.rows[-1].n)

    async def draw(self, day: str) -> None:
        now = self.be(day)
        drawn_at = min(now, datetime.combine(self.plan.held_on, time(8), CHINA))
        self.plan.record_draw(CLERK, now, drawn_at, SETS, "何监督", "补记" if drawn_at < now else "")
        await self.put()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "plan.sqlite", (*KINDS, *MACHINERY))
    yield opened
    await opened.close()


async def test_the_centre_owes_it_by_the_day_before_the_exam(store: SqliteStore) -> None:
    desk = Desk(store)
    await desk.approve()
    ((id, (told,)),) = (await desk.told("opened")).items()
    assert id.startswith(FIRST)
    assert (told["body"], told["path"], told["concerns"]) == (CENTRE, f"/{CENTRE}/", STATION)
    assert (told["since"], told["due_on"]) == ("2026-03-02", "2026-04-29")
    await desk.days("2026-04-20", "2026-05-07")
    assert await desk.marks() == {id: [1, 0, -1, -3]}


async def test_a_draw_in_time_ends_it(store: SqliteStore) -> None:
    desk = Desk(store)
    await desk.approve()
    await desk.draw("2026-04-28")
    assert list((await desk.ends()).values()) == [(False, False)]
    await desk.days("2026-04-28", "2026-05-10")
    assert await desk.marks() == {}


async def test_a_draw_that_is_recorded_after_the_day_was_late(store: SqliteStore) -> None:
    desk = Desk(store)
    await desk.approve()
    await desk.draw("2026-05-06")
    assert list((await desk.ends()).values()) == [(True, False)]


async def test_papers_of_a_question_bank_are_not_drawn(store: SqliteStore) -> None:
    desk = Desk(store, paper_source="national_bank")
    await desk.approve()
    assert await desk.told("opened") == {}


async def test_put_off_it_is_owed_by_another_day(store: SqliteStore) -> None:
    desk = Desk(store)
    await desk.approve()
    desk.plan.postpone(APPROVER, desk.be("2026-03-10"), date(2026, 6, 1), "考场检修")
    await desk.put()
    assert sorted((await desk.due()).values()) == ["2026-04-29", "2026-05-31"]
    assert list((await desk.ends()).values()) == [(False, True)], "nobody drew anything"


async def test_what_was_drawn_counts_also_on_another_day(store: SqliteStore) -> None:
    desk = Desk(store)
    await desk.approve()
    await desk.draw("2026-03-09")
    desk.plan.postpone(APPROVER, desk.be("2026-03-10"), date(2026, 6, 1), "考场检修")
    await desk.put()
    assert len(await desk.due()) == 1


async def test_sets_that_everybody_saw_are_drawn_anew(store: SqliteStore) -> None:
    desk = Desk(store)
    await desk.approve()
    await desk.draw("2026-04-28")
    desk.plan.postpone(APPROVER, desk.be(HELD_ON), date(2026, 6, 1), "停电")
    await desk.put()
    assert sorted((await desk.due()).values()) == ["2026-04-29", "2026-05-31"]
    assert list((await desk.ends()).values()) == [(False, False)]


async def test_nothing_is_drawn_for_a_session_that_is_cancelled(store: SqliteStore) -> None:
    desk = Desk(store)
    await desk.approve()
    desk.plan.cancel(HEAD, desk.be("2026-03-10"), "报名不足")
    await desk.put()
    assert list((await desk.ends()).values()) == [(False, True)]


async def test_approved_on_the_day_itself_it_is_owed_that_day(store: SqliteStore) -> None:
    desk = Desk(store, HELD_ON)
    await desk.approve()
    assert list((await desk.due()).values()) == [HELD_ON]


async def test_sessions_that_were_approved_before_there_was_this_duty_are_found(store: SqliteStore) -> None:
    desk = Desk(store)
    desk.plan.approve(APPROVER, desk.clock.now())
    await repository.save_if_first(store, desk.plan)
    await desk.day("2026-03-03")
    assert list((await desk.due()).values()) == ["2026-04-29"]
