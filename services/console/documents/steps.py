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
SAME: Final = "exceptions.same"
"""The reason of all that are sent empty: each of them stood on the page, so nothing is let through that nobody saw."""
AT_EXCEPTION: Final = "/exceptions/"
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


def needed(document: Mapping[str, Any], refusal: Refusal | None, form: Typed | None) -> list[dict[str, str]]:
    """What has to be let through: as the document says, and what was found besides when somebody approved just now."""
    known = list(document.get("needs") or ())
    rules = {one["rule"] for one in known}
    for fault in refusal.faults if refusal else ():
        rule = fault.where.removeprefix(AT_EXCEPTION).replace("~1", "/").replace("~0", "~")
        unneeded = form is not None and bool(form[f"{EXCEPTION}{rule}"] or form[SAME])
        if fault.where.startswith(AT_EXCEPTION) and rule not in rules and not unneeded:
            known.append({"rule": rule, "what": fault.what})
    return known


async def take(visitor: Visitor, address: str, verb: str, form: Typed) -> None:
    """Raises Refusal, NotSignedIn, Unavailable."""
    if verb not in ADDRESS:
        raise Refusal(404, NO_SUCH)
    content: dict[str, Any] | None = None
    if verb == "approve":
        reasons = {
            name.removeprefix(EXCEPTION): value.strip() or form[SAME]
            for name, value in form.fields
            if name.startswith(EXCEPTION)
        }
        content = {"exceptions": {rule: reason for rule, reason in reasons.items() if reason}}
    elif verb in ("send_back", "withdraw", "discard"):
        content = {"reason": form["reason"]}
    await visitor.send("POST", f"{address}/{ADDRESS[verb]}", content, if_match=form["version"])
