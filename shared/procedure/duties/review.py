"""Forms on their way up wait for somebody: the branch centre that reviews them, the Centre that decides (R5). How many working
days that may take the notice does not say; it is a setting (rules §4.8)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.keeping import repository
from shared.ports import Store
from shared.ports.every import every_page
from shared.procedure.approval import ENDORSED, SUBMITTED, Approval
from shared.procedure.duties.duty import Done, Found, Key, Owed
from shared.register.duties import DutyRow
from shared.settings import Settings
from shared.trade.body_path import BodyPath
from shared.trade.deadline import local_day
from shared.trade.ladder import Ladder
from shared.trade.workdays.working_days import WorkingDays

ENDORSEMENT, APPROVAL = "_endorsement", "_approval"
"""How the names of their rows end, behind that of the form."""


@dataclass(frozen=True, slots=True)
class ReviewOwing:
    """state: in which the form waits. days: working days; the day on which it came does not count."""

    row: DutyRow
    ladder: Ladder
    store: Store
    calendar: WorkingDays
    form: type[Approval]
    days: int

    @property
    def is_approval(self) -> bool:
        return self.row.what.endswith(APPROVAL)

    def round(self, now: datetime) -> str:
        return "once"  # later ones are looked at when something happens to them

    async def everybody(self, now: datetime) -> AsyncIterator[Sequence[Key]]:
        for state in (SUBMITTED, ENDORSED):
            async for records in every_page(self.store, self.form.KIND, {"state": state}, sort="path"):
                yield [Key(form.id, form.body) for form in repository.readable(self.form, records)[0]]

    async def found(self, keys: Sequence[Key], now: datetime) -> Sequence[Found]:
        records = await self.store.get_many(self.form.KIND, [key.about for key in keys])
        forms, _ = repository.readable(self.form, records)
        by_id = {form.id: form for form in forms}
        return [self._one(by_id.get(key.about)) for key in keys]

    def _one(self, form: Approval | None) -> Found:
        moves = (
            [(n, entry) for n, entry in enumerate(form.history, 1) if entry.from_state != entry.to_state]
            if form
            else []
        )
        if form is None or not moves:
            return None
        turn, last = moves[-1]
        waits = form.state == ENDORSED or (form.state == SUBMITTED and form.branch is None)
        if not waits if self.is_approval else form.state != SUBMITTED or form.branch is None:
            return None if last.verb in ("withdraw", "void", "transfer", "postpone") else Done(last.at)
        place = BodyPath.read(form.path)
        desk = place.upto(form.at_desk)
        since = local_day(last.at)
        return Owed(desk.own, str(desk), form.body, since, self.calendar.later(since, self.days), turn)


def reviews(
    store: Store, calendar: WorkingDays, settings: Settings, rows: Sequence[DutyRow], **forms: type[Approval]
) -> list[ReviewOwing]:
    """forms: what their rows begin with → the form."""
    found = []
    for row in rows:
        noun = row.what.removesuffix(ENDORSEMENT).removesuffix(APPROVAL)
        if noun in forms and noun != row.what:
            days = settings.approval_days if row.what.endswith(APPROVAL) else settings.endorsement_days
            ladder = Ladder.read(settings.review_ladder)
            found.append(ReviewOwing(row, ladder, store, calendar, forms[noun], days))
    return found
