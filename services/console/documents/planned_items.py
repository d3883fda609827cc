"""The table of occupations, levels and heads in which plans are typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from services.console.refusal import Refusal
from services.console.typed import Typed
from services.console.visitor import Visitor

COLUMNS: Final = ("occupation", "level", "heads")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the body's licence allows: occupation and level together, because each allows its own."""

    occupation: str
    zh: str
    en: str
    levels: tuple[int, ...]


async def choices(visitor: Visitor) -> list[Choice]:
    """By the licence of the visitor's body; where there is none yet, by the whole catalogue. Raises Refusal, NotSignedIn,
    Unavailable."""
    known = {one["code"]: one for one in await visitor.get("/plan/occupations")}
    try:
        licence = (await visitor.get(f"/plan/licences/{visitor.holder.body if visitor.holder else ''}"))["licence"]
    except Refusal:
        licence = None
    scope = (
        licence["scope"]
        if licence
        else [{"occupation": code, "levels": [int(level) for level in one["levels"]]} for code, one in known.items()]
    )
    return [
        Choice(
            item["occupation"],
            known[item["occupation"]]["name_zh"],
            known[item["occupation"]]["name_en"],
            tuple(item["levels"]),
        )
        for item in scope
        if item["occupation"] in known
    ]


def typed_rows(form: Typed, *more: str) -> list[dict[str, str]]:
    return form.rows(*COLUMNS, *more)


def read(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    """As the interface takes them: numbers where somebody typed numbers; what is none is sent as it is, and refused with its
    place."""
    return [{name: number(value) for name, value in row.items() if value != "" or name in COLUMNS} for row in rows]


def number(text: str) -> Any:
    """`occupation` codes look like `6-18-01-01` and stay text."""
    return int(text) if text.isdecimal() and len(text) < 10 else text


def of_document(items: list[dict[str, Any]], *more: str) -> list[dict[str, str]]:
    return [{name: "" if row.get(name) is None else str(row[name]) for name in (*COLUMNS, *more)} for row in items]
