"""Who sees what: a list leaves out what was not disclosed to its reader, and what cannot be read hides nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.supervision import reading
from services.supervision.violations.answers import shown
from services.supervision.violations.violation import Trigger, Violation
from services.supervision.visibility import may_see
from shared.actor import Actor
from shared.ports import Page, Record
from shared.trade.body_path import BodyPath
from shared.trade.roles import Role

CENTRE, BRANCH, STATION = "/49000001/", "/49000001/49050001/", "/49000001/49050001/49053012/"
NOW = datetime(2026, 4, 3, 9, 0, tzinfo=UTC)


def reader(path: str) -> Actor:
    return Actor("a", "a", BodyPath.read(path).own, path, frozenset({Role.AUDITOR}))


def a_violation(id: str, *, confirmed: bool, path: str = STATION) -> Violation:
    violation = Violation(
        id=id,
        state="",
        body=BodyPath.read(path).own,
        path=path,
        trigger=Trigger.PAPER_LEAK,
        source="hand",
        description="泄题",
        raised_by="clerk",
    )
    violation.start(reader(CENTRE), NOW)
    if confirmed:
        by = Actor("b", "b", "49000001", CENTRE, frozenset({Role.CENTRE_APPROVER}))
        violation.confirm(by, NOW, "核实")
    return violation


UNREADABLE = Record("broken", {"body": "49053012", "path": STATION, "trigger": "of a later release"})
PAGE = Page(
    records=[
        a_violation("confirmed", confirmed=True).as_record(),
        a_violation("raised", confirmed=False).as_record(),
        UNREADABLE,
    ],
    next=None,
)


@pytest.mark.parametrize(
    ("path", "visible", "left_out"),
    [
        (CENTRE, ["confirmed", "raised"], ["broken"]),
        (BRANCH, ["confirmed", "raised"], ["broken"]),
        (STATION, ["confirmed"], []),
    ],
)
def test_a_list_shows_a_body_what_was_disclosed_to_it(path: str, visible: list[str], left_out: list[str]) -> None:
    listing = reading.shown(PAGE, Violation, reader(path), shown)
    assert ([answer.id for answer in listing.items], listing.left_out) == (visible, left_out)


@pytest.mark.parametrize(("path", "sees"), [(CENTRE, True), (BRANCH, False), (STATION, False)])
def test_whoever_sits_at_the_centre_sees_what_concerns_the_centre(path: str, sees: bool) -> None:
    """Nobody stands above who could keep it from them; and one that nobody may see is decided by nobody."""
    own = a_violation("own", confirmed=False, path=CENTRE)
    unreadable = Record("broken", {"body": "49000001", "path": CENTRE, "trigger": "of a later release"})
    page = Page(records=[own.as_record(), unreadable], next=None)
    assert may_see(reader(path), own) is sees
    listing = reading.shown(page, Violation, reader(path), shown)
    assert [answer.id for answer in listing.items] == (["own"] if sees else [])
    assert ("broken" in listing.left_out) or not sees
    assert own.audit_path == CENTRE
