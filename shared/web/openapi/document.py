"""The OpenAPI document of a service. What the framework cannot know is added: who may ask, and with which problems it is
answered. The roles are those of the very table that guards the endpoint."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.routing import iter_route_contexts

from shared.register.access import Row
from shared.trade.roles import Role
from shared.web.openapi.statuses import statuses, throttled
from shared.web.problems import MEDIA_TYPE, TITLES, ProblemDetails

Part = dict[str, Any]

_SCHEMAS = "#/components/schemas/"
_MADE_BY_THE_FRAMEWORK = ("HTTPValidationError", "ValidationError")  # which none of our answers has
_HTML = "text/html"
_PAGE = {"schema": {"type": "string"}}


def install(app: FastAPI) -> None:
    """Every service's `/openapi.json` is completed this way. Routes may come later: they are read when somebody asks."""
    made_by_the_framework = app.openapi
    done: list[Part] = []

    def openapi() -> Part:
        document = made_by_the_framework()
        if not any(document is one for one in done):
            _complete(document, app)
            done[:] = [document]
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(document: Part, app: FastAPI) -> None:
    endpoints = _endpoints(app)
    table: Mapping[str, Row] = app.state.access
    for path, methods in document["paths"].items():
        for name, operation in methods.items():
            method = name.upper()
            row = table.get(f"{method} {path}", Row(frozenset()))
            endpoint = endpoints[method, path]
            held = throttled(endpoint)
            _tell_who(operation, row)
            _tell_page(operation, endpoint)
            _tell_problems(operation, statuses(method, path, operation, row, is_throttled=held))
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _MADE_BY_THE_FRAMEWORK:
        schemas.pop(name, None)
    schemas.update(_problem_schemas())
    components["responses"] = {_name(status): _problem(status) for status in TITLES if status != 405}


def _endpoints(app: FastAPI) -> dict[tuple[str, str], Callable[..., Any]]:
    """(method, path) → the function that answers; routes without one, such as mounted files, are no operations."""
    return {
        (method, one.path_format): one.endpoint
        for one in iter_route_contexts(app.routes)
        if one.path_format is not None and one.endpoint is not None
        for method in one.methods or ()
    }


def _tell_who(operation: Part, row: Row) -> None:
    """`x-roles`; where only some of our services may ask, `x-services`; where people need a fresh sign-in, `x-sign-in`."""
    operation["x-roles"] = [role.value for role in Role if role in row.roles]
    if row.services:
        operation["x-services"] = list(row.services)
    if row.fresh:
        operation["x-sign-in"] = "fresh"
    if not row.roles:
        operation["security"] = []


def _tell_page(operation: Part, endpoint: Callable[..., Any]) -> None:
    """The framework takes everything for JSON whose type is not said at the route; a page says it by what it returns."""
    answered = inspect.signature(endpoint, eval_str=True).return_annotation
    if inspect.isclass(answered) and issubclass(answered, HTMLResponse):
        for status, answer in operation["responses"].items():
            if status.startswith("2"):
                answer["content"] = {_HTML: _PAGE}


def _tell_problems(operation: Part, possible: frozenset[int]) -> None:
    """Whatever else an endpoint declares of its own errors stays, but for their type."""
    answers: dict[str, Part] = operation["responses"]
    declared = {int(status): answers.pop(status) for status in list(answers) if status.isdigit() and int(status) >= 400}
    # A page that a form belongs to says what is wrong on the page; the framework's own refusals stay problems.
    is_page = any(_HTML in answer.get("content", {}) for answer in answers.values()) and "requestBody" in operation
    for status in sorted(possible | declared.keys()):
        more = {
            kind: content for kind, content in declared.get(status, {}).get("content", {}).items() if "json" not in kind
        }
        if is_page:
            more.setdefault(_HTML, _PAGE)
        answers[str(status)] = _or_else(status, more) if more else {"$ref": f"#/components/responses/{_name(status)}"}


def _name(status: int) -> str:
    return f"problem-{status}"


def _or_else(status: int, more: Part) -> Part:
    answer = _problem(status)
    return {**answer, "content": {**answer["content"], **more}}


def _problem(status: int) -> Part:
    answer: Part = {
        "description": TITLES[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{_SCHEMAS}{ProblemDetails.__name__}"}}},
    }
    headers = {
        name: {"description": sentence, "schema": {"type": kind}} for name, kind, sentence in _HEADERS.get(status, ())
    }
    return {**answer, "headers": headers} if headers else answer


_AGAIN = ("Retry-After", "integer", "多少秒后可再试 · seconds after which to ask again")
_HEADERS: Mapping[int, tuple[tuple[str, str, str], ...]] = {
    401: (("WWW-Authenticate", "string", "登录方式 · how to sign in"),),
    409: (("Location", "string", "已存在时，其所在 · where it is, if it is already there"), _AGAIN),
    429: (_AGAIN,),
    503: (_AGAIN,),
}


def _problem_schemas() -> Part:
    schema = ProblemDetails.model_json_schema(ref_template=_SCHEMAS + "{model}")
    return {**schema.pop("$defs"), ProblemDetails.__name__: schema}
