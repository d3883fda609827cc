"""How old something stored is. It goes by the wall clock, which somebody may set back: what then lies ahead of now was stored
before that, nobody knows how long ago. So it counts as over, and holds nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

_NOTHING = timedelta()


def is_younger(then: datetime, than: timedelta, now: datetime) -> bool:
    return _NOTHING <= now - then < than


def lasts(until: datetime, longest: timedelta, now: datetime) -> bool:
    """longest: what it lasted at its beginning."""
    return _NOTHING < until - now <= longest
