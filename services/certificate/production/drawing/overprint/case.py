"""The type case of a process: words become glyphs, as the typesetter would choose and place them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

import uharfbuzz as hb

from services.certificate.production.drawing.overprint.font import Font
from shared.drawing.fonts import library

REMEMBERED: Final = 4096  # words: those of a full print file, and what the last ones had in common with it
HAN: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002f7ff\U00030000-\U0003ffff"
LATIN: Final = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
SIGNS: Final = "\u0020-@\\[-`{-~·"
# What the typesetter sets glyph after glyph. Not Chinese signs, whose blanks it takes away beside each other and at the
# ends: a single dot in a word keeps its own.
PLAIN: Final = re.compile(f"(?!·|.*··)[{HAN}{LATIN}{SIGNS}]*")
IS_HAN, IS_LATIN = re.compile(f"[{HAN}]"), re.compile(f"[{LATIN}]")
LANGUAGE: Final = "zh-cn"

Texts = dict[tuple[int, int], str]
"""What each glyph (font, number) shows."""


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs of one font. shown: operand and operator that show them (PDF). em: how far they reach."""

    font: Font
    shown: bytes
    em: float


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one line, of no size yet. last: width of the last one, in em."""

    runs: tuple[Run, ...]
    texts: Texts
    em: float
    last: float


def agree(texts: Texts, more: Texts) -> bool:
    """Adds `more` to `texts`. False, and nothing is added, if a glyph shows another text there: two characters of one form,
    of which whoever copies the glyph can get one only. The typesetter has a way to tell them apart."""
    if more.items() <= texts.items():
        return True
    if any(texts.get(glyph, text) != text for glyph, text in more.items()):
        return False
    texts |= more
    return True


class Case:
    """Fonts with what they have been asked to set lately. Raises Unavailable without fonts."""

    def __init__(self, folder: Path | None) -> None:
        self.fonts = tuple(Font(face, n) for n, face in enumerate(library(folder).chosen))
        self.line = lru_cache(maxsize=REMEMBERED)(self._line)

    def _line(self, text: str) -> Line | None:
        """None: not words that are set glyph after glyph, no font that can, or two characters of one form."""
        if not PLAIN.fullmatch(text):
            return None
        runs: list[Run] = []
        texts: Texts = {}
        last = 0.0
        for (n, script), piece in groupby(self._marked(text), lambda mark: mark[:2]):
            if n is None or not self.fonts[n].can_be_set:
                return None
            shaped = self._shaped(n, script, "".join(character for _, _, character in piece))
            if shaped is None:
                return None
            run, glyphs, last = shaped
            runs.append(run)
            if not all(agree(texts, {(n, number): shows}) for number, shows in glyphs):
                return None
        return Line(tuple(runs), texts, sum(run.em for run in runs), last)

    def _marked(self, text: str) -> Iterator[tuple[int | None, str | None, str]]:
        """Each character with the first font that has it, and its script; signs and figures go with what is before
        them, at the beginning with what comes first."""
        script = next((own for own in map(_script, text) if own), None)
        for character in text:
            script = _script(character) or script
            yield self._first_font(character), script, character

    def _first_font(self, character: str) -> int | None:
        return next((n for n, font in enumerate(self.fonts) if character in font.characters), None)

    def _shaped(self, n: int, script: str | None, text: str) -> tuple[Run, list[tuple[int, str]], float] | None:
        """None: glyphs off the line, or several for one character."""
        font = self.fonts[n]
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.direction, buffer.language = "ltr", LANGUAGE
        if script:
            buffer.script = script
        buffer.guess_segment_properties()
        hb.shape(font.shaper, buffer)
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        starts = [*(info.cluster for info in infos), len(text)]
        if len(set(starts)) < len(starts) or any(one.x_offset or one.y_offset for one in positions):
            return None
        shown, pending, reach, step = [], "", 0.0, 0.0
        for info, position in zip(infos, positions, strict=True):
            step = font.mille(position.x_advance)
            reach += step
            pending += f"{info.codepoint:04x}"
            kern = font.width(info.codepoint) - step
            if kern:
                shown.append(f"<{pending}>{kern:.10g}")
                pending = ""
        if pending:
            shown.append(f"<{pending}>")
        glyphs = [(info.codepoint, text[starts[k] : starts[k + 1]]) for k, info in enumerate(infos)]
        return Run(font, f"[{''.join(shown)}]TJ".encode(), reach / 1000), glyphs, step / 1000


def _script(character: str) -> str | None:
    if IS_HAN.match(character):
        return "Hani"
    return "Latn" if IS_LATIN.match(character) else None


@lru_cache(maxsize=2)
def case(folder: Path | None) -> Case:
    return Case(folder)
