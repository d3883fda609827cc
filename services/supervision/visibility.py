"""Who sees what of supervision: what concerns one's own body is seen once it was disclosed to it (at the Centre: always);
the rest by path.

Knows no noun, only what all of them keep to themselves at first (`disclosure`), and neither HTTP nor paging (`reading`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from services.supervision.disclosure import DisclosedLater
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.errors import Invalid, NotFound, Problem
from shared.keeping import local_copies, repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.trade.practice import is_practice

A = TypeVar("A", bound=DisclosedLater)


def may_see(by: Actor, document: DisclosedLater) -> bool:
    return document.path.startswith(by.path) and not document.is_hidden_from(by.body)


async def read(store: Store, what: type[A], id: str, by: Actor) -> A:
    """Raises NotFound, also for what the asker may not know of."""
    found = await repository.load(store, what, id)
    if not may_see(by, found):
        raise what.WORDS.not_found(id)
    return found


async def change(store: Store, what: type[A], id: str, asked: Asked, verb: Callable[[A], Awaitable[None] | None]) -> A:
    """As `repository.change`, of what the caller may know of. Raises NotFound, Stale, and what the verb raises."""
    found = await read(store, what, id, asked.by)
    repository.must_be_expected(found, asked)
    await repository.call(verb, found)
    await repository.save(store, found)
    return found


async def body_below(store: Store, by: Actor, code: str) -> BodyRegistered:
    """Raises NotFound for one that is unknown here, out of reach, or a twin of the practice tree; Invalid for one that was
    struck off, which the right one stands for."""
    body = await local_copies.seek(store, BodyRegistered, code)
    if body is None or not body.path.startswith(by.path) or is_practice(code):
        raise NotFound(f"查无机构 {code} · there is no body {code}")
    if body.state == "struck_off":
        what = f"{code} 已除名，请用 {body.instead} · is struck off: {body.instead} is the right one"
        raise Invalid("机构已除名 · the body was struck off", [Problem("/body", what)])
    return body
