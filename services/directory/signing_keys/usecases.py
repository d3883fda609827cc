"""Use cases of signing keys: a new one by hand, and in turn."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.directory.accounts.roles import THE_DIRECTORY
from services.directory.signing_keys import storage
from services.directory.signing_keys.requests import Rotation
from services.directory.signing_keys.signing_key import WITHDRAWN, SigningKey, current_of, signing_of
from shared.keeping import creation, repository
from shared.keeping.asked import Asked
from shared.ports import Store


async def rotate(store: Store, asked: Asked, idempotency: str, wanted: Rotation) -> list[SigningKey]:
    """The operator's: make a new key now, and withdraw all others if somebody may have one. Safe to repeat with the same
    Idempotency-Key: what a crash left undone is done then. Returns the keys, newest first. Raises NotAllowed, Invalid."""
    request = await creation.once(store, asked.by, idempotency, wanted)
    known = await storage.all_keys(store)
    made = next((key for key in known if key.request == request), None)
    if made is None:
        made = SigningKey.make(asked.by, asked.at, wanted.reason, after=known)
        made.request = request
        await repository.add(store, made)
    if wanted.compromised:
        for key in known:  # a late repeat must not reach those made since
            if key.id != made.id and key.state != WITHDRAWN and key.place <= made.place:
                key.withdraw(asked.by, asked.at, wanted.reason)
                await repository.save(store, key)
    return await storage.all_keys(store)


async def watch(store: Store, now: datetime, life: timedelta) -> None:
    """The clock's question: is the key in use too old, is one there that signs no more? Idempotent; of two clocks that
    ask at the same time one may make a key too many, which is retired in the next round."""
    known = await storage.all_keys(store)
    current = current_of(known)
    if not current:
        return
    for key in current:
        if key.made_at is None:
            key.note_age(now)
            await repository.save_if_first(store, key)
    if current[0].is_old(now, life):
        await repository.add(store, SigningKey.make(THE_DIRECTORY, now, after=known))
        return
    signing = signing_of(current, now)
    for key in current[current.index(signing) + 1 :]:
        key.retire(THE_DIRECTORY, now)
        await repository.save_if_first(store, key)
