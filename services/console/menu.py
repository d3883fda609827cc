"""The menu: the one table from which the left tree, the rights of pages and their tests come. Every page stands in exactly one
entry; one that stands in none lets nobody in."""

from __future__ import annotations

from typing import Final

from services.console.annual_plans.entry import ANNUAL_PLANS
from services.console.approvals.entry import APPROVALS
from services.console.desk.entry import DESK
from services.console.entry import Entry, Page
from services.console.help.entry import HELP
from services.console.look_up.entry import LOOK_UP
from services.console.practice.entry import PRACTICE
from services.console.privacy.entry import PRIVACY
from services.console.productions.entry import PRODUCTIONS
from services.console.rosters.entry import ROSTERS
from services.console.session_plans.entry import SESSION_PLANS
from services.console.signing_in.entry import SIGNING_IN

MENU: Final[tuple[Entry, ...]] = (
    DESK,
    APPROVALS,
    ANNUAL_PLANS,
    SESSION_PLANS,
    ROSTERS,
    PRODUCTIONS,
    PRACTICE,
    SIGNING_IN,
    LOOK_UP,
    PRIVACY,
    HELP,
)


def pages_of(menu: tuple[Entry, ...]) -> dict[str, tuple[Entry, Page]]:
    """Route → its entry and its row. Raises ValueError for a page that stands in two places."""
    table: dict[str, tuple[Entry, Page]] = {}
    for entry in menu:
        for page in entry.pages:
            if page.route in table:
                raise ValueError(f"{page.route} stands twice in the menu")
            table[page.route] = (entry, page)
    return table
