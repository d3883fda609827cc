"""The lines of a roster as documents: written page by page under the id of their import, read back page by page."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from services.reporting import ids
from shared.contracts.reporting import LINES_PER_PAGE, PageSeal, RosterLine, seal_lines, seal_pages
from shared.ports import Record, Store

LINES = "line"  # the collection
PAGES_TOGETHER = 10  # per write


def sealed(pages: Iterable[Sequence[RosterLine]]) -> list[PageSeal]:
    return [PageSeal(seal=seal_lines(page), lines=dict(Counter(line.level for line in page))) for page in pages]


def import_id(roster: str, pages: Sequence[PageSeal]) -> str:
    """Computed from the content: the same workbook gives the same import, whenever it is uploaded."""
    return ids.import_id(roster, seal_pages(pages))


async def write(store: Store, import_: str, pages: Iterable[Sequence[RosterLine]]) -> None:
    """Each line if absent. Invisible until the roster names the import, so a crash half-way shows nothing half."""
    left = iter(pages)
    while records := await asyncio.to_thread(_records, import_, left):
        await store.add_many(LINES, records)


def _records(import_: str, pages: Iterator[Sequence[RosterLine]]) -> list[Record]:
    """Of the next pages: a hundred thousand lines as objects, all at once, are more than a service has room for."""
    return [
        Record(
            ids.line_id(import_, line.n),
            {
                "import_id": import_,
                "page": (line.n - 1) // LINES_PER_PAGE,
                "n": line.n,
                "line": line.model_dump(mode="json"),
            },
        )
        for page in islice(pages, PAGES_TOGETHER)
        for line in page
    ]


async def read_page(store: Store, import_: str, page: int) -> list[RosterLine]:
    found = await store.find(LINES, {"import_id": import_, "page": page}, sort="n", limit=LINES_PER_PAGE)
    return [RosterLine.model_validate(record.body["line"]) for record in found.records]
