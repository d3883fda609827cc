"""Use cases of signing in: a token for a password, a secret or a refresh token; signing out; what was ended."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta

from services.directory.accounts import storage as accounts
from services.directory.accounts.account import ACTIVE, Account
from services.directory.accounts.desk import Asker
from services.directory.accounts.roles import THE_DIRECTORY
from services.directory.settings import DirectorySettings
from services.directory.signing_in import storage
from services.directory.signing_in.answers import TokenAnswer
from services.directory.signing_in.requests import TokenRequest
from services.directory.signing_in.sign_in import OPEN, USED_AGAIN, SignIn
from services.directory.signing_keys import storage as keys
from services.directory.signing_keys.signing_key import LONGEST_TOKEN_LIFE
from shared.contracts.access import EndedAccess
from shared.errors import MustChangePassword, NotAllowed, NotFound, NotSignedIn
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.keeping.expiring import KEPT_FOR, delete_between
from shared.ports import Clock, Kind, Record, Store, every_record
from shared.settings import Settings

NO_LONGER = "登录已失效，请重新登录 · this sign-in is over, sign in again"


KIND = Kind(SignIn.KIND, indexes=(("until",), ("ended_at",)), expires=True, follows=True)

SET_BACK = timedelta(hours=2)
"""By how much somebody may set the clock back: a token that was signed before lives on by that, while what was ended after
it looks so much older."""


def password_page(settings: Settings) -> str:
    return f"{settings.url.rstrip('/')}/directory/password"


async def with_password(
    store: Store, clock: Clock, settings: Settings, form: TokenRequest, asker: Asker
) -> TokenAnswer:
    """People. Raises NotSignedIn; NotAllowed for a machine and for whoever has nothing to practise; MustChangePassword;
    Unavailable."""
    account = await accounts.recognised(store, clock, asker, form.password)
    if account.machine:
        raise NotAllowed(
            "机器账号请用 grant_type=client_credentials 登录 · this is a machine's account: use `grant_type=client_credentials`"
        )
    if account.must_change_password:
        link = password_page(settings)
        raise MustChangePassword(
            f"初始密码须先修改：{link} · change the initial password first, there or by a program (POST /directory/passwords)",
            link,
        )
    return await storage.issue(store, clock, settings, account, practising=form.practising)


async def with_secret(store: Store, clock: Clock, settings: Settings, form: TokenRequest, asker: Asker) -> TokenAnswer:
    """Machines: an access token only, they can ask again at any time. Raises NotSignedIn; NotAllowed for a person;
    Unavailable."""
    account = await accounts.recognised(store, clock, asker, form.client_secret)
    if not account.machine:
        raise NotAllowed("个人账号请用 grant_type=password 登录 · this is a person's account: use grant_type=password")
    life = timedelta(minutes=settings.of(DirectorySettings).token_minutes)
    signed = await keys.token_for(store, account, clock.now(), life)
    return TokenAnswer(access_token=signed, expires_in=int(life.total_seconds()))


async def refreshed(store: Store, clock: Clock, settings: Settings, refresh_token: str) -> TokenAnswer:
    """The next token of a sign-in, with the roles of today. Raises NotSignedIn; a token that was used before ends the
    whole sign-in, because it was copied."""
    id, _, secret = refresh_token.partition(".")
    known = await repository.seek(store, SignIn, id)
    if known is None:
        raise NotSignedIn(NO_LONGER)
    account = await repository.load(store, Account, known.account)
    life = timedelta(days=settings.of(DirectorySettings).refresh_days)

    def exchange(sign_in: SignIn) -> bool:
        now = clock.now()
        if sign_in.is_used_up(secret, now):
            sign_in.end(THE_DIRECTORY, now, USED_AGAIN)
            return True
        if not sign_in.is_good(secret, now) or account.state != ACTIVE or account.epoch > sign_in.epoch:
            raise NotSignedIn(NO_LONGER)
        return sign_in.rotate(secret, now, life)

    # Others may exchange it meanwhile: the same token twice, by a second window, or asked again before the answer came.
    try:
        sign_in = await repository.retried(store, SignIn, id, exchange)
    except NotFound:  # it was over for so long that it was deleted in this moment
        raise NotSignedIn(NO_LONGER) from None
    if sign_in.state != OPEN:
        raise NotSignedIn(NO_LONGER)
    return await storage.token_of(store, clock, settings, account, sign_in)


async def sign_out(store: Store, asked: Asked) -> None:
    """End the caller's own sign-in; its tokens are void everywhere within a minute. Safe to repeat.

    Raises NotAllowed for a machine, which has none."""
    if not asked.by.sign_in:
        raise NotAllowed("机器令牌无登录可退出 · a machine's token belongs to no sign-in; it ends by itself")

    def end(sign_in: SignIn) -> bool:
        if sign_in.state != OPEN:
            return False
        sign_in.end(asked.by, asked.at)
        return True

    with suppress(NotFound):  # over for so long that it was deleted
        await repository.retried(store, SignIn, asked.by.sign_in, end)


async def sign_out_everywhere(store: Store, asked: Asked) -> None:
    """End all access of the caller's account: every sign-in, every token. Raises NotAllowed for a machine."""
    if not asked.by.sign_in:
        raise NotAllowed("机器账号请更换密钥 · a machine signs out by having its secret renewed")
    await repository.retried(store, Account, asked.by.id, lambda account: account.end_access(asked.at))


async def ended_access(store: Store, now: datetime) -> EndedAccess:
    """What was ended while a token signed before may still live, also when the clock was set back meanwhile."""
    since = SignIn.over_before(now - LONGEST_TOKEN_LIFE - SET_BACK)
    return EndedAccess(
        accounts={record.id: int(record.body["epoch"]) async for record in _ended(store, Account.KIND, since)},
        sign_ins=[record.id async for record in _ended(store, SignIn.KIND, since)],
    )


async def sweep(store: Store, now: datetime) -> None:
    """The clock's question: which sign-ins are over, and needed for nothing any more? Not to be refreshed and, where somebody
    ended them, no token of them lives, so nobody asks for them in `ended_access` either. What was done stays in the audit
    chain. Idempotent."""
    before = SignIn.over_before(now - KEPT_FOR)
    for field in ("until", "ended_at"):
        await delete_between(store, KIND, field, "", before)


def _ended(store: Store, kind: str, since: str) -> AsyncIterator[Record]:
    return every_record(store, kind, between=("ended_at", since, "9999"), sort="ended_at")
