"""Which characters can be printed. The typesetter leaves out what no font has, without a word: so it is asked here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import uharfbuzz as hb

from shared.drawing.fonts import library

# Control characters, halves of characters, and selectors, which change the character before them: none has a glyph of
# its own, whatever a font's table claims.
CONTROLS = frozenset((*range(0x20), *range(0x7F, 0xA0)))
HALVES = frozenset(range(0xD800, 0xE000))
SELECTORS = frozenset((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))


@dataclass(frozen=True, slots=True)
class Coverage:
    """Code points with a glyph, and (character, selector) pairs for which a font has a form of its own."""

    single: frozenset[int]
    varied: frozenset[tuple[int, int]]


def missing(text: str, folder: Path | None = None) -> list[str]:
    """Characters of `text` that no configured font has, each once, in order of appearance.

    `folder`: the operator's fonts (`fonts.font_files`). A variant form (character + selector) that no font draws is
    named as the two characters together. Raises Unavailable if there are no fonts.
    """
    coverage = _coverage(folder)
    if coverage.single.issuperset(map(ord, set(text))):
        return []
    lacking: dict[str, None] = {}
    before = ""
    for character in text:
        code = ord(character)
        if code in SELECTORS:
            if not before or (ord(before), code) not in coverage.varied:
                lacking[before + character] = None
        elif code not in coverage.single:
            lacking[character] = None
        before = character
    return list(lacking)


def named(character: str) -> str:
    """For a person who may see no glyph either: the character and its number(s)."""
    return f"{character if character.isprintable() else '?'} ({' '.join(f'U+{ord(part):04X}' for part in character)})"


@lru_cache(maxsize=8)
def _coverage(folder: Path | None) -> Coverage:
    single: set[int] = set()
    varied: set[tuple[int, int]] = set()
    for one in library(folder).faces:
        face = hb.Face(hb.Blob.from_file_path(str(one.path)), one.number)
        single.update(face.unicodes)
        varied.update(
            (code, selector) for selector in face.variation_selectors for code in face.variation_unicodes(selector)
        )
    return Coverage(frozenset(single - CONTROLS - HALVES - SELECTORS), frozenset(varied))
