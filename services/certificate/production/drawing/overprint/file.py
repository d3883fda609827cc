"""A print file: the form, each sheet's words on it, and the fonts they need, as one PDF/A-2b."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Pdf, String

from services.certificate.production.drawing.overprint import page
from services.certificate.production.drawing.overprint.case import Texts, agree, case
from services.certificate.production.drawing.overprint.form import fitted, form_and_mark
from services.certificate.production.drawing.places import NUMBER_PLACE, PLACES
from services.certificate.production.drawing.sheet import WATERMARK_PLACE

FORM, MARK = "Form", "Mark"
PAGES_TOLD: Final = re.compile(rb"(?<=<xmpTPg:NPages>)\d+(?=</)")


def overprint(sheets: Sequence[tuple[Mapping[str, str], str]], dated: date, folder: Path | None) -> bytes:
    """One page per sheet: its words by place (`sheet.words`) and what its QR code holds. Every character must have a
    glyph. dated: day of the document. Raises Invalid for a QR code that cannot be made, Unavailable without fonts."""
    file = _File(dated, folder)
    for words, verify_url in sheets:
        file.add(words, verify_url)
    return file.finished()


class _File:
    def __init__(self, dated: date, folder: Path | None) -> None:
        self._dated, self._folder = dated, folder
        self._contents: list[bytes] = []
        self._texts: Texts = {}
        self._fitted: dict[tuple[str, str], str] = {}  # words for the typesetter, with the name of their drawing

    # --- its pages ---------------------------------------------------------------------------------------------------

    def add(self, words: Mapping[str, str], verify_url: str) -> None:
        content = [_drawn(FORM), page.COLOURS, b"BT\n"]
        over: list[str] = []
        for place in (NUMBER_PLACE, *PLACES):
            text = words[place]
            placed = (
                page.number(text, self._folder) if place == NUMBER_PLACE else page.placed(place, text, self._folder)
            )
            if placed is not None and agree(self._texts, placed.texts):
                content.append(placed.operators)
            else:
                over.append(self._fitted.setdefault((place, text), f"W{len(self._fitted)}"))
        content += [b"ET\n", page.code(verify_url), *map(_drawn, over)]
        if WATERMARK_PLACE in words:
            content.append(_drawn(MARK))
        self._contents.append(b"".join(content))

    # --- its objects -------------------------------------------------------------------------------------------------

    def finished(self) -> bytes:
        with Pdf.open(io.BytesIO(form_and_mark(self._dated, self._folder))) as pdf:
            form, mark = (drawing.as_form_xobject() for drawing in pdf.pages)
            resources = pdf.make_indirect(
                Dictionary(
                    ColorSpace=pdf.pages[0].resources.ColorSpace,
                    Font=Dictionary(self._fonts(pdf)),
                    XObject=Dictionary({f"/{FORM}": form, f"/{MARK}": mark, **self._fitted_drawings(pdf)}),
                )
            )
            self._bind(pdf, resources)
            self._name(pdf)
            out = io.BytesIO()
            pdf.save(
                out, deterministic_id=True, fix_metadata_version=False, object_stream_mode=ObjectStreamMode.disable
            )
            return out.getvalue()

    def _fonts(self, pdf: Pdf) -> dict[str, Object]:
        used: dict[int, dict[int, str]] = {}
        for (font, number), text in self._texts.items():
            used.setdefault(font, {})[number] = text
        fonts = case(self._folder).fonts
        return {f"/{fonts[n].name}": fonts[n].embed(pdf, used[n]) for n in sorted(used)}

    def _fitted_drawings(self, pdf: Pdf) -> dict[str, Object]:
        if not self._fitted:
            return {}
        with Pdf.open(io.BytesIO(fitted(list(self._fitted), self._dated, self._folder))) as drawn:
            return {
                f"/{name}": pdf.copy_foreign(one.as_form_xobject())
                for name, one in zip(self._fitted.values(), drawn.pages, strict=True)
            }

    def _bind(self, pdf: Pdf, resources: Object) -> None:
        """The typesetter's pages make place for ours."""
        box = pdf.pages[0].mediabox
        tree = pdf.make_indirect(Dictionary(Type=Name.Pages, Count=len(self._contents)))
        tree.Kids = Array(
            [
                pdf.make_indirect(
                    Dictionary(
                        Type=Name.Page,
                        Parent=tree,
                        MediaBox=box,
                        Resources=resources,
                        Contents=pdf.make_stream(content),
                    )
                )
                for content in self._contents
            ]
        )
        pdf.Root.Pages = tree

    def _name(self, pdf: Pdf) -> None:
        """The file's own identity and number of pages, where the form's stand."""
        forms = bytes(pdf.trailer.ID[0])
        own = base64.b64encode(hashlib.sha256(b"".join(self._contents)).digest()[:16])
        pdf.trailer.ID = Array([String(own.decode())] * 2)
        told = pdf.Root.Metadata.read_bytes().replace(forms, own)
        pdf.Root.Metadata.write(PAGES_TOLD.sub(b"%d" % len(self._contents), told))


def _drawn(name: str) -> bytes:
    return b"/%s Do\n" % name.encode()
