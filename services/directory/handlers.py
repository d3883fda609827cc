"""Events in: the directory carries out sanctions."""

from __future__ import annotations

from collections.abc import Mapping

from services.directory import windup
from shared.contracts.envelope import Envelope
from shared.contracts.supervision import SanctionConfirmed, SanctionLifted
from shared.messaging.worker import Handlers
from shared.outside import Ports


def handlers(ports: Ports) -> Mapping[str, Handlers]:
    async def on_sanction_confirmed(envelope: Envelope) -> None:
        """A repeat finds the entry of the sanction in the body's history, and what was done with the accounts."""
        await windup.confirmed(ports, SanctionConfirmed.from_data(envelope.data), envelope.time)

    async def on_sanction_lifted(envelope: Envelope) -> None:
        """Before its confirmation: waits. A repeat finds its entry."""
        await windup.lifted(ports, SanctionLifted.from_data(envelope.data), envelope.time)

    return {"windup": {SanctionConfirmed.TYPE: on_sanction_confirmed, SanctionLifted.TYPE: on_sanction_lifted}}
