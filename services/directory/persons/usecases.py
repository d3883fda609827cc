"""Use cases of registered persons: load, call the verb, save."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from services.directory.bodies.body import Body
from services.directory.bodies.requests import ScopeEntry
from services.directory.persons.person import RegisteredPerson, Wanted
from services.directory.persons.requests import NewPerson, Renewal
from shared.actor import Actor
from shared.contracts.directory import ScopeItem
from shared.errors import AlreadyThere, Invalid, Problem
from shared.keeping import creation, repository
from shared.keeping.asked import Asked
from shared.ports import Page, Record, Store, Value

TOGETHER = 500
LOOKED_THROUGH = 5_000
"""More than a branch centre registers; a request that finds hardly anybody must not read a whole country's."""


async def register(store: Store, asked: Asked, key: str, new: NewPerson) -> RegisteredPerson:
    """Raises NotFound when the body lies outside the caller's path, Invalid, AlreadyThere when the card is known."""
    body = await repository.seek(store, Body, new.body)
    if body is None:
        raise Invalid("机构不存在 · there is no such body", [Problem("/body", f"{new.body} 未登记 · not registered")])
    asked.by.must_reach(body.path, Body.WORDS, new.body)
    person = RegisteredPerson.register(
        asked.by,
        asked.at,
        office=new.office,
        name=new.name,
        card_no=new.card_no,
        body=body,
        scope=_scope(new.scope),
        appointed_from=new.appointed_from,
        valid_until=new.valid_until,
    )
    request = await creation.once(store, asked.by, key, new)
    location = f"/directory/persons/{person.id}"
    try:
        return await creation.create(store, person, request, location)
    except AlreadyThere as error:
        what = f"卡号 {person.card_no} 已登记 · the card {person.card_no} is registered already"
        raise AlreadyThere(what, location) from error


async def renew(store: Store, id: str, asked: Asked, entry: Renewal) -> RegisteredPerson:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""

    def verb(person: RegisteredPerson) -> None:
        person.renew(
            asked.by,
            asked.at,
            appointed_from=entry.appointed_from,
            valid_until=entry.valid_until,
            scope=None if entry.scope is None else _scope(entry.scope),
        )

    return await repository.change(store, RegisteredPerson, id, asked, verb)


async def withdraw(store: Store, id: str, asked: Asked, reason: str) -> RegisteredPerson:
    """Raises NotFound, Stale, WrongState, NotAllowed."""

    def verb(person: RegisteredPerson) -> None:
        person.withdraw(asked.by, asked.at, reason)

    return await repository.change(store, RegisteredPerson, id, asked, verb)


async def listed(store: Store, by: Actor, wanted: Wanted, *, after: tuple[Value, str] | None, limit: int) -> Page:
    """Those below one's own body who are wanted. Occupations and levels lie inside the documents, where the store
    does not look: at most LOOKED_THROUGH of them are read for one answer, which may then hold fewer than were asked
    for, or nobody, and says where to go on."""
    where: dict[str, Value] = {"office": wanted.office} if wanted.office else {}
    where |= {"state": wanted.state} if wanted.state else {}
    found: list[Record] = []
    for _ in range(LOOKED_THROUGH // TOGETHER):
        page = await repository.below(store, RegisteredPerson.KIND, by, where, after=after, limit=TOGETHER)
        for record in page.records:
            if _may_assess(record, wanted):
                found.append(record)
                if len(found) == limit:
                    more = record is not page.records[-1] or page.next is not None
                    return Page(found, (str(record.body["path"]), record.id) if more else None)
        if page.next is None:
            return Page(found, None)
        after = page.next
    return Page(found, after)


def _may_assess(record: Record, wanted: Wanted) -> bool:
    """Also what cannot be read, so that the list can say that it leaves it out."""
    try:
        person = RegisteredPerson.from_record(record)
    except ValidationError:
        return True
    return person.may_assess(wanted.occupation, wanted.level, wanted.day)


def _scope(entries: Sequence[ScopeEntry]) -> list[ScopeItem]:
    return [ScopeItem.model_validate(entry.model_dump()) for entry in entries]
