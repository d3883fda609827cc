"""Rows of a sheet, and texts of the list of texts, that hold nothing but values, as nearly all of them do: told at a glance.
The XML parser has a call for each element, and there are a quarter of a million in ten thousand rows.

A glance must be certain: places in order, one row number in a row and its cells, no formula, no error, nothing hidden, no
character that stands for another. Whatever else there is goes through the parser. No expression looks at a byte more than a
few times, whatever the bytes are.
"""

from __future__ import annotations

import re
from string import ascii_uppercase
from typing import Final

_TEXT: Final = r"[^<>&\]\x00-\x08\x0b\x0c\x0e-\x1f]*+"
_MARKED: Final = r'(?: xml:space="preserve")?'
# The empty group behind a value tells that there is one: the last of them is that of the widest column.
_CELL: Final = (
    r'(?:<c r="{letter}(?P=n)"(?: s="[0-9]{{1,6}}")?(?: t="(?:s|n|b|str|inlineStr)")?'
    rf"(?:/>|></c>|>(?:<v>{_TEXT}</v>|<is><t{_MARKED}>{_TEXT}</t></is>)()</c>))?"
)
_ATTRIBUTES: Final = (
    r'(?: (?:spans|s|customFormat|customHeight|outlineLevel|collapsed|thickTop|thickBot|ph|x14ac:dyDescent)="[0-9a-z.:]*+"'
    r'| hidden="(?:0|false)"| ht="[1-9][0-9.]{0,20}")*+'
)
_CELLS: Final = "".join(_CELL.format(letter=letter) for letter in ascii_uppercase)

ROW: Final = re.compile(rf'<row r="(?P<n>[1-9][0-9]{{0,6}})"{_ATTRIBUTES}(?:/>|>{_CELLS}</row>)'.encode())
"""Group `n`: the number of the row. The index of the last group, less 2: the widest column with a value; -1: there is none."""
TEXTS: Final = re.compile(rf"(?:<si><t{_MARKED}>{_TEXT}</t></si>)++".encode())

_NO_CHARACTERS: Final = ("\ufffe", "\uffff")


def must_be_text(piece: bytes) -> None:
    """Raises ValueError for what the XML parser would not take for UTF-8."""
    if not piece.isascii():
        text = piece.decode()
        if any(char in text for char in _NO_CHARACTERS):
            raise ValueError("a character that is none")
