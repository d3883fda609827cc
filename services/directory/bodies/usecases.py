"""Use cases of bodies: load, call the verb, save."""

from __future__ import annotations

from collections.abc import Callable

from services.directory.bodies.body import Body, Entry
from services.directory.bodies.requests import BodyEntry, InspectionEntry, LicenceEntry, NewBody
from shared.actor import Actor
from shared.contracts.directory import Licence
from shared.errors import AlreadyThere
from shared.keeping import creation, repository
from shared.ports import Clock, Store


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


async def change(store: Store, clock: Clock, by: Actor, code: str, seen: int, entry: BodyEntry) -> Body:
    """Raises NotFound, Stale, NotAllowed, Invalid."""
    content = Entry.model_validate(entry.model_dump())
    return await _keep(store, by, code, seen, lambda body: body.change(by, clock.now(), content))


async def license(store: Store, clock: Clock, by: Actor, code: str, seen: int, entry: LicenceEntry) -> Body:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    licence = Licence.model_validate(entry.model_dump())
    return await _keep(store, by, code, seen, lambda body: body.license(by, clock.now(), licence))


async def inspect(store: Store, clock: Clock, by: Actor, code: str, seen: int, entry: InspectionEntry) -> Body:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    found = entry.model_dump()
    return await _keep(store, by, code, seen, lambda body: body.inspect(by, clock.now(), **found))


async def clear_rectification(store: Store, clock: Clock, by: Actor, code: str, seen: int, reason: str) -> Body:
    """Raises NotFound, Stale, WrongState."""
    return await _keep(store, by, code, seen, lambda body: body.clear_rectification(by, clock.now(), reason))


async def _keep(store: Store, by: Actor, code: str, seen: int, verb: Callable[[Body], None]) -> Body:
    body = await repository.seen(store, Body, code, by, seen)
    verb(body)
    await repository.save(store, body)
    return body
