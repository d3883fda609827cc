"""One FastAPI application per service, all made alike."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.outside import Ports
from shared.register.declaration import Declaration
from shared.register.register import rows_of
from shared.web import pages, problems
from shared.web.edge.traced import Traced
from shared.web.openapi import document
from shared.web.openapi.queries import only_what_there_is
from shared.web.routers import acts, parked, placed

VERSION = "0.1.0"

UNTOLD: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""Nobody is set up here for the framework's own telemetry; without this it asks at every request whether somebody is."""


class Outermost(FastAPI):
    """What is mounted at one segment is entered at once, and by itself: its requests pass through one application, not two."""

    def __init__(self) -> None:
        super().__init__(
            title="鉴定 Jianding",
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            telemetry=UNTOLD,
        )
        self._mounted: dict[str, ASGIApp] = {}

    def mount(self, path: str, app: ASGIApp, name: str | None = None) -> None:
        super().mount(path, app, name)
        self._mounted[path] = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope.get("root_path"):
            first, further, _ = scope["path"][1:].partition("/")
            segment = f"/{first}"
            mounted = self._mounted.get(segment) if further else None
            if mounted is not None:
                # What the framework's own mount would say.
                scope.update(root_path=segment, app_root_path="", path_params={}, endpoint=mounted, router=self.router)
                await mounted(scope, receive, send)
                return
        await super().__call__(scope, receive, send)


def service_app(
    declared: Declaration,
    title: str,
    description: str,
    ports: Ports,
    *,
    practice: bool = False,
    asked_most: APIRouter | None = None,
) -> FastAPI:
    """Mounted at `/<service>`, with `/openapi.json`, `/docs` (works without the internet) and `/parked` below it.

    practice: whether writing is open in practice: only where every document has a path (shared.trade.practice).
    asked_most: endpoints that are looked for before all others, as the framework tries one after the other."""
    app = FastAPI(
        title=f"鉴定 Jianding · {title}",
        description=description,
        version=VERSION,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # to an address that the visitor's Host header names
        dependencies=[Depends(only_what_there_is)],
        telemetry=UNTOLD,
    )
    app.state.keyring = ports.keyring
    app.state.access = rows_of(declared)
    app.state.clock = ports.clock
    app.state.practice = practice
    app.state.training_url = ports.settings.training_url
    problems.install(app)
    document.install(app)
    if asked_most is not None:
        app.include_router(asked_most)
    pages.install(app)
    app.include_router(parked.router(ports.store))
    app.include_router(acts.router(ports.store))
    app.include_router(placed.router(ports.store, declared.kinds))

    app.add_middleware(Traced)
    return app


def not_found_app() -> FastAPI:
    """The outermost application: services are mounted into it; everything else is a 404 problem."""
    app = Outermost()
    problems.install(app)
    app.add_middleware(Traced)
    return app
