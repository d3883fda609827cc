"""What the parser does not tell about a sheet: hidden rows and columns, and cells that hold an Excel error; and what is
said of a file that cannot be opened."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

UNREADABLE = (
    "文件无法读取：不是完好的 Excel 工作簿(.xlsx 或 .xls) · "
    "the file cannot be read: not an intact Excel workbook (.xlsx, .xls)"
)
ENCRYPTED = "文件已加密，请取消密码后再上传 · the file is encrypted: please remove the password and send it again"
TOO_LARGE = (
    "工作簿过大：行、列或文字超出名册所需 · the workbook is too large: more rows, columns or text than a roster needs"
)

MOST_SHEETS: Final = 1000
MOST_ERRORS: Final = 100_000  # cells; a few bytes of the file each, and much more in memory


class Spans:
    """Whole numbers as ranges: a million of them at once, or the same one a million times, cost no more than one."""

    __slots__ = ("_merge_at", "_ranges", "_starts")

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._ranges: list[tuple[int, int]] = []
        self._starts: list[int] | None = []
        """First numbers of the merged ranges; None while they are not merged."""
        self._merge_at = 1024
        for number in numbers:
            self.add(number, number)

    def add(self, first: int, last: int) -> None:
        """Both ends included; nothing when they are the wrong way round."""
        if last < first:
            return
        if self._ranges and self._ranges[-1][0] <= first <= self._ranges[-1][1] + 1:
            if last > self._ranges[-1][1]:
                self._ranges[-1] = (self._ranges[-1][0], last)
            return
        self._ranges.append((first, last))
        self._starts = None
        if len(self._ranges) >= self._merge_at:
            self._merged()
            self._merge_at = max(1024, 2 * len(self._ranges))

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self._merged(), number) - 1
        return place >= 0 and number <= self._ranges[place][1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spans) and (self._merged(), self._ranges) == (other._merged(), other._ranges)

    __hash__ = None  # type: ignore[assignment]  # they change

    def __repr__(self) -> str:
        self._merged()
        return f"Spans{self._ranges}"

    def _merged(self) -> list[int]:
        if self._starts is None:
            merged: list[tuple[int, int]] = []
            for first, last in sorted(self._ranges):
                if merged and first <= merged[-1][1] + 1:
                    merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
                else:
                    merged.append((first, last))
            self._ranges, self._starts = merged, [first for first, _ in merged]
        return self._starts


@dataclass(slots=True)
class Traits:
    """Row and column indices count from 0."""

    hidden_rows: Spans = field(default_factory=Spans)
    hidden_columns: Spans = field(default_factory=Spans)
    errors: set[tuple[int, int]] = field(default_factory=set)
    """(row, column) of #N/A, #REF! and their like, which the parser would show as empty."""
