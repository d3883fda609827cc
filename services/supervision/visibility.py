"""Who sees what of supervision: what concerns one's own body is seen once the body was told; the rest by path."""

from __future__ import annotations

from typing import TypeVar

from services.supervision.inspections.inspection import Inspection
from services.supervision.sanctions.sanction import Sanction
from services.supervision.violations.violation import Violation
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.errors import NotFound, Stale
from shared.keeping import local_copies, repository
from shared.ports import Page, Store
from shared.trade.practice import is_training
from shared.trade.roles import Role
from shared.web.access import allow
from shared.web.paging import Cursor, below

READERS = (
    Role.STATION_CLERK,
    Role.STATION_HEAD,
    Role.BRANCH_OFFICER,
    Role.CENTRE_CLERK,
    Role.CENTRE_APPROVER,
    Role.AUDITOR,
)
reader = allow(*READERS)


A = TypeVar("A", Inspection, Violation, Sanction)


def may_see(by: Actor, one: Inspection | Violation | Sanction) -> bool:
    return one.path.startswith(by.path) and (one.told or by.body != one.body)


async def read(store: Store, what: type[A], id: str, by: Actor) -> A:
    """Raises NotFound, also for what the asker may not know of."""
    found = await repository.load(store, what, id)
    if not may_see(by, found):
        raise NotFound(f"查无 {what.KIND} {id} · there is no {what.KIND} {id}")
    return found


async def seen(store: Store, what: type[A], id: str, by: Actor, version: int) -> A:
    """What the caller has read, unchanged since. Raises NotFound, Stale."""
    found = await read(store, what, id, by)
    if found.version != version:
        raise Stale(what.KIND, id, version)
    return found


async def listed(store: Store, what: type[A], by: Actor, paged: Cursor, where: dict[str, str]) -> tuple[list[A], Page]:
    """A page may show fewer than were asked for: what a body was not told yet is left out of its own list."""
    page = await below(store, what.KIND, by, paged, {name: value for name, value in where.items() if value})
    found = [what.from_record(record) for record in page.records]
    return [one for one in found if may_see(by, one)], page


async def body_below(store: Store, by: Actor, code: str) -> BodyRegistered:
    """Raises NotFound for one that is unknown here, out of reach, or a twin of the training tree."""
    known = await store.get(local_copies.kind_of(BodyRegistered), code)
    body = BodyRegistered.from_data(known.body["copy"]) if known else None
    if body is None or not body.path.startswith(by.path) or is_training(code):
        raise NotFound(f"查无机构 {code} · there is no body {code}")
    return body
