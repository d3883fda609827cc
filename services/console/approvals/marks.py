"""What is unusual about a form that waits for a decision: such forms stand first, and say why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.words import Pair

LEAD_TIME: Final = "lead_time"
"""The rule of a session that is near (plan service)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """said: in both languages. weight: an exception that somebody has to answer for counts 2, a difference 1."""

    said: Pair
    weight: int


def marks_of(document: Mapping[str, Any]) -> tuple[Mark, ...]:
    """Of any form, the heaviest first. Of a roster with what `missing_reviews` it has."""
    found: list[Mark] = []
    needs = [need["rule"] for need in document.get("needs") or ()]
    near = LEAD_TIME in needs
    if near:
        found.append(Mark(("提前天数不足", "short notice"), 2))
    if others := len(needs) - near:
        found.append(Mark((f"须特批 {others} 项", f"{others} to be let through"), 2))
    if missing := document.get("missing_reviews"):
        found.append(Mark((f"缺审批表 {missing} 份", f"{missing} approval forms missing"), 2))
    if document.get("late"):
        found.append(Mark(("逾期", "late"), 2))
    if any(act["verb"] == "send_back" for act in document["history"]):
        found.append(Mark(("曾退回", "returned before"), 1))
    if "heads_last_year" in document:
        found += _beside_last_year(document)
    if document.get("figures_left_out"):
        found.append(Mark(("数据不全", "figures incomplete"), 1))
    return tuple(found)


def _beside_last_year(plan: Mapping[str, Any]) -> list[Mark]:
    if plan["number"] > 1:
        return [Mark((f"调整，第 {plan['number']} 版", f"amended, version {plan['number']}"), 1)]
    heads, before = heads_of(plan), plan["heads_last_year"]
    if before is None:
        return [Mark(("上年无计划", "none the year before"), 1)]
    if heads > before:
        more = round(100 * (heads - before) / before) if before else 100
        return [
            Mark((f"比上年多 {heads - before} 人（{more}%）", f"{heads - before} more than last year ({more}%)"), 1)
        ]
    return []


def heads_of(document: Mapping[str, Any]) -> int | None:
    """Passed candidates of a roster, else what is planned; none where nobody is counted."""
    if "passed" in document:
        return int(document["passed"])
    return sum(item["heads"] for item in document["items"]) if "items" in document else None
