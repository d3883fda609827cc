"""The two languages of a page: Chinese first, English for whoever switches."""

from __future__ import annotations

import re
from typing import Final, Literal

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
BETWEEN: Final = " · "

_FOR_PROGRAMS: Final = re.compile(r" ?[（(](?:GET|POST|PUT|PATCH|DELETE) [^（）()]+[）)]")
"""What a sentence says to programs stands in it in brackets; on a page there is a link or a button for it."""


def half(sentence: str, language: Language) -> str:
    """A sentence of the house (`中文 · English`) in one language, as people read it. One of a single language is said as it
    is."""
    zh, between, en = sentence.partition(BETWEEN)
    return _FOR_PROGRAMS.sub("", (en if language == "en" else zh) if between else sentence)
