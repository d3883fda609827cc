"""The lines of a roster as documents: one for each page, written under the id of their import, read back page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from pydantic import TypeAdapter

from services.reporting import ids
from shared.contracts.reporting import LINES_PER_PAGE, PageSeal, RosterLine, seal_pages, seal_text
from shared.ports import Record, Store

PAGES = "roster_page"  # the collection
LINES = "line"
"""Where earlier releases kept each line as a document of its own; they are read from there for good."""
PAGES_TOGETHER = 10  # per write

_PAGE: Final = TypeAdapter(list[RosterLine])


def text_of(lines: Sequence[RosterLine]) -> bytes:
    """A page as it is sealed and stored: the canonical JSON of its lines, one a row."""
    return b"".join([line.model_dump_json().encode() + b"\n" for line in lines])


def sealed(lines: Sequence[RosterLine], text: bytes) -> PageSeal:
    """text: of these lines."""
    return PageSeal(seal=seal_text(text), lines=dict(Counter([line.level for line in lines])))


def sealed_pages(pages: Iterable[Sequence[RosterLine]]) -> list[PageSeal]:
    return [sealed(page, text_of(page)) for page in pages]


def import_id(roster: str, pages: Sequence[PageSeal]) -> str:
    """Computed from the content: the same workbook gives the same import, whenever it is uploaded."""
    return ids.import_id(roster, seal_pages(pages))


async def write(store: Store, import_: str, pages: Iterable[bytes]) -> None:
    """Each page if absent. Invisible until the roster names the import, so a crash half-way shows nothing half. pages: the
    texts of all of them, from the first on."""
    numbered = enumerate(pages)
    while together := list(islice(numbered, PAGES_TOGETHER)):
        records = [
            Record(ids.page_id(import_, page), {"import_id": import_, "page": page, "lines": text.decode()})
            for page, text in together
        ]
        await store.add_many(PAGES, records)


async def read_page(store: Store, import_: str, page: int) -> list[RosterLine]:
    record = await store.get(PAGES, ids.page_id(import_, page))
    if record is None:
        found = await store.find(LINES, {"import_id": import_, "page": page}, sort="n", limit=LINES_PER_PAGE)
        return [RosterLine.model_validate(record.body["line"]) for record in found.records]
    return lines_of(record.body["lines"].encode())


def lines_of(text: bytes) -> list[RosterLine]:
    """Of a page as it is stored."""
    return _PAGE.validate_json(b"[%b]" % text.strip().replace(b"\n", b","))
