"""Both sides of a comparison, one after the other and over again: whatever else the machine does meets both alike."""

from __future__ import annotations

import asyncio
import inspect
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

TIMES = 3
Side: TypeAlias = Callable[[], object | Awaitable[object]]


async def medians(*sides: Side, times: int = TIMES, pause: float = 0.0) -> list[float]:
    """Seconds of each side: the median of `times` turns. Every side is gone through once before, which does not count. pause:
    seconds before each turn, for what the house makes ready while nobody waits."""
    taken: list[list[float]] = [[] for _ in sides]
    for turn in range(times + 1):
        await asyncio.sleep(pause)
        for side, seconds in zip(sides, taken, strict=True):
            lasted = await seconds_of(side)
            if turn:
                seconds.append(lasted)
    return [statistics.median(seconds) for seconds in taken]


async def seconds_of(side: Side) -> float:
    before = time.perf_counter()
    doing = side()
    if inspect.isawaitable(doing):
        await doing
    return time.perf_counter() - before
