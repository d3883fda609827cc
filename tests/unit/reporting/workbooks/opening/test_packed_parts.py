"""A part of a package is what its directory says, to the last byte, or the file is damaged: it is parsed as it lies there."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from services.reporting.rosters.workbook.opening import package
from shared.errors import Invalid
from tests.unit.reporting.workbooks.filled_in import good, saved

TEXT = "一份名册 ".encode() * 100_000


def part(packed: bytes, **said: int) -> tuple[bytes, zipfile.ZipInfo]:
    """The bytes of a zip up to its directory, and the entry there."""
    entry = zipfile.ZipInfo("xl/sharedStrings.xml")
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.header_offset, entry.compress_size, entry.file_size, entry.CRC = 0, len(packed), len(TEXT), zlib.crc32(TEXT)
    for name, value in said.items():
        setattr(entry, name, value)
    return struct.pack("<4s22xHH", b"PK\x03\x04", 3, 2) + b"a.b" + b"??" + packed, entry


def deflated(content: bytes) -> bytes:
    packing = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packing.compress(content) + packing.flush()


def test_what_was_packed_comes_out_in_pieces() -> None:
    pieces = list(package._pieces(*part(deflated(TEXT))))
    assert b"".join(pieces) == TEXT
    assert max(map(len, pieces)) <= package.PIECE
    stored = part(TEXT, compress_type=zipfile.ZIP_STORED)
    assert b"".join(package._pieces(*stored)) == TEXT
    assert list(package._pieces(*part(deflated(b""), file_size=0, CRC=0))) == []


@pytest.mark.parametrize(
    "wrong",
    [
        part(deflated(TEXT + b"more")),
        part(deflated(TEXT + b"more"), file_size=len(TEXT) + 4),
        part(deflated(TEXT[:-1])),
        part(deflated(TEXT) + b"behind"),
        part(deflated(TEXT) + bytes(100_000)),
        part(deflated(TEXT)[:-1]),
        part(deflated(TEXT), compress_size=1 << 30),
        part(deflated(TEXT), header_offset=4),
        part(deflated(TEXT), header_offset=1 << 30),
        part(deflated(TEXT), CRC=1),
        part(deflated(TEXT), flag_bits=1),
        part(b"no stream"),
        part(TEXT + b"x", compress_type=zipfile.ZIP_STORED),
    ],
)
def test_a_part_that_is_another_than_its_entry_says_is_damage(wrong: tuple[bytes, zipfile.ZipInfo]) -> None:
    with pytest.raises(package._DAMAGE):
        list(package._pieces(*wrong))


def test_the_parser_gets_the_parts_packed_as_they_came_and_no_others() -> None:
    content = saved(good())
    clean, _ = package.open_package(content)
    assert len(clean.getvalue()) < len(content) + 2000
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(clean) as after:
        assert set(after.namelist()) == {
            "_rels/.rels",
            "xl/_rels/workbook.xml.rels",
            "xl/workbook.xml",
            "xl/sharedStrings.xml",
            "xl/styles.xml",
            *(name for name in before.namelist() if name.startswith("xl/worksheets/sheet")),
        }
        assert after.testzip() is None
        for name in ("xl/worksheets/sheet1.xml", "xl/styles.xml"):
            assert after.read(name) == before.read(name)


def test_a_part_whose_entry_lies_is_no_workbook() -> None:
    content = bytearray(saved(good()))
    place = content.rindex(b"xl/worksheets/sheet1.xml") - 46 + 16  # its sum in the directory
    content[place] ^= 1
    with pytest.raises(Invalid, match="文件无法读取"):
        package.open_package(bytes(content))
