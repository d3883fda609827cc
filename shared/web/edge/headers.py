"""The headers that tell browsers what an answer may do. By the kind of an answer, so that none is forgotten: also those of
errors, of files, and of what nobody has written yet."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOT_KEPT = {"Cache-Control": "no-store"}
"""For answers that hold a secret, or what only this visitor has proved to be allowed to see. Applications say it themselves."""

_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ANYTHING_ELSE = "default-src 'none'; frame-ancestors 'none'"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Referrer-Policy": "no-referrer",  # addresses hold numbers of certificates, keys and tokens of letters
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def security_headers(content_type: str) -> dict[str, str]:
    """For an answer of this kind. Pages load style and script as files of ours and have none inside."""
    is_page = content_type.partition(";")[0].strip().lower() == "text/html"
    return {"Content-Security-Policy": _PAGE if is_page else _ANYTHING_ELSE, **_ALWAYS}


class SecurityHeaders:
    """On every answer; what an application said itself gives way, so that no page can be looser than the others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(security_headers(headers.get("content-type", "")))
            await send(message)

        await self._app(scope, receive, secured)
