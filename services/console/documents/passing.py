"""Files of the services, passed on to a browser piece by piece: the console keeps none of them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Final

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from services.console.visitor import Visitor
from shared.ports.others.interfaces import Flow
from shared.web.edge.headers import NOT_KEPT

PASSED: Final = ("content-type", "content-disposition", "content-length")
"""Headers that a file keeps on its way."""


async def passed_on(visitor: Visitor, path: str, **query: object) -> Response:
    """The file that a service answers. Raises Refusal, NotSignedIn, SignInAgain, Unavailable."""
    async with AsyncExitStack() as opened:
        flow = await opened.enter_async_context(visitor.flow(path, **query))
        kept = {name: flow.headers[name] for name in PASSED if name in flow.headers}
        return _Passed(opened.pop_all(), flow, {**kept, **NOT_KEPT})


class _Passed(StreamingResponse):
    """Lets go of the service's answer also when the browser goes away in the middle of it, or before."""

    def __init__(self, opened: AsyncExitStack, flow: Flow, headers: Mapping[str, str]) -> None:
        super().__init__(flow.pieces, headers=headers)
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._opened:
            await super().__call__(scope, receive, send)
