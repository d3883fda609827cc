"""One font: widths of its glyphs, and the part of it that a file carries."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

import uharfbuzz as hb
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from shared.drawing.fonts import Face

# Tables that neither draw a glyph nor tell its width.
LEFT_OUT: Final = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "name", "OS/2", "cmap", "post", "DSIG")
LINES_A_BLOCK: Final = 100  # of a ToUnicode map, by its specification
SYMBOLIC: Final = 4  # a font with an encoding of its own, for PDF
STEM: Final = 100  # which PDF wants told, and only readers without the font would use


class Font:
    """characters: those it has a glyph for. name: what the content of a page calls it."""

    def __init__(self, face: Face, n: int) -> None:
        self.name = f"F{n}"
        self._face = face
        self._hb = hb.Face(hb.Blob.from_file_path(str(face.path)), face.number)
        self.shaper = hb.Font(self._hb)
        self.characters = frozenset(map(chr, self._hb.unicodes))
        self._mille = 1000 / self._hb.upem
        self._widths: dict[int, float] = {}

    def width(self, glyph: int) -> float:
        """In thousandths of an em, as all measures of a font in PDF."""
        if glyph not in self._widths:
            self._widths[glyph] = self.mille(self.shaper.get_glyph_h_advance(glyph))
        return self._widths[glyph]

    def mille(self, units: int) -> float:
        return float(units * self._mille)

    @cached_property
    def can_be_set(self) -> bool:
        """Whether a page may name its glyphs by their numbers: one design, and no numbering of the outlines' own."""
        if not {"CFF ", "glyf"} & self._tables or "fvar" in self._tables:
            return False
        if not self._numbered:
            return True
        with self._opened() as font:
            charset = font["CFF "].cff[0].charset
            return all(name == f"cid{n:05}" for n, name in enumerate(charset) if n)

    @cached_property
    def _tables(self) -> frozenset[str]:
        return frozenset(self._hb.table_tags)

    @cached_property
    def _numbered(self) -> bool:
        """Its outlines are named by numbers (CID-keyed), as those of most Chinese fonts."""
        if "CFF " not in self._tables:
            return False
        with self._opened() as font:
            return hasattr(font["CFF "].cff[0], "ROS")

    def _opened(self) -> TTFont:
        return TTFont(self._face.path, fontNumber=self._face.number, lazy=True)

    # --- in a file ---------------------------------------------------------------------------------------------------

    def embed(self, pdf: Pdf, copied_as: Mapping[int, str]) -> Object:
        """The font with these glyphs alone. copied_as: what a reader gets who copies a glyph."""
        outlines = self._subset(list(copied_as))
        tag = "".join(chr(ord("A") + byte % 26) for byte in hashlib.sha256(outlines).digest()[:6])
        name = Name(f"/{tag}+{self._postscript_name}")
        cff = "CFF " in self._tables
        file = pdf.make_stream(outlines)
        if cff:
            file.Subtype = Name.CIDFontType0C
        descriptor = Dictionary(Type=Name.FontDescriptor, FontName=name, **self._measures)
        descriptor["/FontFile3" if cff else "/FontFile2"] = file
        widths = b"[%s]" % b" ".join(b"%d[%.10g]" % (glyph, self.width(glyph)) for glyph in sorted(copied_as))
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType0 if cff else Name.CIDFontType2,
            BaseFont=name,
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
            DW=0,
            W=pdf.make_indirect(Object.parse(widths)),
        )
        if not cff:
            descendant.CIDToGIDMap = Name.Identity
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=Name(f"{name}-Identity-H") if cff else name,
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(descendant)]),
                ToUnicode=pdf.make_stream(_to_unicode(copied_as)),
            )
        )

    def _subset(self, glyphs: list[int]) -> bytes:
        wanted = hb.SubsetInput()
        wanted.glyph_set.update(glyphs)
        # A part of a numbered font still names its outlines by their old numbers; any other has to keep the numbers.
        wanted.flags = hb.SubsetFlags.NO_HINTING
        if not self._numbered:
            wanted.flags |= hb.SubsetFlags.RETAIN_GIDS
        wanted.drop_table_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in LEFT_OUT)
        part = hb.subset(self._hb, wanted)
        return bytes(part.reference_table("CFF ").data if "CFF " in self._tables else part.blob.data)

    @cached_property
    def _postscript_name(self) -> str:
        with self._opened() as font:
            return str(font["name"].getDebugName(6))

    @cached_property
    def _measures(self) -> dict[str, Any]:
        with self._opened() as font:
            head, os2 = font["head"], font["OS/2"]
            ascent = round(self.mille(os2.sTypoAscender))
            box = (head.xMin, head.yMin, head.xMax, head.yMax)
            return {
                "FontBBox": Array([round(self.mille(side)) for side in box]),
                "Ascent": ascent,
                "Descent": round(self.mille(os2.sTypoDescender)),
                "CapHeight": ascent,
                "Flags": SYMBOLIC,
                "ItalicAngle": 0,
                "StemV": STEM,
            }


def _to_unicode(copied_as: Mapping[int, str]) -> bytes:
    lines = [
        b"<%04x><%s>" % (glyph, text.encode("utf-16-be").hex().encode()) for glyph, text in sorted(copied_as.items())
    ]
    blocks = [lines[n : n + LINES_A_BLOCK] for n in range(0, len(lines), LINES_A_BLOCK)]
    return b"\n".join(
        (
            b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            b"/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def",
            b"/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            b"1 begincodespacerange <0000><ffff> endcodespacerange",
            *(b"%d beginbfchar\n%s\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks),
            b"endcmap CMapName currentdict /CMap defineresource pop end end",
        )
    )
