"""How the endpoints of the access table are asked for real. Who may is said by the services themselves (`access.py`);
here stands what a sensible request looks like and how far an endpoint reaches, one file per service in `asked/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Reach = Literal["below", "above and below", "anything", "own", "own sign-in", "nobody's"]
"""How the document an endpoint names is found.

below: of one's own body and what stands below it; anything else looks as if it were not there (404).
above and below: also of the bodies above one's own.
anything: no document of a body (a catalogue, a message): the role alone decides.
own: what concerns the caller alone, or is made at the caller's own body.
own sign-in: of whoever signed in with a password; the knockers have tokens without one, as machines do.
nobody's: open to the public."""


@dataclass(frozen=True, slots=True)
class Asked:
    """kind: sample whose id fills the path (samples.py). ids: what else fills it. content: a sensible body, where the
    reach is asked of a code inside it; `{code}` stands for the body's. query: filters a list cannot do without. service_ids: what
    else fills it when a service asks, where that differs."""

    reach: Reach = "below"
    kind: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    service_ids: Mapping[str, str] = field(default_factory=dict)
    content: Mapping[str, Any] | None = None
    query: str = ""


def approval(path: str, kind: str) -> dict[str, Asked]:
    """The steps of a form on its way up."""
    steps = ("submission", "endorsement", "approval", "withdrawal", "discarding")
    asked = {f"POST {path}/{{id}}/{step}": Asked(kind=kind) for step in steps}
    asked[f"GET {path}/{{id}}/steps"] = Asked(kind=kind)
    return {**asked, f"POST {path}/{{id}}/return": Asked(kind=kind, content={"reason": "理由"})}


def windups(service: str) -> dict[str, Asked]:
    return {
        f"GET /{service}/windups/preview": Asked("anything", query="body=49053012"),
        f"GET /{service}/windups/{{sanction}}": Asked("anything", ids={"sanction": "none"}),
    }
