"""A row of the radar: one duty, as its facts tell of it, in whatever order and however often they come."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.duties import DutyMarked, DutyOpened, DutyReckoned, DutySettled
from shared.contracts.envelope import Envelope
from shared.trade.body_path import BodyPath

OPEN, SETTLED, LAPSED = "open", "settled", "lapsed"
STATES = {
    OPEN: ("待办", "still to be done"),
    SETTLED: ("已办", "done"),
    LAPSED: ("已终止", "no longer owed"),
}
DEPTH = 3
"""Levels of the tree: the Centre, a branch centre or a station right under it, a station of a branch centre."""

DutyFact = DutyOpened | DutyReckoned | DutyMarked | DutySettled


class RadarRow(BaseModel):
    """noun: of its facts, whose service keeps the duty. since: none until `opened` has come. marked: the marks that were told.

    late: done after its last day; whether what is open is late, the day of the question says. sequence: of the newest fact
    that was taken in; it says how body and day stand, which a later fact may tell otherwise."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    noun: str
    duty: str
    what: str = ""
    about: str = ""
    body: str = ""
    path: str = ""
    concerns: str = ""
    period: str = ""
    due_on: date = date.min
    since: date | None = None
    state: str = OPEN
    marked: list[int] = Field(default_factory=list)
    settled_on: date | None = None
    late: bool = False
    sequence: str = ""
    changed_at: datetime = datetime.min.replace(tzinfo=UTC)

    def take(self, envelope: Envelope, fact: DutyFact) -> bool:
        """Whether it told anything new. What was done stays done: a duty that is owed anew is another one."""
        before = self.model_dump()
        if envelope.sequence > self.sequence:
            self.sequence, self.changed_at = envelope.sequence, envelope.time
            for name in ("what", "about", "body", "path", "concerns", "period", "due_on"):
                setattr(self, name, getattr(fact, name))
        match fact:
            case DutyOpened():
                self.since = fact.since
            case DutyMarked():
                self.marked = sorted({*self.marked, fact.mark}, reverse=True)
            case DutySettled():
                self.state = LAPSED if fact.lapsed else SETTLED
                self.settled_on, self.late = fact.settled_on, fact.late
        return self.model_dump() != before

    def days_left(self, today: date) -> int:
        """Until its last day; negative once that is over."""
        return (self.due_on - today).days

    def is_late(self, today: date) -> bool:
        return self.late if self.state != OPEN else self.days_left(today) < 0

    def as_body(self) -> dict[str, Any]:
        """As it is stored: with the codes of its place, by which those below a body are found in the order of their days."""
        codes = BodyPath.read(self.path).codes
        return self.model_dump(mode="json") | {place(n): code for n, code in enumerate(codes, 1)}


def place(depth: int) -> str:
    """The stored field that holds the code at that level of the tree, the Centre being 1."""
    return f"place{depth}"
