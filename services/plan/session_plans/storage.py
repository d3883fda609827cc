"""What other rooms of planning may read of session plans: how much of an annual plan they took already (R4.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from services.plan.session_plans.session_plan import SessionPlan
from shared.keeping import repository
from shared.ports import Store
from shared.procedure.approval import APPROVED, ENDORSED, SUBMITTED

TAKES = (SUBMITTED, ENDORSED, APPROVED)
"""From its submission on a session takes its heads, so that two on their way up do not count on the same ones; what is
taken back, returned, voided or cancelled gives them back."""


async def taken(store: Store, annual_plan: str, besides: str = "") -> Counter[tuple[str, int]]:
    """(occupation, level) → heads planned by the sessions under this annual plan, reported ones among them. besides: id
    of a session that is left out.

    What a winding-up moved to another body takes of nobody's plan (rules §4.9)."""
    heads: Counter[tuple[str, int]] = Counter()
    async for session in repository.every(store, SessionPlan, {"annual_plan": annual_plan}):
        if session.id != besides:
            heads.update(_taken_by(session))
    return heads


def without(heads: Mapping[tuple[str, int], int], session: SessionPlan) -> Mapping[tuple[str, int], int]:
    """What the others took, of what `taken` found."""
    left = Counter(heads)
    left.subtract(_taken_by(session))
    return left


def _taken_by(session: SessionPlan) -> Counter[tuple[str, int]]:
    heads: Counter[tuple[str, int]] = Counter()
    if session.state in TAKES and not session.was_moved:
        for item in session.items:
            heads[item.occupation, item.level] += item.heads
    return heads
