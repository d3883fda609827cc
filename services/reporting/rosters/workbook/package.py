"""An .xlsx file is a zip: measured, unpacked within limits, searched for traits, and packed again for the parser.

Packing again means that what was measured is what is parsed: a zip whose directory lies about sizes, or names a part
twice, reaches the native parser in no other shape than we saw. Parts go through in pieces; none is held whole.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from services.reporting.rosters.workbook.elements import AttributeList, Elements, SheetScan
from services.reporting.rosters.workbook.traits import MOST_SHEETS, TOO_LARGE, UNREADABLE, Traits
from shared.errors import Invalid

LARGEST_UNPACKED: Final = 64 * 1024 * 1024  # bytes of all parts together; 10,000 full rows take 7 MB
LARGEST_LIST: Final = 4 * 1024 * 1024  # bytes of a part that lists sheets or relations
MOST_PARTS: Final = 10_000
PIECE: Final = 256 * 1024  # bytes

TOO_MUCH: Final = (
    "文件展开后过大，疑为压缩炸弹，已拒收 · the file unpacks to more than any roster needs and was refused"
)

_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
    OverflowError,
)
"""What the standard library raises over damaged packages, an encrypted or unknown kind of entry included."""

_CENTRAL_ENTRY: Final = b"PK\x01\x02"
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Excel uses no others, and the library unpacks no others piece by piece."""


def open_package(content: bytes) -> tuple[io.BytesIO, dict[str, Traits]]:
    """A clean copy of the zip for the parser, and the traits of each sheet by name. Raises Invalid."""
    # Counted before the directory is read, which takes some 500 bytes of memory an entry.
    if content.count(_CENTRAL_ENTRY) > MOST_PARTS:
        raise Invalid(TOO_MUCH)
    clean = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(clean, "w") as copy:
            parts = _parts(package)
            sheets = _sheets(package, parts)
            traits = {path: Traits() for _, path in sheets if path in parts}
            left = LARGEST_UNPACKED
            for path, entry in parts.items():
                # Parts outside this folder, a title page for instance, are nothing to the parser.
                scan = SheetScan(traits[path]) if path in traits else Elements() if path.startswith("xl/") else None
                with copy.open(entry.filename, "w") as out:
                    for piece in _pieces(package, entry):
                        left -= len(piece)
                        if left < 0:
                            raise Invalid(TOO_MUCH)
                        out.write(piece)
                        if scan is not None:
                            scan.feed(piece)
                if scan is not None:
                    scan.close()
    except _DAMAGE as error:
        raise Invalid(UNREADABLE) from error
    clean.seek(0)
    return clean, {name: traits[path] for name, path in sheets if path in traits}


def _parts(package: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """What a reader of cells needs, by path as it is compared: pictures, macros and print settings are of no use to it.

    Raises Invalid, ValueError."""
    listed = package.infolist()
    names = {entry.filename.lower() for entry in listed}
    if "xl/workbook.bin" in names or "mimetype" in names:
        raise Invalid("请另存为 .xlsx 后再上传 · please save the workbook as .xlsx and send it again")
    if not any(_path(name).startswith("xl/") for name in names):
        raise Invalid("这不是 Excel 工作簿 · this is not an Excel workbook")
    # What the directory says is only a reason to refuse early; what comes out is counted again.
    if sum(entry.file_size for entry in listed) > LARGEST_UNPACKED:
        raise Invalid(TOO_MUCH)
    parts: dict[str, zipfile.ZipInfo] = {}
    for entry in listed:
        path = _path(entry.filename)
        if path.endswith((".xml", ".rels")):
            if path in parts or entry.compress_type not in _METHODS:
                raise ValueError("a part named twice, or packed in an unusual way")
            parts[path] = entry
    return parts


def _path(name: str) -> str:
    """As part names are compared: whatever the case and the slashes."""
    return posixpath.normpath(name.replace("\\", "/")).lstrip("/").lower()


def _pieces(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Never more than the directory said, and an error if it was less or something else."""
    with package.open(entry) as part:
        while piece := part.read(PIECE):
            yield piece


# --- the list of sheets -------------------------------------------------------------------------------------------------


def _sheets(package: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> list[tuple[str, str]]:
    """(sheet name, path of its part), in the order of the tabs. Raises Invalid, LookupError, ValueError, ExpatError."""
    relations = _listed(package, parts["_rels/.rels"], "relationships", "relationship")
    workbook = next((one["Target"] for one in relations if one.get("Type", "").endswith("/officeDocument")), "")
    folder, file = posixpath.split(_path(workbook))
    relations = _listed(package, parts[f"{folder}/_rels/{file}.rels"], "relationships", "relationship")
    paths = {one.get("Id", ""): _path(posixpath.join(folder, one.get("Target", ""))) for one in relations}
    sheets = [
        (sheet.get("name", ""), paths[id])
        for sheet in _listed(package, parts[_path(workbook)], "sheets", "sheet")
        for key, id in sheet.items()
        if key.endswith(":id") and id in paths
    ]
    if len(sheets) > MOST_SHEETS:
        raise Invalid(TOO_LARGE)
    return sheets


def _listed(package: zipfile.ZipFile, entry: zipfile.ZipInfo, inside: str, element: str) -> list[dict[str, str]]:
    """Attributes of each `element` right inside an element `inside`; both in lower case, without prefix."""
    if entry.file_size > LARGEST_LIST:
        raise ValueError("not the list of sheets of a workbook")
    lists = AttributeList(inside, element)
    for piece in _pieces(package, entry):
        lists.feed(piece)
    lists.close()
    return lists.found
