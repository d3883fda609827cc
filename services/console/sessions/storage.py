"""Sessions as they are stored: by the name of their secret, sealed, until they end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from services.console.sessions.session import Secret, Session
from shared.keeping.expiring import delete_between
from shared.ports import Kind, Record, Store

KIND: Final = Kind("browser_session", indexes=(("until",),), expires=True, follows=True)


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


async def add(store: Store, secret: Secret, session: Session, until: datetime) -> None:
    """Raises Unavailable."""
    await store.add(KIND.name, Record(secret.name, {"until": _instant(until), "sealed": secret.seal(session)}))


async def seek(store: Store, secret: Secret, at: datetime) -> tuple[Session, int] | None:
    """With its version. None: over, or never there. Raises Unavailable."""
    record = await store.get(KIND.name, secret.name)
    if record is None or record.body["until"] <= _instant(at):
        return None
    session = secret.open(record.body["sealed"])
    return (session, record.version) if session else None


async def replace(store: Store, secret: Secret, session: Session, version: int, until: datetime) -> None:
    """Raises Stale when another process was quicker, Unavailable."""
    body = {"until": _instant(until), "sealed": secret.seal(session)}
    await store.put(KIND.name, Record(secret.name, body, version=version))


async def delete(store: Store, secret: Secret) -> None:
    """Safe to repeat. Raises Unavailable."""
    for _ in range(3):  # an exchange of tokens at the same moment gives it another version
        record = await store.get(KIND.name, secret.name)
        if record is None or await store.delete(KIND.name, secret.name, record.version):
            return


async def sweep(store: Store, at: datetime) -> None:
    """The clock's question: which sessions are over? Idempotent. Raises Unavailable."""
    await delete_between(store, KIND, "until", "", _instant(at - timedelta(hours=2)))
