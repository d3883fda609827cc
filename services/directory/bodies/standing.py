"""The standing of a body (rules §4.1): applied → licensed → rectifying → suspended → revoked; and struck off, for one that
was registered twice.

A station applies, and appraises once it is licensed. The Centre never has a licence; a branch centre without one of its
own stays registered: it reviews, and does not appraise. Who may call which step: docs/decisions/0017-standing.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pydantic import BaseModel, ConfigDict

from services.directory.bodies import contradictions
from shared.contracts.directory import Licence
from shared.contracts.words import STANDINGS
from shared.errors import Invalid, Problem
from shared.trade.body_words import BODY
from shared.trade.deadline import months_later

REGISTERED, APPLIED, LICENSED, RECTIFYING, SUSPENDED, REVOKED, STRUCK_OFF = (
    "registered",
    "applied",
    "licensed",
    "rectifying",
    "suspended",
    "revoked",
    "struck_off",
)
STATES = tuple(STANDINGS)

_FROM = {
    "license": (REGISTERED, APPLIED, LICENSED, RECTIFYING),
    "inspect": (LICENSED, RECTIFYING),
    "order_rectification": (LICENSED,),
    "clear_rectification": (RECTIFYING,),
    "suspend": (LICENSED, RECTIFYING),
    "reinstate": (SUSPENDED,),
    "revoke": (APPLIED, LICENSED, RECTIFYING, SUSPENDED),
    # Who was told to rectify, or was suspended, is no slip of the pen: that is dealt with first.
    "strike_off": (REGISTERED, APPLIED, LICENSED),
}
_NEXT = {
    REGISTERED: "不鉴定的机构没有许可证；须鉴定的，先由中心审批人许可 · "
    "it has no licence, as it does not appraise; if it is to, the Centre's approver licenses it first",
    APPLIED: "先由中心审批人许可 · the Centre's approver has to license it first",
    RECTIFYING: "先办结整改 · its rectification has to be dealt with first",
    SUSPENDED: "先由中心解除暂停的处理 · the Centre has to lift the sanction first",
    REVOKED: "不再办理 · that is for good",
    STRUCK_OFF: "请使用正确的机构编码 · use the right institution code",
}
"""State → what there is to do, for whoever asks for a step that it does not allow."""
_NOTHING_TO_CLEAR = "没有待验收的整改 · there is no rectification to clear"
_NOTHING_TO_LIFT = "未被暂停鉴定，无须恢复 · it is not suspended: there is nothing to lift"
LEADS_TO = {"order_rectification": RECTIFYING, "suspend": SUSPENDED}
"""Orders that bind a body until they are lifted, and the state in which they leave it."""

RECTIFY_WITHIN = 3
"""Months: the longest that a rectification may take (rules §4.1)."""


class AnnualInspection(BaseModel):
    """年检: what the yearly inspection of a licensed body found."""

    model_config = ConfigDict(frozen=True)
    year: int
    passed: bool
    findings: list[str]
    on: date
    by: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a body may do now, and why. Each step returns the standing that follows; this one never changes.

    of: code of the body. because: why it is rectifying, suspended, revoked or struck off. until: last day to rectify, or of the
    suspension."""

    of: str
    state: str
    licence: Licence | None = None
    because: str = ""
    until: date | None = None
    inspections: tuple[AnnualInspection, ...] = ()

    def must_allow(self, step: str) -> None:
        """Raises WrongState."""
        if self.state not in _FROM[step]:
            next = _NOTHING_TO_CLEAR if step == "clear_rectification" else _NEXT.get(self.state, _NOTHING_TO_LIFT)
            raise BODY.wrong_state(self.of, self.state, step, next)

    # --- the licence ----------------------------------------------------------------------------------------------

    def license(self, licence: Licence) -> Standing:
        """许可: the first one, a renewal, or another scope, which ends no rectification.

        Raises WrongState, Invalid with every contradiction of the licence."""
        self.must_allow("license")
        problems = contradictions.of_licence(licence)
        if problems:
            raise Invalid("许可证内容有误 · the licence contradicts itself", problems)
        return replace(self, state=RECTIFYING if self.state == RECTIFYING else LICENSED, licence=licence)

    def inspect(self, found: AnnualInspection, until: date | None) -> Standing:
        """年检. Failed: it must rectify within three months (rules §4.1); failing again meanwhile moves no deadline back.

        until: last day to rectify, needed when it failed. Raises WrongState, Invalid."""
        self.must_allow("inspect")
        problems = [] if found.passed else _deadline_problems(until, found.on)
        if found.year > found.on.year:
            problems.append(Problem("/year", f"{found.year} 年尚未开始 · {found.year} has not begun"))
        if any(before.year == found.year and before.passed for before in self.inspections):
            what = f"{found.year} 年年检已通过 · passed the inspection of {found.year} already"
            problems.append(Problem("/year", what))
        if not found.passed and not found.findings:
            problems.append(Problem("/findings", "不合格须写明问题 · a failed inspection needs its findings"))
        if problems:
            raise Invalid("年检记录有误 · the inspection cannot be recorded like this", problems)
        inspected = replace(self, inspections=(*self.inspections, found))
        if found.passed or until is None:
            return inspected
        because = f"{found.year} 年年检不合格 · failed the inspection of {found.year}"
        last = min(until, self.until) if self.until is not None else until
        return replace(inspected, state=RECTIFYING, because=because, until=last)

    # --- carried out as sanctions, or by who lifts them -------------------------------------------------------------

    def order_rectification(self, reason: str, until: date, today: date) -> Standing:
        """责令限期整改, three months at most. Raises WrongState, Invalid."""
        self.must_allow("order_rectification")
        _need(reason, _deadline_problems(until, today))
        return replace(self, state=RECTIFYING, because=reason.strip(), until=until)

    def clear_rectification(self, reason: str) -> Standing:
        """整改验收: what was found is mended. Raises WrongState, Invalid."""
        self.must_allow("clear_rectification")
        _need(reason)
        return replace(self, state=LICENSED, because="", until=None)

    def suspend(self, reason: str, until: date | None, today: date) -> Standing:
        """暂停鉴定. until: when it is meant to end; somebody reinstates, time alone does not. Raises WrongState, Invalid."""
        self.must_allow("suspend")
        past = until is not None and until < today
        _need(reason, [Problem("/until", "已过 · lies in the past")] if past else [])
        return replace(self, state=SUSPENDED, because=reason.strip(), until=until)

    def reinstate(self, reason: str) -> Standing:
        """恢复. Raises WrongState, Invalid."""
        self.must_allow("reinstate")
        _need(reason)
        return replace(self, state=LICENSED, because="", until=None)

    def revoke(self, reason: str) -> Standing:
        """取消资质, for good; an application too may be turned down for good. Raises WrongState, Invalid."""
        self.must_allow("revoke")
        _need(reason)
        return replace(self, state=REVOKED, because=reason.strip(), until=None)

    # --- registered twice -------------------------------------------------------------------------------------------

    def strike_off(self, reason: str) -> Standing:
        """除名, for good. Whether anything hangs on the body is asked before. Raises WrongState, Invalid."""
        self.must_allow("strike_off")
        _need(reason)
        return replace(self, state=STRUCK_OFF, because=reason.strip(), until=None)

    def abide(self, step: str, reason: str, until: date | None) -> Standing:
        """A sanction, or its end, that finds nothing to change. step: what was ordered. Where the body stands under that
        measure already (an annual inspection had it rectify), the newer reason and term take the place of the older."""
        return replace(self, because=reason, until=until) if self.state == LEADS_TO.get(step) else self


def _need(reason: str, problems: Sequence[Problem] = ()) -> None:
    found = list(problems)
    if not reason.strip():
        found.append(Problem("/reason", "须说明理由 · a reason is needed"))
    if found:
        raise Invalid("处理内容有误 · this cannot be ordered like this", found)


def _deadline_problems(until: date | None, today: date) -> list[Problem]:
    latest = months_later(today, RECTIFY_WITHIN)
    if until is None:
        return [Problem("/until", "须写明整改期限 · the last day to rectify is needed", f"≤ {latest}")]
    if not today <= until <= latest:
        what = f"整改期限应在今天至三个月内 · must lie between today and three months from now, {latest}"
        return [Problem("/until", what, f"≤ {latest}")]
    return []
