"""The decision as a PDF: the same sanction, the same bytes. Pure: no clock, no network, no system fonts."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from services.supervision.sanctions.sanction import Sanction
from shared.contracts.directory import BodyRegistered
from shared.contracts.supervision import MEASURE_NAMES
from shared.drawing.fonts import library
from shared.drawing.glyphs import missing
from shared.drawing.typesetter import Typesetter
from shared.trade.days import day_en, day_zh
from shared.trade.deadline import local_day

TEMPLATE = Path(__file__).with_name("decision.typ")
NO_GLYPH: Final = "〓"
"""What printers set for a character that they do not have: a decision goes out all the same."""

_DO_ZH: Final = {
    "notice": "请引以为戒，切实改正。",
    "rectification": "请按期整改，并报告整改措施。",
    "suspension": "自即日起不得安排新的鉴定；已核发的证书仍然有效。",
    "revocation": "未了事项按决定善后；已核发的证书不受影响。",
}
_DO_EN: Final = {
    "notice": "Please take it as a warning and mend what was wrong.",
    "rectification": "Please rectify in time and report what was done.",
    "suspension": "No new session may be planned from now on; certificates that were issued stay valid.",
    "revocation": "What is open is wound up as decided; certificates already issued keep their state.",
}
_EN: Final = {
    "notice": "a formal notice",
    "rectification": "rectification within a term",
    "suspension": "suspension of appraisal",
    "revocation": "revocation of the licence",
}


def draw(sanction: Sanction, body: BodyRegistered, centre: BodyRegistered, folder: Path | None) -> bytes:
    """sanction: one that was confirmed. folder: the operator's fonts. Raises Unavailable without fonts."""
    content = content_of(sanction, body, centre)
    lacking = missing("".join(_texts(content)), folder)
    printed = json.dumps(content | {"families": library(folder).families}, ensure_ascii=False)
    for character in lacking:
        printed = printed.replace(character, NO_GLYPH)
    return _typesetter(folder).set(printed)


def content_of(sanction: Sanction, body: BodyRegistered, centre: BodyRegistered) -> dict[str, Any]:
    """Everything the paper says, all words ready."""
    assert sanction.confirmed_at is not None
    day, measure = local_day(sanction.confirmed_at), sanction.measure
    zh = [f"经研究，决定对{body.name_zh}（机构编码 {body.body}）作出处理：{MEASURE_NAMES[measure]}。"]
    en = [f"It has been decided about {body.name_en} ({body.body}): {_EN[measure]}."]
    zh.append(f"理由：{sanction.reason}")
    en.append(f"Reason: {sanction.reason}")
    if sanction.until is not None:
        zh.append(f"期限至{day_zh(sanction.until)}（含当日）。")
        en.append(f"The last day of its term is {day_en(sanction.until)}.")
    return {
        "issuer_zh": centre.name_zh,
        "issuer_en": centre.name_en,
        "number": sanction.id,
        "title_zh": f"关于对{body.name_zh}的处理决定",
        "title_en": f"Decision about {body.name_en}",
        "to_zh": body.name_zh,
        "to_en": body.name_en,
        "zh": [*zh, _DO_ZH[measure]],
        "en": [*en, _DO_EN[measure]],
        "day_zh": day_zh(day),
        "day_en": day_en(day),
        "day": [day.year, day.month, day.day],
    }


def _texts(content: dict[str, Any]) -> list[str]:
    return [
        text.replace(" ", "").replace("\n", "")
        for value in content.values()
        for text in (value if isinstance(value, list) else [value])
        if isinstance(text, str)
    ]


@lru_cache(maxsize=2)
def _typesetter(folder: Path | None) -> Typesetter:
    return Typesetter(TEMPLATE, "decision", folder)
