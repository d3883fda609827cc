"""The bulletin as an official document: A4, set after GB/T 9704, in duplicate (R5). The same bulletin, the same bytes. What is
not published yet says so across every page."""

from __future__ import annotations

import io
import json
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pikepdf

from services.supervision.bulletins import words
from services.supervision.bulletins.bulletin import Bulletin
from services.supervision.bulletins.layout import Table, shown, tables
from services.supervision.bulletins.words import Copy
from services.supervision.figures.quarter import Quarter
from shared.drawing.fonts import library
from shared.drawing.glyphs import missing, named
from shared.drawing.typesetter import Typesetter
from shared.errors import Invalid, Problem, all_of
from shared.trade.days import day_zh
from shared.trade.deadline import CHINA

TEMPLATE = Path(__file__).with_name("bulletin.typ")
LONG = 100
"""Lines of a table that begins on a page of its own. A page takes some 16."""
ENDS = ("。", "！", "？", ".", "!", "?")
MARKS: Final[dict[Copy, str]] = {"1": "（一）", "2": "（二）"}


def draw(bulletin: Bulletin, copy: Copy, folder: Path | None = None) -> bytes:
    """A PDF of one of the two copies. Pure: no clock, no network, no system fonts; dated the day it was published, a draft
    the day of its data cut.

    folder: the operator's fonts. Raises Invalid for characters that no font has, each named with where it stands,
    Unavailable without fonts."""
    content = content_of(bulletin)
    _must_be_printable(content, folder)
    words = {"families": library(folder).families, "mark": MARKS[copy], **content}
    first, *others = _parts(content["tables"])
    drawn = _set({**words, **first, "page": 1}, folder)
    if not others:
        return drawn
    with ExitStack() as opened:
        whole = opened.enter_context(pikepdf.open(io.BytesIO(drawn)))
        for part in others:
            before = len(whole.pages)
            drawn = _set({**words, **part, "page": before + 1}, folder)
            more = opened.enter_context(pikepdf.open(io.BytesIO(drawn)))
            whole.pages.extend(list(more.pages)[before % 2 :])  # without the one that only turns the sheet over
        return _saved(whole)


def _set(document: dict[str, Any], folder: Path | None) -> bytes:
    return _typesetter(folder).set(json.dumps(document, ensure_ascii=False))


def _parts(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is set by itself: the typesetter's memory grows with the pages that it sets at once."""
    parts: list[list[dict[str, Any]]] = [[]]
    for table in tables:
        if len(table["lines"]) > LONG and parts[-1]:
            parts.append([])
        parts[-1].append(table)
    last = len(parts) - 1
    return [{"tables": part, "opens": n == 0, "closes": n == last} for n, part in enumerate(parts)]


def joined(first: bytes, second: bytes) -> bytes:
    """Both copies in one file, each beginning on the front of a sheet. Setting them together takes twice the memory. Title,
    colours and the mark of PDF/A are those of the first."""
    with pikepdf.open(io.BytesIO(first)) as both, pikepdf.open(io.BytesIO(second)) as more:
        if len(both.pages) % 2:
            both.add_blank_page()
            both.pages[-1].mediabox = both.pages[0].mediabox
        both.pages.extend(more.pages)
        return _saved(both)


def _saved(document: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()


def content_of(bulletin: Bulletin) -> dict[str, Any]:
    """Everything the document says, all words ready."""
    quarter, issuer = Quarter.named(bulletin.quarter), bulletin.rows[0]
    cut, day = bulletin.cut_at.astimezone(CHINA), (bulletin.published_at or bulletin.cut_at).astimezone(CHINA)
    return {
        "draft": bulletin.published_at is None,
        "document_number": bulletin.document_number,
        "correction_zh": words.correction_zh(bulletin),
        "corrected_zh": words.corrected_zh(bulletin) if bulletin.corrects else "",
        "corrects": bulletin.corrects,
        "reason": _ended(bulletin.reason),
        "copied_to": _ended(bulletin.copied_to),
        "title": "机械工业职业技能鉴定质量通报",
        "quarter_zh": quarter.name_zh,
        "title_en": f"Quality bulletin of vocational skill appraisal in the machinery industry, {quarter.name}",
        "first_zh": day_zh(quarter.first),
        "last_zh": day_zh(quarter.last),
        "summary": bulletin.summary.split("\n") if bulletin.summary else [],
        "cut_zh": f"{day_zh(cut)}{cut:%H:%M:%S}",
        "cut_iso": cut.isoformat(timespec="seconds"),
        "issuer_zh": issuer.name_zh,
        "issuer_en": issuer.name_en,
        "day": [day.year, day.month, day.day],
        "day_zh": day_zh(day) if bulletin.published_at else "",
        "seal": bulletin.seal,
        "tables": [{"n": n, **_table(table)} for n, table in enumerate(tables(bulletin.rows), 1)],
    }


def _ended(sentence: str) -> str:
    return sentence if not sentence or sentence.endswith(ENDS) else f"{sentence}。"


def _table(table: Table) -> dict[str, Any]:
    return {
        "zh": table.title_zh,
        "en": table.title_en,
        "heads": [[zh, en, sort] for zh, en, sort in table.heads],
        "lines": [
            [line.kind, line.code, line.name_zh, line.name_en]
            + [shown(cell, sort) for cell, (_, _, sort) in zip(line.cells, table.heads, strict=True)]
            for line in table.lines
        ],
    }


@lru_cache(maxsize=2)
def _typesetter(folder: Path | None) -> Typesetter:
    return Typesetter(TEMPLATE, "bulletin", folder)


def _must_be_printable(content: dict[str, Any], folder: Path | None) -> None:
    places = {
        "/summary": "".join(content["summary"]),
        "/reason": content["reason"],
        "/copied_to": content["copied_to"],
        "/document_number": content["document_number"],
        "/issuer": content["issuer_zh"] + content["issuer_en"],
        **{f"/rows/{line[1]}": "".join(line[1:]) for table in content["tables"] for line in table["lines"]},
    }
    problems = [
        Problem(place, f"字库中没有 {named(character)} · no font has it", "补装含此字的字库 · add a font that has it")
        for place, text in places.items()
        for character in missing(text, folder)
    ]
    if problems:
        raise Invalid(all_of(problems), problems)
