"""What the metrics tell of webhooks: of all of them together. Who makes one is no matter of the house, so no label names it;
which one it is stands in the log, and in the list that its body sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from services.notification.feeds.behind import Behind
from shared.measured import Measured

WELL, FAILING = "well", "failing"
NO_ANSWER = "none"
_CONDITION, _RESULT = "condition", "result"


class Figures:
    """Of one process. behind: of the active webhooks at its last look; none where it never looked."""

    def __init__(self) -> None:
        self.behind: Sequence[Behind] | None = None
        self._attempts: Counter[str] = Counter(dict.fromkeys(("2xx", "3xx", "4xx", "5xx", NO_ANSWER), 0))

    def attempted(self, status: int | None) -> None:
        """status: none where there was no answer."""
        self._attempts[f"{status // 100}xx" if status is not None else NO_ANSWER] += 1

    def measured(self, now: datetime) -> Iterable[Measured]:
        if self.behind is None:
            return
        for condition, found in ((WELL, self._those(failing=False)), (FAILING, self._those(failing=True))):
            labels = {_CONDITION: condition}
            yield Measured("jianding_webhooks", "Active webhooks", len(found), labels)
            most = max((one.missing for one in found), default=0)
            about = "Entries of its feed that the webhook furthest behind lacks"
            yield Measured("jianding_webhook_behind_entries", about, most, labels)
            longest = max((one.seconds(now) for one in found), default=0)
            about = "Age of the oldest entry that some webhook lacks"
            yield Measured("jianding_webhook_behind_seconds", about, longest, labels)
        failing = max((one.failing_seconds(now) for one in self.behind), default=0)
        about = "For how long the webhook that fails longest has failed"
        yield Measured("jianding_webhook_failing_seconds", about, failing)
        for result, count in sorted(self._attempts.items()):
            about = "Deliveries to webhooks by status, since start; none: no answer"
            yield Measured("jianding_webhook_attempts_total", about, count, {_RESULT: result})

    def _those(self, *, failing: bool) -> list[Behind]:
        return [one for one in self.behind or () if (one.failing_since is not None) == failing]
