"""What a session plan is held against besides the licence: its day, the approved annual plan, the standard, its papers.

What nobody may let through is refused at every step (`refused`). What the Centre may let through is shown from the draft
on, and needs a reason at the approval (`needed`). A session that another body took over from a revoked one is free of lead
time and annual plan, for what it was when it was moved (rules §4.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.plan.session_plans.paper_draw import ENOUGH_SETS, key_of
from services.plan.session_plans.session_plan import SessionPlan
from shared.contracts.plan import PlannedItem
from shared.contracts.words import LEVEL_NAMES
from shared.errors import Invalid, Problem
from shared.procedure.exceptions import Needed


@dataclass(frozen=True, slots=True)
class Bounds:
    """today: in China. in_force: what the Centre approved for the year; none where there is no approved annual plan.
    taken: heads that other sessions of it have, by occupation and level."""

    today: date
    lead_days: int
    in_force: Sequence[PlannedItem] | None
    taken: Mapping[tuple[str, int], int]

    def planned(self, item: PlannedItem) -> int | None:
        """Heads of the annual plan; none where the item is not in it."""
        found = [
            one.heads for one in self.in_force or () if (one.occupation, one.level) == (item.occupation, item.level)
        ]
        return sum(found) if found else None


def refuse(wrong: Sequence[Problem]) -> None:
    """Raises Invalid with everything that is wrong."""
    if wrong:
        raise Invalid("鉴定计划不符合规定 · the session plan breaks a rule", wrong)


def refused(plan: SessionPlan, bounds: Bounds) -> list[Problem]:
    """What nobody may let through."""
    wrong = wrong_day(plan.held_on, plan.year, bounds.today)
    if plan.standard == "unapproved":
        wrong.append(
            Problem(
                "/standard",
                "未经批准的标准不得用于鉴定 · an unapproved standard must not be used",
                "改用国家标准（`national`）或经备案的标准（`filed`）后再办 · state a national or filed one, then go on",
            )
        )
    return wrong + (_beyond_the_move(plan) if plan.was_moved else _beyond_the_annual_plan(plan, bounds))


def wrong_day(held_on: date, year: int, today: date) -> list[Problem]:
    if held_on.year != year:
        return [Problem("/held_on", f"不在 {year} 年 · is not in {year}", f"{year}-01-01 – {year}-12-31")]
    if held_on < today:
        return [
            Problem(
                "/held_on",
                f"鉴定日期 {held_on} 已过：先批准，后鉴定 · the day is over: a session is approved before it is held",
                f"另定 {today} 起的日期；计划已呈报的，由编制机构先撤回，或请上级退回 · set a day from {today} on; what is "
                "submitted is withdrawn or returned first",
            )
        ]
    return []


def _beyond_the_annual_plan(plan: SessionPlan, bounds: Bounds) -> list[Problem]:
    if bounds.in_force is None:
        return [
            Problem(
                "/annual_plan",
                f"{plan.body} 没有已批准的 {plan.year} 年度计划 · has no approved annual plan of {plan.year}",
                "先编制年度计划并报中心批准 · draft the annual plan, and have the Centre approve it first",
            )
        ]
    return [
        Problem(
            f"/items/{n}",
            f"{_name(item)} 不在年度计划中 · is not in the annual plan",
            "先调整年度计划并报中心批准（POST /plan/annual-plans/{id}/amendment） · amend the annual plan first, and have "
            "the Centre approve that",
        )
        for n, item in enumerate(plan.items)
        if bounds.planned(item) is None
    ]


def _beyond_the_move(plan: SessionPlan) -> list[Problem]:
    """Free of the annual plan is what was moved. Where an earlier release moved it, nobody knows what that was."""
    if plan.moved_with is None:
        return []
    moved = {key_of(item): item.heads for item in plan.moved_with}
    return [
        Problem(
            f"/items/{n}",
            f"{_name(item)} 超出移交时的 {moved.get(key_of(item), 0)} 人 · are more heads than were taken over",
            "增加的人数另编鉴定计划 · plan what is more as a session of its own",
        )
        for n, item in enumerate(plan.items)
        if item.heads > moved.get(key_of(item), 0)
    ]


def needed(plan: SessionPlan, bounds: Bounds) -> list[Needed]:
    """What needs the Centre's reason now."""
    found: list[Needed] = []
    days = (plan.held_on - bounds.today).days
    if 0 <= days < bounds.lead_days:
        found.append(
            Needed(
                "lead_time",
                f"距鉴定日期 {plan.held_on} 只有 {days} 天，应提前 {bounds.lead_days} 天 · only {days} days are left until "
                f"the exam, {bounds.lead_days} are asked for",
            )
        )
    for item in plan.items:
        planned, others = bounds.planned(item), bounds.taken.get((item.occupation, item.level), 0)
        if not plan.was_moved and planned is not None and item.heads > planned - others:
            found.append(
                Needed(
                    f"beyond_annual_plan/{key_of(item)}",
                    f"{_name(item)} {item.heads} 人，年度计划 {planned} 人，其他批次已用 {others} 人，尚余 "
                    f"{max(planned - others, 0)} 人 · {item.heads} heads of {item.occupation_en}, level {item.level}; the "
                    f"annual plan has {planned}, other sessions took {others}, {max(planned - others, 0)} are left",
                )
            )
    few = [item for item in plan.items if plan.sets_of(item) < ENOUGH_SETS]
    if plan.paper_source == "self_made" and few:
        named = "，".join(f"{_name(item)} {plan.sets_of(item)} 套" for item in few)
        found.append(
            Needed(
                "paper_sets",
                f"自编试卷一般不少于 {ENOUGH_SETS} 套：{named} · at least {ENOUGH_SETS} sets of self-made papers are asked "
                f"for; {', '.join(f'{key_of(item)}: {plan.sets_of(item)}' for item in few)}",
            )
        )
    return found


def _name(item: PlannedItem) -> str:
    return f"{item.occupation_zh} {LEVEL_NAMES[item.level][0]}"
