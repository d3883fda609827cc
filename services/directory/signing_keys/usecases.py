"""Use cases of signing keys: a new one by hand, and in turn."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.directory.accounts.roles import THE_DIRECTORY
from services.directory.signing_keys import storage
from services.directory.signing_keys.requests import Rotation
from services.directory.signing_keys.signing_key import WITHDRAWN, SigningKey, current_of, signing_of
from shared.actor import Actor
from shared.errors import Stale
from shared.keeping import creation, repository
from shared.ports import Clock, Store


async def rotate(store: Store, clock: Clock, by: Actor, key: str, wanted: Rotation) -> list[SigningKey]:
    """The operator's: make a new key now, and withdraw all others if somebody may have one. Safe to repeat with the same
    Idempotency-Key: what a crash left undone is done then. Returns the keys, newest first. Raises NotAllowed, Invalid."""
    request = await creation.once(store, by, key, wanted)
    known = await storage.all_keys(store)
    made = next((one for one in known if one.request == request), None)
    if made is None:
        made = SigningKey.make(by, clock.now(), wanted.reason)
        made.request = request
        await repository.add(store, made)
    if wanted.compromised:
        for one in known:  # a late repeat must not reach those made since
            if one.id != made.id and one.state != WITHDRAWN and one.age <= made.age:
                one.withdraw(by, clock.now(), wanted.reason)
                await repository.save(store, one)
    return await storage.all_keys(store)


async def watch(store: Store, now: datetime, life: timedelta) -> None:
    """The clock's question: is the key in use too old, is one there that signs no more? Idempotent; of two clocks that
    ask at the same time one may make a key too many, which is retired in the next round."""
    current = current_of(await storage.all_keys(store))
    if not current:
        return
    for one in current:
        if one.made_at is None:
            one.note_age(now)
            await _quietly(store, one)
    if current[0].is_old(now, life):
        await repository.add(store, SigningKey.make(THE_DIRECTORY, now))
        return
    signing = signing_of(current, now)
    for one in current[current.index(signing) + 1 :]:
        one.retire(THE_DIRECTORY, now)
        await _quietly(store, one)


async def _quietly(store: Store, key: SigningKey) -> None:
    try:
        await repository.save(store, key)
    except Stale:
        return  # another clock did it
