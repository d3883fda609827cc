"""Who owes a report on a quarter's work (R2)."""

from __future__ import annotations

from services.supervision.figures.existence import existed_in
from services.supervision.figures.quarter import Quarter
from shared.contracts.directory import BodyRegistered
from shared.contracts.words import ENDED_STANDINGS
from shared.trade.practice import is_practice

AT_WORK = frozenset({"", "licensed", "rectifying"})
"""States of a station that has work to report on; the first is that of local copies made before bodies had a state."""
CLOSED = ENDED_STANDINGS | {"suspended"}
"""States of a branch that has none. A branch needs no licence to review what its stations submit."""


def owes_report(body: BodyRegistered, quarter: Quarter) -> bool:
    """Branches and stations at work that existed in the quarter; not the Centre, and nobody in practice.

    A station whose first licence began after the quarter had no work in it to report on; where not all its licences are
    told, nobody knows which was the first."""
    if body.kind == "centre" or is_practice(body.path) or not existed_in(body, quarter):
        return False
    if body.kind == "branch":
        return body.state not in CLOSED
    return body.state in AT_WORK and not _licensed_later(body, quarter)


def _licensed_later(body: BodyRegistered, quarter: Quarter) -> bool:
    all_are_told = body.registered_on is not None and body.licences_since is None
    return all_are_told and bool(body.licences) and all(one.valid_from > quarter.last for one in body.licences)
