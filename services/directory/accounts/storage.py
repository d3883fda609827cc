"""Who somebody is by the password: what signing in and changing a password both begin with."""

from __future__ import annotations

from services.directory.accounts import hashing
from services.directory.accounts.account import ACTIVE, Account
from shared.errors import NotSignedIn, Stale
from shared.keeping import repository
from shared.ports import Clock, Store

REFUSED = (
    "账号或密码不正确，或因多次输错已暂时锁定 · "
    "unknown account or wrong password, or locked for a while after too many wrong ones"
)
"""One sentence for all three: nobody learns here which accounts there are."""


async def recognised(store: Store, clock: Clock, id: str, password: str) -> Account:
    """Who this is, by the password. Wrong ones are counted, and lock a person's account. The hash, which takes nearly all
    of the time, is also computed for an account that is not there. Raises NotSignedIn, the same for all reasons."""
    before = await repository.seek(store, Account, id)
    fits = await hashing.slowly(hashing.fits, before.password_hash if before else hashing.NOBODY, password)
    # Asked again: what others guessed, or an officer closed, while the hash was waiting for its turn counts.
    account = await repository.seek(store, Account, id)
    if account is None or before is None or account.state != ACTIVE or account.is_locked(clock.now()):
        raise NotSignedIn(REFUSED)
    if account.password_hash != before.password_hash:
        return await recognised(store, clock, id, password)
    if not fits:
        now = clock.now()  # everybody who guesses at the same time is counted
        await repository.retried(store, Account, id, lambda account: account.count_failure(now))
        raise NotSignedIn(REFUSED)
    if account.forget_failures():
        try:
            await repository.save(store, account)
        except Stale:  # guessed at, closed or changed in this very moment
            return await recognised(store, clock, id, password)
    return account
