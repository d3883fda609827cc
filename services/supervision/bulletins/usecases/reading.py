"""Who may read a bulletin, and change it: a published one is for everybody, a draft for the Centre's office."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from services.supervision import ids
from services.supervision.bulletins.bulletin import PUBLISHED, Bulletin
from shared.actor import Actor
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.trade.body_path import BodyPath
from shared.trade.roles import Role

OFFICE = (Role.CENTRE_CLERK, Role.CENTRE_APPROVER)


def of_the_office(by: Actor) -> bool:
    """Whether somebody sees bulletins before they are published: the Centre's officers and its auditor."""
    return (
        bool(by.roles.intersection((*OFFICE, Role.AUDITOR))) and BodyPath.read(by.path).is_centre and not by.practising
    )


async def read(store: Store, id: str, by: Actor) -> Bulletin:
    """Raises NotFound, Unavailable."""
    bulletin = await repository.load(store, Bulletin, id)
    if bulletin.state != PUBLISHED and not (of_the_office(by) and bulletin.path.startswith(by.path)):
        raise Bulletin.WORDS.not_found(id)
    bulletin.must_be_intact()
    return bulletin


async def expected(store: Store, id: str, asked: Asked) -> Bulletin:
    """What the caller may change, as they read it. Raises NotFound, Stale, Unavailable when it does not match its seal."""
    bulletin = await read(store, id, asked.by)
    asked.by.must_reach(bulletin.path, Bulletin.WORDS, id)
    repository.must_be_expected(bulletin, asked)
    return bulletin


async def change(store: Store, id: str, asked: Asked, verb: Callable[[Bulletin], Awaitable[None] | None]) -> Bulletin:
    """As `repository.change`. Raises what `expected` raises, and what the verb raises."""
    bulletin = await expected(store, id, asked)
    await repository.call(verb, bulletin)
    await repository.save(store, bulletin)
    return bulletin


async def corrected_by(store: Store, bulletins: Iterable[str]) -> dict[str, str]:
    """Id of a bulletin → of the published one that corrects it, where there is one. It is asked for each time, so that the
    corrected one stays as it was published."""
    found: dict[str, str] = {}
    for id in bulletins:
        later = await repository.seek(store, Bulletin, ids.next_bulletin_id(id))
        if later is not None and later.state == PUBLISHED:
            found[id] = later.id
    return found
