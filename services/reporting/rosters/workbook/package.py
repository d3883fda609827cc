"""An .xlsx file is a zip: measured, unpacked within limits, searched for traits, and packed again for the parser.

Packing again means that what was measured is what is parsed: a zip whose directory lies about sizes, or names a part
twice, reaches the native parser in no other shape than we saw.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import re
import struct
import zipfile
import zlib
from typing import Final
from xml.etree import ElementTree

from services.reporting.rosters.workbook.traits import UNREADABLE, Traits, column_index
from shared.errors import Invalid

LARGEST_UNPACKED: Final = 256 * 1024 * 1024  # bytes; 100,000 full rows take 55 MB
LARGEST_TREE: Final = 4 * 1024 * 1024  # bytes; a tree takes many times the size of its text
MOST_PARTS: Final = 10_000

_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ElementTree.ParseError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
    OverflowError,
)
"""What the standard library raises over damaged packages, an encrypted or unknown kind of entry included."""

# Lengths are bounded: an endless tag must not make the search quadratic.
_ROW: Final = re.compile(rb"<(?:\w+:)?row\s([^<>]{0,400}?\bhidden=[\"'](?:1|true)[\"'][^<>]{0,400})>")
_COLUMN: Final = re.compile(rb"<(?:\w+:)?col\s([^<>]{0,400}?\bhidden=[\"'](?:1|true)[\"'][^<>]{0,400})>")
_ERROR: Final = re.compile(rb"<(?:\w+:)?c\s([^<>]{0,400}?\bt=[\"']e[\"'][^<>]{0,400})>")
_NUMBER: Final = {name: re.compile(rb"\b%s=[\"'](\d{1,7})[\"']" % name) for name in (b"r", b"min", b"max")}
_PLACE: Final = re.compile(rb"\br=[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")


def open_package(content: bytes) -> tuple[bytes, dict[str, Traits]]:
    """A clean copy of the zip for the parser, and the traits of each sheet by name. Raises Invalid."""
    try:
        parts = _unpack(content)
        traits = {name: _traits(parts[path]) for name, path in _sheets(parts) if path in parts}
    except _DAMAGE as error:
        raise Invalid(UNREADABLE) from error
    clean = io.BytesIO()
    with zipfile.ZipFile(clean, "w", zipfile.ZIP_STORED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return clean.getvalue(), traits


def _unpack(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        listed = package.infolist()
        names = {entry.filename.lower() for entry in listed}
        if "xl/workbook.bin" in names or "mimetype" in names:
            raise Invalid("请另存为 .xlsx 后再上传 · please save the workbook as .xlsx and send it again")
        if not any(name.startswith("xl/") for name in names):
            raise Invalid("这不是 Excel 工作簿 · this is not an Excel workbook")
        if sum(entry.file_size for entry in listed) > LARGEST_UNPACKED or len(listed) > MOST_PARTS:
            raise Invalid(
                "文件展开后过大，疑为压缩炸弹，已拒收 · the file unpacks to more than any roster needs and was refused"
            )
        # Pictures, macros and print settings are of no use to a reader. `read` never yields more than `file_size`.
        return {entry.filename: package.read(entry) for entry in listed if entry.filename.endswith((".xml", ".rels"))}


def _sheets(parts: dict[str, bytes]) -> list[tuple[str, str]]:
    """(sheet name, path of its part), in the order of the tabs."""
    workbook = _target(_relations(parts["_rels/.rels"]), "/officeDocument", "")
    folder, file = posixpath.split(workbook)
    paths = {
        id: posixpath.normpath(posixpath.join(folder, target))
        for id, _, target in _relations(parts[f"{folder}/_rels/{file}.rels"])
    }
    return [
        (sheet.get("name", ""), paths[id].lstrip("/"))
        for sheet in _tree(parts[workbook]).iterfind("{*}sheets/{*}sheet")
        for key, id in sheet.items()
        if key.endswith("}id") and id in paths
    ]


def _relations(part: bytes) -> list[tuple[str, str, str]]:
    return [(r.get("Id", ""), r.get("Type", ""), r.get("Target", "")) for r in _tree(part).iterfind("{*}Relationship")]


def _target(relations: list[tuple[str, str, str]], kind: str, otherwise: str) -> str:
    return next((target.lstrip("/") for _, type, target in relations if type.endswith(kind)), otherwise)


def _tree(part: bytes) -> ElementTree.Element:
    # A workbook never declares entities; a document type is how an XML bomb begins.
    if b"<!DOCTYPE" in part or len(part) > LARGEST_TREE:
        raise ValueError("not the list of sheets of a workbook")
    return ElementTree.fromstring(part)


def _traits(part: bytes) -> Traits:
    found = Traits()
    for row in _ROW.finditer(part):
        if number := _NUMBER[b"r"].search(row[1]):
            found.hidden_rows.add(int(number[1]) - 1)
    for column in _COLUMN.finditer(part):
        first, last = _NUMBER[b"min"].search(column[1]), _NUMBER[b"max"].search(column[1])
        if first and last:
            found.hidden_columns.update(range(int(first[1]) - 1, min(int(last[1]), 16_384)))
    for cell in _ERROR.finditer(part):
        if place := _PLACE.search(cell[1]):
            found.errors.add((int(place[2]) - 1, column_index(place[1].decode())))
    return found
