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

from services.reporting.rosters.workbook.traits import (
    MOST_ERRORS,
    MOST_SHEETS,
    TOO_LARGE,
    UNREADABLE,
    Traits,
    column_index,
)
from shared.errors import Invalid

LARGEST_UNPACKED: Final = 64 * 1024 * 1024  # bytes of all parts together; 10,000 full rows take 7 MB
LARGEST_LIST: Final = 4 * 1024 * 1024  # bytes of a part that lists sheets or relations
MOST_PARTS: Final = 10_000
MOST_ROWS: Final = 1_048_576  # of an Excel sheet, and its columns
MOST_COLUMNS: Final = 16_384
DEEPEST: Final = 64  # elements within elements; a sheet has about ten
LONGEST_TAG: Final = 1024 * 1024  # bytes
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
                scan = _Scan(traits[path]) if path in traits else _Elements() if path.startswith("xl/") else None
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
    lists = _Lists(inside, element)
    for piece in _pieces(package, entry):
        lists.feed(piece)
    lists.close()
    return lists.found


def _local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


# --- XML within limits ----------------------------------------------------------------------------------------------------


class _Elements:
    """A part on its way through the parser. Raises ExpatError, and ValueError for what no workbook has: elements nested
    without end, tags without end, and a document type, which is where entities are declared."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self._fed = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse
        self._parser.StartElementHandler = self._start
        # Which of several of the same name goes is all the same: the rest must be as many. This is called a million
        # times, and a method of a list is the quickest there is.
        self._parser.EndElementHandler = self.open.remove

    def feed(self, piece: bytes) -> None:
        self._fed += len(piece)
        self._parser.Parse(piece, False)
        # A tag that does not end is looked at from its beginning again with every piece.
        if self._fed - self._parser.CurrentByteIndex > LONGEST_TAG:
            raise ValueError("an element with more in its tag than in any workbook")

    def close(self) -> None:
        self._parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.open.append(name)
        if len(self.open) > DEEPEST:
            raise ValueError("elements nested deeper than in any workbook")


def _refuse(*_: object) -> None:
    raise ValueError("a document type in a workbook")


class _Lists(_Elements):
    """Finds the attributes of each `element` right inside an element `inside`."""

    def __init__(self, inside: str, element: str) -> None:
        super().__init__()
        self._path = (inside, element)
        self.found: list[dict[str, str]] = []

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        super()._start(name, attributes)
        if tuple(_local(one).lower() for one in self.open[-2:]) == self._path:
            self.found.append(attributes)


class _Scan(_Elements):
    """Finds the traits of one sheet."""

    def __init__(self, found: Traits) -> None:
        super().__init__()
        self._found = found
        self._row = -1

    def _start(self, name: str, attributes: dict[str, str]) -> None:  # everything in one place: a million times
        self.open.append(name)
        if len(self.open) > DEEPEST:
            raise ValueError("elements nested deeper than in any workbook")
        if ":" in name:
            name = _local(name)
        if name == "c":
            if attributes.get("t") == "e":
                self._error(attributes.get("r", ""))
        elif name == "row":
            # A row without a number follows the one before.
            stated = _number(attributes.get("r", ""))
            self._row = self._row + 1 if stated is None else stated - 1
            if _is_true(attributes.get("hidden", "")) and 0 <= self._row < MOST_ROWS:
                self._found.hidden_rows.add(self._row, self._row)
        elif name == "col" and _is_true(attributes.get("hidden", "")):
            first, last = _number(attributes.get("min", "")), _number(attributes.get("max", ""))
            if first is not None and last is not None:
                self._found.hidden_columns.add(max(first, 1) - 1, min(last, MOST_COLUMNS) - 1)

    def _error(self, place: str) -> None:
        letters = place.rstrip("0123456789")
        row = _number(place[len(letters) :])
        if row is not None and 1 <= len(letters) <= 3 and letters.isascii() and letters.isalpha():
            self._found.errors.add((row - 1, column_index(letters)))
            if len(self._found.errors) > MOST_ERRORS:
                raise Invalid(TOO_LARGE)


def _number(text: str) -> int | None:
    """None for what is no number, and for one of more digits than a row has."""
    text = text.strip() if len(text) < 20 else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else None


def _is_true(text: str) -> bool:
    return text in ("1", "true") or text.strip() in ("1", "true")
