"""What is wrong with a request as a whole, where the framework has no more than `Not Found`: and what to do instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import Request
from fastapi.routing import iter_route_contexts
from starlette._utils import get_route_path
from starlette.routing import compile_path

_SAID: Mapping[int, str] = {
    406: "无法以所求的格式应答，请去掉 Accept 请求头 · there is no answer in the form that Accept asks for: leave it out",
    413: "内容过大，请减少后重发 · the content is too large: send less of it",
    415: (
        "不支持这种格式，请按接口说明发送，通常为 Content-Type: application/json · "
        "this kind of content is not read here: the documentation of the interface says which is, mostly "
        "Content-Type: application/json"
    ),
}
_CONTENT = (
    "请求内容无法读取：应为 UTF-8 编码的 JSON，并带上 Content-Type: application/json · "
    "the content cannot be read: send JSON in UTF-8 with Content-Type: application/json"
)
_FORM = (
    "表单内容无法读取：应按 application/x-www-form-urlencoded 编码 · "
    "the form cannot be read: encode it as application/x-www-form-urlencoded"
)
_OTHER = "请求未能办理，请对照接口说明 · the request was not carried out: see the documentation of the interface"


def said_of(request: Request, status: int) -> str:
    """In place of what the framework says of this status."""
    if status == 404:
        docs = f"/{_service(request)}/docs"
        return f"没有这个地址，有哪些见 {docs} · there is no such address; {docs} lists those that there are"
    if status == 405:
        there_are = ", ".join(allowed(request))
        zh = f"此地址不支持 {request.method}" + (f"，可用 {there_are.replace(', ', '、')}" if there_are else "")
        return f"{zh} · {request.method} is not for this address" + (f"; there are {there_are}" if there_are else "")
    if status == 400:
        is_form = "form" in request.headers.get("content-type", "")
        return _FORM if is_form else _CONTENT
    return _SAID.get(status, _OTHER)


def _service(request: Request) -> str:
    """The first segment of the address of whoever answers; what answers for all of them has none."""
    return next((part for part in request.scope.get("root_path", "").split("/") if part), "directory")


def allowed(request: Request) -> Sequence[str]:
    """The methods of this address. The framework names those of one endpoint, be there several at one address."""
    here = get_route_path(request.scope)
    there_are = [one for one in iter_route_contexts(request.scope["app"].routes) if one.path and one.methods]
    return sorted({method for one in there_are if _leads_to(one.path, here) for method in one.methods or ()})


def _leads_to(path: str | None, here: str) -> bool:
    return compile_path(path or "")[0].match(here) is not None
