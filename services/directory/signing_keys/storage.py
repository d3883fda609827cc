"""Which key signs, which are published, when the next one is made. Private halves never leave the directory's own store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from joserfc.jwk import OKPKey
from pydantic import BaseModel, ConfigDict, Field

from services.directory.accounts.account import Account
from services.directory.accounts.roles import THE_DIRECTORY
from services.directory.signing_keys.signing_key import CURRENT, WITHDRAWN, SigningKey
from shared.actor import Actor
from shared.errors import Stale
from shared.keeping import creation, repository
from shared.ports import Clock, Kind, Store
from shared.text import OneLine
from shared.trade import practice
from shared.web.tokens import ISSUER, Claims, PublishedKeys, sign

KIND = Kind(SigningKey.KIND)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Rotation(BaseModel):
    model_config = ConfigDict(extra="forbid")
    compromised: bool = Field(False, description="somebody else may have the old key: void what it signed at once")
    reason: OneLine = Field(min_length=2, max_length=500)


async def all_keys(store: Store) -> list[SigningKey]:
    """Newest first. A dozen a year, so they are read together."""
    keys: list[SigningKey] = []
    after = None
    while True:
        page = await store.find(KIND.name, after=after, limit=500)
        keys += [SigningKey.from_record(one) for one in page.records]
        after = page.next
        if after is None:
            return sorted(keys, key=lambda key: (_age(key), key.id), reverse=True)


async def signing_key(store: Store, now: datetime) -> OKPKey:
    """The key in use; made on first need. Where two processes make one at the same time both are published, and the next
    rotation retires the older."""
    current = _current(await all_keys(store))
    if not current:
        await repository.add(store, SigningKey.make(THE_DIRECTORY, now))
        current = _current(await all_keys(store))
    return _signing(current, now).key


async def published(store: Store, now: datetime) -> PublishedKeys:
    await signing_key(store, now)
    return PublishedKeys(keys=[key.public for key in await all_keys(store) if key.is_published(now)])


async def rotate(store: Store, clock: Clock, by: Actor, key: str, wanted: Rotation) -> list[SigningKey]:
    """The operator's: make a new key now, and withdraw all others if somebody may have one. Safe to repeat with the same
    Idempotency-Key: what a crash left undone is done then. Returns the keys, newest first. Raises NotAllowed, Invalid."""
    request = await creation.once(store, by, key, wanted)
    keys = await all_keys(store)
    made = next((one for one in keys if one.request == request), None)
    if made is None:
        made = SigningKey.make(by, clock.now(), wanted.reason)
        made.request = request
        await repository.add(store, made)
    if wanted.compromised:
        for one in keys:  # a late repeat must not reach those made since
            if one.id != made.id and one.state != WITHDRAWN and _age(one) <= _age(made):
                one.withdraw(by, clock.now(), wanted.reason)
                await repository.save(store, one)
    return await all_keys(store)


async def watch(store: Store, now: datetime, life: timedelta) -> None:
    """The clock's question: is the key in use too old, is one there that signs no more? Idempotent; of two clocks that
    ask at the same time one may make a key too many, which is retired in the next round."""
    current = _current(await all_keys(store))
    if not current:
        return
    for one in current:
        if one.made_at is None:
            one.note_age(now)
            await _quietly(store, one)
    if current[0].is_old(now, life):
        await repository.add(store, SigningKey.make(THE_DIRECTORY, now))
        return
    signing = _signing(current, now)
    for one in current[current.index(signing) + 1 :]:
        one.retire(THE_DIRECTORY, now)
        await _quietly(store, one)


async def token_for(
    store: Store,
    account: Account,
    now: datetime,
    life: timedelta,
    *,
    sign_in: str = "",
    trained_until: date | None = None,
    practising: bool = False,
) -> str:
    """practising: body and path become those of the training tree."""
    issued = int(now.timestamp())
    claims = Claims(
        iss=ISSUER,
        sub=account.id,
        name=account.name,
        body=practice.twin(account.body) if practising else account.body,
        path=practice.twin_path(account.path) if practising else account.path,
        roles=account.roles,
        iat=issued,
        exp=issued + int(life.total_seconds()),
        epoch=account.epoch,
        sid=sign_in,
        trained_until=trained_until,
        training=practising,
    )
    return sign(claims, await signing_key(store, now))


def _age(key: SigningKey) -> datetime:
    return key.made_at or LONG_AGO


def _current(keys: list[SigningKey]) -> list[SigningKey]:
    return [key for key in keys if key.state == CURRENT]


def _signing(current: list[SigningKey], now: datetime) -> SigningKey:
    """The newest that every service knows; if there is none (the first hour, or all others were withdrawn) the oldest,
    which most of them know."""
    return next((key for key in current if key.is_known_everywhere(now)), current[-1])


async def _quietly(store: Store, key: SigningKey) -> None:
    try:
        await repository.save(store, key)
    except Stale:
        return  # another clock did it
