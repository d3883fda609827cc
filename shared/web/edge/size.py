"""How large a request may be."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.problems import problem

JSON_LIMIT = 1024 * 1024  # bytes; uploads have their own limit
MOST_PARTS = 20_000
"""Brackets and commas of a content that is no upload: the largest form of ours has half as many. Parsing and checking take
their time for each part, in one go and before anybody knows who asks, so a MB of them would stop everybody else."""
UPLOADS = re.compile(
    r"PUT /reporting/rosters/[^/]+/workbook"
    r"|POST /reporting/rosters/[^/]+/workbook/(check|marked)"
    r"|POST /rosters/[^/]+/workbook(/(check|marked))?"
    r"|PUT /supervision/inspections/[^/]+/findings/[^/]+/evidence"
)
"""The requests that may be large: workbooks and pieces of evidence, also from pages. No JSON, so no parser."""

TOO_MANY_PARTS = (
    f"内容超过 {MOST_PARTS} 项，请拆分后重发 · "
    f"the content has more than {MOST_PARTS} parts: send it in several requests"
)
_BEGINS_A_PART = (b",", b"[", b"{")


class SizeLimit:
    """Answers 413 as soon as a request is known to be too large; content is never held beyond the limit. Whoever waits for a page
    is told by the application, with a page, as soon as that begins to read.

    upload: limit in bytes for UPLOADS; everything else may have JSON_LIMIT."""

    def __init__(self, app: ASGIApp, upload: int) -> None:
        self._app, self._upload = app, upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_upload = UPLOADS.fullmatch(f"{scope['method']} {scope['path']}")
        limit = self._upload if is_upload else JSON_LIMIT
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        detail = (
            f"内容超过 {limit // 2**20} MB，请减少或拆分后重发 · "
            f"the content is larger than {limit // 2**20} MB: send less of it, or in parts"
        )
        too_large = declared.isdigit() and int(declared) > limit
        if too_large and not _is_for_people(scope):
            # The connection stays: what still comes is read away for a moment, or the visitor would see it break off
            # and never read why.
            await problem(Request(scope), 413, detail)(scope, receive, send)
            return
        got = parts = 0

        async def counted() -> Message:
            nonlocal got, parts
            if too_large:
                raise HTTPException(413, detail)
            message = await receive()
            piece: bytes = message.get("body", b"")
            got += len(piece)
            if got > limit:
                raise HTTPException(413, detail)
            if not is_upload:
                parts += sum(map(piece.count, _BEGINS_A_PART))
                if parts > MOST_PARTS:
                    raise HTTPException(413, TOO_MANY_PARTS)
            return message

        await self._app(scope, counted, send)


def _is_for_people(scope: Scope) -> bool:
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])
