"""Who owes the draw of self-made papers: the Centre, from the approval of a session until the day before the exam (R4.1). The
papers have to be there in the morning, and the roster of a session without a draw is not handed in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.plan.duties.duty import PAPER_DRAW
from services.plan.session_plans.session_plan import SessionPlan
from shared.keeping import repository
from shared.ports import Store
from shared.ports.every import every_page
from shared.procedure.approval import APPROVED
from shared.procedure.duties.duty import Done, Found, Key, Owed
from shared.register.duties import DutyRow
from shared.trade.body_path import BodyPath
from shared.trade.deadline import local_day
from shared.trade.ladder import Ladder

SETS_THE_DAY = frozenset({"approve", "postpone", "transfer", "restore"})
"""Acts after which it is owed anew, by another day or about another body."""


@dataclass(frozen=True, slots=True)
class PaperDrawOwing:
    store: Store
    ladder: Ladder

    @property
    def row(self) -> DutyRow:
        return PAPER_DRAW

    def round(self, now: datetime) -> str:
        return "once"  # later ones are looked at when something happens to them

    async def everybody(self, now: datetime) -> AsyncIterator[Sequence[Key]]:
        async for records in every_page(self.store, SessionPlan.KIND, {"state": APPROVED}, sort="path"):
            yield [Key(plan.id, plan.body) for plan in repository.readable(SessionPlan, records)[0]]

    async def found(self, keys: Sequence[Key], now: datetime) -> Sequence[Found]:
        records = await self.store.get_many(SessionPlan.KIND, [key.about for key in keys])
        by_id = {plan.id: plan for plan in repository.readable(SessionPlan, records)[0]}
        return [_one(by_id.get(key.about)) for key in keys]


def _one(plan: SessionPlan | None) -> Found:
    if plan is None or plan.state != APPROVED or not plan.draw_needed:
        return None
    if plan.standing_draws:
        return Done(plan.standing_draws[-1].recorded_at)
    if plan.reported:
        return None
    turn, since = max((n, local_day(entry.at)) for n, entry in enumerate(plan.history, 1) if entry.verb in SETS_THE_DAY)
    centre = BodyPath.read(plan.path).upto(plan.centre)
    due_on = max(plan.held_on - timedelta(days=1), since)  # approved on the day itself, with the Centre's reason
    return Owed(centre.own, str(centre), plan.body, since, due_on, turn, instead=True)
