"""What a body may plan: it is licensed or rectifying, and plans only within its licence (rules §4.1).

Decided from planning's local copy of the body, at drafting, revising, submitting and once more at the approval: the licence
may have changed in between. A local copy of release 0.1 has no state, and counts as not licensed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shared.contracts.directory import BodyRegistered, Licence
from shared.contracts.plan import PlannedItem
from shared.contracts.words import ENDED_STANDINGS, LEVEL_NAMES, MAY_APPRAISE
from shared.errors import Invalid, Problem
from shared.trade.body_words import BODY
from shared.words import Pair

UNKNOWN = "not licensed"
_NEXT = {
    "suspended": "先由中心解除暂停的处理 · the Centre has to lift the suspension first",
    "revoked": "不再编制计划 · that is for good: it plans nothing any more",
    "struck_off": "请使用正确的机构编码 · use the right institution code",
}
_NO_LICENCE = ("没有许可证", "has no licence")
_LICENSE_FIRST = (
    "先由中心审批人颁发许可；等待不会有变化 · the Centre's approver has to license it first; waiting does not help"
)


def _first(body: BodyRegistered) -> str:
    return _NEXT.get(body.state or "", _LICENSE_FIRST)


def _unlicensed(body: BodyRegistered) -> Pair | None:
    """How a body stands of which an earlier release told no state, or whose state does not say that it has no licence."""
    return None if body.state in _NEXT or body.state in ("applied", "registered") else _NO_LICENCE


def may_hold(body: BodyRegistered, items: Sequence[PlannedItem], held_on: date) -> list[Problem]:
    """For a session plan: everything beyond the licence. Raises WrongState with the state of the body."""
    if body.state not in MAY_APPRAISE or body.licence is None:
        raise BODY.wrong_state(body.body, body.state or UNKNOWN, "plan_sessions", _first(body), _unlicensed(body))
    return [*_beyond(body.licence, items), *_outside_term(body.licence, held_on)]


def no_licence_on(body: BodyRegistered, held_on: date) -> list[Problem]:
    """For a session that was approved: whether the body has a licence on its new day. A suspension does not keep it from
    being put off until after it."""
    if body.licence is None or body.state in ENDED_STANDINGS:
        return [
            Problem(
                "/held_on",
                "机构没有有效许可证 · its body has no licence",
                "在原定日期举行或取消 · hold it on its day, or cancel it",
            )
        ]
    return _outside_term(body.licence, held_on)


def _outside_term(licence: Licence, held_on: date) -> list[Problem]:
    if licence.valid_on(held_on):
        return []
    term = f"{licence.valid_from} – {licence.valid_until}"
    return [Problem("/held_on", f"不在许可证有效期内 · outside the term of the licence, {term}", term)]


def may_intend(body: BodyRegistered, items: Sequence[PlannedItem]) -> None:
    """For an annual plan. Only stations need a licence for it: a branch plans the training of its whole region. A
    suspended station still hands one in (R1), a revoked one does not, nor a body that was struck off. Raises WrongState,
    Invalid."""
    if body.state in ENDED_STANDINGS:
        next = _NEXT[str(body.state)]
        raise BODY.wrong_state(body.body, body.state, "plan_year", next)
    if body.kind != "station":
        return
    if body.licence is None:
        raise BODY.wrong_state(body.body, body.state or UNKNOWN, "plan_year", _first(body), _unlicensed(body))
    _refuse(_beyond(body.licence, items))


def _beyond(licence: Licence, items: Sequence[PlannedItem]) -> list[Problem]:
    return [
        Problem(
            f"/items/{n}",
            f"{item.occupation_zh} {LEVEL_NAMES[item.level][0]} 不在许可范围内 · "
            f"{item.occupation_en}, level {item.level}, is not within the licence",
            "先变更许可范围 · the licence must be changed first",
        )
        for n, item in enumerate(items)
        if not licence.covers(item.occupation, item.level)
    ]


def _refuse(wrong: list[Problem]) -> None:
    if wrong:
        raise Invalid("超出许可 · beyond the licence", wrong)
