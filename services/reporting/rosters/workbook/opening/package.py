"""An .xlsx file is a zip: measured, unpacked within limits, searched for traits, and given a new directory for the parser.

The new directory means that what was measured is what is parsed: a zip whose directory lies about sizes, or names a part
twice, reaches the native parser in no other shape than we saw. What lists the parts is written anew, with the names that
the parser knows, so that it does not matter how a program spelled them. Parts go through in pieces, and stay packed as they
are: none is held whole.
"""

from __future__ import annotations

import copy as _copy
import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from services.reporting.rosters.workbook.opening.elements import AttributeList, Elements, SheetScan, TextsScan, is_true
from services.reporting.rosters.workbook.opening.encodings import as_utf8, other_encoding
from services.reporting.rosters.workbook.opening.traits import MOST_SHEETS, SPREAD_OUT, TOO_LARGE, UNREADABLE, Traits
from shared.errors import Invalid

LARGEST_UNPACKED: Final = 64 * 1024 * 1024  # bytes of all parts together; 10,000 full rows take 7 MB
LARGEST_LIST: Final = 4 * 1024 * 1024  # bytes of a part that lists sheets or relations
MOST_PARTS: Final = 10_000
PIECE: Final = 256 * 1024  # bytes
_PACKED_PIECE: Final = 32 * 1024  # bytes: what is not unpacked yet is copied with every piece
_LOCAL_HEADER: Final = 30  # bytes before the name
_ENCRYPTED: Final = 1  # bit

TOO_MUCH: Final = (
    "文件展开后过大，疑为压缩炸弹，已拒收 · the file unpacks to more than any roster needs and was refused"
)

NO_WORKBOOK: Final = "这不是 Excel 工作簿 · this is not an Excel workbook"
PACKED: Final = (
    "这是压缩包，不是工作簿：请解压后上传其中的 Excel 文件 · this is a compressed folder, not a workbook: unpack it and send the "
    "Excel file that is in it"
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

_WORKBOOKS: Final = (".xlsx", ".xlsm", ".xls", ".et")

_CENTRAL_ENTRY: Final = b"PK\x01\x02"
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Excel uses no others, and the library unpacks no others piece by piece."""


def open_package(content: bytes) -> tuple[io.BytesIO, list[Traits]]:
    """A clean copy of the zip for the parser, and the traits of each sheet in the order of the tabs. Raises Invalid."""
    # Counted before the directory is read, which takes some 500 bytes of memory an entry.
    if content.count(_CENTRAL_ENTRY) > MOST_PARTS:
        raise Invalid(TOO_MUCH)
    clean = io.BytesIO(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(clean, "a") as copy:
            parts = _parts(package)
            book = _contents(content, parts)
            copy.filelist.clear()  # the directory, which is written when all is done
            copy.NameToInfo.clear()
            for name, text in book.lists().items():
                copy.writestr(name, text)
            traits: dict[str, Traits] = {}
            left = LARGEST_UNPACKED
            for path, name in book.copied.items():
                is_sheet = name.startswith(_SHEETS)
                with _copying(content, parts[path], copy, name) as write:
                    scan = _scan(name, traits.setdefault(path, Traits()))
                    for piece in as_utf8(_pieces(content, parts[path])):
                        left -= len(piece)
                        if left < 0:
                            raise Invalid(SPREAD_OUT if is_sheet else TOO_MUCH)
                        write(piece)
                        scan.feed(piece)
                    scan.close()
    except _DAMAGE as error:
        raise Invalid(UNREADABLE) from error
    clean.seek(0)
    # Charts and the like have a tab, and no cells.
    return clean, [traits.get(path) or Traits() for path in book.sheets]


def _scan(name: str, found: Traits) -> Elements:
    """name: of a part in the copy."""
    if name.startswith(_SHEETS):
        return SheetScan(found)
    return TextsScan() if name == _BESIDE["sharedStrings"] else Elements()


@contextmanager
def _copying(
    content: bytes, entry: zipfile.ZipInfo, copy: zipfile.ZipFile, name: str
) -> Iterator[Callable[[bytes], object]]:
    """Takes the pieces of a part. One in UTF-8 stays where it is, packed, and only gets an entry in the directory."""
    if other_encoding(next(_pieces(content, entry), b"")) is not None:
        with copy.open(name, "w") as out:
            yield out.write
        return
    yield _keep_packed
    kept = _copy.copy(entry)
    kept.filename, kept.extra, kept.comment = name, b"", b""
    copy.filelist.append(kept)
    copy.NameToInfo[name] = kept


def _keep_packed(piece: bytes) -> None: ...


def _parts(package: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """What a reader of cells needs, by path as it is compared: pictures, macros and print settings are of no use to it.

    Raises Invalid, ValueError."""
    listed = package.infolist()
    names = {entry.filename.lower() for entry in listed}
    if "xl/workbook.bin" in names or "mimetype" in names:
        raise Invalid("请另存为 .xlsx 后再上传 · please save the workbook as .xlsx and send it again")
    if not any(_path(name) == "_rels/.rels" for name in names):
        raise Invalid(PACKED if any(name.endswith(_WORKBOOKS) for name in names) else NO_WORKBOOK)
    # What the directory says is only a reason to refuse early; what comes out is counted again.
    if sum(entry.file_size for entry in listed) > LARGEST_UNPACKED:
        largest = max(listed, key=lambda entry: entry.file_size)
        raise Invalid(SPREAD_OUT if "sheets/" in _path(largest.filename) else TOO_MUCH)
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


def _pieces(content: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a part unpacks to. Raises ValueError, zlib.error, struct.error where that is more or less than the directory says,
    or something else, and where something is packed behind its end."""
    if entry.flag_bits & _ENCRYPTED:
        raise ValueError("a part with a password")
    mark, name, extra = struct.unpack_from("<4s22xHH", content, entry.header_offset)
    start = entry.header_offset + _LOCAL_HEADER + name + extra
    packed = memoryview(content)[start : start + entry.compress_size]
    if mark != b"PK\x03\x04" or len(packed) != entry.compress_size:
        raise ValueError("a part that is not where the directory says")
    size = checked = 0
    for piece in _inflated(packed) if entry.compress_type == zipfile.ZIP_DEFLATED else _cut(packed, PIECE):
        size += len(piece)
        checked = zlib.crc32(piece, checked)
        if size > entry.file_size:
            raise ValueError("a part larger than the directory says")
        yield piece
    if (size, checked) != (entry.file_size, entry.CRC):
        raise ValueError("another part than the directory says")


def _inflated(packed: memoryview) -> Iterator[bytes]:
    """Raises zlib.error, ValueError."""
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    for left in _cut(packed, _PACKED_PIECE):
        while left and not unpacking.eof:
            if piece := unpacking.decompress(left, PIECE):
                yield piece
            left = unpacking.unconsumed_tail
        if unpacking.unused_data or (unpacking.eof and left):
            raise ValueError("something behind the end of a part")
    while piece := unpacking.decompress(b"", PIECE):
        yield piece
    if not unpacking.eof:
        raise ValueError("a part that breaks off")


def _cut(content: memoryview, size: int) -> Iterator[bytes]:
    for first in range(0, len(content), size):
        yield bytes(content[first : first + size])


# --- what is in it ------------------------------------------------------------------------------------------------------

_SHEETS: Final = "xl/worksheets/"
_NO_CELLS: Final = "xl/chartsheets/"  # where the parser looks for tabs it does not read
_BESIDE: Final = {"sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}
"""The parts that a reader of cells needs besides the sheets, and where the parser looks for them."""

_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(frozen=True, slots=True)
class Contents:
    """copied: name in the copy by the path of a part. sheets: the paths in the order of the tabs."""

    copied: dict[str, str]
    sheets: list[str]
    tabs: list[dict[str, str]]
    """Name, state and relation of each."""
    relations: list[tuple[str, str, str]]
    """(id, type, name in the copy)"""
    from_1904: bool

    def lists(self) -> dict[str, str]:
        """The parts that list others, as a reader of cells needs them."""
        tabs = "".join(
            f"<sheet name={quoteattr(tab['name'])} sheetId={quoteattr(str(n))} state={quoteattr(tab['state'])}"
            f" r:id={quoteattr(tab['id'])}/>"
            for n, tab in enumerate(self.tabs, 1)
        )
        return {
            "_rels/.rels": _relations_part([("rId1", "officeDocument", "xl/workbook.xml")]),
            "xl/_rels/workbook.xml.rels": _relations_part(
                [(id, sort, f"/{name}") for id, sort, name in self.relations]
            ),
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_TYPES}">'
            f'<workbookPr date1904="{self.from_1904:d}"/><sheets>{tabs}</sheets></workbook>',
        }


def _relations_part(relations: list[tuple[str, str, str]]) -> str:
    rows = "".join(
        f"<Relationship Id={quoteattr(id)} Type={quoteattr(f'{_TYPES}/{sort}')} Target={quoteattr(target)}/>"
        for id, sort, target in relations
    )
    return f'<Relationships xmlns="{_RELATIONS}">{rows}</Relationships>'


def _contents(content: bytes, parts: dict[str, zipfile.ZipInfo]) -> Contents:
    """Raises Invalid, LookupError, ValueError, ExpatError."""
    workbook = next((path for _, sort, path in _relations(content, parts, "") if sort == "officeDocument"), "")
    if not _listed(content, parts[workbook], "workbook", "sheets"):
        raise Invalid(NO_WORKBOOK)
    found = {id: (sort, path) for id, sort, path in _relations(content, parts, workbook)}
    copied: dict[str, str] = {}
    relations: list[tuple[str, str, str]] = []
    for sort, path in found.values():
        if sort in _BESIDE and path in parts:
            copied[path] = _BESIDE[sort]
            relations.append((f"{sort}", sort, _BESIDE[sort]))
    sheets: list[str] = []
    tabs: list[dict[str, str]] = []
    names: dict[str, str] = {}
    for sheet in _listed(content, parts[workbook], "sheets", "sheet"):
        relation = next((sheet[key] for key in sheet if key.endswith(":id") and sheet[key] in found), None)
        if relation is None:
            raise ValueError("a sheet without a part")
        sort, path = found[relation]
        has_cells = sort == "worksheet"
        if path not in names:
            names[path] = f"{_SHEETS if has_cells else _NO_CELLS}sheet{len(names) + 1}.xml"
            if has_cells:
                copied[path] = names[path]
        id = f"rId{len(tabs) + 1}"
        relations.append((id, "worksheet", names[path]))
        tabs.append({"name": sheet.get("name", ""), "state": sheet.get("state", "visible"), "id": id})
        sheets.append(path)
        if len(sheets) > MOST_SHEETS:
            raise Invalid(TOO_LARGE)
    if any(path not in parts for path in copied):
        raise ValueError("a sheet that is missing")
    settings = _listed(content, parts[workbook], "workbook", "workbookPr")
    from_1904 = any(is_true(one.get("date1904", "")) for one in settings)
    return Contents(copied, sheets, tabs, relations, from_1904)


def _relations(content: bytes, parts: dict[str, zipfile.ZipInfo], of: str) -> list[tuple[str, str, str]]:
    """(id, last word of the type, path of the part) of everything that a part refers to; `of` empty: the package.

    Raises LookupError, ValueError, ExpatError."""
    folder, file = posixpath.split(of)
    listed = parts[posixpath.join(folder, f"_rels/{file}.rels")]
    found = []
    for one in _listed(content, listed, "relationships", "relationship"):
        target = one.get("Target", "").replace("\\", "/")
        path = _path(posixpath.join(folder, target))
        if path not in parts and _path(target) in parts:  # as some programs write them: from the package's root
            path = _path(target)
        found.append((one.get("Id", ""), one.get("Type", "").rpartition("/")[2], path))
    return found


def _listed(content: bytes, entry: zipfile.ZipInfo, inside: str, element: str) -> list[dict[str, str]]:
    """Attributes of each `element` right inside an element `inside`; both are compared in lower case, without prefix."""
    if entry.file_size > LARGEST_LIST:
        raise ValueError("not the list of sheets of a workbook")
    lists = AttributeList(inside.lower(), element.lower())
    for piece in as_utf8(_pieces(content, entry)):
        lists.feed(piece)
    lists.close()
    return lists.found
