"""Runs as a process of its own: a workbook on standard input, its cells on standard output (JSON).

The spreadsheet parser is native code. A damaged or hostile file can make it ask for 80 GB and abort the whole process
(seen with a few changed bytes in an .xls), so it gets a process, a memory limit and a CPU limit of its own. A file that
took the process over could answer what it likes, so the answer is in a format that runs nothing, and every cell of it is
looked at.
Only the standard library and the parser are imported: starting it costs some 50 ms.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Final, TypeAlias, TypeVar

T = TypeVar("T")

Cell: TypeAlias = str | float | bool | date | datetime | time | timedelta

ENCRYPTED: Final = 3
TOO_LARGE: Final = 4
UNREADABLE: Final = 5

MEMORY: Final = 2 * 1024**3  # bytes; 100,000 rows of 18 cells need about a quarter of it
CPU_SECONDS: Final = 120
MOST_COLUMNS: Final = 104  # A … CZ: form 6 has 18
MOST_CHARACTERS: Final = 100_000_000

# name, hidden, rows that are not empty as (row index, cells up to the last filled one), merged ranges
Sheet: TypeAlias = tuple[str, bool, list[tuple[int, list[Cell]]], tuple[tuple[tuple[int, int], tuple[int, int]], ...]]


class _TooLarge(Exception):
    """More cells or text than any roster has."""


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows: there the process is still its own, so nothing else dies with it
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def load(content: bytes, most_rows: int) -> list[Sheet]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    sheets: list[Sheet] = []
    left_rows, left_characters = most_rows, MOST_CHARACTERS
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for meta in workbook.sheets_metadata:
        if meta.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        rows: list[tuple[int, list[Cell]]] = []
        # `iter_rows` begins at row 1 and column A, whatever the first used cell is.
        for index, cells in enumerate(sheet.iter_rows()):
            while cells and cells[-1] == "":
                cells.pop()
            if not cells:
                continue
            left_rows -= 1
            left_characters -= sum(len(cell) for cell in cells if isinstance(cell, str))
            if left_rows < 0 or left_characters < 0 or len(cells) > MOST_COLUMNS:
                raise _TooLarge
            rows.append((index, cells))
        merged = tuple(sheet.merged_cell_ranges or ())
        sheets.append((meta.name, meta.visible is not SheetVisibleEnum.Visible, rows, merged))
    return sheets


def to_answer(sheets: list[Sheet]) -> bytes:
    return json.dumps(sheets, default=_tagged, ensure_ascii=False, separators=(",", ":")).encode()


def from_answer(answer: bytes) -> list[Sheet]:
    """Raises ValueError for anything that `to_answer` does not write."""
    try:
        return [
            (
                _of(str, name),
                _of(bool, hidden),
                [
                    (_of(int, index), [one if type(one) in _PLAIN else _cell(one) for one in _of(list, cells)])
                    for index, cells in _of(list, rows)
                ],
                tuple((_place(first), _place(last)) for first, last in _of(list, merged)),
            )
            for name, hidden, rows, merged in _of(list, json.loads(answer))
        ]
    except (TypeError, KeyError, OverflowError, RecursionError) as error:
        raise ValueError(f"no answer of the parser: {type(error).__name__}") from error


# What JSON has no word for is a list of its kind and its text; no other cell is a list.
_FROM: Final[dict[str, Callable[[str], Cell]]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda text: timedelta(microseconds=int(text)),
}
_PLAIN: Final = frozenset({str, float, int, bool})


def _tagged(value: date | datetime | time | timedelta) -> list[str]:
    """For `json`, which asks only about what it does not know."""
    stated = str(value // timedelta(microseconds=1)) if isinstance(value, timedelta) else value.isoformat()
    return [type(value).__name__, stated]


def _cell(value: Any) -> Cell:
    kind, text = _of(list, value)
    return _FROM[kind](_of(str, text))


def _place(value: Any) -> tuple[int, int]:
    row, column = _of(list, value)
    return _of(int, row), _of(int, column)


def _of(kind: type[T], value: Any) -> T:
    if type(value) is not kind:
        raise TypeError
    return value


def main() -> int:
    _limit()
    try:
        sheets = load(sys.stdin.buffer.read(), int(sys.argv[1]))
    # A panic of the native parser is not an Exception. The exit code tells the parent what it was.
    except BaseException as error:  # noqa: BLE001
        kind = type(error).__name__
        return {"PasswordError": ENCRYPTED, "_TooLarge": TOO_LARGE, "MemoryError": TOO_LARGE}.get(kind, UNREADABLE)
    sys.stdout.buffer.write(to_answer(sheets))
    return 0


if __name__ == "__main__":
    sys.exit(main())
