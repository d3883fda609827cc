"""How codes are spelt alike."""

from __future__ import annotations

from typing import Final

_BLANKS: Final = " \t\r\n\v\f\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_INVISIBLE: Final = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_SPELLING: Final[dict[int, str]] = (
    {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}
    | {ord(char): "" for char in _BLANKS + _INVISIBLE}
    | {ord(char): "-" for char in _DASHES}
)


def normalise(text: str) -> str:
    """Full-width characters to ASCII, long dashes to hyphens, no blanks (nor U+3000), upper case. For codes."""
    if text.isascii() and text.isalnum():  # most are: nothing in it is spelt otherwise
        return text.upper()
    return text.translate(_SPELLING).upper()
