"""What the letter of a digest says: its items by kind, each with the subject that its own letter would have, and its link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from jinja2 import TemplateError

from services.notification.digests.words import GROUPS, OTHER
from services.notification.letters.letter import LetterWriter
from services.notification.mailings.mailing import Mailing
from shared.register.pages import DESK

LETTER: Final = "digest"
"""The letter that tells them."""
MOST: Final = 100
"""Items that are listed; of the others stands how many there are. A letter of more is cut off by mail programs."""


def values_of(writer: LetterWriter, day: date, mailings: Sequence[Mailing]) -> dict[str, Any]:
    """Values of the letter `digest`. mailings: what it tells, two at least."""
    first = mailings[0].values
    groups = _groups(writer, mailings)
    site = str(first.get("site", ""))
    return {
        **{name: first[name] for name in ("to_zh", "to_en", "training") if name in first},
        **{f"issuer_{word}": first[f"centre_{word}"] for word in ("zh", "en") if first.get(f"centre_{word}")},
        "site": site,
        "page": site.rstrip("/") + DESK,
        "day": day.isoformat(),
        "dated": day.isoformat(),
        "count": len(mailings),
        "more": max(0, len(mailings) - MOST),
        "groups": groups,
        "followed": [item["page"] for group in groups for item in group["items"]],
    }


def _groups(writer: LetterWriter, mailings: Iterable[Mailing]) -> list[dict[str, Any]]:
    """In the order of `GROUPS`. `items`: as many as there is room for; `count`: all there are."""
    order = list(dict.fromkeys((*GROUPS.values(), OTHER)))
    found: dict[tuple[str, str], list[Mailing]] = {name: [] for name in order}
    for mailing in mailings:
        found[GROUPS.get(mailing.letter, OTHER)].append(mailing)
    room, groups = MOST, []
    for (zh, en), each in found.items():
        if each:
            items = [_item(writer, mailing) for mailing in each[:room]]
            groups.append({"zh": zh, "en": en, "count": len(each), "items": items})
            room -= len(items)
    return groups


def _item(writer: LetterWriter, mailing: Mailing) -> dict[str, str]:
    try:
        zh, _, en = writer.render(mailing.letter, mailing.values)[0].partition(" · ")
    except TemplateError:  # a letter of another release: no reason to keep all others from being read
        zh, en = GROUPS.get(mailing.letter, OTHER)
    values = mailing.values
    unit_zh, unit_en = (_unit(values, word) for word in ("zh", "en"))
    return {
        "zh": zh if unit_zh in zh else f"{zh}（{unit_zh}）",
        "en": en if unit_en in en else f"{en} ({unit_en})",
        "page": str(values.get("page") or values.get("site", "")),
    }


def _unit(values: Mapping[str, Any], word: str) -> str:
    """Whose matter it is; empty where that is the reader."""
    unit = str(values.get(f"concerns_{word}") or values.get(f"unit_{word}", ""))
    return "" if unit == values.get(f"to_{word}") else unit
