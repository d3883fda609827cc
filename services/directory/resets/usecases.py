"""Use cases of passwords: change one's own, have a letter sent, use the link in it; who a letter is for."""

from __future__ import annotations

import logging
from urllib.parse import quote

from services.directory.accounts import hashing
from services.directory.accounts import storage as accounts
from services.directory.accounts.account import Account
from services.directory.accounts.desk import Asker, Desk
from services.directory.resets import reset
from services.directory.resets.requests import PasswordChange, Redemption
from services.directory.signing_keys import storage as keys
from shared.contracts.directory import Addressee
from shared.errors import AppError, NotFound
from shared.keeping import repository
from shared.ports import Clock, Store
from shared.settings import Settings

log = logging.getLogger(__name__)

WITH_LINK = "account-reset"  # the one letter that is written for its link
ON_ITS_WAY = (
    "如账号存在且登记了邮箱，信函已寄出，请在 30 分钟内使用其中的链接 · "
    "if there is such an account with a mailbox, a letter is on its way: use its link within 30 minutes"
)


async def change_password(store: Store, clock: Clock, change: PasswordChange, asker: Asker) -> None:
    """By whoever knows the present one, initial or not; wrong ones count as at a sign-in. Ends all other access.

    Raises NotSignedIn, Invalid, NotAllowed, Stale, Unavailable."""
    old, new = change.old.get_secret_value(), change.new.get_secret_value()
    account = await accounts.recognised(store, clock, asker, old)
    hashing.must_be_good(new, account.id, "/new")
    hashing.must_be_another(new == old, "/new")
    account.change_password(clock.now(), await asker.hashed(new))
    await repository.save(store, account)


async def seek_for_reset(store: Store, id: str) -> Account | None:
    """None: nobody to write to; the asker hears the same."""
    account = await repository.seek(store, Account, id)
    return account if account is not None and account.can_reset else None


async def request_reset(store: Store, clock: Clock, account: Account) -> None:
    """Runs after the answer went out, so that its time does not tell whether the account exists. What fails is asked for
    again by whoever waits for the letter."""
    try:
        if account.request_reset(clock.now()):
            await repository.save(store, account)
    except AppError as error:
        log.warning("reset of account %s: %s", account.reference, error)


async def redeem(store: Store, clock: Clock, content: Redemption, desk: Desk, range: str) -> None:
    """A new password for the link of a letter. Also unlocks. range: of addresses, from which it is asked. Raises
    NotSignedIn when the link is no longer good, Invalid, Unavailable."""
    now = clock.now()
    published = [key.key for key in await keys.all_keys(store) if key.is_published(now)]
    id, bound = reset.account_in(content.token, now, published)
    new = content.password.get_secret_value()
    account = await repository.seek(store, Account, id)
    if account is None:
        raise NotFound(reset.VOID)
    reset.must_be_bound(account, bound)
    hashing.must_be_good(new, account.id, "/password")
    holder = Asker(desk, range, id, proven=True)
    hashing.must_be_another(await holder.fits(account.password_hash, new), "/password")
    hashed = await holder.hashed(new)

    def verb(account: Account) -> None:
        reset.must_be_bound(account, bound)  # the link may have been used meanwhile
        account.change_password(now, hashed, "reset_password")

    await repository.retried(store, Account, id, verb)


async def addressee(store: Store, clock: Clock, settings: Settings, reference: str, letter: str) -> Addressee:
    """Who a letter about an account is for. A closed account has no mailbox any more. Raises NotFound."""
    page = await store.find(Account.KIND, {"ref": reference}, limit=1)
    if not page.records:
        raise NotFound(f"查无账号 {reference} · there is no account {reference}")
    account = Account.from_record(page.records[0])
    if not account.can_reset:
        return Addressee(name=account.name, email="")
    link = ""
    now = clock.now()
    if letter == WITH_LINK and account.wants_link(now):
        token = reset.reset_token(account, now, await keys.signing_key(store, now))
        link = f"{settings.url.rstrip('/')}/directory/reset?token={quote(token)}"
    return Addressee(name=account.name, email=account.email, link=link)
