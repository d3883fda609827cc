"""What the parser does not tell about a sheet: hidden rows and columns, and cells that hold an Excel error; and what is
said of a file that cannot be opened."""

from __future__ import annotations

from dataclasses import dataclass, field

UNREADABLE = (
    "文件无法读取：不是完好的 Excel 工作簿(.xlsx 或 .xls) · "
    "the file cannot be read: not an intact Excel workbook (.xlsx, .xls)"
)
ENCRYPTED = "文件已加密，请取消密码后再上传 · the file is encrypted: please remove the password and send it again"
TOO_LARGE = (
    "工作簿过大：行、列或文字超出名册所需 · the workbook is too large: more rows, columns or text than a roster needs"
)


@dataclass(slots=True)
class Traits:
    """Row and column indices count from 0."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    """(row, column) of #N/A, #REF! and their like, which the parser would show as empty."""


def column_index(letters: str) -> int:
    """`A` is 0, `AA` is 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def column_letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
