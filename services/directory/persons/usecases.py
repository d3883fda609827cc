"""Use cases of registered persons: load, call the verb, save."""

from __future__ import annotations

from datetime import date

from services.directory.bodies.body import Body
from services.directory.persons.person import RegisteredPerson
from services.directory.persons.requests import NewPerson, Renewal
from shared.actor import Actor
from shared.contracts.directory import ScopeItem
from shared.errors import AlreadyThere, Invalid, Problem
from shared.keeping import creation, repository
from shared.ports import Clock, Page, Record, Store, Value

TOGETHER = 500
LOOKED_THROUGH = 5_000
"""More than a branch centre registers; a request that finds hardly anybody must not read a whole country's."""


async def register(store: Store, clock: Clock, by: Actor, key: str, new: NewPerson) -> RegisteredPerson:
    """Raises NotFound when the body lies outside the caller's path, Invalid, AlreadyThere when the card is known."""
    body = await repository.seek(store, Body, new.body)
    if body is None:
        raise Invalid("机构不存在 · there is no such body", [Problem("/body", f"{new.body} 未登记 · not registered")])
    by.must_reach(body.path, f"body {new.body}")
    person = RegisteredPerson.register(
        by,
        clock.now(),
        office=new.office,
        name=new.name,
        card_no=new.card_no,
        body=body,
        scope=[ScopeItem.model_validate(one.model_dump()) for one in new.scope],
        appointed_from=new.appointed_from,
        valid_until=new.valid_until,
    )
    request = await creation.once(store, by, key, new)
    location = f"/directory/persons/{person.id}"
    try:
        return await creation.create(store, person, request, location)
    except AlreadyThere as error:
        what = f"卡号 {person.card_no} 已登记 · the card {person.card_no} is registered already"
        raise AlreadyThere(what, location) from error


async def renew(store: Store, clock: Clock, by: Actor, id: str, seen: int, entry: Renewal) -> RegisteredPerson:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""
    person = await repository.seen(store, RegisteredPerson, id, by, seen)
    scope = None if entry.scope is None else [ScopeItem.model_validate(one.model_dump()) for one in entry.scope]
    person.renew(by, clock.now(), appointed_from=entry.appointed_from, valid_until=entry.valid_until, scope=scope)
    await repository.save(store, person)
    return person


async def withdraw(store: Store, clock: Clock, by: Actor, id: str, seen: int, reason: str) -> RegisteredPerson:
    """Raises NotFound, Stale, WrongState, NotAllowed."""
    person = await repository.seen(store, RegisteredPerson, id, by, seen)
    person.withdraw(by, clock.now(), reason)
    await repository.save(store, person)
    return person


async def listed(
    store: Store,
    by: Actor,
    where: dict[str, Value],
    *,
    after: tuple[Value, str] | None,
    limit: int,
    occupation: str = "",
    level: int | None = None,
    day: date | None = None,
) -> Page:
    """Those below one's own body who may assess this. Occupations and levels lie inside the documents, where the store
    does not look: at most LOOKED_THROUGH of them are read for one answer, which may then hold fewer than were asked
    for, or nobody, and says where to go on."""
    found: list[Record] = []
    for _ in range(LOOKED_THROUGH // TOGETHER):
        page = await repository.below(store, RegisteredPerson.KIND, by, where, after=after, limit=TOGETHER)
        for record in page.records:
            if RegisteredPerson.from_record(record).may_assess(occupation, level, day):
                found.append(record)
                if len(found) == limit:
                    more = record is not page.records[-1] or page.next is not None
                    return Page(found, (str(record.body["path"]), record.id) if more else None)
        if page.next is None:
            return Page(found, None)
        after = page.next
    return Page(found, after)
