"""Time."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The wall clock may be set in either direction while we run: an age is taken from `monotonic`, or, where it must
    outlive the process, a negative one counts as "ask again"."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment of this process. Never goes back, whatever is done to the wall clock."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Of the monotonic kind."""
        ...
