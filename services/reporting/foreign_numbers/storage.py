"""Foreign numbers are found where a workbook is read; here they are kept."""

from __future__ import annotations

from services.reporting.foreign_numbers.foreign_number import ForeignNumberFind
from shared.actor import Actor
from shared.keeping import repository
from shared.ports import Clock, Store
from shared.trade.numbers.certificate_number import foreign
from shared.trade.practice import is_practice

MOST_FINDS = 50
"""Foreign numbers of one workbook that are kept: enough to see what a station does, and no door to fill the store."""


async def keep(
    store: Store, clock: Clock, by: Actor, numbers: tuple[str, ...], *, body: str, path: str, session: str
) -> None:
    """Certificates of somebody else in a station's roster are a violation (R3). Each number of a body is found once.

    body, path, session: those of the roster that the workbook was presented for."""
    if is_practice(body) or by.body != body:
        return
    for number in numbers[:MOST_FINDS]:
        read = foreign(number, industry=body[:2])
        if read is not None:
            found = ForeignNumberFind.of(by, clock.now(), number, read, body=body, path=path, session=session)
            await repository.add(store, found)
