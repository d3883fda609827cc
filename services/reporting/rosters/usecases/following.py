"""A roster goes the way of its session: voided with it, or back on the body's desk when the day of the exam moves."""

from __future__ import annotations

from datetime import datetime

from services.reporting.rosters.roster import OPEN, Roster
from services.reporting.sessions import storage as sessions
from services.reporting.sessions.session import CANCELLED
from shared.actor import Actor
from shared.contracts.envelope import Envelope
from shared.contracts.plan import SessionPlanVoided
from shared.keeping import repository
from shared.ports import Store
from shared.procedure.windup import acting_for
from shared.trade.roles import Role


def _acting_for(session: str) -> Actor:
    """Who acts when nobody does: the id names the session plan, whose history says who decided."""
    return Actor(
        f"session_plan:{session}", "鉴定计划变更 · change of the session plan", "", "/", frozenset({Role.SERVICE})
    )


async def follow(store: Store, session: str, at: datetime) -> None:
    """Hold an open roster against what is known of its session now. Safe to repeat: it looks at what is, not at what was told
    last. One that was opened in the moment in which its session changed follows before its next step. Raises Stale."""
    roster = await repository.seek(store, Roster, session)
    known = await sessions.seek(store, session)
    if roster is None or known is None or roster.state not in OPEN:
        return
    by, held_on = _acting_for(session), known.told.held_on
    if known.ended == CANCELLED:
        roster.void(by, at, f"批次已取消：{known.because} · its session was cancelled")
    elif held_on != roster.held_on and not known.ended:
        why = f"（{known.postponed}）" if known.postponed else ""
        reason = (
            f"鉴定日期由 {roster.held_on} 改为 {held_on}{why}，名册须在该日后重新导入、呈报 · the exam was moved from "
            f"{roster.held_on} to {held_on}: import and submit the roster anew after it"
        )
        roster.postpone(by, at, held_on, reason)
    else:
        return
    await repository.save(store, roster)


async def approved(store: Store, at: datetime, envelope: Envelope) -> None:
    """Safe to repeat and out of order, as the three below. Raises Stale."""
    await sessions.note_approved(store, envelope)
    await follow(store, envelope.subject, at)


async def postponed(store: Store, at: datetime, envelope: Envelope) -> None:
    await sessions.note_postponed(store, envelope)
    await follow(store, envelope.subject, at)


async def cancelled(store: Store, at: datetime, envelope: Envelope) -> None:
    await sessions.note_cancelled(store, envelope)
    await follow(store, envelope.subject, at)


async def drawn(store: Store, envelope: Envelope) -> None:
    await sessions.note_drawn(store, envelope)


async def void_with_session(store: Store, at: datetime, fact: SessionPlanVoided) -> None:
    """The session is noted first: from then on no roster is opened for it. One that was opened between preview and
    revocation follows its session; one with an order of its own is voided by whichever comes first, with the same
    entry. One that is opened in this very moment stops at its next step. Raises Stale."""
    await sessions.note_voided(store, fact)
    roster = await repository.seek(store, Roster, fact.session)
    if roster is not None and roster.state in OPEN:
        roster.void(acting_for(fact.sanction), at, f"鉴定批次 {fact.session} 不再举行 · its session is not held")
        await repository.save(store, roster)
