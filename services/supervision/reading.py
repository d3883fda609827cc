"""Lists of what concerns bodies, page by page. Meant for the `api` rooms of the nouns.

At service level only this file and `main` may import shared.web; what use cases need as well stands in `visibility`.
"""

from __future__ import annotations

from typing import TypeVar

from services.supervision.disclosure import Untold
from services.supervision.visibility import may_see
from shared.actor import Actor
from shared.ports import Page, Store
from shared.web.paging import Cursor, below

A = TypeVar("A", bound=Untold)


async def listed(store: Store, what: type[A], by: Actor, paged: Cursor, where: dict[str, str]) -> tuple[list[A], Page]:
    """A page may show fewer than were asked for: what a body was not told yet is left out of its own list."""
    page = await below(store, what.KIND, by, paged, {name: value for name, value in where.items() if value})
    found = [what.from_record(record) for record in page.records]
    return [one for one in found if may_see(by, one)], page
