"""The two languages of a page: Chinese first, English for whoever switches."""

from __future__ import annotations

from typing import Final, Literal

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
BETWEEN: Final = " · "


def half(sentence: str, language: Language) -> str:
    """A sentence of the house (`中文 · English`) in one language. One of a single language is said as it is."""
    zh, between, en = sentence.partition(BETWEEN)
    return (en if language == "en" else zh) if between else sentence
