"""Files that pages load, and the page of the interface documentation. Nothing comes from elsewhere, and nothing is written
into a page that a file can hold: so the same headers do for all of them (shared.web.edge.headers)."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

DOCUMENTATION = "/docs"
_OURS = Path(__file__).with_name("static")
_SWAGGER = str(files("fastapi_offline") / "static")  # Swagger UI as the package ships it


def install(app: FastAPI) -> None:
    """`/docs`, and what it and other pages of the service load from `/static`."""

    page = (_OURS / "documentation.html").read_text(encoding="utf-8")

    @app.get(DOCUMENTATION, include_in_schema=False)
    async def documentation() -> HTMLResponse:
        return HTMLResponse(page)

    app.mount("/static/swagger", StaticFiles(directory=_SWAGGER))
    app.mount("/static", StaticFiles(directory=_OURS))
