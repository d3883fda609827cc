"""An .xls file is a compound file with a stream of BIFF records: is it encrypted, and which traits have its sheets?

Only what the parser does not tell is read here; the cells are its work. All positions are checked by slicing and by
chain lengths, so a damaged file ends in Invalid.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from services.reporting.rosters.workbook.traits import UNREADABLE, Traits
from shared.errors import Invalid

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED: Final = (
    "文件已加密，请取消密码后再上传 · the file is encrypted: please remove the password and send it again"
)

_LAST_SECTOR: Final = 0xFFFFFFFA  # above it stand marks: free, end of chain, table sectors
_ENTRY: Final = 128
_MINI_CUTOFF: Final = 4096

_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _COLINFO, _FORMULA, _BOOLERR, _ROW = (
    0x0809,
    0x000A,
    0x002F,
    0x0085,
    0x007D,
    0x0006,
    0x0205,
    0x0208,
)


def open_compound(content: bytes) -> list[Traits]:
    """The traits of each sheet in the order of the tabs. Raises Invalid, also when the file is encrypted."""
    try:
        streams = _Compound(content)
        if "ENCRYPTEDPACKAGE" in streams.entries:
            raise Invalid(ENCRYPTED)
        for name in ("WORKBOOK", "BOOK"):
            if name in streams.entries:
                return _traits(streams.read(name))
    except (struct.error, IndexError, ValueError) as error:
        raise Invalid(UNREADABLE) from error
    raise Invalid("这不是 Excel 工作簿 · this is not an Excel workbook")


class _Compound:
    """The sectors of a compound file and the streams in its directory, by upper-case name: (first sector, bytes)."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        shift, mini_shift = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise ValueError("sector size")
        self.size = 1 << shift
        directory, mini_table, difat = (struct.unpack_from("<I", content, place)[0] for place in (48, 60, 68))
        tables = list(struct.unpack_from("<109I", content, 76))
        per_sector = self.size // 4
        while difat < _LAST_SECTOR and len(tables) * self.size < len(content) + 110 * self.size:
            entries = struct.unpack(f"<{per_sector}I", self._sector(difat))
            tables += entries[:-1]
            difat = entries[-1]
        self.next: list[int] = []
        for table in tables:
            if table < _LAST_SECTOR:
                self.next += struct.unpack(f"<{per_sector}I", self._sector(table))
        listing = self._chain(directory)
        self.entries: dict[str, tuple[int, int]] = {}
        for place in range(0, len(listing), _ENTRY):
            length, kind = struct.unpack_from("<HB", listing, place + 64)
            name = listing[place : place + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").upper()
            start, size = struct.unpack_from("<II", listing, place + 116)
            if kind in (2, 5):
                self.entries.setdefault(name if kind == 2 else "", (start, size))
        if not self.entries:
            raise ValueError("no directory")
        self.mini_table = self._chain(mini_table) if mini_table < _LAST_SECTOR else b""

    def read(self, name: str) -> bytes:
        start, size = self.entries[name]
        if size >= _MINI_CUTOFF:
            return self._chain(start)[:size]
        root = self._chain(self.entries[""][0])
        table = struct.unpack(f"<{len(self.mini_table) // 4}I", self.mini_table)
        return b"".join(root[n * 64 : n * 64 + 64] for n in _follow(start, table))[:size]

    def _sector(self, n: int) -> bytes:
        return self.content[(n + 1) * self.size : (n + 2) * self.size].ljust(self.size, b"\0")

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._sector, _follow(start, self.next)))


def _follow(start: int, table: list[int] | tuple[int, ...]) -> Iterator[int]:
    for _ in range(len(table)):  # a chain that is longer than its table runs in a circle
        if start >= _LAST_SECTOR:
            return
        yield start
        start = table[start]


def _traits(stream: bytes) -> list[Traits]:
    sheets: dict[int, Traits] = {}  # by the offset where the sheet begins
    here = Traits()
    depth = 0
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        body = stream[place + 4 : place + 4 + length]
        if kind == _BOF:
            if depth == 0:
                here = sheets.get(place, Traits())
            depth += 1
        elif kind == _EOF:
            depth -= 1
        elif kind == _FILEPASS:
            raise Invalid(ENCRYPTED)
        elif kind == _BOUNDSHEET:
            offset, _, type = struct.unpack_from("<IBB", body)
            if type == 0:  # a worksheet, not a chart or a macro module
                sheets[offset] = Traits()
        elif depth == 1:  # charts inside a sheet are streams of their own
            _trait(here, kind, body)
        place += 4 + length
    return list(sheets.values())


def _trait(sheet: Traits, kind: int, body: bytes) -> None:
    if kind == _ROW:
        row, options = struct.unpack_from("<H10xH", body)
        if options & 0x20:
            sheet.hidden_rows.add(row)
    elif kind == _COLINFO:
        first, last, options = struct.unpack_from("<HH4xH", body)
        if options & 1:
            sheet.hidden_columns.update(range(first, min(last, 255) + 1))
    elif kind == _BOOLERR:
        row, column, is_error = struct.unpack_from("<HH3xB", body)
        if is_error:
            sheet.errors.add((row, column))
    elif kind == _FORMULA:
        row, column, sort, mark = struct.unpack_from("<HH2xB5xH", body)
        if mark == 0xFFFF and sort == 2:
            sheet.errors.add((row, column))
