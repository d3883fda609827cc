"""Which letter goes to whom: a table and a pure function. Bodies are written to at their official mailbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Who = Literal["body", "at_desk", "producer", "holders", "bodies"]


@dataclass(frozen=True, slots=True)
class Letter:
    """name: folder in `letters/`. who: a field of the fact that holds a body's code, or the holders of a roster, or all
    bodies below the one that the fact is about."""

    name: str
    who: Who


_APPROVALS = ("annual_plan", "session_plan", "roster", "work_report")

LETTERS: Mapping[str, tuple[Letter, ...]] = {
    **{
        f"{noun}.{verb}.v1": (Letter("awaiting-review", "at_desk"),)
        for noun in _APPROVALS
        for verb in ("submitted", "endorsed")
    },
    **{f"{noun}.returned.v1": (Letter("returned", "at_desk"),) for noun in _APPROVALS},
    **{f"{noun}.approved.v1": (Letter("approved", "body"),) for noun in ("annual_plan", "session_plan", "work_report")},
    "roster.approved.v1": (Letter("approved", "body"), Letter("production-order", "producer")),
    "annual_plan.due.v1": (Letter("annual-plan-due", "body"),),
    "certificates.ready.v1": (Letter("certificates-ready", "producer"), Letter("certificates-made", "body")),
    "work_report.due.v1": (Letter("work-report-due", "body"),),
    "bulletin.published.v1": (Letter("bulletin-published", "bodies"),),
    "certificates.mailed.v1": (Letter("certificates-mailed", "body"), Letter("certificate-on-its-way", "holders")),
}

TITLES: Mapping[str, tuple[str, str]] = {
    "annual_plan": ("年度职业技能培训和鉴定计划", "Annual training and appraisal plan"),
    "session_plan": ("机械行业特有工种职业技能鉴定计划", "Session plan"),
    "roster": ("职业技能鉴定合格人员名册", "Roster of passed candidates"),
    "certificates": ("职业资格证书", "Certificates"),
    "work_report": ("季度鉴定工作报告", "Quarterly work report"),
    "bulletin": ("职业技能鉴定质量通报", "Quality bulletin"),
}


_MANY = frozenset({"holders", "bodies"})
"""Who is not named by a field of the fact."""


def bodies_to_write_to(fact_type: str, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(letter, code of the body) pairs of a fact, for those it names."""
    return [(letter.name, str(data[letter.who])) for letter in LETTERS[fact_type] if letter.who not in _MANY]


def letter_to_holders(fact_type: str) -> str | None:
    return next((letter.name for letter in LETTERS[fact_type] if letter.who == "holders"), None)


def letter_to_all_bodies(fact_type: str) -> str | None:
    return next((letter.name for letter in LETTERS[fact_type] if letter.who == "bodies"), None)
