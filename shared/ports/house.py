"""Everything a service gets from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from pydantic import BaseModel

from shared.ports.ports import Bus, Clock, Files, Mailer, Store
from shared.settings import Settings
from shared.web.tokens import Keyring

M = TypeVar("M", bound=BaseModel)


class Neighbours(Protocol):
    """The other services, read over HTTP with this service's own token."""

    async def get(self, service: str, path: str, model: type[M]) -> M:
        """Raises NotFound, NotAllowed, NotYet (409), Unavailable (no answer, 5xx, 429)."""
        ...


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
    keyring: Keyring
