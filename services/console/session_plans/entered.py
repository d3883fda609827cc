"""What is typed into the forms of session plans, and what the interface is sent of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.console.documents import planned_items
from services.console.typed import Typed
from shared.trade.deadline import CHINA

SETS: Final = "paper_sets"
"""The column that session plans have besides those of annual plans."""
FIELDS: Final = ("held_on", "place", "in_charge", "standard", "paper_source", "fee_yuan")
OF_A_DRAW: Final = ("occupation", "level", "set")
Rows = list[dict[str, str]]


def typed_fields(form: Typed) -> dict[str, str]:
    return {name: form[name] for name in FIELDS}


def fields_of(plan: Mapping[str, Any]) -> dict[str, str]:
    """As a form shows what is there."""
    return {name: "" if plan[name] is None else str(plan[name]) for name in FIELDS}


def content(fields: Mapping[str, str], rows: Rows) -> dict[str, Any]:
    """As the interface takes it."""
    sent: dict[str, Any] = {**fields, "items": planned_items.read(rows)}
    fee = sent.pop("fee_yuan")
    return {**sent, "fee_yuan": planned_items.number(fee)} if fee else sent


def draw(form: Typed) -> dict[str, Any]:
    """A draw: one set for each line. The time is typed as it is in China."""
    sets = [
        {
            "occupation": row["occupation"],
            **{name: planned_items.number(row[name]) for name in ("level", "set") if row[name]},
        }
        for row in drawn_rows(form)
    ]
    sent: dict[str, Any] = {"sets": sets, "witness": form["witness"], "reason": form["reason"]}
    return {**sent, "drawn_at": in_china(form["drawn_at"])} if form["drawn_at"] else sent


def drawn_rows(form: Typed) -> Rows:
    return form.rows(*OF_A_DRAW)


def in_china(text: str) -> str:
    """`2026-04-03T09:30` of a form, with the zone; what is no time is sent as it is, and refused with its place."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (at if at.tzinfo else at.replace(tzinfo=CHINA)).isoformat()
