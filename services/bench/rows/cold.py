"""The first batch that is drawn after a start, beside the second: what the drawing child has to load counts in the first."""

from __future__ import annotations

import asyncio

from services.bench import drawing_alone, home
from services.bench.row import Figure, Place, Row
from services.bench.timing import TIMES, seconds_of
from services.certificate.production.drawing.print_file import draw
from services.runtime import wiring

PAGES = 200  # of one batch


def measure(place: Place, size: int) -> list[Figure]:
    """size: certificates of the order, drawn in batches, as the service orders them from its workshop."""
    return asyncio.run(_measure(place, size))


async def _measure(place: Place, size: int) -> list[Figure]:
    sheets = drawing_alone.sheets(size)
    batches = [sheets[first : first + PAGES] for first in range(0, size, PAGES)]
    cold: list[float] = []
    warm: list[float] = []
    for _ in range(TIMES):
        workshop = wiring.open_workshop(home.settings(place))

        async def order() -> None:
            await asyncio.gather(*(workshop.do(draw, batch) for batch in batches))  # noqa: B023  awaited in this turn

        cold.append(await seconds_of(order))
        warm.append(await seconds_of(order))
        await workshop.close()
    first, second = sorted(cold)[TIMES // 2], sorted(warm)[TIMES // 2]
    return [Figure("启动后第一单 · first order after a start", first, "s", second, "第二单 · the second order")]


ROW = Row(
    what="冷启动 · cold",
    goal="≤ 第二单 + 0.3 s · the second and 0.3 s",
    sizes=(260,),
    quick=260,
    tiny=2,
    measure=measure,
)
