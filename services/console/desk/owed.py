"""What an office owes, as its desk shows it: where it is done, and by which article."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from shared.words import Pair

ARTICLES: Final = {
    "R1": ("通知第一条", "Notice, article 1"),
    "R2": ("通知第二条", "Notice, article 2"),
    "R3": ("通知第三条", "Notice, article 3"),
    "R4": ("通知第四条", "Notice, article 4"),
    "R5": ("通知第五条", "Notice, article 5"),
}
"""The services name a rule by its number in this project; offices know the articles of the notice."""
OTHERWISE: Final = ("有关规定", "Other rules")

DRAW: Final = "session_plan_draw"
"""What the Centre has to do with a form that is on nobody's way up any more."""

PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "annual_plan": ("/annual-plans", "GET /plan/annual-plans"),  # there may be none yet: its list leads to drafting one
    "annual_plan_endorsement": ("/annual-plans/{}", "GET /plan/annual-plans/{id}"),
    "annual_plan_approval": ("/annual-plans/{}", "GET /plan/annual-plans/{id}"),
    "session_plan_endorsement": ("/session-plans/{}", "GET /plan/session-plans/{id}"),
    "session_plan_approval": ("/session-plans/{}", "GET /plan/session-plans/{id}"),
    DRAW: ("/session-plans/{}/draw", "POST /plan/session-plans/{id}/draw"),
    "session_roster": (
        "/session-plans/{}",
        "GET /plan/session-plans/{id}",
    ),  # which leads to its roster, or to opening it
    "roster_endorsement": ("/rosters/{}", "GET /reporting/rosters/{id}"),
    "roster_approval": ("/rosters/{}", "GET /reporting/rosters/{id}"),
    "production": ("/productions/{}", "GET /certificate/productions/{roster}"),
    "posting": ("/productions/{}", "GET /certificate/productions/{roster}"),
    "receipt": ("/productions/{}", "GET /certificate/productions/{roster}"),
    "training": ("/training", "GET /directory/me"),
}
"""Duty → its page, and the endpoint whose roles may open that."""


def article(rule: str) -> Pair:
    """`R4.2` as an office calls it."""
    found = re.match(r"R\d", rule)
    return ARTICLES.get(found[0], OTHERWISE) if found else OTHERWISE


def place(what: str, about: str, may: Callable[[str], bool]) -> str:
    """Where it is done; empty where there is no page for it, or none for this visitor."""
    page, asks = PLACES.get(what, ("", ""))
    return page.format(quote(about, safe="")) if page and may(asks) else ""


def owed(duties: list[dict[str, Any]], may: Callable[[str], bool]) -> list[dict[str, Any]]:
    """Each with its `link` and how its rule is `ruled`."""
    return [
        {**duty, "link": place(duty["what"], duty["about"], may), "ruled": article(duty["rule"])} for duty in duties
    ]
