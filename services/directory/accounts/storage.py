"""Who somebody is by the password: what signing in and changing a password both begin with. And who is told, once that is
known, why the account opens nothing any more."""

from __future__ import annotations

from services.directory.accounts import hashing
from services.directory.accounts.account import ACTIVE, Account
from services.directory.accounts.desk import Asker
from services.directory.bodies.body import Body
from shared.contracts.words import ENDED_STANDINGS
from shared.errors import NotSignedIn, Unavailable
from shared.keeping import repository
from shared.ports import Clock, Store
from shared.procedure.windup import acting_for, entry_of
from shared.trade.body_path import BodyPath
from shared.trade.deadline import local_day

REFUSED = (
    "账号或密码不正确，或因多次输错已暂时锁定 · "
    "unknown account or wrong password, or locked for a while after too many wrong ones"
)
"""One sentence for all three: nobody learns here which accounts there are."""

CLOSED = "该账号已关闭，如有疑问请向中心询问 · this account is closed: if in doubt, ask the Centre"

TRIES = 3  # hashes computed for one question, when the password is changed again and again meanwhile


async def recognised(store: Store, clock: Clock, asker: Asker, password: str) -> Account:
    """Who this is, by the password. Wrong ones are counted, and lock a person's account. The hash, which takes nearly all
    of the time, is also computed for an account that is not there. Raises NotSignedIn, the same for all reasons but one:
    with the right password of a closed account, that it is closed. Unavailable when too many ask, or the account is being
    changed all the time."""
    for _ in range(TRIES):
        before = await repository.seek(store, Account, asker.account)
        fits = await _fits(asker, before, password)
        try:
            account = await _settled(store, clock, before, fits)
        except NotSignedIn:
            asker.note(right=False)
            raise
        if account is not None:
            asker.note(right=True)
            await must_be_open(store, account)
            return account
    raise Unavailable("该账号正在变更，请稍后再试 · this account is being changed, try again later")


async def is_open(store: Store, account: Account) -> bool:
    """Whether it opens anything. That of a machine ends with the standing of its body, also where it was opened in the very
    moment in which the body was struck off; people may have been kept to finish what is left."""
    if account.state != ACTIVE:
        return False
    body = await repository.seek(store, Body, account.body) if account.machine and account.body else None
    return body is None or body.state not in ENDED_STANDINGS


async def must_be_open(store: Store, account: Account) -> None:
    """Asked when it is known who this is, by a password or by the identity provider. Raises NotSignedIn, with the reason
    where the account was closed because its body was revoked."""
    if await is_open(store, account):
        return
    sanction = account.closed_for
    body = await repository.seek(store, Body, account.body) if sanction else None
    raise NotSignedIn(await _revoked_with(store, body, sanction) if body is not None else CLOSED)


async def _revoked_with(store: Store, body: Body, sanction: str) -> str:
    revoked = entry_of(body.history, acting_for(sanction))
    centre = await repository.seek(store, Body, BodyPath.read(body.path).centre)
    if revoked is None or centre is None:
        return CLOSED
    day, reached_at = local_day(revoked.at), "、".join(filter(None, (centre.email, centre.phone)))
    return (
        f"{body.name_zh}已于 {day} 被取消鉴定资质，该账号随之关闭；如有疑问，请联系{centre.name_zh}（{reached_at}） · "
        f"{body.name_en} lost its licence on {day}, and this account was closed with it: turn to {centre.name_en}"
    )


async def has_drawn_secret(store: Store, account: str, secret: str) -> bool:
    """Whether the secret is right and one that a machine drew, which is known at once: whoever has it is nobody who
    guesses. No hash is computed slowly and nothing is counted, so others cannot keep our services waiting."""
    if len(secret) < hashing.SHORTEST_DRAWN:
        return False
    known = await repository.seek(store, Account, account)
    return known is not None and hashing.is_fast(known.password_hash) and hashing.fits(known.password_hash, secret)


async def _fits(asker: Asker, known: Account | None, password: str) -> bool:
    if known is None or hashing.is_fast(known.password_hash):
        if known is not None and hashing.fits(known.password_hash, password):
            return True
        # A wrong one takes as long whatever there is, or its time would tell which machines there are.
        await asker.fits(hashing.NOBODY, password)
        return False
    return await asker.fits(known.password_hash, password, machine=known.machine)


async def _settled(store: Store, clock: Clock, before: Account | None, fits: bool) -> Account | None:
    """What follows, for the account as it is now: what others guessed, or an officer closed, while the hash was waiting for
    its turn counts. None: it has another password by now. Raises NotSignedIn."""
    if before is None:
        raise NotSignedIn(REFUSED)

    def settle(account: Account) -> bool:
        now = clock.now()
        if account.is_locked(now):
            raise NotSignedIn(REFUSED)
        if account.password_hash != before.password_hash:
            return False
        return account.forget_failures() if fits else account.count_failure(now)

    # Everybody who guesses at the same time is counted.
    account = await repository.retried(store, Account, before.id, settle)
    if account.password_hash != before.password_hash:
        return None
    if not fits:
        raise NotSignedIn(REFUSED)
    return account
