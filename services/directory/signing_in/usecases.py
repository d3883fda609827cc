"""Use cases of signing in: a token for a password, a secret or a refresh token; signing out; what was ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.directory.accounts import storage as accounts
from services.directory.accounts.account import ACTIVE, Account
from services.directory.accounts.roles import THE_DIRECTORY
from services.directory.settings import DirectorySettings
from services.directory.signing_in import storage
from services.directory.signing_in.requests import Token
from services.directory.signing_in.sign_in import OPEN, USED_AGAIN, SignIn
from services.directory.signing_keys import storage as keys
from services.directory.signing_keys.signing_key import LONGEST_TOKEN_LIFE
from shared.actor import Actor
from shared.contracts.access import EndedAccess
from shared.errors import MustChangePassword, NotAllowed, NotSignedIn, Stale
from shared.keeping import repository
from shared.ports import Clock, Record, Store
from shared.settings import Settings

NO_LONGER = "登录已失效，请重新登录 · this sign-in is over, sign in again"


def password_page(settings: Settings) -> str:
    return f"{settings.url.rstrip('/')}/directory/password"


async def with_password(
    store: Store, clock: Clock, settings: Settings, id: str, password: str, *, practising: bool
) -> Token:
    """People. Raises NotSignedIn; NotAllowed for a machine and for whoever has nothing to practise; MustChangePassword."""
    account = await accounts.recognised(store, clock, id, password)
    if account.machine:
        raise NotAllowed(
            "机器账号请用 client_credentials · this is a machine's account: use grant_type=client_credentials"
        )
    if account.must_change_password:
        link = password_page(settings)
        raise MustChangePassword(
            f"初始密码须先修改：{link} · change the initial password first, there or at POST /directory/passwords", link
        )
    return await storage.issue(store, clock, settings, account, practising=practising)


async def with_secret(store: Store, clock: Clock, settings: Settings, id: str, secret: str) -> Token:
    """Machines: an access token only, they can ask again at any time. Raises NotSignedIn; NotAllowed for a person."""
    account = await accounts.recognised(store, clock, id, secret)
    if not account.machine:
        raise NotAllowed("个人账号请用 grant_type=password · this is a person's account: use grant_type=password")
    life = timedelta(minutes=settings.of(DirectorySettings).token_minutes)
    signed = await keys.token_for(store, account, clock.now(), life)
    return Token(access_token=signed, expires_in=int(life.total_seconds()))


async def refreshed(store: Store, clock: Clock, settings: Settings, refresh_token: str) -> Token:
    """The next token of a sign-in, with the roles of today. Raises NotSignedIn; a token that was used before ends the
    whole sign-in, because it was copied."""
    id, _, secret = refresh_token.partition(".")
    while True:
        sign_in = await repository.seek(store, SignIn, id)
        if sign_in is None:
            raise NotSignedIn(NO_LONGER)
        try:
            if sign_in.is_used_up(secret, clock.now()):
                sign_in.end(THE_DIRECTORY, clock.now(), USED_AGAIN)
                await repository.save(store, sign_in)
            if not sign_in.is_good(secret, clock.now()):
                raise NotSignedIn(NO_LONGER)
            account = await repository.load(store, Account, sign_in.account)
            if account.state != ACTIVE or account.epoch > sign_in.epoch:
                raise NotSignedIn(NO_LONGER)
            sign_in.rotate(secret, clock.now(), timedelta(days=settings.of(DirectorySettings).refresh_days))
            await repository.save(store, sign_in)
        except Stale:  # the same token twice at the same time, by a client that asked again before the answer came
            continue
        return await storage.token_of(store, clock, settings, account, sign_in)


async def sign_out(store: Store, clock: Clock, by: Actor) -> None:
    """End the caller's own sign-in; its tokens are void everywhere within a minute. Safe to repeat.

    Raises NotAllowed for a machine, which has none."""
    if not by.sign_in:
        raise NotAllowed("机器令牌无登录可退出 · a machine's token belongs to no sign-in; it ends by itself")
    while True:
        sign_in = await repository.load(store, SignIn, by.sign_in)
        if sign_in.state != OPEN:
            return None
        sign_in.end(by, clock.now())
        try:
            return await repository.save(store, sign_in)
        except Stale:
            continue


async def sign_out_everywhere(store: Store, clock: Clock, by: Actor) -> None:
    """End all access of the caller's account: every sign-in, every token. Raises NotAllowed for a machine."""
    if not by.sign_in:
        raise NotAllowed("机器账号请更换密钥 · a machine signs out by having its secret renewed")
    while True:
        account = await repository.load(store, Account, by.id)
        account.end_access(clock.now())
        try:
            return await repository.save(store, account)
        except Stale:
            continue


async def ended_access(store: Store, now: datetime) -> EndedAccess:
    """What was ended while a token signed before may still live."""
    since = (now - LONGEST_TOKEN_LIFE).isoformat().replace("+00:00", "Z")
    return EndedAccess(
        accounts={one.id: int(one.body["epoch"]) for one in await _ended(store, Account.KIND, since)},
        sign_ins=[one.id for one in await _ended(store, SignIn.KIND, since)],
    )


async def _ended(store: Store, kind: str, since: str) -> list[Record]:
    found: list[Record] = []
    after = None
    while True:
        page = await store.find(kind, between=("ended_at", since, "9999"), sort="ended_at", after=after, limit=500)
        found += page.records
        after = page.next
        if after is None:
            return found
