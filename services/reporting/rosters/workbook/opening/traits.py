"""What the parser does not tell about a sheet: hidden rows and columns, a filter, cells that hold an Excel error or a formula
that nobody computed; and what is said of a file that cannot be opened."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from shared.errors import Invalid

UNREADABLE = (
    "文件无法读取：不是完好的 Excel 工作簿（.xlsx 或 .xls） · "
    "the file cannot be read: not an intact Excel workbook (.xlsx, .xls)"
)
UNUSUAL = (
    "文件的写法与 Excel 不同，可能被读错：请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传 · the file is written unlike "
    "anything Excel writes and might be misread: open it in Excel or WPS, save it as .xlsx and send that"
)
ENCRYPTED = (
    "文件已加密，请取消密码后再上传：在 Excel 或 WPS 中打开，另存为 .xlsx，并在“工具 → 常规选项”(WPS 为“加密”)中清空"
    "打开密码和修改密码 · the file is encrypted: please remove the password and send it again (open it, save it as .xlsx, and "
    "empty both passwords under Tools → General Options)"
)
TOO_LARGE = (
    "工作簿过大：行、列或文字超出名册所需 · the workbook is too large: more rows, columns or text than a roster needs"
)
SPREAD_OUT = (
    "工作表过大：多半是名册下方或右侧有大量带格式的空行、空列，请选中后删除（不是清除），保存后再上传；名册确有这么长的，请分批"
    "上报 · the sheet is too large, mostly because of formatted empty rows below the roster or columns beside it: select and "
    "delete them (not clear), save, and send it again; a roster that is really so long is reported in parts"
)
NEVER_COMPUTED = (
    "工作簿中有大量公式没有存储的值：请用 Excel 或 WPS 打开，重新计算并保存后再上传 · a great many formulas of the workbook "
    "have no stored value: open it in Excel or WPS, let it compute, save it and send it again"
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

    def gaps(self, last: int) -> Iterator[tuple[int, int]]:
        """The ranges from 0 to last, both included, that lie in none of them."""
        after = 0
        self._merged()
        for first, end in self._ranges:
            if first > last:
                break
            if first > after:
                yield after, first - 1
            after = max(after, end + 1)
        if after <= last:
            yield after, last

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
    unvalued: set[tuple[int, int]] = field(default_factory=set)
    """(row, column) of formulas without a stored value, which the parser would show as empty; of those with a stored 0 too:
    programs that cannot compute write it in place of the value, of a text as well."""
    filtered: bool = False
    """A filter with conditions is set, whether or not its rows were hidden when the file was written."""

    def add_error(self, row: int, column: int) -> None:
        """Raises Invalid when there are more than anybody would mend."""
        self.errors.add((row, column))
        if len(self.errors) > MOST_ERRORS:
            raise Invalid(TOO_LARGE)

    def add_unvalued(self, row: int, column: int) -> None:
        """Raises Invalid when there are more than anybody would mend."""
        self.unvalued.add((row, column))
        if len(self.unvalued) > MOST_ERRORS:
            raise Invalid(NEVER_COMPUTED)
