"""Foreign numbers are found where a workbook is read; here they are kept."""

from __future__ import annotations

from services.reporting.foreign_numbers.foreign_number import ForeignNumberFind, PresentedFor
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.trade.numbers.certificate_number import foreign
from shared.trade.practice import is_practice

MOST_FINDS = 50
"""Foreign numbers of one workbook that are kept: enough to see what a station does, and no door to fill the store."""


async def keep(store: Store, asked: Asked, presented: PresentedFor, numbers: tuple[str, ...]) -> None:
    """Certificates of somebody else in a station's roster are a violation (R3). Each number of a body is found once."""
    body = presented.body
    if is_practice(body) or asked.by.body != body:
        return
    for number in numbers[:MOST_FINDS]:
        read = foreign(number, industry=body[:2])
        if read is not None:
            find = ForeignNumberFind.present(asked.by, asked.at, number, read, presented)
            await repository.add(store, find)
