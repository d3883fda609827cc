"""Which key signs, which are published, and the tokens that are signed. Private halves never leave the directory's store."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from joserfc.jwk import OKPKey

from services.directory.accounts.account import Account
from services.directory.accounts.roles import THE_DIRECTORY
from services.directory.signing_keys.signing_key import SigningKey, current_of, signing_of
from shared.access_token import ISSUER, Claims, sign
from shared.contracts.access import PublishedKeys
from shared.keeping import repository
from shared.ports import Store
from shared.trade import practice


async def all_keys(store: Store) -> list[SigningKey]:
    """Newest first. A dozen a year, so they are read together."""
    keys = [key async for key in repository.every(store, SigningKey)]
    return sorted(keys, key=lambda key: (key.place, key.id), reverse=True)


async def signing_key(store: Store, now: datetime) -> OKPKey:
    """The key in use; made on first need. Where two processes make one at the same time both are published, and the next
    rotation retires the older."""
    known = await all_keys(store)
    current = current_of(known)
    if not current:
        await repository.add(store, SigningKey.make(THE_DIRECTORY, now, after=known))
        current = current_of(await all_keys(store))
    return signing_of(current, now).key


async def published(store: Store, now: datetime) -> PublishedKeys:
    await signing_key(store, now)
    return PublishedKeys(keys=[key.public for key in await all_keys(store) if key.is_published(now)])


async def token_for(
    store: Store,
    account: Account,
    now: datetime,
    life: timedelta,
    *,
    sign_in: str = "",
    proved_at: datetime | None = None,
    trained_until: date | None = None,
    practising: bool = False,
) -> str:
    """proved_at: when a person last proved who they are; of machines, nothing is said. practising: body and path become those of
    the twin in practice."""
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
        auth_time=None if proved_at is None else int(proved_at.timestamp()),
        trained_until=trained_until,
        training=practising,
    )
    return sign(claims, await signing_key(store, now))
