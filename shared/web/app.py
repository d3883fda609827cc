"""One FastAPI application per service, all made alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request, Response
from fastapi_offline import FastAPIOffline

from shared import trace
from shared.house import House
from shared.web import parked, problems
from shared.web.problems import ProblemDetails

VERSION = "0.1.0"


def service_app(title: str, description: str, house: House) -> FastAPI:
    """Mounted at `/<service>`, with `/openapi.json`, `/docs` (works without the internet) and `/parked` below it."""
    answers: dict[int | str, dict[str, Any]] = {
        code: {"model": ProblemDetails, "description": problems.TITLES[code]}
        for code in (401, 403, 404, 409, 412, 422, 428)
    }
    app = FastAPIOffline(
        title=f"鉴定 Jianding · {title}",
        description=description,
        version=VERSION,
        responses=answers,
        openapi_url="/openapi.json",
    )
    app.state.keyring = house.keyring
    problems.install(app)
    app.include_router(parked.router(house.store, house.clock))

    @app.middleware("http")
    async def traced(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        correlation = request.headers.get("x-correlation-id", "")[:100] or uuid4().hex
        with trace.working_for(correlation):
            response = await call_next(request)
        response.headers["X-Correlation-Id"] = correlation
        return response

    return app


def not_found_app() -> FastAPI:
    """The outermost application: services are mounted into it; everything else is a 404 problem."""
    app = FastAPI(title="鉴定 Jianding", openapi_url=None, docs_url=None, redoc_url=None)
    problems.install(app)
    return app
