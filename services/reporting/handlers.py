"""Events in: reporting keeps local copies of the bodies and of the approved session plans, has rosters follow what becomes of
their sessions, and winds up revoked bodies."""

from __future__ import annotations

from collections.abc import Mapping

from services.reporting import windup
from services.reporting.certified import storage as certified
from services.reporting.duties.duty import FORM_TYPES, ROWS, SESSION_ROSTER
from services.reporting.duties.session_roster import key_of
from services.reporting.duties.watching import duties
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
from shared.contracts.reporting import ReportingWindUpDone
from shared.contracts.supervision import SanctionConfirmed
from shared.keeping import local_copies, repository
from shared.messaging.worker import Handlers
from shared.outside import Ports
from shared.procedure.duties.duty import Key


def handlers(ports: Ports) -> Mapping[str, Handlers]:
    store, keeper = ports.store, duties(ports)

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

    of_sessions: Handlers = {
        SessionPlanApproved.TYPE: on_session_plan_approved,
        SessionPlanPostponed.TYPE: on_session_plan_postponed,
        SessionPlanCancelled.TYPE: on_session_plan_cancelled,
        SessionPlanVoided.TYPE: on_session_plan_voided,
    }

    async def look_at(id: str, body: str) -> None:
        """At a session and its roster, which have one id."""
        await keeper.look_at(key_of(id, body), SESSION_ROSTER.what)
        await keeper.look_at(Key(id, body), *(row.what for row in ROWS if row is not SESSION_ROSTER))

    async def on_session(envelope: Envelope) -> None:
        """What it says of the session is done first, for it may come here first; both are safe to repeat."""
        await of_sessions[envelope.fact_type](envelope)
        await look_at(envelope.subject, str(envelope.data["body"]))

    async def on_roster(envelope: Envelope) -> None:
        """The documents say how it stands, whatever the order in which their facts come."""
        await look_at(envelope.subject, str(envelope.data["body"]))

    async def on_body(envelope: Envelope) -> None:
        """Gone, or standing elsewhere: it owes nothing any more, or owes it there."""
        await local_copies.keep(store, BodyRegistered, envelope)  # which may come here first
        await keeper.look_at_body(envelope.subject)

    async def on_wound_up(envelope: Envelope) -> None:
        """What a winding-up did to rosters no other fact tells. It was stored together with this one."""
        done = await repository.load(store, windup.ReportingWindUp, envelope.subject)
        for effect in done.effects:
            await look_at(effect.id, done.body)

    return {
        "copies": {
            BodyRegistered.TYPE: on_body_registered,
            **of_sessions,
            SessionPlanPapersDrawn.TYPE: on_papers_drawn,
        },
        "duties": {
            BodyRegistered.TYPE: on_body,
            **dict.fromkeys(of_sessions, on_session),
            **dict.fromkeys(FORM_TYPES, on_roster),
            ReportingWindUpDone.TYPE: on_wound_up,
        },
        "certified": {CertificatesVoided.TYPE: on_certificates_voided},
        "windup": {SanctionConfirmed.TYPE: on_sanction_confirmed},
    }
