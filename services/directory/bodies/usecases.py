"""Use cases of the directory: load, call the verb, save."""

from __future__ import annotations

from collections.abc import Mapping

from services.directory.accounts import hashing
from services.directory.accounts.account import Account
from services.directory.bodies.body import Body, Entry
from services.directory.bodies.requests import NewBody
from services.directory.signing_keys import storage as keys
from shared.actor import Actor
from shared.errors import AlreadyThere, NotFound
from shared.keeping import creation, repository
from shared.messaging.topology import SERVICES
from shared.ports import Clock, Store
from shared.trade.roles import OPERATOR, Role


async def register_body(store: Store, clock: Clock, by: Actor, key: str, new: NewBody, industry: str) -> Body:
    """Raises Invalid, AlreadyThere, NotAllowed."""
    parent = await repository.seek(store, Body, new.parent) if new.parent else None
    if parent is not None:
        by.must_reach(parent.path, f"body {parent.id}")
    if new.kind == "centre":
        for known in (await store.find(Body.KIND, {"kind": "centre"}, limit=2)).records:
            if known.id != new.code:
                raise AlreadyThere(
                    f"中心已登记为 {known.id} · there is one Centre only", f"/directory/bodies/{known.id}"
                )
    known_branches = await store.find(Body.KIND, {"kind": "branch"}, limit=500)  # digits 3-4 allow 99
    body = Body.register(
        by,
        clock.now(),
        industry=industry,
        code=new.code,
        kind=new.kind,
        above=new.parent,
        parent=parent,
        entry=Entry.model_validate(new.model_dump(exclude={"code", "kind", "parent"})),
        branches=[Body.from_record(one) for one in known_branches.records],
    )
    request = await creation.once(store, by, key, new)
    return await creation.create(store, body, request, f"/directory/bodies/{new.code}")


async def read_body(store: Store, by: Actor, code: str) -> Body:
    """Raises NotFound also when the body lies outside the asker's path. Everybody sees the bodies above their own."""
    body = await repository.load(store, Body, code)
    if not by.path.startswith(body.path):
        by.must_reach(body.path, f"body {code}")
    return body


async def seed_machines(store: Store, clock: Clock, passwords_of: Mapping[str, str]) -> None:
    """Accounts of the services and the operator, as provisioning knows their passwords. Safe to repeat; a changed
    password replaces the old one, and a lock ends. Raises NotFound for a name that is neither a service nor `operator`."""
    await keys.signing_key(store, clock.now())
    await _give_refs(store)
    for name, password in passwords_of.items():
        if name not in SERVICES and name != OPERATOR:
            raise NotFound(f"{name} is neither a service nor `{OPERATOR}`")
        role = Role.OPERATOR if name == OPERATOR else Role.SERVICE
        known = await repository.seek(store, Account, name)
        if known is None:
            await repository.add(store, Account.provisioned(name, role, hashing.hashed(password)))
            continue
        same = hashing.fits(known.password_hash, password)
        if not same:
            known.provision_anew(clock.now(), hashing.hashed(password))
        if known.succeeded() or not same:
            await repository.save(store, known)


async def _give_refs(store: Store) -> None:
    """Accounts of release 0.1 are stored without the ref by which letters find them; loading computes it."""
    after = None
    while True:
        page = await store.find(Account.KIND, after=after, limit=500)
        for record in page.records:
            if not record.body.get("ref"):
                await repository.save(store, Account.from_record(record))
        after = page.next
        if after is None:
            return
