"""What the door itself refuses: programs are told problem details, people a page. It needs nothing of the console, which may be
what does not answer."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.errors import AppError
from shared.web import problems
from shared.web.edge.headers import NOT_KEPT

_pages = Environment(loader=FileSystemLoader(pathlib.Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
_OF_THE_CONTENT = ("content-type", "content-length")
Answer = Callable[[Request, Exception], Awaitable[Response]]


def install(app: FastAPI) -> None:
    problems.install(app)
    for kind in (AppError, HTTPException, Exception):
        app.add_exception_handler(kind, _said(app.exception_handlers[kind]))


def _said(as_problem: Any) -> Answer:
    async def answer(request: Request, error: Exception) -> Response:
        problem: Response = await as_problem(request, error)
        if "text/html" not in request.headers.get("accept", ""):
            return problem
        said = json.loads(bytes(problem.body))
        page = _pages.get_template("refused.html").render(title=said["title"], detail=said["detail"])
        kept = {name: text for name, text in problem.headers.items() if name not in _OF_THE_CONTENT}
        return HTMLResponse(page, problem.status_code, {**kept, **NOT_KEPT})

    return answer
