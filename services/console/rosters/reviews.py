"""Approval forms of technicians, as they are typed: one line for each, in which whatever is as in the line above stays empty
(most of a session have one panel, and one day)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from services.console.refusal import Fault

COLUMNS: Final = ("ticket", "name", "document_no", "reviewed_on", "panel")
FROM_ABOVE: Final = ("document_no", "reviewed_on", "panel")
ROWS: Final = 50
"""Of one form; whoever still lacks a form afterwards stands in the next one."""
_BETWEEN_NAMES: Final = re.compile(r"[、，,;；\s]+")
"""Not the dot within a name."""


def panel(text: str) -> list[str]:
    """Names, however they are divided. `买买提·艾力` is one; so is a name with a blank in it, where commas divide them."""
    by_commas = [name.strip() for name in re.split(r"[、，,;；\n]", text) if name.strip()]
    return by_commas if len(by_commas) > 1 else [name for name in _BETWEEN_NAMES.split(text.strip()) if name]


def entries(rows: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """As the interface takes them. Lines in which only the ticket stands are of those whose form did not come yet."""
    above = dict.fromkeys(FROM_ABOVE, "")
    found = []
    for row in rows:
        if not is_typed(row):
            continue
        above = {name: row[name] or above[name] for name in FROM_ABOVE}
        found.append({"ticket": row["ticket"], "name": row["name"], **above, "panel": panel(above["panel"])})
    return found


def is_typed(row: Mapping[str, str]) -> bool:
    return any(row[name] for name in COLUMNS if name != "ticket")


def blank(missing: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Lines for those who lack a form: the ticket is there, the name is typed from the paper, so that both are compared."""
    return [{**dict.fromkeys(COLUMNS, ""), "ticket": one["ticket"]} for one in missing]


def faults_of_rows(rows: Sequence[Mapping[str, str]], faults: Iterable[Fault]) -> dict[int, list[tuple[str, Fault]]]:
    """Row as it was typed → column and what is wrong there; the column is empty where the whole row is meant. The interface was
    sent the lines that were typed, and counts those. What a line took from above is wrong there, and said there."""
    typed = [n for n, row in enumerate(rows) if is_typed(row)]
    found: dict[int, list[tuple[str, Fault]]] = {}
    for fault in faults:
        _, noun, place, column, *_ = (*fault.where.split("/"), "", "", "")
        if noun != "reviews" or not place.isdecimal() or int(place) >= len(typed):
            continue
        is_from_above = column in FROM_ABOVE and int(place) > 0 and not rows[typed[int(place)]][column]
        if not is_from_above:
            found.setdefault(typed[int(place)], []).append((column, fault))
    return found
