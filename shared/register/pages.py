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

_DUTIES: Final[Mapping[str, str]] = {
    "session_roster": "roster",
    "posting": "production",
    "receipt": "production",
    **dict.fromkeys(("rectification", "licence", "annual_rectification", "examiner_card"), "body"),
}
"""Name of a duty → noun of the document that is acted on, where the name does not say it. An inspection and a sanction order a
rectification alike, and cards that end are several: those lead to the body."""
_DUTY_ABOUT = ("_endorsement", "_approval", "_draw")
"""Ends of the names of duties that are about a document of another name."""


def document_of_duty(what: str, about: str, body: str) -> tuple[str, str]:
    """Noun and id of the document that is acted on. what: name of the duty. body: code of whoever owes it."""
    for end in _DUTY_ABOUT:
        what = what.removesuffix(end)
    noun = _DUTIES.get(what, what)
    return noun, body if noun == "body" else about


def page_of(site: str, noun: str, id: str) -> str:
    """The address that opens this document. noun: of its facts. Where the table knows none: of the desk."""
    return f"{site.rstrip('/')}{PAGES.get(noun, DESK).format(id=quote(id, safe=''))}"
