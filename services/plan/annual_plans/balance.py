"""What is left of an annual plan: heads planned by the version in force, taken by session plans, and left (R4.1)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from services.plan.annual_plans.annual_plan import AnnualPlan
from shared.contracts.occupations import occupations
from shared.contracts.plan import PlannedItem
from shared.contracts.words import LEVEL_NAMES
from shared.errors import Invalid, Problem

Heads = Mapping[tuple[str, int], int]
"""(occupation, level) → heads"""

Taken = Callable[[str], Awaitable[Heads]]
"""Id of an annual plan → what session plans took of it. Wired in `main`: session plans know annual plans, not the other
way round."""


@dataclass(frozen=True, slots=True)
class Left:
    """One occupation at one level. taken may be more than planned, where the Centre let more through."""

    occupation: str
    occupation_zh: str
    occupation_en: str
    level: int
    planned: int
    taken: int

    @property
    def left(self) -> int:
        return max(self.planned - self.taken, 0)


def balance(plan: AnnualPlan, taken: Heads) -> list[Left]:
    """In the order of the plan; what was taken beside it (under an earlier release) at the end."""
    rows = [
        Left(
            item.occupation,
            item.occupation_zh,
            item.occupation_en,
            item.level,
            item.heads,
            taken.get((item.occupation, item.level), 0),
        )
        for item in plan.in_force or []
    ]
    beside = taken.keys() - {(row.occupation, row.level) for row in rows}
    for code, level in sorted(beside):
        known = occupations().get(code)
        zh, en = (known.name_zh, known.name_en) if known else (code, code)
        rows.append(Left(code, zh, en, level, 0, taken[code, level]))
    return rows


def must_leave_what_is_taken(
    amended_items: Sequence[PlannedItem], in_force: Sequence[PlannedItem], taken: Heads
) -> None:
    """An amendment takes nothing away that session plans took already. Where the Centre let them take more than was
    planned, it may stay as it is. Raises Invalid with every item that falls short."""
    amended = {(item.occupation, item.level): (n, item.heads) for n, item in enumerate(amended_items)}
    wrong = []
    for item in in_force:
        key = (item.occupation, item.level)
        n, heads = amended.get(key, (None, 0))
        used = taken.get(key, 0)
        least = min(item.heads, used)
        if heads < least:
            wrong.append(
                Problem(
                    "/items" if n is None else f"/items/{n}",
                    f"{item.occupation_zh} {LEVEL_NAMES[item.level][0]}：鉴定计划已用 {used} 人，调整后为 {heads} 人 · "
                    f"{item.occupation_en} level {item.level}: session plans took {used} heads, the amendment has {heads}",
                    f"至少 {least} 人（已呈报的先撤回或退回），或先撤回、取消相应的鉴定计划 · at least {least} (what is "
                    "submitted is withdrawn or returned first), or withdraw or cancel session plans",
                )
            )
    if wrong:
        raise Invalid("调整后少于鉴定计划已用的人数 · the amendment has less than session plans took", wrong)
