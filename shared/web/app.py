"""One FastAPI application per service, all made alike."""

from __future__ import annotations

from fastapi import Depends, FastAPI

from shared.outside import Ports
from shared.register.declaration import Declaration
from shared.register.register import rows_of
from shared.web import pages, problems
from shared.web.edge.traced import Traced
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

    app.add_middleware(Traced)
    return app


def not_found_app() -> FastAPI:
    """The outermost application: services are mounted into it; everything else is a 404 problem."""
    app = FastAPI(title="鉴定 Jianding", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    problems.install(app)
    app.add_middleware(Traced)
    return app
