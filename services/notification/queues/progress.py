"""How far a body's queue was filled, and what is in the way. Moves all the time; who writes it, fills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from services.notification.queues.queue import BranchQueue
from shared.ages import is_younger

HEARTBEAT = timedelta(hours=1)


class State(BaseModel):
    """As it is stored. cursor: number of the last entry that the broker confirmed. failing_since, error: since when, and why,
    nothing goes on; none and empty while all goes well."""

    model_config = ConfigDict(extra="ignore")
    cursor: int
    opened: int = 0
    heartbeat_at: datetime
    failing_since: datetime | None = None
    error: str = ""


@dataclass
class Progress:
    queue: str
    state: State
    version: int = 0

    @classmethod
    def begun(cls, queue: BranchQueue) -> Progress:
        return cls(queue.id, State(cursor=queue.after, opened=queue.opened, heartbeat_at=queue.made_at))

    def follow(self, queue: BranchQueue) -> None:
        """What was asked of the queue since."""
        if self.state.opened != queue.opened:
            self.state.cursor, self.state.opened = queue.after, queue.opened
            self.recovered()

    def heartbeat_is_due(self, now: datetime) -> bool:
        return not is_younger(self.state.heartbeat_at, HEARTBEAT, now)

    def confirmed(self, upto: int) -> None:
        """The broker has the entries up to this number."""
        self.state.cursor = upto
        self.recovered()

    def beaten(self, at: datetime) -> None:
        """The broker has a heartbeat."""
        self.state.heartbeat_at = at
        self.recovered()

    def failed(self, why: str, at: datetime) -> bool:
        """Whether that is news."""
        is_news = self.state.error != why
        self.state.failing_since, self.state.error = self.state.failing_since or at, why
        return is_news

    def recovered(self) -> None:
        self.state.failing_since, self.state.error = None, ""
