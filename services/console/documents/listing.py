"""Lists: the page that a filter asks for, and the whole of it as a workbook."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlencode

import xlsxwriter
from fastapi import Response

from services.console.documents.names import names_in_list
from services.console.visitor import Visitor
from shared.web.downloads import download
from shared.web.edge.headers import NOT_KEPT
from shared.web.openapi.files import XLSX
from shared.words import Pair

PER_PAGE: Final = 50
PER_QUESTION: Final = 500
MOST_ROWS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of a list. query: the filter as part of an address, without the place in the list. names: of the bodies whose
    documents it shows."""

    rows: list[dict[str, Any]]
    next: str
    first: bool
    query: str
    left_out: list[str]
    names: Mapping[str, Pair]


async def shown(visitor: Visitor, address: str, chosen: Mapping[str, str], after: str) -> Shown:
    """chosen: the filter; empty values are left out. Raises Refusal, NotSignedIn, Unavailable."""
    found = await visitor.get(address, **chosen, after=after, limit=PER_PAGE)
    query = urlencode({name: value for name, value in chosen.items() if value})
    rows = found["items"]
    named = await names_in_list(visitor, rows)
    return Shown(rows, found["next"] or "", not after, query, found.get("left_out", []), named)


async def counts(visitor: Visitor, address: str) -> Mapping[str, int]:
    """State → how many, for the chips of a list. Raises Refusal, NotSignedIn, Unavailable."""
    found: Mapping[str, int] = (await visitor.get(f"{address}/counts"))["states"]
    return found


async def every(visitor: Visitor, address: str, chosen: Mapping[str, str]) -> AsyncIterator[dict[str, Any]]:
    """The whole list, as far as MOST_ROWS. Raises Refusal, NotSignedIn, Unavailable."""
    async for rows in _pages(visitor, address, chosen):
        for item in rows:
            yield item


async def _pages(visitor: Visitor, address: str, chosen: Mapping[str, str]) -> AsyncIterator[list[dict[str, Any]]]:
    after = ""
    for _ in range(MOST_ROWS // PER_QUESTION):
        found = await visitor.get(address, **chosen, after=after, limit=PER_QUESTION)
        yield found["items"]
        after = found["next"] or ""
        if not after:
            return


Column = tuple[str, Callable[[dict[str, Any]], object]]
"""Its head, and what stands in it."""


async def workbook(
    visitor: Visitor, address: str, chosen: Mapping[str, str], columns: Sequence[Column], name: str
) -> Response:
    """The whole list, as far as MOST_ROWS. name: of the file, without its ending. Numbers of documents and people as text,
    which no spreadsheet rounds. To each row its body's name is added as `body_name`."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, text, head = book.add_worksheet(), book.add_format({"num_format": "@"}), book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, 18, text)
    for column, (title, _) in enumerate(columns):
        sheet.write_string(0, column, title, head)
    row = 0
    async for rows in _pages(visitor, address, chosen):
        named = await names_in_list(visitor, rows)
        for item in rows:
            item["body_name"] = visitor.words["pick"](named.get(item.get("body", ""), ("", "")))
            row += 1
            for column, (_, value_of) in enumerate(columns):
                value = value_of(item)
                if isinstance(value, int):
                    sheet.write_number(row, column, value)
                else:
                    sheet.write_string(row, column, "" if value is None else str(value), text)
    await asyncio.to_thread(book.close)  # which writes all of it: meanwhile everybody else would wait
    return download(file.getvalue(), XLSX, f"{name}.xlsx", NOT_KEPT)
