"""The first batch that is drawn after a start, beside the second: what the drawing child has to load counts in the first."""

from __future__ import annotations

import asyncio
import os
import statistics

from services.bench import drawing_alone, home
from services.bench.row import Figure, Place, Row
from services.bench.timing import TIMES, seconds_of
from services.certificate.production.drawing.in_a_child import draw_what_can_be
from services.certificate.production.drawing.specimen import SPECIMEN
from services.runtime import wiring

PAGES = 200  # of one batch


def measure(place: Place, size: int) -> list[Figure]:
    """size: certificates of the order, drawn in batches, as the service orders them from its workshop."""
    return asyncio.run(_measure(place, size))


async def _measure(place: Place, size: int) -> list[Figure]:
    settings = home.settings(place)
    sheets = drawing_alone.sheets(size)
    batches = [tuple(sheets[first : first + PAGES]) for first in range(0, size, PAGES)]
    begun: list[float] = []
    cold: list[float] = []
    warm: list[float] = []
    for turn in range(2 * TIMES):
        workshop = wiring.open_workshop(settings)

        async def order() -> None:
            drawing = (workshop.do(draw_what_can_be, batch, settings.fonts) for batch in batches)  # noqa: B023  this turn's
            await asyncio.gather(*drawing)

        if turn % 2:  # as a process that draws does when it starts; the second comes behind the first
            await workshop.begin(draw_what_can_be, (SPECIMEN,), settings.fonts)
            await workshop.do(os.getpid)
        (begun if turn % 2 else cold).append(await seconds_of(order))
        warm.append(await seconds_of(order))
        await workshop.close()
    second = statistics.median(warm)
    beside = "第二单 · the second order"
    return [
        Figure("启动后第一单 · first order after a start", statistics.median(begun), "s", second, beside),
        Figure("正在启动时的一单 · an order at the very start", statistics.median(cold), "s", second, beside),
    ]


ROW = Row(
    what="冷启动 · cold",
    goal="≤ 第二单 + 0.3 s · the second and 0.3 s",
    sizes=(260,),
    quick=260,
    tiny=2,
    measure=measure,
)
