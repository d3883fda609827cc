"""Every request has a correlation id and leaves one line in the log: method, route, status, how long it took.

The route is the template, so that no id of a person and nothing of a query stands there; what has no route is not told
either, because its path is whatever a visitor wrote.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Iterable
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import trace
from shared.log import fields

log = logging.getLogger(__name__)

HEADER = "X-Correlation-Id"
_NAME = HEADER.lower().encode()
POLLS = ("/healthz", "/readyz", "/metrics")
"""Asked every few seconds by whoever watches: told at the level debug only."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
TOLD_AS = "jianding_told_as"
"""What a scope is told as instead of its route: of the door, which knows the service only."""
_SEEN = "jianding_correlation"
_GONE = 499  # the visitor left before he was answered; no status of HTTP, but what logs call it


class Traced:
    """Keeps the caller's correlation id, or gives one. Applications lie in one another: the outermost one speaks.

    Plain ASGI: an error of `receive` (413) must come through as it is, and starlette's ready-made middleware would wrap
    it into a group."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _SEEN in scope:
            await self._app(scope, receive, send)
            return
        given = next((text for name, text in scope["headers"] if name == _NAME), b"")
        correlation = trace.readable(given.decode("latin-1")) or _new_correlation()
        scope[_SEEN] = correlation
        scope["headers"] = _with(correlation, scope["headers"])  # for whoever passes the request on
        path, status, began = scope["path"], 0, perf_counter()

        async def labelled(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with(correlation, message["headers"])
            await send(message)

        with trace.working_for(correlation):
            try:
                await self._app(scope, receive, labelled)
            except asyncio.CancelledError:
                status = status or _GONE
                raise
            except BaseException:
                status = status or 500
                raise
            finally:
                _tell(scope, path, status, round((perf_counter() - began) * 1000))


def _with(correlation: str, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """In the place of any other that stands there."""
    return [*(header for header in headers if header[0].lower() != _NAME), (_NAME, correlation.encode())]


def _new_correlation() -> str:
    """Tells requests apart and keeps no secret, so the system's randomness is not asked for it."""
    return f"{random.getrandbits(128):032x}"


def _tell(scope: Scope, path: str, status: int, ms: int) -> None:
    """path: the whole one, before the applications took their parts of it."""
    level = logging.DEBUG if path in POLLS else logging.WARNING if status >= 500 else logging.INFO
    if not log.isEnabledFor(level):
        return
    method = scope["method"] if scope["method"] in METHODS else "?"
    route = _route(scope)
    said = fields(method=method, route=route, status=status, ms=ms)
    log.log(level, "%s %s %d %d ms", method, route, status, ms, extra=said)


def _route(scope: Scope) -> str:
    if TOLD_AS in scope:
        return str(scope[TOLD_AS])
    template = getattr(scope.get("route"), "path", None)
    root = scope.get("root_path", "")
    return f"{root}{template}" if template is not None else f"{root}/?"
