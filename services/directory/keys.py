"""The keys that sign tokens. They never leave the directory's own store; their public halves are published."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from joserfc.jwk import OKPKey

from services.directory.account import Account
from shared import training
from shared.ports import Kind, Record, Store
from shared.web.tokens import ISSUER, Claims, PublishedKeys, sign

KIND = Kind("signing_key")
_CURRENT = "current"


async def signing_key(store: Store) -> OKPKey:
    """The key in use; made on first need. Two processes that make one at the same time end up with the same."""
    known = await store.get(KIND.name, _CURRENT)
    if known is None:
        fresh = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
        await store.add(KIND.name, Record(_CURRENT, {"jwk": json.dumps(fresh.as_dict(private=True))}))
        known = await store.get(KIND.name, _CURRENT)
        assert known is not None
    return OKPKey.import_key(json.loads(known.body["jwk"]))


async def published(store: Store) -> PublishedKeys:
    key: dict[str, Any] = (await signing_key(store)).as_dict(private=False)
    return PublishedKeys(keys=[key])


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
        body=training.twin(account.body) if practising else account.body,
        path=training.twin_path(account.path) if practising else account.path,
        roles=account.roles,
        iat=issued,
        exp=issued + int(life.total_seconds()),
        epoch=account.epoch,
        sid=sign_in,
        trained_until=trained_until,
        training=practising,
    )
    return sign(claims, await signing_key(store))
