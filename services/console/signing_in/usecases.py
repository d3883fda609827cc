"""Use cases of signing in at the Centre's own identity provider, by pages: the directory begins it and takes its
answer, the console stands in between for the browser."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import quote, unquote

from services.console.pages import own_address
from services.console.refusal import Refusal
from services.console.visitor import Visitor
from shared.ports.others.interfaces import Question

COOKIE, LOOPBACK_COOKIE = "__Host-jianding-provider", "jianding-provider"
"""What the browser keeps meanwhile: what the directory sealed of this sign-in, and the page that it is to lead to. By its name no
other host of the same domain can set it, and have somebody end a sign-in here that was begun elsewhere."""
LIFE: Final = 600
"""Seconds: as long as the directory takes an answer."""
_THEIRS: Final = "jianding-oidc"
_LONGEST_NEXT: Final = 2000
_BETWEEN: Final = "~"


async def begun(visitor: Visitor, next: str, *, fresh: bool) -> tuple[str, str]:
    """Where the browser goes, and the cookie that it takes along. fresh: whoever signs in has to prove anew who they are. Raises
    Refusal, Unavailable."""
    asked = [("pages", "true"), *([("fresh", "true")] if fresh else [])]
    reply = await visitor.interfaces.ask(
        Question("GET", "/directory/oidc/sign-in", visitor=visitor.address, query=asked)
    )
    if reply.status >= 400:
        raise Refusal.of(reply)
    sealed = SimpleCookie(reply.headers["set-cookie"])[_THEIRS].value
    return reply.headers["location"], f"{sealed}{_BETWEEN}{quote(next if len(next) <= _LONGEST_NEXT else '/', safe='')}"


def wanted(cookie: str) -> str:
    """The page that the sign-in is to lead to."""
    return own_address(unquote(cookie.partition(_BETWEEN)[2]))


async def tokens(visitor: Visitor, cookie: str, answer: dict[str, str]) -> dict[str, Any]:
    """answer: `state`, `code` and `error`, as the provider sent the browser back with. Raises Refusal, Unavailable."""
    reply = await visitor.interfaces.ask(
        Question(
            "GET",
            "/directory/oidc/callback",
            visitor=visitor.address,
            query=[(name, value) for name, value in answer.items() if value],
            headers={"Cookie": f"{_THEIRS}={cookie.partition(_BETWEEN)[0]}"},
        )
    )
    if reply.status >= 400:
        raise Refusal.of(reply)
    found: dict[str, Any] = reply.json()
    return found
