"""Wiring of the console."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.responses import FileResponse

from services.console import refusals
from services.console.annual_plans import api as annual_plans_api
from services.console.approvals import api as approvals_api
from services.console.approvals.usecases import Desks
from services.console.desk import api as desk_api
from services.console.documents.names import Names
from services.console.help import api as help_api
from services.console.look_up import api as look_up_api
from services.console.menu import MENU, pages_of
from services.console.practice import api as practice_api
from services.console.privacy import api as privacy_api
from services.console.productions import api as productions_api
from services.console.rendering import Templates
from services.console.rosters import api as rosters_api
from services.console.same_origin import from_our_pages
from services.console.session_plans.api import planning as session_plans_api
from services.console.sessions import storage
from services.console.sessions.usecases import Sessions
from services.console.settings import ConsoleSettings
from services.console.signing_in import api as signing_in_api
from shared.outside import Ports
from shared.service import Blueprint, Service
from shared.web.app import UNTOLD, VERSION
from shared.web.edge.traced import Traced
from shared.web.uploads import Places

_STATIC = Path(__file__).with_name("static")
HTMX = str(files("django_htmx") / "static" / "django_htmx" / "htmx-4.min.js")
"""As the package carries it; nothing else of that package is used."""
KEPT = {"Cache-Control": "public, max-age=86400"}


def build(ports: Ports) -> Service:
    interfaces = ports.interfaces
    life = timedelta(hours=ports.settings.of(ConsoleSettings).session_hours)
    sessions = Sessions(ports.store, ports.clock, interfaces, life)
    app = FastAPI(
        title="鉴定 Jianding · 网页 Console",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(from_our_pages)],
        telemetry=UNTOLD,
    )
    app.state.menu = MENU
    app.state.pages = pages_of(MENU)
    app.state.access = ports.register.access
    app.state.places = Places()
    app.state.sessions, app.state.interfaces = sessions, interfaces
    app.state.names = ports.memory.keep(Names(ports.clock))
    app.state.templates = Templates(ports.register, ports.settings, VERSION)
    refusals.install(app)
    for routes in _routers(ports):
        app.include_router(routes)

    @app.get("/static/htmx.js")
    async def htmx() -> FileResponse:
        return FileResponse(HTMX, media_type="text/javascript", headers=KEPT)

    app.mount("/static", StaticFiles(directory=_STATIC))
    app.add_middleware(Traced)

    async def sweep(now: datetime) -> None:
        await storage.sweep(ports.store, now)

    return Service("console", app, ticks=(sweep,), at_the_root=True)


def _routers(ports: Ports) -> Iterable[APIRouter]:
    yield signing_in_api.router()
    yield help_api.router()
    yield desk_api.router(ports.clock)
    yield approvals_api.router(ports.memory.keep(Desks(ports.clock)))
    yield annual_plans_api.router(ports.clock)
    yield session_plans_api.router(ports.clock)
    yield rosters_api.router(ports.clock)
    yield productions_api.router()
    yield look_up_api.router()
    yield practice_api.router()
    yield privacy_api.router()


BLUEPRINT = Blueprint(build)
