"""Use cases of accounts: load, call the verb, save."""

from __future__ import annotations

from functools import partial

from services.directory.accounts import hashing
from services.directory.accounts.account import Account
from services.directory.accounts.desk import Asker
from services.directory.accounts.requests import AccountEntry, InitialPassword, NewAccount, NewMachine
from services.directory.bodies import contradictions
from services.directory.bodies.body import Body
from shared.actor import Actor
from shared.errors import Invalid, Problem
from shared.keeping import creation, repository
from shared.keeping.asked import Asked
from shared.ports import Store


async def open_account(store: Store, asked: Asked, key: str, new: NewAccount, officer: Asker) -> Account:
    """Raises Invalid, AlreadyThere, NotAllowed, Unavailable."""
    body = await _body(store, asked.by, new.body)
    password = new.password.get_secret_value()
    hashing.must_be_good(password, new.id, "/password")
    opened = partial(
        Account.open,
        asked.by,
        asked.at,
        id=new.id,
        name=new.name,
        email=new.email,
        body=body.id,
        body_kind=body.kind,
        path=body.path,
        roles=new.roles,
    )
    opened(password_hash="")  # guards first: the hash costs a tenth of a second
    account = opened(password_hash=await officer.hashed(password))
    request = await creation.once(store, asked.by, key, new)
    found = await creation.create(store, account, request, f"/directory/accounts/{new.id}")
    # The request's hash leaves the password out, so a repeat is compared here; once it was changed nobody can.
    if found is not account and found.epoch == 0 and not await officer.fits(found.password_hash, password):
        raise Invalid("该 Idempotency-Key 已用于不同密码 · this Idempotency-Key was used for another password")
    return found


async def open_machine(store: Store, asked: Asked, key: str, new: NewMachine) -> tuple[Account, str]:
    """The account and its secret, which nobody can look up later: a repeat of the request is answered without it.

    Raises Invalid, AlreadyThere, NotAllowed."""
    body = await _body(store, asked.by, new.body)
    secret = hashing.new_secret()
    opened = partial(
        Account.open_machine,
        asked.by,
        asked.at,
        id=new.id,
        name=new.name,
        body=body.id,
        body_kind=body.kind,
        path=body.path,
    )
    opened(secret_hash="")
    account = opened(secret_hash=hashing.hashed_fast(secret))
    request = await creation.once(store, asked.by, key, new)
    found = await creation.create(store, account, request, f"/directory/accounts/{new.id}")
    return found, secret if found is account else ""


async def _body(store: Store, by: Actor, code: str) -> Body:
    """Where an account may be opened: not at a revoked body, whose accounts were just dealt with one by one (rules §4.9), nor
    at one that was struck off."""
    body = await repository.seek(store, Body, code)
    if body is None:
        raise Invalid("机构不存在 · there is no such body", [Problem("/body", f"{code} 未登记 · not registered")])
    by.must_reach(body.path, Body.WORDS, code)
    if ended := contradictions.of_ended(code, body.state, "/body"):
        raise Invalid("不能在已取消资质或已除名的机构开立账号 · no account is opened at such a body", ended)
    return body


async def change(store: Store, id: str, asked: Asked, entry: AccountEntry) -> Account:
    """Raises NotFound, Stale, NotAllowed, WrongState, Invalid."""

    async def verb(account: Account) -> None:
        body = await repository.seek(store, Body, account.body) if account.body else None
        kind = body.kind if body else ""
        account.change(asked.by, asked.at, name=entry.name, email=entry.email, roles=entry.roles, body_kind=kind)

    return await repository.change(store, Account, id, asked, verb)


async def close(store: Store, id: str, asked: Asked, reason: str) -> Account:
    """Raises NotFound, Stale, NotAllowed, WrongState."""

    def verb(account: Account) -> None:
        account.close(asked.by, asked.at, reason)

    return await repository.change(store, Account, id, asked, verb)


async def unlock(store: Store, id: str, asked: Asked, reason: str) -> Account:
    """Raises NotFound, Stale, NotAllowed, WrongState."""

    def verb(account: Account) -> None:
        account.unlock(asked.by, asked.at, reason)

    return await repository.change(store, Account, id, asked, verb)


async def set_initial_password(
    store: Store, id: str, asked: Asked, content: InitialPassword, officer: Asker
) -> Account:
    """Raises NotFound, Stale, NotAllowed, WrongState, Invalid, Unavailable."""
    password = content.password.get_secret_value()

    async def verb(account: Account) -> None:
        hashing.must_be_good(password, account.id, "/password")
        account.set_initial_password(asked.by, asked.at, await officer.hashed(password))

    return await repository.change(store, Account, id, asked, verb)


async def renew_secret(store: Store, id: str, asked: Asked) -> tuple[Account, str]:
    """The account and its new secret, shown this once. Raises NotFound, Stale, NotAllowed, WrongState."""
    secret = hashing.new_secret()

    def verb(account: Account) -> None:
        account.renew_secret(asked.by, asked.at, hashing.hashed_fast(secret))

    return await repository.change(store, Account, id, asked, verb), secret
