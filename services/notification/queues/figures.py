"""What the metrics tell of queues of bodies: of each, for there are no more of them than branch centres."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from services.notification.feeds.behind import Behind
from shared.measured import Measured

CONFIRMED, FAILED = "confirmed", "failed"


class Figures:
    """Of one process. behind: queue → how far it was at its last look; empty where another process fills."""

    def __init__(self) -> None:
        self.behind: Mapping[str, Behind] = {}
        self._attempts: Counter[str] = Counter({CONFIRMED: 0, FAILED: 0})

    def attempted(self, result: str) -> None:
        self._attempts[result] += 1

    def measured(self, now: datetime) -> Iterable[Measured]:
        for queue, one in self.behind.items():
            labels = {"queue": queue}
            about = "Entries of its feed that a body's queue lacks"
            yield Measured("jianding_branch_queue_lag", about, one.missing, labels)
            about = "Age of the oldest entry that a body's queue lacks"
            yield Measured("jianding_branch_queue_behind_seconds", about, one.seconds(now), labels)
            about = "For how long nothing has gone into a body's queue"
            yield Measured("jianding_branch_queue_failing_seconds", about, one.failing_seconds(now), labels)
        for result, count in self._attempts.items():
            about = "Attempts to put entries into queues of bodies, by result, since start"
            yield Measured("jianding_branch_queue_attempts_total", about, count, {"result": result})
