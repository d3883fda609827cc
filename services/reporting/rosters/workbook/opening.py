"""Bytes from a clerk → sheets of cells, whatever the bytes are; the native parser works in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import Final

from services.reporting.rosters.workbook import compound, native, package
from services.reporting.rosters.workbook.native import Cell
from services.reporting.rosters.workbook.traits import ENCRYPTED, TOO_LARGE, UNREADABLE, Traits
from shared.errors import Invalid, Unavailable

PATIENCE: Final = 180.0  # seconds the parser may take; 100,000 rows take a few

_REASONS: Final = {
    native.ENCRYPTED: ENCRYPTED,
    native.TOO_LARGE: TOO_LARGE,
}


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """rows: only those that are not empty, as (row index from 0, cells from column A up to the last filled one)."""

    name: str
    hidden: bool
    rows: list[tuple[int, list[Cell]]]
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    traits: Traits


def open_workbook(content: bytes, most_rows: int) -> list[OpenSheet]:
    """The worksheets in the order of the tabs. Raises Invalid with one sentence when there is no way to read them,
    Unavailable when the machine cannot start another process."""
    by_name: dict[str, Traits] = {}
    in_order: list[Traits] = []
    if content.startswith(b"PK\x03\x04"):
        content, by_name = package.open_package(content)
    elif content.startswith(compound.MAGIC):
        in_order = compound.open_compound(content)
    elif not content:
        raise Invalid("文件是空的 · the file is empty")
    else:
        raise Invalid(
            "这不是 Excel 工作簿(可能是网页或文本改了扩展名)，请另存为 .xlsx · "
            "this is not an Excel workbook (maybe a web page or a text under another name): save it as .xlsx"
        )
    sheets = _parse(content, most_rows)
    if in_order and len(in_order) == len(sheets):
        by_name = {sheet[0]: traits for sheet, traits in zip(sheets, in_order, strict=True)}
    return [
        OpenSheet(name, hidden, rows, merged, by_name.get(name) or Traits()) for name, hidden, rows, merged in sheets
    ]


def _parse(content: bytes, most_rows: int) -> list[native.Sheet]:
    command = [sys.executable, "-I", native.__file__, str(most_rows)]
    try:
        ended = subprocess.run(command, input=content, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as error:
        raise Invalid(TOO_LARGE) from error
    except OSError as error:
        raise Unavailable(f"the workbook parser cannot be started: {error.strerror}") from error
    if ended.returncode < 0:  # killed by a signal: out of memory, out of time, or the parser aborted
        raise Invalid("文件损坏或过大，无法读取 · the file is damaged or too large and cannot be read")
    if ended.returncode:
        raise Invalid(_REASONS.get(ended.returncode, UNREADABLE))
    try:
        return native.from_answer(ended.stdout)
    except ValueError as error:  # no honest parser says so: the file made it
        raise Invalid(UNREADABLE) from error
