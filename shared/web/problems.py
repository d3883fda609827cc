"""RFC 9457 problem details: every error leaves the house in this one shape, title Chinese first."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from shared import errors
from shared.web.idempotency import IDEMPOTENCY_KEY
from shared.web.preconditions import IF_MATCH
from shared.web.wording.fields import meanings_of, name_of
from shared.web.wording.refusals import allowed, said_of
from shared.web.wording.sentences import sentence

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
SOON_AGAIN = {"Retry-After": "2"}  # seconds

TITLES = {
    400: "请求有误 · bad request",
    401: "未登录 · not signed in",
    403: "无权办理 · not allowed",
    404: "查无此项 · not found",
    405: "不支持的方法 · method not allowed",
    409: "当前状态不允许 · conflict with the present state",
    412: "内容已被他人修改 · somebody changed it since you read it",
    413: "文件过大 · too large",
    415: "不支持的格式 · unsupported media type",
    422: "内容有误 · invalid content",
    428: "须带 If-Match · a precondition is required",
    429: "请求过于频繁 · too many requests",
    500: "系统内部错误 · internal error",
    503: "服务暂不可用 · temporarily unavailable",
}
"""Those that operations answer with; OpenAPI names them."""

MOST_ROWS = 1000
"""Mistakes that are listed one by one: more than anybody makes, and less than takes noticeable time to write down."""

AT_THE_DOOR = {
    408: "请求未在时限内到达 · the request took too long to arrive",
    417: "无法满足 Expect 请求头 · the expectation cannot be met",
    431: "请求头过大 · the headers are too large",
    501: "不支持的传输方式 · not implemented",
    502: "上游应答有误 · bad answer from the service behind",
    504: "上游应答超时 · the service behind took too long",
    505: "不支持的 HTTP 版本 · HTTP version not supported",
}
"""Those that are answered before an operation is reached."""


class ProblemRow(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(
        description="何处：请求中的 JSON 指针，或工作簿的表与单元格 · JSON pointer into the request, or sheet and cell"
    )
    what: str = Field(description="有何问题 · what is wrong there")
    fix: str = Field("", description="如何改正 · how to mend it")


class ProblemDetails(BaseModel):
    """Every error of every service, application/problem+json (RFC 9457)."""

    model_config = ConfigDict(extra="allow")
    type: str = Field("about:blank", description="问题类型 · kind of problem")
    title: str = Field(description="状态码的含义 · what the status means")
    status: int = Field(description="HTTP 状态码 · HTTP status")
    detail: str = Field(description="说明，给办理人看 · the sentence for a person")
    instance: str = Field("", description="请求的路径 · the path that was asked")
    errors: list[ProblemRow] = Field(
        default_factory=list, description="逐项列出全部问题 · everything that is wrong, one by one"
    )


_STATUS: tuple[tuple[type[errors.AppError], int], ...] = (
    (errors.NotFound, 404),
    (errors.NotAllowed, 403),
    (errors.NotSignedIn, 401),
    (errors.WrongState, 409),
    (errors.AlreadyThere, 409),
    (errors.Invalid, 422),
    (errors.Unconfirmed, 409),
    (errors.Refused, 409),
    (errors.Stale, 412),
    (errors.NotYet, 409),
    (errors.Unavailable, 503),
    (errors.TooOften, 429),
    (errors.Unreadable, 422),
)


def status_of(error: errors.AppError) -> int:
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def title_of(status: int) -> str:
    return TITLES.get(status) or AT_THE_DOOR.get(status, "错误 · error")


def problem(
    request: Request,
    status: int,
    detail: str,
    rows: Sequence[errors.Problem] = (),
    headers: dict[str, str] | None = None,
    **more: object,
) -> JSONResponse:
    details = ProblemDetails(
        title=title_of(status),
        status=status,
        detail=detail,
        instance=request.scope["path"],
        errors=[ProblemRow(where=row.where, what=row.what, fix=row.fix) for row in rows],
        **more,
    )
    content = details.model_dump(mode="json")
    if not details.errors:
        del content["errors"]
    return JSONResponse(content, status, headers, MEDIA_TYPE)


async def _app_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.AppError)
    status = status_of(error)
    rows = error.problems if isinstance(error, errors.Invalid | errors.Unconfirmed) else ()
    headers: dict[str, str] = {}
    if isinstance(error, errors.AlreadyThere):
        headers["Location"] = error.location
    if isinstance(error, errors.NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.Unavailable | errors.NotYet):
        headers.update(SOON_AGAIN)
    if isinstance(error, errors.TooOften):
        headers["Retry-After"] = str(error.wait)
    more: dict[str, object] = {"state": error.state} if isinstance(error, errors.WrongState) else {}
    if isinstance(error, errors.Unconfirmed):
        more["confirm"] = error.digest
    if isinstance(error, errors.NotTrained):
        more["training"] = request.app.state.training_url
    if isinstance(error, errors.SignInAgain):
        more["sign_in"] = "fresh"
    if isinstance(error, errors.MustChangePassword):
        more["password"] = error.link
    return problem(request, status, str(error), rows, headers, **more)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(allowed(request))
    # The framework's own says no more than the title, in English.
    detail = said_of(request, error.status_code) if error.detail.isascii() else error.detail
    return problem(request, error.status_code, detail, headers=headers)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    rows = [
        errors.Problem(where=_where(fault), what=_named(request.scope.get("route"), fault))
        for fault in faults[:MOST_ROWS]
    ]
    if left := len(faults) - len(rows):
        rows.append(errors.Problem(where="…", what=f"另有 {left} 处 · and {left} more"))
    status, detail = (
        422,
        "所填内容不符合要求，请按下列各处改正 · what was sent is not as it must be: see each place",
    )
    if any(fault["type"] == "json_invalid" for fault in faults):
        status = 400
    missing = {fault["loc"][-1] for fault in faults if fault["type"] == "missing" and fault["loc"][0] == "header"}
    for needed in (IDEMPOTENCY_KEY, IF_MATCH):
        if needed.name in missing:
            status, detail = needed.status, needed.sentence
    return problem(request, status, detail, rows)


def _where(fault: Mapping[str, Any]) -> str:
    """For programs: a JSON pointer into the content, or the kind of parameter and its name, or
    the character at which JSON ends, counted from 1 as the sentence does."""
    place, *rest = fault["loc"]
    if fault["type"] == "json_invalid":
        return f"character {int(rest[0]) + 1 if rest else 1}"
    if place != "body":
        return f"{place} {'/'.join(map(str, rest))}"
    return "/" + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in rest)


def _named(route: object, fault: Mapping[str, Any]) -> str:
    """Beginning with what the field is called, where that is known."""
    name, said = name_of(route, fault["loc"]), sentence(fault, meanings_of(route, fault["loc"]))
    return f"{name}：{said}" if name else said


async def _gone(request: Request, error: Exception) -> JSONResponse:
    """Nobody reads it; it is no fault of ours either."""
    return problem(request, 400, "请求未完整到达，请重发 · the request did not arrive whole: send it again")


async def _bug(request: Request, error: Exception) -> JSONResponse:
    number = uuid4().hex[:12]
    log.error("request failed, id %s", number, exc_info=error)
    return problem(request, 500, f"请将此编号告知运行管理员 · tell the operator this id: {number}", id=number)


def install(app: FastAPI) -> None:
    app.add_exception_handler(errors.AppError, _app_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _bug)
