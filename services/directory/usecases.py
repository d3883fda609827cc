"""Use cases of the directory: load, call the verb, save."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from services.directory import keys, training
from services.directory.account import Account, waste_time
from services.directory.body import Body
from services.directory.requests import NewAccount, NewBody
from shared import creation, keeping
from shared.actor import Actor, Role
from shared.errors import AlreadyThere, Invalid, NotFound, NotSignedIn, Problem, Unavailable
from shared.ports import Clock, Store
from shared.topology import SERVICES
from shared.web.tokens import EndedAccess

T = TypeVar("T")

OPERATOR = "operator"
LONGEST_TOKEN_LIFE = timedelta(minutes=61)  # settings.token_minutes allows sixty

AT_ONCE = 2
"""Password hashes computed at a time. Each takes 64 MiB on purpose (argon2id), so a rush of sign-ins must queue: without
this bound it is the process that ends, and with it everybody's sign-in."""

WAITING = 40  # sign-ins in the queue; more are turned away at once instead of keeping everybody waiting

_hashing = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")


async def _slowly(hashing: Callable[..., T], *arguments: object, **named: object) -> T:
    """Other requests go on meanwhile. Raises Unavailable when too many wait already."""
    if _hashing._work_queue.qsize() >= WAITING:
        raise Unavailable("登录繁忙，请稍后再试 · too many sign-ins at once, try again later")
    return await asyncio.get_running_loop().run_in_executor(_hashing, partial(hashing, *arguments, **named))


async def register_body(store: Store, clock: Clock, by: Actor, key: str, new: NewBody, industry: str) -> Body:
    """Raises Invalid, AlreadyThere, NotAllowed."""
    parent = await keeping.seek(store, Body, new.parent) if new.parent else None
    if new.parent and parent is None:
        raise Invalid(
            "上级机构不存在 · there is no such parent", [Problem("/parent", f"{new.parent} 未登记 · not registered")]
        )
    if parent is not None:
        by.must_reach(parent.path, f"body {parent.id}")
    if new.kind == "centre":
        for known in (await store.find(Body.KIND, {"kind": "centre"}, limit=2)).records:
            if known.id != new.code:
                raise AlreadyThere(
                    f"中心已登记为 {known.id} · there is one Centre only", f"/directory/bodies/{known.id}"
                )
    body = Body.register(
        by,
        clock.now(),
        industry=industry,
        code=new.code,
        kind=new.kind,
        parent=parent,
        name_zh=new.name_zh,
        name_en=new.name_en,
        produces=new.produces,
        email=new.email,
        address=new.address,
    )
    request = await creation.once(store, by, key, new)
    return await creation.create(store, body, request, f"/directory/bodies/{new.code}")


async def read_body(store: Store, by: Actor, code: str) -> Body:
    """Raises NotFound also when the body lies outside the asker's path. Everybody sees the bodies above their own."""
    body = await keeping.load(store, Body, code)
    if not by.path.startswith(body.path):
        by.must_reach(body.path, f"body {code}")
    return body


async def open_account(store: Store, clock: Clock, by: Actor, key: str, new: NewAccount) -> Account:
    """Raises Invalid, AlreadyThere, NotAllowed."""
    body = await keeping.seek(store, Body, new.body)
    if body is None:
        raise Invalid("机构不存在 · there is no such body", [Problem("/body", f"{new.body} 未登记 · not registered")])
    by.must_reach(body.path, f"body {new.body}")
    account = await _slowly(
        Account.open,
        by,
        clock.now(),
        id=new.id,
        name=new.name,
        body=body.id,
        body_kind=body.kind,
        path=body.path,
        roles=new.roles,
        password=new.password.get_secret_value(),
        email=new.email,
    )
    request = await creation.once(store, by, key, new)
    opened = await creation.create(store, account, request, f"/directory/accounts/{new.id}")
    try:  # the request's hash leaves the password out, so a repeat is compared here
        await _slowly(opened.must_know, new.password.get_secret_value())
    except NotSignedIn as error:
        raise Invalid(
            "该 Idempotency-Key 已用于不同密码 · this Idempotency-Key was used for another password"
        ) from error
    return opened


async def sign_in(store: Store, clock: Clock, id: str, password: str, life: timedelta) -> str:
    """A signed access token. Raises NotSignedIn, the same for an unknown account and a wrong password."""
    account = await keeping.seek(store, Account, id)
    if account is None:
        await _slowly(waste_time, password)
        raise NotSignedIn("账号或密码不正确 · unknown account or wrong password")
    await _slowly(account.must_know, password)
    trained = await training.trained_until(store, account.id)
    return await keys.token_for(store, account, clock.now(), life, trained_until=trained)


async def ended_access(store: Store, now: datetime) -> EndedAccess:
    """What was ended while a token signed before may still live."""
    since = (now - LONGEST_TOKEN_LIFE).isoformat().replace("+00:00", "Z")
    page = await store.find(Account.KIND, between=("ended_at", since, "9999"), sort="ended_at", limit=10_000)
    return EndedAccess(accounts={one.id: int(one.body["epoch"]) for one in page.records})


async def seed_machines(store: Store, passwords: Mapping[str, str]) -> None:
    """Accounts of the services and the operator, as provisioning knows their passwords. Safe to repeat; a changed
    password replaces the old one. Raises NotFound for a name that is neither a service nor `operator`."""
    await keys.signing_key(store)
    for name, password in passwords.items():
        if name not in SERVICES and name != OPERATOR:
            raise NotFound(f"{name} is neither a service nor `{OPERATOR}`")
        role = Role.OPERATOR if name == OPERATOR else Role.SERVICE
        known = await keeping.seek(store, Account, name)
        if known is None:
            await keeping.add(store, Account.machine(name, role, password))
            continue
        try:
            known.must_know(password)
        except NotSignedIn:
            known.password_hash = Account.machine(name, role, password).password_hash
            await keeping.save(store, known)
