"""What the metrics tell of feeds themselves: whether what happened stands in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.notification.feeds.behind import seconds_since
from shared.measured import Measured


def measured(waits_since: datetime | None, now: datetime) -> Iterable[Measured]:
    """waits_since: when the oldest fact in hand happened; none where nothing is in hand."""
    about = "Age of the oldest fact that this process is writing into feeds"
    yield Measured("jianding_feed_behind_seconds", about, seconds_since(waits_since, now))
