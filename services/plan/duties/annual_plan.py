"""Who owes form 1 of a year, by 28 February (R1)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime

from services.plan import ids
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.annual_plans.term import due_date
from services.plan.duties.duty import ANNUAL_PLAN
from shared.contracts.directory import BodyRegistered
from shared.contracts.words import ENDED_STANDINGS
from shared.keeping import local_copies, repository
from shared.ports import Kind, Store
from shared.procedure.duties.duty import Done, Found, Key, Owed
from shared.procedure.duties.handing_in import came_back, handed_in_at, times_handed_in
from shared.trade.deadline import local_day
from shared.trade.ladder import Ladder

EARLIER = Kind("annual_plan_duty", follows=True)
"""Reminders as releases up to 0.1 kept them: what they told stays told."""

NOT_YET = frozenset({"registered", "applied"})
"""States of a station that has no licence so far."""


def year_in_view(now: datetime) -> int:
    """The year whose plan people are asked for: this one, or once its last day is some days past the next."""
    today = local_day(now)
    return today.year + 1 if (today - due_date(today.year)).days > 3 else today.year


def key_of(body: str, year: int) -> Key:
    return Key(ids.annual_plan_id(body, year), body, str(year))


def owes_a_plan(body: BodyRegistered, year: int) -> bool:
    """A station from its licence on, a branch centre as long as it stands. A suspended one still owes; one that was not
    registered by the last day does not owe for that year."""
    if body.kind == "centre" or body.state in ENDED_STANDINGS:
        return False
    if body.registered_on is not None and body.registered_on > due_date(year):
        return False
    return body.kind == "branch" or body.state not in NOT_YET


class AnnualPlanOwing:
    row = ANNUAL_PLAN

    def __init__(self, store: Store, ladder: Ladder) -> None:
        self._store, self.ladder = store, ladder

    def round(self, now: datetime) -> str:
        return str(local_day(now).year)

    async def everybody(self, now: datetime) -> AsyncIterator[Sequence[Key]]:
        bodies = await local_copies.all_copies(self._store, BodyRegistered)
        year = local_day(now).year
        yield [key_of(body.body, year) for body in bodies if owes_a_plan(body, year)]

    async def found(self, keys: Sequence[Key], now: datetime) -> Sequence[Found]:
        records = await self._store.get_many(AnnualPlan.KIND, [key.about for key in keys])
        readable, unreadable = repository.readable(AnnualPlan, records)
        plans = {plan.id: plan for plan in readable}
        earlier = {
            record.id: tuple(record.body["marked"])
            for record in await self._store.get_many(EARLIER.name, [key.about for key in keys])
        }
        bodies = await local_copies.copies_of(self._store, BodyRegistered, {key.body for key in keys})
        return [
            None  # whose plan cannot be read is not asked for another one
            if key.about in unreadable
            else self._one(key, bodies.get(key.body), plans.get(key.about), earlier.get(key.about, ()), now)
            for key in keys
        ]

    def _one(
        self, key: Key, body: BodyRegistered | None, plan: AnnualPlan | None, told: tuple[int, ...], now: datetime
    ) -> Found:
        if plan is not None and plan.on_hand:
            return Done(handed_in_at(plan) or now)
        year = int(key.period)
        if body is None or not owes_a_plan(body, year) or local_day(now).year > year:
            return None
        since, turn = date(year, 1, 1), 0
        back = came_back(plan) if plan is not None else None
        if plan is not None and back is not None:
            since, turn, told = local_day(back.at), times_handed_in(plan), ()
        return Owed(body.body, body.path, body.body, since, due_date(year), turn, told)
