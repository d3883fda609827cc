"""The gateway: first path segment → service. A deployment with an ingress of its own does not need it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.responses import Response, StreamingResponse

from shared.errors import NotFound, Unavailable
from shared.settings import Settings
from shared.web import problems

# Of one connection only (RFC 9110 §7.6.1); the rest is passed on untouched.
_HOP = {"connection", "keep-alive", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade"}
# The services believe this door, so a visitor's own claims about where he comes from end here.
_CLAIMS = {"forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
_OURS = {"date"}  # which the server under this door writes itself
READY_WITHIN = 5.0  # seconds
CONNECTIONS = httpx.Limits(max_connections=1000, max_keepalive_connections=50)
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def gateway_app(
    settings: Settings, services: Sequence[str], transport: httpx.AsyncBaseTransport | None = None
) -> FastAPI:
    """services: their names, which are the first segments of their paths."""
    client = httpx.AsyncClient(transport=transport, timeout=httpx.Timeout(60.0, connect=3.0), limits=CONNECTIONS)
    app = FastAPI(title="鉴定 Jianding", openapi_url=None, docs_url=None, redoc_url=None)
    problems.install(app)

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        return JSONResponse({"alive": True})

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        """Ready when every service behind the door is."""
        answers = await asyncio.gather(*(readiness(service) for service in services))
        missing = [what for faults, _ in answers for what in faults]
        home = {name: kind for _, known in answers for name, kind in known.items()}
        return JSONResponse({"ready": not missing, "missing": missing, "home": home}, 503 if missing else 200)

    async def readiness(service: str) -> tuple[list[str], dict[str, Any]]:
        try:
            answer = await client.get(settings.address_of(service) + "/readyz", timeout=READY_WITHIN)
            return answer.json()["missing"], answer.json()["home"]
        except (httpx.HTTPError, ValueError, KeyError) as error:
            return [f"{service}: does not answer: {type(error).__name__}"], {}

    @app.get("/", include_in_schema=False)
    async def front() -> RedirectResponse:
        return RedirectResponse("/directory/docs")

    @app.api_route("/{service}/{path:path}", methods=_METHODS)
    async def pass_on(service: str, path: str, request: Request) -> Response:
        """Each service checks the token itself; the door adds only where the visitor comes from."""
        if service not in services:
            raise NotFound(f"查无此服务 · there is no service {service}")
        url = httpx.URL(settings.address_of(service)).copy_with(
            raw_path=request.scope["raw_path"]
            + (b"?" + request.scope["query_string"] if request.scope["query_string"] else b"")
        )
        headers = [(name, value) for name, value in request.headers.raw if name.decode() not in _HOP | _CLAIMS]
        headers.append((b"x-forwarded-for", (request.client.host if request.client else "unknown").encode()))
        headers.append((b"x-forwarded-proto", request.url.scheme.encode()))
        outgoing = client.build_request(request.method, url, headers=headers, content=request.stream())
        try:
            answer = await client.send(outgoing, stream=True)
        except httpx.HTTPError as error:
            raise Unavailable(f"{service} 暂无应答 · does not answer: {type(error).__name__}") from error
        kept = {name: value for name, value in answer.headers.items() if name not in _HOP | _OURS}
        return StreamingResponse(_content(answer), answer.status_code, kept)

    async def _content(answer: httpx.Response) -> AsyncIterator[bytes]:
        try:
            async for chunk in answer.aiter_raw():
                yield chunk
        finally:
            await answer.aclose()

    return app
