"""Parts of a package in UTF-8, the only encoding that the parser of cells reads. Some programs write others, or say another
than they write."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Final

_DECLARED: Final = re.compile(
    rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}?encoding\s*=\s*["\']([A-Za-z0-9._-]{1,40})["\']"""
)
_DECLARATION: Final = re.compile(r"""^(\ufeff?<\?xml[^>]{0,200}?encoding\s*=\s*["\'])[A-Za-z0-9._-]{1,40}""")
_AS_IT_IS: Final = ("utf-8", "utf8", "us-ascii", "ascii")
_READ_AS: Final = {
    "utf-16": "utf-8",  # what says so in bytes of its own is none
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
    "unicode": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "iso-8859-1": "latin-1",
    "windows-1252": "cp1252",
}
_MARKS: Final = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}


def other_encoding(first: bytes) -> str | None:
    """Of a part that begins so, by its name; None: it is UTF-8 as it is. Raises ValueError for one that no workbook has."""
    if (marked := _MARKS.get(first[:2])) is not None:
        return marked
    declared = _DECLARED.match(first)
    said = declared[1].decode("ascii").lower() if declared else "utf-8"
    if said in _AS_IT_IS:
        return None
    if said not in _READ_AS:
        raise ValueError("an encoding of no workbook")
    return _READ_AS[said]


def as_utf8(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Raises ValueError for an encoding that no workbook has, and for bytes that are none of theirs."""
    pieces = iter(pieces)
    first = next(pieces, b"")
    name = other_encoding(first)
    if name is None:
        yield first
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(name)("strict")
    yield _DECLARATION.sub(r"\1UTF-8", decoder.decode(first)).encode()
    for piece in pieces:
        yield decoder.decode(piece).encode()
    yield decoder.decode(b"", True).encode()
