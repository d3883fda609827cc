"""How far a webhook has come in its feed, and how its deliveries went. Moves with every attempt; who writes it, pushes."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pydantic import BaseModel, ConfigDict

from services.notification.webhooks.webhook import Webhook
from shared.ages import is_younger

LADDER = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds to wait after the first failure, after the second, …: 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 hours
(Standard Webhooks 1.0). It stays at the last: a feed is kept for good, so nothing is ever given up."""
JITTER = 0.1
"""Up to this part is added, so that what failed at the same moment does not come back at the same moment."""
SLOWER = 60
"""Seconds that one who is overloaded (429, 502, 504) is left alone at least."""
OVERLOADED = frozenset({429, 502, 504})
GONE = 410
DAY = timedelta(days=1)
HEARTBEAT = timedelta(hours=1)
LEASE = timedelta(seconds=60)
"""For which one process has a webhook to itself: three times as long as a receiver may take. Thrift and order, not
correctness: whoever comes too late finds the document changed."""
KEPT = 50
"""Attempts that are shown."""


class Attempt(BaseModel):
    """One call. n: number of the entry; none for a heartbeat. status: none where there was no answer. error: empty if it
    went well."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    at: datetime
    message: str
    n: int | None = None
    status: int | None = None
    error: str = ""
    milliseconds: int = 0

    @property
    def went_well(self) -> bool:
        return not self.error


class State(BaseModel):
    """As it is stored. cursor: number of the last entry that was delivered, or is not wanted. failed_at, wait: when the last
    attempt failed, and for how many seconds it is left at that. failing_since: since when nothing went well."""

    model_config = ConfigDict(extra="ignore")
    cursor: int
    rewound: int = 0
    restarted: int = 0
    failures: int = 0
    failed_at: datetime | None = None
    wait: float = 0
    failing_since: datetime | None = None
    heartbeat_at: datetime
    attempts: list[Attempt] = []
    held_by: str = ""
    held_at: datetime | None = None


@dataclass
class Progress:
    webhook: str
    state: State
    version: int = 0

    @classmethod
    def begun(cls, webhook: Webhook) -> Progress:
        return cls(webhook.id, State(cursor=webhook.after, heartbeat_at=webhook.made_at))

    def follow(self, webhook: Webhook) -> None:
        """What was asked of the webhook since."""
        if self.state.rewound != webhook.rewound:
            self.state.cursor, self.state.rewound = webhook.after, webhook.rewound
        if self.state.restarted != webhook.restarted:
            self.state.restarted = webhook.restarted
            self._forget_failures()

    @property
    def retry_at(self) -> datetime | None:
        """None while nothing fails."""
        return self.state.failed_at and self.state.failed_at + timedelta(seconds=self.state.wait)

    @property
    def last_error(self) -> str:
        """Empty while all goes well."""
        return (
            next((one.error for one in reversed(self.state.attempts) if one.error), "") if self.state.failures else ""
        )

    # --- whose turn it is ---------------------------------------------------------------------------------------------

    def is_due(self, last: int, holder: str, now: datetime) -> bool:
        """last: number of the newest entry of the feed. holder: who asks."""
        state = self.state
        if state.held_by not in ("", holder) and state.held_at is not None and is_younger(state.held_at, LEASE, now):
            return False
        if state.failed_at is not None and is_younger(state.failed_at, timedelta(seconds=state.wait), now):
            return False
        return state.cursor < last or self.heartbeat_is_due(now)

    def heartbeat_is_due(self, now: datetime) -> bool:
        return not is_younger(self.state.heartbeat_at, HEARTBEAT, now)

    def is_held(self, holder: str, now: datetime) -> bool:
        """For long enough still that an attempt ends within it."""
        state = self.state
        return state.held_by == holder and state.held_at is not None and is_younger(state.held_at, LEASE / 2, now)

    def hold(self, holder: str, now: datetime) -> None:
        self.state.held_by, self.state.held_at = holder, now

    def let_go(self) -> None:
        self.state.held_by, self.state.held_at = "", None

    # --- what came of it ----------------------------------------------------------------------------------------------

    def pass_over(self, n: int) -> None:
        """Entries up to `n` are not wanted."""
        self.state.cursor = max(self.state.cursor, n)

    def note(self, attempt: Attempt, retry_after: str = "") -> None:
        """retry_after: the header of that name, as it came."""
        self.state.attempts = [*self.state.attempts, attempt][-KEPT:]
        if attempt.went_well:
            self._forget_failures()
            if attempt.n is not None:
                self.state.cursor = attempt.n
            else:
                self.state.heartbeat_at = attempt.at
            return
        self.state.failures += 1
        self.state.failed_at = attempt.at
        self.state.failing_since = self.state.failing_since or attempt.at
        self.state.wait = self._pause(attempt, retry_after)

    def fails_for_a_day(self, now: datetime) -> bool:
        return self.state.failing_since is not None and now - self.state.failing_since >= DAY

    def _forget_failures(self) -> None:
        self.state.failures, self.state.wait = 0, 0
        self.state.failed_at = self.state.failing_since = None

    def _pause(self, attempt: Attempt, retry_after: str) -> float:
        step = LADDER[min(self.state.failures, len(LADDER)) - 1]
        share = zlib.crc32(f"{self.webhook}/{self.state.failures}".encode()) / 2**32
        wait = step * (1 + JITTER * share)
        if attempt.status in OVERLOADED:
            wait = max(wait, SLOWER)
        if attempt.status in OVERLOADED or attempt.status == 503:
            wait = max(wait, min(_seconds(retry_after, attempt.at), LADDER[-1]))
        return wait


def read(webhook: str, body: dict[str, object], version: int) -> Progress:
    return Progress(webhook, State.model_validate(body), version)


def _seconds(retry_after: str, now: datetime) -> float:
    """RFC 9110 §10.2.3; 0 for what is neither of its forms."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # OverflowError: numbers of any length are read as numbers
        return 0.0
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds())
