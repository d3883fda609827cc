"""What the gateway itself refuses: programs are told problem details, people a page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.errors import AppError
from shared.web import problems
from shared.web.edge.refused import as_asked

Answer = Callable[[Request, Exception], Awaitable[Response]]


def install(app: FastAPI) -> None:
    problems.install(app)
    for kind in (AppError, HTTPException, Exception):
        app.add_exception_handler(kind, _said(app.exception_handlers[kind]))


def _said(as_problem: Any) -> Answer:
    async def answer(request: Request, error: Exception) -> Response:
        return as_asked(request, await as_problem(request, error))

    return answer
