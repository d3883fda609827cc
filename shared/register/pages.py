"""Where the page of a document lies: one table, for letters, digests and whatever else leads people to a document. What has no
page of its own yet leads to the desk. Whoever is not signed in is asked to, and comes to that very page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

DESK: Final = "/"

PAGES: Final[Mapping[str, str]] = {
    "annual_plan": "/annual-plans/{id}",
    "session_plan": "/session-plans/{id}",
    "roster": "/rosters/{id}",
    "certificates": "/productions/{id}",
    "production": "/productions/{id}",
    "work_report": DESK,
    "inspection": DESK,
    "violation": DESK,
    "sanction": DESK,
    "bulletin": DESK,
    "body": DESK,
    "webhook": DESK,
}
"""Noun of a fact → where its document lies."""

_DUTY_ABOUT = ("_endorsement", "_approval")
"""Ends of the names of duties that are about a document of another name."""


def page_of(site: str, kind: str, id: str) -> str:
    """The address that opens this document. kind: noun of its facts, or name of a duty about it."""
    for end in _DUTY_ABOUT:
        kind = kind.removesuffix(end)
    return f"{site.rstrip('/')}{PAGES.get(kind, DESK).format(id=quote(id, safe=''))}"
