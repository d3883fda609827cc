"""Lists of what concerns bodies, page by page. Meant for the `api` rooms of the nouns.

At service level only this file and `main` may import shared.web; what use cases need as well stands in `visibility`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from services.supervision.disclosure import DisclosedLater
from services.supervision.visibility import may_see
from shared.actor import Actor
from shared.keeping import repository
from shared.ports import Page
from shared.trade.body_path import BodyPath
from shared.web.paging import Listing, listing

A = TypeVar("A", bound=DisclosedLater)
T = TypeVar("T")


def shown(page: Page, what: type[A], by: Actor, show: Callable[[A], T]) -> Listing[T]:
    """As `shared.web.paging.shown`. A page may show fewer than were asked for: what was not disclosed to a body yet is
    left out of its own list. Of what cannot be read nobody knows whether it was, so its own body does not learn its id,
    unless it is the Centre."""
    found, left_out = repository.readable(what, page.records)
    is_centre = BodyPath.read(by.path).is_centre
    own = {record.id for record in page.records if record.body.get("body") == by.body and not is_centre}
    visible = [show(document) for document in found if may_see(by, document)]
    return listing(visible, page, [id for id in left_out if id not in own])
