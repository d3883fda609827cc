"""Requests that two programs could read in two ways are refused: the one in front would guard another request than the one
behind it answers."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import unquote_to_bytes

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.edge.refused import as_asked
from shared.web.problems import problem

HEADER_LIMIT = 16 * 1024  # bytes of request line and headers together
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

_Refusal = tuple[int, str]
_HOST = re.compile(rb"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
# A parameter (;) or a backslash ends a segment for some programs and not for others; so does an empty one.
_AMBIGUOUS = re.compile(rb"[\\;#\x00-\x1f\x7f]|/(\.{1,2})?/|/\.{1,2}$")
_ONCE = (b"host", b"authorization", b"content-type", b"content-length", b"transfer-encoding", b"idempotency-key")
_MOST_ENCODINGS = 4  # of which the last finds nothing left to decode


class WellFormed:
    """Answers what is wrong with a request, and ends the connection: nobody knows where the next one begins."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
            return
        status, detail = refusal
        headers = {"Connection": "close", **({"Allow": ", ".join(METHODS)} if status == 405 else {})}
        request = Request(scope)
        await as_asked(request, problem(request, status, detail, headers=headers))(scope, receive, send)


def _refusal(scope: Scope) -> _Refusal | None:
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    size = len(scope["raw_path"]) + len(scope["query_string"]) + sum(len(name) + len(text) for name, text in headers)
    if size > HEADER_LIMIT:
        kilobytes = HEADER_LIMIT // 1024
        return 431, f"请求头超过 {kilobytes} KB · the headers are larger than {kilobytes} KB"
    if scope["http_version"] not in ("1.0", "1.1"):
        return 505, "只支持 HTTP/1.1，请改用 · HTTP/1.1 is spoken here"
    if scope["method"] not in METHODS:
        return (
            405,
            f"不支持的方法，可用 {'、'.join(METHODS)} · there is no such method here; there are {', '.join(METHODS)}",
        )
    return _wrong_headers(headers) or _wrong_path(scope["raw_path"])


def _wrong_headers(headers: list[tuple[bytes, bytes]]) -> _Refusal | None:
    values = dict(headers)
    if len(values) < len(headers):
        count = Counter(name for name, _ in headers)
        name = next((name for name in _ONCE if count[name] > 1), None)
        if name is not None:
            return 400, f"请求头 {name.decode()} 只能出现一次 · the header {name.decode()} may come once"
    if b"content-length" in values and b"transfer-encoding" in values:
        return (
            400,
            "请求头 Content-Length 和 Transfer-Encoding 只能有一个 · Content-Length and Transfer-Encoding contradict each other",
        )
    if not _HOST.fullmatch(values.get(b"host", b"none")):
        return 400, "请求头 Host 应为主机名或地址 · the header Host is no address"
    if values.get(b"expect", b"100-continue").lower() != b"100-continue":
        return 417, "请求头 Expect 只能是 100-continue · nothing but 100-continue can be expected"
    return None


def _wrong_path(path: bytes) -> _Refusal | None:
    """Also when it is encoded once more for whoever decodes twice."""
    if not path.startswith(b"/"):
        return 400, "请求路径须以 / 开头 · the path begins with /"
    if _BAD_ESCAPE.search(path):
        return (
            400,
            "请求路径编码有误：% 之后须为两位十六进制数字 · a % in the path is followed by two hexadecimal digits",
        )
    for _ in range(_MOST_ENCODINGS):
        if _AMBIGUOUS.search(path):
            break
        decoded = unquote_to_bytes(path)
        if decoded == path:
            return _wrong_text(path)
        path = decoded
    return (
        400,
        "请求路径有歧义：不得含 ./、../、连续的斜杠、分号、反斜杠或控制字符 · "
        "the path has dot segments, empty ones, or characters that no address of ours has",
    )


def _wrong_text(path: bytes) -> _Refusal | None:
    try:
        path.decode()
    except UnicodeDecodeError:
        return 400, "请求路径不是 UTF-8 · the path is not in UTF-8"
    return None
