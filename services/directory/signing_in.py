"""Opens a sign-in for somebody who is known by now."""

from __future__ import annotations

from datetime import timedelta

from services.directory import keys, training
from services.directory.account import Account
from services.directory.requests import Token
from shared.ports import Clock, Store
from shared.settings import Settings


async def issue(store: Store, clock: Clock, settings: Settings, account: Account, *, practising: bool) -> Token:
    life = timedelta(minutes=settings.token_minutes)
    trained = await training.trained_until(store, account.id)
    signed = await keys.token_for(store, account, clock.now(), life, trained_until=trained, practising=practising)
    return Token(access_token=signed, expires_in=int(life.total_seconds()))
