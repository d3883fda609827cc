"""Events in: reporting keeps copies of the bodies and of the approved session plans."""

from __future__ import annotations

from collections.abc import Mapping

from shared import copies
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.plan import SessionPlanApproved
from shared.ports import Store
from shared.worker import Handlers


def handlers(store: Store) -> Mapping[str, Handlers]:
    async def on_body_registered(envelope: Envelope) -> None:
        """Older than what is known: dropped by the watermark."""
        await copies.keep(store, BodyRegistered, envelope)

    async def on_session_plan_approved(envelope: Envelope) -> None:
        """A session is approved once; a repeat is dropped by the watermark."""
        await copies.keep(store, SessionPlanApproved, envelope)

    return {
        "copies": {BodyRegistered.TYPE: on_body_registered, SessionPlanApproved.TYPE: on_session_plan_approved},
    }
