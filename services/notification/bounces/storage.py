"""How far the mailbox of bounces was read."""

from __future__ import annotations

from shared.errors import Stale
from shared.ports import Kind, Record, Store
from shared.ports.others.reports import Position

POSITION = Kind("bounce_position")
_ID = "mailbox"


async def position(store: Store) -> tuple[Position, int]:
    """With the version that `move` wants. Raises Unavailable."""
    found = await store.get(POSITION.name, _ID)
    return (Position(found.body["validity"], found.body["uid"]), found.version) if found else (Position(), 0)


async def move(store: Store, to: Position, version: int) -> None:
    """Raises Stale: another clock reads too, and was faster; Unavailable."""
    record = Record(_ID, {"validity": to.validity, "uid": to.uid}, version)
    if version:
        await store.put(POSITION.name, record)
    elif not await store.add(POSITION.name, Record(_ID, record.body)):
        raise Stale
