"""Use cases of accounts: load, call the verb, save."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from services.directory.accounts import hashing
from services.directory.accounts.account import Account
from services.directory.accounts.requests import AccountEntry, InitialPassword, NewAccount, NewMachine
from services.directory.bodies.body import Body
from services.directory.bodies.standing import REVOKED
from shared.actor import Actor
from shared.errors import Invalid, NotFound, Problem, Stale
from shared.keeping import creation, repository
from shared.ports import Clock, Store


async def open_account(store: Store, clock: Clock, by: Actor, key: str, new: NewAccount) -> Account:
    """Raises Invalid, AlreadyThere, NotAllowed."""
    body = await _body(store, by, new.body)
    password = new.password.get_secret_value()
    hashing.must_be_good(password, new.id, "/password")
    opened = partial(
        Account.open,
        by,
        clock.now(),
        id=new.id,
        name=new.name,
        email=new.email,
        body=body.id,
        body_kind=body.kind,
        path=body.path,
        roles=new.roles,
    )
    opened(password_hash="")  # guards first: the hash costs a tenth of a second
    account = opened(password_hash=await hashing.slowly(hashing.hashed, password))
    request = await creation.once(store, by, key, new)
    found = await creation.create(store, account, request, f"/directory/accounts/{new.id}")
    # The request's hash leaves the password out, so a repeat is compared here; once it was changed nobody can.
    if (
        found is not account
        and found.epoch == 0
        and not await hashing.slowly(hashing.fits, found.password_hash, password)
    ):
        raise Invalid("该 Idempotency-Key 已用于不同密码 · this Idempotency-Key was used for another password")
    return found


async def open_machine(store: Store, clock: Clock, by: Actor, key: str, new: NewMachine) -> tuple[Account, str]:
    """The account and its secret, which nobody can look up later: a repeat of the request is answered without it.

    Raises Invalid, AlreadyThere, NotAllowed."""
    body = await _body(store, by, new.body)
    secret = hashing.new_secret()
    opened = partial(
        Account.open_machine,
        by,
        clock.now(),
        id=new.id,
        name=new.name,
        body=body.id,
        body_kind=body.kind,
        path=body.path,
    )
    opened(secret_hash="")
    account = opened(secret_hash=await hashing.slowly(hashing.hashed, secret))
    request = await creation.once(store, by, key, new)
    found = await creation.create(store, account, request, f"/directory/accounts/{new.id}")
    return found, secret if found is account else ""


async def _body(store: Store, by: Actor, code: str) -> Body:
    """Where an account may be opened: not at a revoked body, whose accounts were just dealt with one by one (rules §4.9)."""
    body = await repository.seek(store, Body, code)
    if body is None:
        raise Invalid("机构不存在 · there is no such body", [Problem("/body", f"{code} 未登记 · not registered")])
    by.must_reach(body.path, f"body {code}")
    if body.state == REVOKED:
        problem = Problem("/body", f"{code} 已取消资质 · is revoked")
        raise Invalid("不能在已取消资质的机构开立账号 · no account is opened at a revoked body", [problem])
    return body


async def read_account(store: Store, by: Actor, id: str) -> Account:
    """Raises NotFound also outside the asker's path."""
    account = await repository.seek(store, Account, id)
    if account is None or not account.path.startswith(by.path):
        raise NotFound(f"查无账号 {id} · there is no account {id}")
    return account


async def change(store: Store, clock: Clock, id: str, seen: int, by: Actor, entry: AccountEntry) -> Account:
    """Raises NotFound, Stale, NotAllowed, WrongState, Invalid."""
    account = await read_account(store, by, id)
    body = await repository.seek(store, Body, account.body) if account.body else None
    return await _keep(
        store,
        account,
        seen,
        lambda: account.change(
            by,
            clock.now(),
            name=entry.name,
            email=entry.email,
            roles=entry.roles,
            body_kind=body.kind if body else "",
        ),
    )


async def close(store: Store, clock: Clock, id: str, seen: int, by: Actor, reason: str) -> Account:
    """Raises NotFound, Stale, NotAllowed, WrongState."""
    account = await read_account(store, by, id)
    return await _keep(store, account, seen, lambda: account.close(by, clock.now(), reason))


async def unlock(store: Store, clock: Clock, id: str, seen: int, by: Actor, reason: str) -> Account:
    """Raises NotFound, Stale, NotAllowed, WrongState."""
    account = await read_account(store, by, id)
    return await _keep(store, account, seen, lambda: account.unlock(by, clock.now(), reason))


async def set_initial_password(
    store: Store, clock: Clock, id: str, seen: int, by: Actor, content: InitialPassword
) -> Account:
    """Raises NotFound, Stale, NotAllowed, WrongState, Invalid."""
    account = await read_account(store, by, id)
    password = content.password.get_secret_value()
    hashing.must_be_good(password, account.id, "/password")
    hashed = await hashing.slowly(hashing.hashed, password)
    return await _keep(store, account, seen, lambda: account.set_initial_password(by, clock.now(), hashed))


async def renew_secret(store: Store, clock: Clock, id: str, seen: int, by: Actor) -> tuple[Account, str]:
    """The account and its new secret, shown this once. Raises NotFound, Stale, NotAllowed, WrongState."""
    account = await read_account(store, by, id)
    secret = hashing.new_secret()
    hashed = await hashing.slowly(hashing.hashed, secret)
    return await _keep(store, account, seen, lambda: account.renew_secret(by, clock.now(), hashed)), secret


async def _keep(store: Store, account: Account, seen: int, verb: Callable[[], None]) -> Account:
    if account.version != seen:
        raise Stale(Account.KIND, account.id, seen)
    verb()
    await repository.save(store, account)
    return account
