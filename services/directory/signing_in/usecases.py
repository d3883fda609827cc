"""Use cases of signing in: a token for a password, a secret or a refresh token; signing out; what was ended."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from services.directory.accounts import hashing
from services.directory.accounts.account import ACTIVE, Account
from services.directory.accounts.requests import TRAINING, Token
from services.directory.accounts.roles import THE_DIRECTORY
from services.directory.signing_in.sign_in import OPEN, USED_AGAIN, SignIn
from services.directory.signing_keys import storage as keys
from services.directory.signing_keys.signing_key import LONGEST_TOKEN_LIFE
from services.directory.trainings import usecases as training
from shared.actor import Actor
from shared.errors import MustChangePassword, NotAllowed, NotSignedIn, Stale
from shared.keeping import repository
from shared.ports import Clock, Record, Store
from shared.settings import Settings
from shared.web.tokens import EndedAccess

REFUSED = (
    "账号或密码不正确，或因多次输错已暂时锁定 · "
    "unknown account or wrong password, or locked for a while after too many wrong ones"
)
"""One sentence for all three: nobody learns here which accounts there are."""

NO_LONGER = "登录已失效，请重新登录 · this sign-in is over, sign in again"


def password_page(settings: Settings) -> str:
    return f"{settings.url.rstrip('/')}/directory/password"


async def with_password(
    store: Store, clock: Clock, settings: Settings, id: str, password: str, *, practising: bool
) -> Token:
    """People. Raises NotSignedIn; NotAllowed for a machine and for whoever has nothing to practise; MustChangePassword."""
    account = await recognised(store, clock, id, password)
    if account.machine:
        raise NotAllowed(
            "机器账号请用 client_credentials · this is a machine's account: use grant_type=client_credentials"
        )
    if account.must_change_password:
        link = password_page(settings)
        raise MustChangePassword(
            f"初始密码须先修改：{link} · change the initial password first, there or at POST /directory/passwords", link
        )
    return await issue(store, clock, settings, account, practising=practising)


async def with_secret(store: Store, clock: Clock, settings: Settings, id: str, secret: str) -> Token:
    """Machines: an access token only, they can ask again at any time. Raises NotSignedIn; NotAllowed for a person."""
    account = await recognised(store, clock, id, secret)
    if not account.machine:
        raise NotAllowed("个人账号请用 grant_type=password · this is a person's account: use grant_type=password")
    life = timedelta(minutes=settings.token_minutes)
    signed = await keys.token_for(store, account, clock.now(), life)
    return Token(access_token=signed, expires_in=int(life.total_seconds()))


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
        await _count(store, id, clock.now())
        raise NotSignedIn(REFUSED)
    if account.succeeded():
        try:
            await repository.save(store, account)
        except Stale:  # guessed at, closed or changed in this very moment
            return await recognised(store, clock, id, password)
    return account


async def _count(store: Store, id: str, now: datetime) -> None:
    """Everybody who guesses at the same time is counted."""
    while True:
        account = await repository.load(store, Account, id)
        if not account.failed(now):
            return
        try:
            await repository.save(store, account)
            return
        except Stale:
            continue


async def issue(store: Store, clock: Clock, settings: Settings, account: Account, *, practising: bool) -> Token:
    """Open a sign-in for somebody who is known by now. Raises NotAllowed when there is nothing to practise."""
    if practising and not account.practises:
        raise NotAllowed("该账号无需培训模式 · there is nothing to practise for this account: sign in without it")
    opened = SignIn.open(
        account.holder,
        clock.now(),
        id=secrets.token_hex(16),
        practising=practising,
        epoch=account.epoch,
        life=timedelta(days=settings.refresh_days),
    )
    await repository.add(store, opened)
    return await _token(store, clock, settings, account, opened)


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
            sign_in.rotate(secret, clock.now(), timedelta(days=settings.refresh_days))
            await repository.save(store, sign_in)
        except Stale:  # the same token twice at the same time, by a client that asked again before the answer came
            continue
        return await _token(store, clock, settings, account, sign_in)


async def _token(store: Store, clock: Clock, settings: Settings, account: Account, sign_in: SignIn) -> Token:
    life = timedelta(minutes=settings.token_minutes)
    signed = await keys.token_for(
        store,
        account,
        clock.now(),
        life,
        sign_in=sign_in.id,
        trained_until=await training.trained_until(store, account.id),
        practising=sign_in.practising,
    )
    return Token(
        access_token=signed,
        expires_in=int(life.total_seconds()),
        refresh_token=sign_in.refresh_token,
        scope=TRAINING if sign_in.practising else "",
    )


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
    accounts, sign_ins = await _ended(store, Account.KIND, since), await _ended(store, SignIn.KIND, since)
    return EndedAccess(
        accounts={one.id: int(one.body["epoch"]) for one in accounts}, sign_ins=[one.id for one in sign_ins]
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
