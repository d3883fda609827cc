"""Which letter goes to whom: a table and a pure function. Bodies are written to at their official mailbox, people at theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Who = Literal["body", "above", "at_desk", "producer", "branch", "centre", "holders", "account", "bodies"]


@dataclass(frozen=True, slots=True)
class Letter:
    """name: folder in `templates/`. who: a field of the fact that holds a body's code, or the reference of an account;
    or the holders of a roster; or all bodies below the one that the fact is about. unless: a field of the fact; where
    that is told, another fact's letter tells it."""

    name: str
    who: Who
    unless: str = ""


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
    "certificates.voided.v1": (Letter("certificates-voided", "body"),),
    "inspection.performed.v1": (Letter("inspection-performed", "body"),),
    "inspection.closed.v1": (Letter("inspection-closed", "body"),),
    "sanction.confirmed.v1": (Letter("sanction-confirmed", "body"), Letter("sanction-confirmed", "branch")),
    "sanction.lifted.v1": (Letter("sanction-lifted", "body"), Letter("sanction-lifted", "branch")),
    "sanction.carried_out.v1": (Letter("revocation-carried-out", "centre"),),
    "body.standing_changed.v1": (
        Letter("standing-changed", "body", unless="sanction"),
        Letter("standing-changed", "above", unless="sanction"),
    ),
    "training.due.v1": (Letter("training-due", "account"),),
    "account.locked.v1": (Letter("account-locked", "account"),),
    "account.reset_requested.v1": (Letter("account-reset", "account"),),
}

TITLES: Mapping[str, tuple[str, str]] = {
    "annual_plan": ("年度职业技能培训和鉴定计划", "Annual training and appraisal plan"),
    "session_plan": ("机械行业特有工种职业技能鉴定计划", "Session plan"),
    "roster": ("职业技能鉴定合格人员名册", "Roster of passed candidates"),
    "certificates": ("职业资格证书", "Certificates"),
    "inspection": ("不定期检查", "Inspection"),
    "sanction": ("监督处理", "Sanction"),
    "body": ("机构资质", "Standing of the body"),
    "training": ("考务管理培训", "Exam-affairs training"),
    "account": ("账号", "Account"),
    "work_report": ("季度鉴定工作报告", "Quarterly work report"),
    "bulletin": ("职业技能鉴定质量通报", "Quality bulletin"),
}


_PEOPLE = ("holders", "account")
TO_PEOPLE = frozenset(one.name for letters in LETTERS.values() for one in letters if one.who in _PEOPLE)
"""Letters to persons: holders of certificates or of accounts."""


def bodies_to_write_to(fact_type: str, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(letter, code of the body) pairs of a fact; left out are people, and a branch centre where there is none."""
    many = (*_PEOPLE, "bodies")
    rows = [one for one in LETTERS[fact_type] if one.who not in many and not data.get(one.unless)]
    return [(letter.name, str(data[letter.who])) for letter in rows if data[letter.who] is not None]


def letter_to_holders(fact_type: str) -> str | None:
    return _letter_to(fact_type, "holders")


def letter_to_account(fact_type: str) -> str | None:
    return _letter_to(fact_type, "account")


def letter_to_all_bodies(fact_type: str) -> str | None:
    return _letter_to(fact_type, "bodies")


def _letter_to(fact_type: str, who: Who) -> str | None:
    return next((letter.name for letter in LETTERS[fact_type] if letter.who == who), None)
