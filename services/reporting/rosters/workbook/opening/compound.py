"""The container of an .xls file, and of an encrypted .xlsx: streams in a compound file (OLE2), read by olefile.

olefile believes some numbers of the file where a hostile one would make it read for hours or fill the memory: those are
compared with the size of the file first. Whatever else is wrong ends in Invalid.
"""

from __future__ import annotations

import io
import struct
from typing import Final

import olefile

from services.reporting.rosters.workbook.opening.biff import traits_of
from services.reporting.rosters.workbook.opening.traits import ENCRYPTED, UNREADABLE, Traits
from shared.errors import Invalid

MAGIC: Final = olefile.MAGIC
MOST_ENTRIES: Final = 4096  # streams and storages; Excel has a few dozens. olefile's time grows with their square


DAMAGE: Final = (OSError, struct.error, LookupError, ValueError, OverflowError, RecursionError)
"""What olefile and the records stumble over; OSError is its own kind of error."""


def open_compound(content: bytes) -> list[Traits]:
    """The traits of each sheet in the order of the tabs. Raises Invalid, also when the file is encrypted."""
    try:
        with container(content) as streams:
            if streams.exists("EncryptedPackage"):
                raise Invalid(ENCRYPTED)
            for name in ("Workbook", "Book"):
                if streams.get_type(name) == olefile.STGTY_STREAM:
                    return traits_of(read_stream(streams, name, len(content)))
    except DAMAGE as error:
        raise Invalid(UNREADABLE) from error
    raise Invalid("这不是 Excel 工作簿 · this is not an Excel workbook")


def container(content: bytes) -> olefile.OleFileIO:
    """Its streams. Raises what DAMAGE lists."""
    _check_header(content)
    return _Container(io.BytesIO(content))


def _check_header(content: bytes) -> None:
    """Raises ValueError, struct.error."""
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    mini_tables, _, extra_tables = struct.unpack_from("<III", content, 64)
    if shift not in (9, 12) or mini_shift != 6:
        raise ValueError("sector size")
    size = 1 << shift
    if mini_tables > len(content) // size:
        raise ValueError("more sectors for small streams than there are sectors")
    covered = (size // 4 - 1) * (size // 4) * size  # bytes of the file that one extra table speaks of
    if extra_tables > len(content) // covered + 1:
        raise ValueError("tables for more sectors than there are")


def read_stream(streams: olefile.OleFileIO, name: str, most: int) -> bytes:
    """most: bytes of the file. Raises ValueError for a stream larger than it: its chain would run in a circle."""
    if max(streams.get_size(name), streams.root.size) > most:
        raise ValueError("stream size")
    content: bytes = streams.openstream(name).read()
    return content


class _Container(olefile.OleFileIO):  # type: ignore[misc]  # it has no types
    def _load_direntry(self, sid: int) -> object:
        if sid >= MOST_ENTRIES:
            raise ValueError("more streams than any workbook has")
        return super()._load_direntry(sid)
