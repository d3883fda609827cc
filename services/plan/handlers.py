"""Events in: planning keeps local copies of the bodies, closes reported sessions, and winds up revoked bodies."""

from __future__ import annotations

from collections.abc import Mapping

from services.plan import windup
from services.plan.session_plans import usecases as session_plans
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.reporting import RosterApproved
from shared.contracts.supervision import SanctionConfirmed
from shared.keeping import local_copies
from shared.messaging.worker import Handlers
from shared.outside import Ports


def handlers(ports: Ports) -> Mapping[str, Handlers]:
    store = ports.store

    async def on_body_registered(envelope: Envelope) -> None:
        """Older than what is known: dropped by the watermark."""
        await local_copies.keep(store, BodyRegistered, envelope)

    async def on_roster_approved(envelope: Envelope) -> None:
        """The session plan was here before its roster. A repeat finds it closed; one that was cancelled or put
        off meanwhile comes back."""
        fact = RosterApproved.from_data(envelope.data)
        await session_plans.close(store, fact.session, ports.clock.now(), fact.held_on)

    async def on_sanction_confirmed(envelope: Envelope) -> None:
        """Only a revocation concerns plans. A repeat finds what was done."""
        fact = SanctionConfirmed.from_data(envelope.data)
        if fact.measure == "revocation":
            await windup.revoke(ports, fact)

    return {
        "copies": {BodyRegistered.TYPE: on_body_registered},
        "closing": {RosterApproved.TYPE: on_roster_approved},
        "windup": {SanctionConfirmed.TYPE: on_sanction_confirmed},
    }
