"""The gateway: first path segment → service; whatever is none of theirs is a page of the console. A deployment with an ingress
of its own does not need it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from services.gateway import refusals
from services.gateway.passing_on import TIMEOUT, pass_on
from services.gateway.replicas import Lookup, Replicas, by_name
from shared.settings import Settings
from shared.web.edge.traced import TOLD_AS, Traced
from shared.web.routers.health import readiness

READY_WITHIN = 5.0  # seconds
CONNECTIONS = httpx.Limits(max_connections=1000, max_keepalive_connections=50)
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def gateway_app(
    settings: Settings,
    services: Sequence[str],
    pages: str,
    transport: httpx.AsyncBaseTransport | None = None,
    lookup: Lookup = by_name,
) -> FastAPI:
    """services: their names, which are the first segments of their paths. pages: the service that has all other paths.
    transport, lookup: how one of them is reached, and where; a real network, unless a test says otherwise."""
    replicas = Replicas(lookup)
    # A transport of our own: without one the library would send what visitors send through a proxy of the environment.
    client = httpx.AsyncClient(transport=transport or httpx.AsyncHTTPTransport(limits=CONNECTIONS), timeout=TIMEOUT)
    app = FastAPI(title="鉴定 Jianding", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    refusals.install(app)
    app.add_middleware(Traced)

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        return JSONResponse({"alive": True})

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        """Ready when every service behind the door is."""
        answers = await asyncio.gather(*(readiness_of(service) for service in (*services, pages)))
        missing = [what for faults, _ in answers for what in faults]
        return readiness(missing, {name: kind for _, known in answers for name, kind in known.items()})

    async def readiness_of(service: str) -> tuple[list[str], dict[str, Any]]:
        """Of several containers one that is ready is enough."""
        places = await replicas.of(settings.address_of(service))
        answers = await asyncio.gather(*(asked(service, place) for place in places))
        return min(answers, key=lambda answer: (not answer[1], len(answer[0])))

    async def asked(service: str, place: httpx.URL) -> tuple[list[str], dict[str, Any]]:
        try:
            answer = await client.get(place.copy_with(path="/readyz"), timeout=READY_WITHIN)
            return answer.json()["missing"], answer.json()["home"]
        except (httpx.HTTPError, ValueError, KeyError) as error:
            return [f"{service}: does not answer: {type(error).__name__}"], {}

    @app.api_route("/{path:path}", methods=_METHODS)
    async def to_the_service(path: str, request: Request) -> Response:
        """Each service checks the token itself; the door adds only where the visitor comes from."""
        first, further, _ = path.partition("/")
        service = first if further and first in services else pages
        request.scope[TOLD_AS] = "/…" if service == pages else f"/{service}/…"
        return await pass_on(client, replicas, settings.address_of(service), service, request)

    return app
