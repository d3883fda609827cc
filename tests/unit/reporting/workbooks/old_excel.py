"""Writes the smallest .xls files (BIFF8 in a compound file) that tests need; nobody ships a writer any more."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

FREE, END, FAT_SECTOR, EXTRA_SECTOR, SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC, 512


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
    more: tuple[tuple[int, bytes], ...] = ()
    """Records (kind, body) at the end of the sheet."""


def old_workbook(*sheets: OldSheet, encrypted: bool = False, by_excel: bool = False) -> bytes:
    return compound("Workbook", workbook_stream(*sheets, encrypted=encrypted, by_excel=by_excel))


def compound(name: str, content: bytes) -> bytes:
    """A compound file with one stream. Streams below 4096 bytes are padded so that none lands in the mini stream."""
    content = content.ljust(4096, b"\0")
    count = -(-len(content) // SECTOR)
    fats, extras = 1, 0
    while fats * 128 < count + 1 + fats + extras:  # a table has to speak of itself
        fats += 1
        extras = -(-max(0, fats - 109) // 127)
    extra = count + 1 + fats  # the first sector that tells where the tables are which the header has no room for
    chain = [*range(1, count), END, END, *[FAT_SECTOR] * fats, *[EXTRA_SECTOR] * extras]
    table = struct.pack(f"<{fats * 128}I", *chain, *[FREE] * (fats * 128 - len(chain)))
    tables = list(range(count + 1, count + 1 + fats))
    header = _header(fats, count, extra=(extra, extras) if extras else (END, 0))
    header += struct.pack("<109I", *tables[:109], *[FREE] * (109 - len(tables[:109])))
    more = b""
    for n in range(extras):
        listed = tables[109 + n * 127 : 109 + (n + 1) * 127]
        after = END if n + 1 == extras else extra + n + 1
        more += struct.pack("<128I", *listed, *[FREE] * (127 - len(listed)), after)
    directory = _entry("Root Entry", 5, END, 0, child=1) + _entry(name, 2, 0, len(content)) + bytes(256)
    return header + content.ljust(count * SECTOR, b"\0") + directory + table + more


def streams(contents: Mapping[str, bytes]) -> bytes:
    """A compound file with several streams, each padded to 4096 bytes."""
    names = sorted(
        contents, key=lambda name: (len(name), name.upper())
    )  # as the tree wants them: each right of the one before
    padded = [contents[name].ljust(4096, b"\0") for name in names]
    chain: list[int] = []
    starts = []
    for content in padded:
        starts.append(len(chain))
        count = -(-len(content) // SECTOR)
        chain += [*range(len(chain) + 1, len(chain) + count), END]
    listing = _entry("Root Entry", 5, END, 0, child=1)
    for n, (name, content) in enumerate(zip(names, padded, strict=True), 1):
        listing += _entry(name, 2, starts[n - 1], len(content), right=n + 1 if n < len(names) else FREE)
    listing += _nothing() * (-(len(listing) // 128) % 4)
    directory = len(chain)
    chain += [*range(directory + 1, directory + len(listing) // SECTOR), END]
    tables = 1
    while tables * 128 < len(chain) + tables:
        tables += 1
    assert tables <= 109
    first = len(chain)
    chain += [FAT_SECTOR] * tables
    table = struct.pack(f"<{tables * 128}I", *chain, *[FREE] * (tables * 128 - len(chain)))
    header = _header(tables, directory)
    header += struct.pack("<109I", *range(first, first + tables), *[FREE] * (109 - tables))
    body = b"".join(content.ljust(-(-len(content) // SECTOR) * SECTOR, b"\0") for content in padded)
    return header + body + listing + table


def small_compound(name: str, content: bytes) -> bytes:
    """A compound file whose one stream is shorter than 4096 bytes and lies in the mini stream."""
    parts = -(-len(content) // 64)
    count = -(-len(content) // SECTOR)
    table = [*range(1, count), END, END, END, FAT_SECTOR]  # the mini stream, its table, the directory, this table
    small = [*range(1, parts), END]
    directory = _entry("Root Entry", 5, 0, parts * 64, child=1) + _entry(name, 2, 0, len(content)) + bytes(256)
    return b"".join(
        (
            _header(1, count + 1, small=(count, 1)),
            struct.pack("<109I", count + 2, *[FREE] * 108),
            content.ljust(count * SECTOR, b"\0"),
            struct.pack("<128I", *small, *[FREE] * (128 - len(small))),
            directory,
            struct.pack("<128I", *table, *[FREE] * (128 - len(table))),
        )
    )


def crowded_compound(entries: int) -> bytes:
    """A compound file with so many streams in a well-balanced tree, each with a first sector of its own."""

    def branch(low: int, high: int) -> int:
        return FREE if low > high else (low + high) // 2

    sides = {}
    todo = [(1, entries)]
    while todo:
        low, high = todo.pop()
        if low <= high:
            middle = (low + high) // 2
            sides[middle] = branch(low, middle - 1), branch(middle + 1, high)
            todo += [(low, middle - 1), (middle + 1, high)]
    listing = _entry("Root Entry", 5, END, 0, child=branch(1, entries))
    for n in range(1, entries + 1):
        listing += _entry(f"s{n:06}", 2, n, 4096, *sides[n])
    whole = bytearray(compound("x", listing))
    start = struct.unpack_from("<I", whole, 48)[0]
    assert start == -(-max(len(listing), 4096) // SECTOR)
    struct.pack_into("<I", whole, 48, 0)  # the directory is the stream itself
    return bytes(whole)


def _header(fats: int, directory: int, small: tuple[int, int] = (END, 0), extra: tuple[int, int] = (END, 0)) -> bytes:
    """small, extra: first sector and number of the sectors of these tables."""
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    return start + struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fats, directory, 0, 4096, *small, *extra)


def _entry(
    name: str, kind: int, start: int, size: int, left: int = FREE, right: int = FREE, child: int = FREE
) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return text.ljust(64, b"\0") + struct.pack(
        "<HBBIII16xI8x8xIQ", len(text), kind, 1, left, right, child, 0, start, size
    )


def _nothing() -> bytes:
    return bytes(64) + struct.pack("<HBBIII", 0, 0, 0, FREE, FREE, FREE) + bytes(48)


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def workbook_stream(*sheets: OldSheet, encrypted: bool = False, by_excel: bool = False) -> bytes:
    """by_excel: with the history that Excel leaves in the first record."""
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0xC9 if by_excel else 0, 0))
    start += record(0x002F, bytes(54)) if encrypted else b""
    start += record(0x0042, struct.pack("<H", 1200))
    bodies = [_sheet(sheet) for sheet in sheets]
    names = [sheet.name.encode("utf-16-le") for sheet in sheets]
    offset = len(start) + sum(4 + 8 + len(name) for name in names) + 4
    index = b""
    for sheet, name, body in zip(sheets, names, bodies, strict=True):
        index += record(0x0085, struct.pack("<IBBBB", offset, sheet.hidden, 0, len(sheet.name), 1) + name)
        offset += len(body)
    return start + index + record(0x000A, b"") + b"".join(bodies)


def _sheet(sheet: OldSheet) -> bytes:
    out = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 0))
    for column in sheet.hidden_columns:
        out += record(0x007D, struct.pack("<HHHHHH", column, column, 2048, 0, 1, 0))
    for row in sheet.hidden_rows:
        out += record(0x0208, struct.pack("<HHHHHHI", row, 0, 20, 255, 0, 0, 0x20))
    for (row, column), value in sorted(sheet.cells.items()):
        place = struct.pack("<HHH", row, column, 0)
        if isinstance(value, bytes):
            out += record(0x0205, place + value + b"\x01")
        elif isinstance(value, str):
            out += record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
        elif isinstance(value, int):
            out += record(0x027E, place + struct.pack("<I", value << 2 | 2))
        else:
            out += record(0x0203, place + struct.pack("<d", value))
    if sheet.merged:
        ranges = b"".join(struct.pack("<HHHH", *span) for span in sheet.merged)
        out += record(0x00E5, struct.pack("<H", len(sheet.merged)) + ranges)
    return out + b"".join(record(kind, body) for kind, body in sheet.more) + record(0x000A, b"")
