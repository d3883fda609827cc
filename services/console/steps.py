"""The steps of a form on its way up, as pages ask for them: the same for every form (shared.web.routers.approvals)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.console.refusal import Refusal
from services.console.typed import Typed
from services.console.visitor import Visitor

ADDRESS: Final[Mapping[str, str]] = {
    "submit": "submission",
    "endorse": "endorsement",
    "approve": "approval",
    "send_back": "return",
    "withdraw": "withdrawal",
    "discard": "discarding",
}
EXCEPTION: Final = "exception."
"""How fields begin in which the Centre says why it lets something through; the rule follows."""
NO_SUCH: Final = "没有这一步骤 · there is no such step"


@dataclass(frozen=True, slots=True)
class Opened:
    """A document as a page shows it. version: its ETag, which a step sends back. steps: what may be done with it, and why not
    the rest; of documents that go no such way, none."""

    document: dict[str, Any]
    version: str
    steps: list[dict[str, Any]]


async def opened(visitor: Visitor, address: str, *, with_steps: bool = True) -> Opened:
    """address: of the document in a service's interface. Raises Refusal, NotSignedIn, Unavailable."""
    reply = await visitor.reply("GET", address)
    steps = await visitor.get(f"{address}/steps") if with_steps else []
    return Opened(reply.json(), reply.headers.get("etag", ""), steps)


async def take(visitor: Visitor, address: str, verb: str, form: Typed) -> None:
    """Raises Refusal, NotSignedIn, Unavailable."""
    if verb not in ADDRESS:
        raise Refusal(404, NO_SUCH)
    content: dict[str, Any] | None = None
    if verb == "approve":
        reasons = {
            name.removeprefix(EXCEPTION): value.strip() for name, value in form.fields if name.startswith(EXCEPTION)
        }
        content = {"exceptions": {rule: reason for rule, reason in reasons.items() if reason}}
    elif verb in ("send_back", "withdraw", "discard"):
        content = {"reason": form["reason"]}
    await visitor.send("POST", f"{address}/{ADDRESS[verb]}", content, if_match=form["version"])
