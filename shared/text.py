"""Text that people type into forms: one line, no characters that cannot be seen or printed."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

# Controls, invisible format characters, line and paragraph separators, halves of characters, unassigned ones.
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Cn"})
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols by their category that are drawn as nothing: a reason of them alone would look as if there were none."""


def one_line(text: str) -> str:
    """Composed (NFC), blanks at the ends removed. Raises ValueError naming the first character that must not be there."""
    composed = unicodedata.normalize("NFC", text).strip()
    for char in composed:
        if unicodedata.category(char) in _UNSEEN or char in _BLANK:
            raise ValueError(f"含有不可见字符 U+{ord(char):04X} · contains the unseen character U+{ord(char):04X}")
    return composed


OneLine = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(one_line)]
"""Blanks at the ends are removed first, so that a shortest length is asked of what remains."""


def many_lines(text: str) -> str:
    """As `one_line`, for text of several lines: each checked for itself, empty ones at the ends removed."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(one_line(line) for line in lines).strip("\n")


ManyLines = Annotated[str, AfterValidator(many_lines)]
