"""What a body has to rectify by a day (rules §4.1, §4.9): the findings of an inspection, until it has answered; and a sanction
that orders it, until the Centre lifts that."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.supervision.duties.duty import RECTIFICATION
from services.supervision.inspections import inspection as inspections
from services.supervision.inspections.inspection import Inspection
from services.supervision.sanctions.sanction import CONFIRMED, LIFTED, Sanction
from shared.contracts.directory import BodyRegistered
from shared.contracts.words import ENDED_STANDINGS
from shared.keeping import local_copies, repository
from shared.ports import Store
from shared.ports.every import every_page
from shared.procedure.duties.duty import Done, Found, Key, Owed
from shared.register.duties import DutyRow
from shared.trade.deadline import local_day
from shared.trade.ladder import Ladder

_TURNS = {"perform", "extend"}
"""Acts after which the body has to act; its answer, and whatever ends the inspection, is the end of that."""


def key_of(document: Inspection | Sanction) -> Key:
    return Key(document.id, document.body)


@dataclass(frozen=True, slots=True)
class RectificationOwing:
    store: Store
    ladder: Ladder
    row: DutyRow = RECTIFICATION

    def round(self, now: datetime) -> str:
        return local_day(now).isoformat()  # no fact tells of a longer term

    async def everybody(self, now: datetime) -> AsyncIterator[Sequence[Key]]:
        for state in (inspections.PERFORMED, inspections.RECTIFYING):
            async for records in every_page(self.store, Inspection.KIND, {"state": state}, sort="path"):
                yield [key_of(inspection) for inspection in repository.readable(Inspection, records)[0]]
        in_force = {"state": CONFIRMED, "measure": "rectification"}
        async for records in every_page(self.store, Sanction.KIND, in_force):
            yield [key_of(sanction) for sanction in repository.readable(Sanction, records)[0]]

    async def found(self, keys: Sequence[Key], now: datetime) -> Sequence[Found]:
        """Both kinds of document have ids that are computed, and none in common."""
        abouts = [key.about for key in keys]
        inspected, _ = repository.readable(Inspection, await self.store.get_many(Inspection.KIND, abouts))
        sanctions, _ = repository.readable(Sanction, await self.store.get_many(Sanction.KIND, abouts))
        bodies = await local_copies.copies_of(self.store, BodyRegistered, {key.body for key in keys})
        gone = {code for code, body in bodies.items() if body.state in ENDED_STANDINGS}
        found: dict[str, Found] = {one.id: of_inspection(one) for one in inspected}
        found |= {one.id: of_sanction(one) for one in sanctions}
        return [None if key.body in gone else found.get(key.about) for key in keys]


def of_inspection(inspection: Inspection) -> Found:
    """By its last act. A longer term begins another turn: what was told of the shorter one tells nothing of it."""
    acts = [entry for entry in inspection.history if entry.verb in {*_TURNS, "answer", "pass", "escalate", "close"}]
    if not acts or inspection.rectify_by is None:
        return None
    last = acts[-1]
    if last.verb in ("answer", "pass"):
        return Done(next((entry.at for entry in reversed(acts) if entry.verb == "answer"), last.at))
    if last.verb not in _TURNS:
        return None  # a sanction follows, with a term of its own
    turn = sum(entry.verb == "extend" for entry in acts)
    body, path = inspection.body, inspection.path
    return Owed(body, path, body, local_day(last.at), inspection.rectify_by, turn)


def of_sanction(sanction: Sanction) -> Found:
    if sanction.measure != "rectification" or sanction.confirmed_at is None or sanction.until is None:
        return None
    if sanction.state == LIFTED:
        return Done(next(entry.at for entry in reversed(sanction.history) if entry.verb == "lift"))
    if sanction.state != CONFIRMED:
        return None  # a graver one took its place, or it had no effect
    return Owed(sanction.body, sanction.path, sanction.body, local_day(sanction.confirmed_at), sanction.until)
