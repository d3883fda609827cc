"""Everything a service gets from outside."""

from __future__ import annotations

from dataclasses import dataclass

from shared.ports import Bus, Clock, Files, Mailer, Neighbours, Store, Tokens, Workshop
from shared.settings import Settings
from shared.throttles import Throttles


@dataclass(frozen=True, slots=True)
class House:
    """Everything a service gets from outside; made once per service by the launcher."""

    settings: Settings
    store: Store
    bus: Bus
    mailer: Mailer
    files: Files
    clock: Clock
    neighbours: Neighbours
    keyring: Tokens
    throttles: Throttles
    workshop: Workshop
