"""Events in: reporting keeps local copies of the bodies and of the approved session plans, has rosters follow what becomes of
their sessions, and winds up revoked bodies."""

from __future__ import annotations

from collections.abc import Mapping

from services.reporting import windup
from services.reporting.certified import storage as certified
from services.reporting.rosters.usecases import following
from shared.contracts.certificate import CertificatesVoided
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.plan import (
    SessionPlanApproved,
    SessionPlanCancelled,
    SessionPlanPapersDrawn,
    SessionPlanPostponed,
    SessionPlanVoided,
)
from shared.contracts.supervision import SanctionConfirmed
from shared.keeping import local_copies
from shared.messaging.worker import Handlers
from shared.outside import Ports


def handlers(ports: Ports) -> Mapping[str, Handlers]:
    store = ports.store

    async def on_body_registered(envelope: Envelope) -> None:
        """Older than what is known: dropped by the watermark."""
        await local_copies.keep(store, BodyRegistered, envelope)

    async def on_session_plan_approved(envelope: Envelope) -> None:
        """Told once, and anew when another body takes it over, or when it was held though it was cancelled: the latest wins."""
        await following.approved(store, ports.clock.now(), envelope)

    async def on_session_plan_postponed(envelope: Envelope) -> None:
        """Older than what is known: dropped by the watermark of the approval, which it takes the place of. A repeat finds the
        roster where it was left."""
        await following.postponed(store, ports.clock.now(), envelope)

    async def on_session_plan_cancelled(envelope: Envelope) -> None:
        """Before the approval arrived: the note stands. Older than an approval that was told anew: it counts no more."""
        await following.cancelled(store, ports.clock.now(), envelope)

    async def on_papers_drawn(envelope: Envelope) -> None:
        """Before the approval arrived, or drawn anew: the note stands."""
        await following.drawn(store, envelope)

    async def on_session_plan_voided(envelope: Envelope) -> None:
        """A repeat finds the session noted and its roster voided. Before the approval arrived: the note stands."""
        await following.void_with_session(store, ports.clock.now(), SessionPlanVoided.from_data(envelope.data))

    async def on_certificates_voided(envelope: Envelope) -> None:
        """For good, so a repeat changes nothing. Whoever held them is not certified by them any more, whatever else arrived
        before."""
        fact = CertificatesVoided.from_data(envelope.data)
        await certified.note_voided(store, fact.roster, fact.sanction)

    async def on_sanction_confirmed(envelope: Envelope) -> None:
        """Only a revocation concerns rosters. A repeat finds what was done."""
        fact = SanctionConfirmed.from_data(envelope.data)
        if fact.measure == "revocation":
            await windup.revoke(ports, fact)

    return {
        "copies": {
            BodyRegistered.TYPE: on_body_registered,
            SessionPlanApproved.TYPE: on_session_plan_approved,
            SessionPlanPostponed.TYPE: on_session_plan_postponed,
            SessionPlanCancelled.TYPE: on_session_plan_cancelled,
            SessionPlanPapersDrawn.TYPE: on_papers_drawn,
            SessionPlanVoided.TYPE: on_session_plan_voided,
        },
        "certified": {CertificatesVoided.TYPE: on_certificates_voided},
        "windup": {SanctionConfirmed.TYPE: on_sanction_confirmed},
    }
