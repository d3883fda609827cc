"""Events in: the directory carries out sanctions, and looks at what its own bodies owe."""

from __future__ import annotations

from collections.abc import Mapping

from services.directory import windup
from services.directory.duties import standing
from services.directory.duties.duty import ANNUAL_RECTIFICATION, LICENCE
from services.directory.duties.watching import duties
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.contracts.supervision import SanctionConfirmed, SanctionLifted
from shared.messaging.worker import Handlers
from shared.outside import Ports


def handlers(ports: Ports) -> Mapping[str, Handlers]:
    keeper = duties(ports)

    async def on_sanction_confirmed(envelope: Envelope) -> None:
        """A repeat finds the entry of the sanction in the body's history, and what was done with the accounts."""
        await windup.confirmed(ports, SanctionConfirmed.from_data(envelope.data), envelope.time)

    async def on_sanction_lifted(envelope: Envelope) -> None:
        """Before its confirmation: waits. A repeat finds its entry."""
        await windup.lifted(ports, SanctionLifted.from_data(envelope.data), envelope.time)

    async def on_body(envelope: Envelope) -> None:
        """Our own fact of every act upon a body. Twins are none of ours: nothing is found, and nothing owed."""
        await keeper.look_at(standing.key_of(envelope.subject), LICENCE.what, ANNUAL_RECTIFICATION.what)
        await keeper.look_at_body(envelope.subject)

    return {
        "duties": {BodyRegistered.TYPE: on_body},
        "windup": {SanctionConfirmed.TYPE: on_sanction_confirmed, SanctionLifted.TYPE: on_sanction_lifted},
    }
