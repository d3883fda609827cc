"""Opens sign-ins, however somebody was recognised, and makes their tokens."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from services.directory.accounts.account import Account
from services.directory.settings import DirectorySettings
from services.directory.signing_in.answers import TokenAnswer
from services.directory.signing_in.requests import PRACTICE_SCOPE
from services.directory.signing_in.sign_in import SignIn
from services.directory.signing_keys import storage as keys
from services.directory.trainings import storage as trainings
from shared.errors import NotAllowed
from shared.keeping import repository
from shared.ports import Clock, Store
from shared.settings import Settings


async def issue(
    store: Store,
    clock: Clock,
    settings: Settings,
    account: Account,
    *,
    practising: bool,
    proved_at: datetime | None = None,
) -> TokenAnswer:
    """Open a sign-in for somebody who is known by now. proved_at: when they proved who they are, if not just now. Raises
    NotAllowed when there is nothing to practise."""
    if practising and not account.practises:
        raise NotAllowed("该账号无需培训模式 · there is nothing to practise for this account: sign in without it")
    opened = SignIn.open(
        account.holder,
        clock.now(),
        id=secrets.token_hex(16),
        practising=practising,
        epoch=account.epoch,
        life=timedelta(days=settings.of(DirectorySettings).refresh_days),
        proved_at=proved_at,
    )
    await repository.add(store, opened)
    return await token_of(store, clock, settings, account, opened)


async def token_of(store: Store, clock: Clock, settings: Settings, account: Account, sign_in: SignIn) -> TokenAnswer:
    """The next token of a sign-in, with what the account may do today."""
    life = timedelta(minutes=settings.of(DirectorySettings).token_minutes)
    signed = await keys.token_for(
        store,
        account,
        clock.now(),
        life,
        sign_in=sign_in.id,
        proved_at=sign_in.proved_at,
        trained_until=await trainings.trained_until(store, account.id),
        practising=sign_in.practising,
    )
    return TokenAnswer(
        access_token=signed,
        expires_in=int(life.total_seconds()),
        refresh_token=sign_in.refresh_token,
        scope=PRACTICE_SCOPE if sign_in.practising else "",
    )
