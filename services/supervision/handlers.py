"""Events in → use cases of supervision."""

from __future__ import annotations

from collections.abc import Mapping

from services.supervision import counting
from shared import copies
from shared.contracts.certificate import CertificatesMailed
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.plan import SessionPlanApproved, SessionPlanReturned
from shared.contracts.reporting import RosterApproved, RosterReturned
from shared.house import House
from shared.worker import Handlers

RECORDED = (SessionPlanApproved, SessionPlanReturned, RosterApproved, RosterReturned, CertificatesMailed)


def handlers(house: House) -> Mapping[str, Handlers]:
    async def on_body_registered(envelope: Envelope) -> None:
        """Older than what is known: dropped by the watermark."""
        await copies.keep(house.store, BodyRegistered, envelope)

    async def on_recorded(envelope: Envelope) -> None:
        """One document per fact, so repeats and order make no difference."""
        await counting.keep(house.store, envelope)

    return {
        "copies": {BodyRegistered.TYPE: on_body_registered},
        "records": {fact.TYPE: on_recorded for fact in RECORDED},
    }
