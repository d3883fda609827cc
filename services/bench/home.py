"""What rows measure on: the stores and the settings that the launcher would make, in the row's own folder."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from services.bench.row import Place
from services.runtime import wiring
from services.runtime.catalogue import REGISTER, WholeSettings
from shared.actor import Actor
from shared.ports import Record, Store
from shared.settings import Settings
from shared.trade.roles import Role

CENTRE = "49000001"
AT_ONCE = 5_000  # documents of one write


def settings(place: Place, **others: Any) -> Settings:
    here = f"sqlite:{place.folder / 'data'}"
    given: dict[str, Any] = {
        "store": _own_database(place.store) or here,
        "bus": place.bus or here,
        "mail": f"folder:{place.folder / 'mail'}",
        "files": place.folder / "files",
        "secrets": place.folder / "passwords.json",
        "person_key": "person-key-of-the-benchmark",
        "url": "https://certificates.example.org",
    }
    return WholeSettings(**(given | others))


def _own_database(address: str) -> str:
    """Databases of this process alone: what an earlier run left on the server must not count. They stay there."""
    if not address:
        return ""
    parts = urlsplit(address)
    return parts._replace(path=f"/bench_{os.getpid()}").geturl()


@asynccontextmanager
async def store_of(place: Place, service: str) -> AsyncIterator[Store]:
    """The store of a service, as provisioning leaves it."""
    store = wiring.open_store(settings(place), service, REGISTER.declared[service].kinds)
    await store.prepare()
    try:
        yield store
    finally:
        await store.close()


async def fill(store: Store, kind: str, records: Sequence[Record]) -> None:
    for first in range(0, len(records), AT_ONCE):
        await store.add_many(kind, records[first : first + AT_ONCE])


def somebody(*roles: Role, id: str = "bench", body: str = CENTRE, path: str = f"/{CENTRE}/") -> Actor:
    return Actor(id, "测速员", body, path, frozenset(roles))


def now() -> datetime:
    return datetime.now(UTC)
