"""How large a request may be."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.problems import problem

JSON_LIMIT = 1024 * 1024  # bytes; uploads have their own limit
UPLOADS = re.compile(r"/reporting/rosters/[^/]+/workbook|/supervision/inspections/[^/]+/findings/[^/]+/evidence")
"""The requests that may be large: workbooks and pieces of evidence. No JSON, so no parser."""


class SizeLimit:
    """Answers 413 as soon as a request is known to be too large; content is never held beyond the limit.

    upload: limit in bytes for UPLOADS; everything else may have JSON_LIMIT."""

    def __init__(self, app: ASGIApp, upload: int) -> None:
        self._app, self._upload = app, upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_upload = scope["method"] == "PUT" and UPLOADS.fullmatch(scope["path"])
        limit = self._upload if is_upload else JSON_LIMIT
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        detail = f"内容超过 {limit // 1024} KB · the content is larger than {limit // 1024} KB"
        if declared.isdigit() and int(declared) > limit:
            # The connection stays: what still comes is read away for a moment, or the visitor would see it break off
            # and never read why.
            await problem(Request(scope), 413, detail)(scope, receive, send)
            return
        got = 0

        async def counted() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > limit:
                raise HTTPException(413, detail)
            return message

        await self._app(scope, counted, send)
