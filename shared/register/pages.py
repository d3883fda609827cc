"""Where the page of a document lies: one table, for letters, digests and whatever else leads people to a document.

Pages come with the console. Until then every link opens the sign-in page, and behind its `#`, which no server is asked for,
stands the address of the document: so it never leads to an error, and a page that comes later changes this table alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

SIGN_IN: Final = "/"

PAGES: Final[Mapping[str, str]] = {
    "annual_plan": "/plan/annual-plans/{id}",
    "session_plan": "/plan/session-plans/{id}",
    "roster": "/reporting/rosters/{id}",
    "certificates": "/reporting/rosters/{id}",
    "production": "/certificate/productions/{id}",
    "work_report": "/supervision/work-reports/{id}",
    "inspection": "/supervision/inspections/{id}",
    "violation": "/supervision/violations/{id}",
    "sanction": "/supervision/sanctions/{id}",
    "bulletin": "/supervision/bulletins/{id}",
    "body": "/directory/bodies/{id}",
    "webhook": "/notification/webhooks/{id}",
}
"""Noun of a fact → where its document lies."""

_DUTY_ABOUT = ("_endorsement", "_approval")
"""Ends of the names of duties that are about a document of another name."""


def page_of(site: str, kind: str, id: str) -> str:
    """The address that opens this document. kind: noun of its facts, or name of a duty about it. Where the table knows none:
    of the sign-in page."""
    for end in _DUTY_ABOUT:
        kind = kind.removesuffix(end)
    address = PAGES.get(kind, "")
    behind = "#" + address.format(id=quote(id, safe="")) if address else ""
    return f"{site.rstrip('/')}{SIGN_IN}{behind}"
