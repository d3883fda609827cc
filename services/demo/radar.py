"""What the Centre's radar shows at the end of the play: how much of each duty is still to be done, late, done, and by when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from services.demo.clerk import Clerk

HEADS: Final = ("任务 duty", "待办 open", "逾期 late", "已办 done", "最近期限 next day")
NARROWEST: Final = 110  # columns, also where the output is no terminal


async def read(clerk: Clerk) -> list[dict[str, Any]]:
    """A row for each kind of duty, those with the nearest day first. As it stands when asked: facts may be on their way."""
    still = await clerk.everything("/notification/radar?state=open")
    done = await clerk.everything("/notification/radar?state=settled")
    rows: dict[str, dict[str, Any]] = {}
    for duty in (*still, *done):  # open ones by their days, the earliest first
        row = rows.setdefault(
            duty["what"],
            {
                "what": duty["what"],
                "zh": duty["what_zh"],
                "en": duty["what_en"],
                "open": 0,
                "late": 0,
                "settled": 0,
                "next": "",
            },
        )
        row["late"] += duty["late"] and duty["state"] == "open"
        row[duty["state"]] += 1
        if duty["state"] == "open":
            row["next"] = row["next"] or duty["due_on"]
    return list(rows.values())


def show(rows: Sequence[dict[str, Any]], console: Console | None = None) -> None:
    print()
    if not rows:
        print("期限雷达：没有任务 · radar: nothing is due")
        return
    out = console or Console()
    out.width = max(out.width, NARROWEST)
    table = Table(title="期限雷达 · radar of deadlines", title_justify="left")
    for head in HEADS:
        table.add_column(head)
    for row in rows:
        counts = (str(row[name]) for name in ("open", "late", "settled"))
        table.add_row(f"{row['zh']} · {row['en']}", *counts, row["next"])
    out.print(table)
