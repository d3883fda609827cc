"""One FastAPI application per service, all made alike."""

from __future__ import annotations

from uuid import uuid4

from fastapi import Depends, FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import trace
from shared.outside import Ports
from shared.register.declaration import Declaration
from shared.register.register import rows_of
from shared.web import pages, problems
from shared.web.openapi import document
from shared.web.openapi.queries import only_what_there_is
from shared.web.routers import acts, parked, placed

VERSION = "0.1.0"


def service_app(
    declared: Declaration, title: str, description: str, ports: Ports, *, practice: bool = False
) -> FastAPI:
    """Mounted at `/<service>`, with `/openapi.json`, `/docs` (works without the internet) and `/parked` below it.

    practice: whether writing is open in practice: only where every document has a path (shared.trade.practice)."""
    app = FastAPI(
        title=f"鉴定 Jianding · {title}",
        description=description,
        version=VERSION,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # to an address that the visitor's Host header names
        dependencies=[Depends(only_what_there_is)],
    )
    app.state.keyring = ports.keyring
    app.state.access = rows_of(declared)
    app.state.clock = ports.clock
    app.state.practice = practice
    app.state.training_url = ports.settings.training_url
    problems.install(app)
    document.install(app)
    pages.install(app)
    app.include_router(parked.router(ports.store))
    app.include_router(acts.router(ports.store))
    app.include_router(placed.router(ports.store, declared.kinds))

    app.add_middleware(_Traced)
    return app


class _Traced:
    """Gives every request a correlation id, or keeps the caller's. Plain ASGI: an error of `receive` (413) must come
    through as it is, and starlette's ready-made middleware would wrap it into a group."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        correlation = trace.readable(Headers(scope=scope).get("x-correlation-id", "")) or uuid4().hex

        async def labelled(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Correlation-Id"] = correlation
            await send(message)

        with trace.working_for(correlation):
            await self._app(scope, receive, labelled)


def not_found_app() -> FastAPI:
    """The outermost application: services are mounted into it; everything else is a 404 problem."""
    app = FastAPI(title="鉴定 Jianding", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    problems.install(app)
    return app
