"""Events in → use cases of supervision."""

from __future__ import annotations

from collections.abc import Mapping

from shared import copies
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Envelope
from shared.house import House
from shared.worker import Handlers


def handlers(house: House) -> Mapping[str, Handlers]:
    async def on_body_registered(envelope: Envelope) -> None:
        """Older than what is known: dropped by the watermark."""
        await copies.keep(house.store, BodyRegistered, envelope)

    return {"copies": {BodyRegistered.TYPE: on_body_registered}}
