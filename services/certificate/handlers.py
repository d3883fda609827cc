"""Events in → use cases of the certificate service."""

from __future__ import annotations

from collections.abc import Mapping

from services.certificate import windup
from services.certificate.production.usecases import intake, produce
from shared.contracts.certificate import BatchNumbered, BatchProduced
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.reporting import RosterApproved
from shared.contracts.supervision import SanctionConfirmed
from shared.keeping import local_copies
from shared.messaging.worker import Handlers
from shared.outside import Ports


def handlers(ports: Ports) -> Mapping[str, Handlers]:
    lanes = frozenset(ports.settings.producer_codes)

    async def on_body_registered(envelope: Envelope) -> None:
        """Older than what is known: dropped by the watermark."""
        await local_copies.keep(ports.store, BodyRegistered, envelope)

    async def on_roster_approved(envelope: Envelope) -> None:
        """Before the body's registration arrived: NotYet, so it waits."""
        fact = RosterApproved.from_data(envelope.data)
        await intake.take_in(ports.store, ports.clock, ports.neighbours, lanes, fact)

    async def on_batch_numbered(envelope: Envelope) -> None:
        """The batch was stored with this very fact, so it is there; an earlier drawing's message finds nothing to do."""
        await produce.produce(ports, BatchNumbered.from_data(envelope.data))

    async def on_batch_produced(envelope: Envelope) -> None:
        """The production was stored before any of its batches; order among batches does not matter."""
        await produce.tally(ports.store, ports.clock, BatchProduced.from_data(envelope.data))

    async def on_sanction_confirmed(envelope: Envelope) -> None:
        """Only a revocation concerns productions. A repeat finds what was done."""
        fact = SanctionConfirmed.from_data(envelope.data)
        if fact.measure == "revocation":
            await windup.revoke(ports, fact)

    return {
        "copies": {BodyRegistered.TYPE: on_body_registered},
        "intake": {RosterApproved.TYPE: on_roster_approved},
        "produce": {BatchNumbered.TYPE: on_batch_numbered},
        "tally": {BatchProduced.TYPE: on_batch_produced},
        "windup": {SanctionConfirmed.TYPE: on_sanction_confirmed},
    }
