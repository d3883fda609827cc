"""Events in → use cases of the certificate service."""

from __future__ import annotations

from collections.abc import Mapping

from services.certificate import windup
from services.certificate.duties.duty import TYPES
from services.certificate.duties.making import STAGES, key_of
from services.certificate.duties.watching import duties
from services.certificate.production.usecases import intake, produce
from shared.contracts.certificate import BatchNumbered, BatchProduced, CertificateWindUpDone
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.reporting import RosterApproved
from shared.contracts.supervision import SanctionConfirmed
from shared.keeping import local_copies, repository
from shared.messaging.worker import Handlers
from shared.outside import Ports


def handlers(ports: Ports) -> Mapping[str, Handlers]:
    lanes, keeper = frozenset(ports.settings.producer_codes), duties(ports)

    async def look_at(roster: str, body: str) -> None:
        """At what is owed about a production."""
        for stage in STAGES:
            await keeper.look_at(key_of(stage, roster, body), stage.row.what)

    async def on_body_registered(envelope: Envelope) -> None:
        """Older than what is known: dropped by the watermark."""
        await local_copies.keep(ports.store, BodyRegistered, envelope)

    async def on_roster_approved(envelope: Envelope) -> None:
        """Before the body's registration arrived: NotYet, so it waits."""
        fact = RosterApproved.from_data(envelope.data)
        await intake.take_in(ports.store, ports.clock, ports.neighbours, lanes, fact)
        await look_at(fact.roster, fact.body)

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

    async def on_production(envelope: Envelope) -> None:
        """The production says how it stands, whatever the order in which its facts come."""
        await look_at(envelope.subject, str(envelope.data["body"]))

    async def on_body(envelope: Envelope) -> None:
        """Gone, or standing elsewhere: it owes nothing any more, or owes it there."""
        await local_copies.keep(ports.store, BodyRegistered, envelope)  # which may come here first
        await keeper.look_at_body(envelope.subject)

    async def on_wound_up(envelope: Envelope) -> None:
        """It was stored together with this fact."""
        done = await repository.load(ports.store, windup.CertificateWindUp, envelope.subject)
        for effect in done.effects:
            await look_at(effect.id, done.body)

    return {
        "copies": {BodyRegistered.TYPE: on_body_registered},
        "intake": {RosterApproved.TYPE: on_roster_approved},
        "produce": {BatchNumbered.TYPE: on_batch_numbered},
        "tally": {BatchProduced.TYPE: on_batch_produced},
        "duties": {
            BodyRegistered.TYPE: on_body,
            **dict.fromkeys(TYPES, on_production),
            CertificateWindUpDone.TYPE: on_wound_up,
        },
        "windup": {SanctionConfirmed.TYPE: on_sanction_confirmed},
    }
