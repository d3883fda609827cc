"""Writes the smallest .xls files (BIFF8 in a compound file) that tests need; nobody ships a writer any more."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

FREE, END, FAT_SECTOR, SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 512


@dataclass
class OldSheet:
    """cells: by (row, column) from 0. A bytes value is an error code such as b"\\x2a" (#N/A)."""

    name: str
    cells: Mapping[tuple[int, int], str | float | bytes]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = field(default=())
    """first row, last row, first column, last column"""


def old_workbook(*sheets: OldSheet, encrypted: bool = False) -> bytes:
    return compound("Workbook", _stream(sheets, encrypted))


def compound(name: str, content: bytes) -> bytes:
    """A compound file with one stream. Streams below 4096 bytes are padded so that none lands in the mini stream."""
    content = content.ljust(4096, b"\0")
    count = -(-len(content) // SECTOR)
    fats = 1
    while fats * 128 < count + 1 + fats:
        fats += 1
    chain = [*range(1, count), END, END, *[FAT_SECTOR] * fats]
    table = struct.pack(f"<{fats * 128}I", *chain, *[FREE] * (fats * 128 - len(chain)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fats, count, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", *range(count + 1, count + 1 + fats), *[FREE] * (109 - fats))
    directory = _entry("Root Entry", 5, END, 0, child=1) + _entry(name, 2, 0, len(content)) + bytes(256)
    return header + content.ljust(count * SECTOR, b"\0") + directory + table


def _entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return text.ljust(64, b"\0") + struct.pack(
        "<HBBIII16xI8x8xIQ", len(text), kind, 1, FREE, FREE, child, 0, start, size
    )


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _stream(sheets: tuple[OldSheet, ...], encrypted: bool) -> bytes:
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 0))
    start += _record(0x002F, bytes(54)) if encrypted else b""
    start += _record(0x0042, struct.pack("<H", 1200))
    bodies = [_sheet(sheet) for sheet in sheets]
    names = [sheet.name.encode("utf-16-le") for sheet in sheets]
    offset = len(start) + sum(4 + 8 + len(name) for name in names) + 4
    index = b""
    for sheet, name, body in zip(sheets, names, bodies, strict=True):
        index += _record(0x0085, struct.pack("<IBBBB", offset, sheet.hidden, 0, len(sheet.name), 1) + name)
        offset += len(body)
    return start + index + _record(0x000A, b"") + b"".join(bodies)


def _sheet(sheet: OldSheet) -> bytes:
    out = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 0))
    for column in sheet.hidden_columns:
        out += _record(0x007D, struct.pack("<HHHHHH", column, column, 2048, 0, 1, 0))
    for row in sheet.hidden_rows:
        out += _record(0x0208, struct.pack("<HHHHHHI", row, 0, 20, 255, 0, 0, 0x20))
    for (row, column), value in sorted(sheet.cells.items()):
        place = struct.pack("<HHH", row, column, 0)
        if isinstance(value, bytes):
            out += _record(0x0205, place + value + b"\x01")
        elif isinstance(value, str):
            out += _record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
        else:
            out += _record(0x0203, place + struct.pack("<d", value))
    if sheet.merged:
        ranges = b"".join(struct.pack("<HHHH", *span) for span in sheet.merged)
        out += _record(0x00E5, struct.pack("<H", len(sheet.merged)) + ranges)
    return out + _record(0x000A, b"")
