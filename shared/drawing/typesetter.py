"""The typesetter with its fonts and one template loaded: content in, one PDF/A-2b out, the same bytes for the same content."""

from __future__ import annotations

import threading
from pathlib import Path

import typst

from shared.drawing.fonts import library
from shared.drawing.glyphs import missing
from shared.errors import Unavailable

# The typesetter forgets what its last ten compilations did not use. Eleven empty ones after each file (20 ms) make it
# forget the people of the last one: a process that draws certificates then stays near 250 MB instead of growing to
# 610 MB, and the next batch compiles in 140 ms instead of 170, for searching a full memory costs more than it finds.
FORGETTING = 11


class Typesetter:
    """One caller at a time: the compiler keeps its input between calls.

    content: name under which the template finds its content (`sys.inputs`). printed: words of the form that the template
    is given. Raises Unavailable without fonts, or with fonts that lack a character of the template or of those words."""

    def __init__(self, template: Path, content: str, folder: Path | None, printed: str = "") -> None:
        self._template, self._content = template.read_bytes(), content
        lacking = missing("".join((self._template.decode() + printed).split()), folder)
        if lacking:
            raise Unavailable(
                f"字库缺少印制所需的字 · the fonts lack characters of the printed form: {''.join(lacking)}"
            )
        self._compiler = typst.Compiler(font_paths=library(folder).fonts, ignore_system_fonts=True)
        self._turn = threading.Lock()

    def set(self, content: str) -> bytes:
        with self._turn:
            drawn = self._compiler.compile(
                self._template,
                format="pdf",
                sys_inputs={self._content: content},
                pdf_standards=["a-2b"],
                pdf_tags=False,
            )
            for _ in range(FORGETTING):
                self._compiler.compile(b"", format="pdf", sys_inputs=None)
        if not isinstance(drawn, bytes):
            raise TypeError(f"the compiler answered with {type(drawn).__name__}, not with one file")
        return drawn
