"""The headers that tell browsers what an answer may do. By the kind of an answer, so that none is forgotten: also those of
errors, of files, and of what nobody has written yet."""

from __future__ import annotations

from collections.abc import Iterable

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
    # Addresses hold numbers of certificates, keys and tokens of letters, so no other site is told. Not `no-referrer`: with that
    # browsers do not even say of a form that it comes from a page of ours (`Origin: null`).
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def security_headers(content_type: str) -> dict[str, str]:
    """For an answer of this kind. Pages load style and script as files of ours and have none inside."""
    return {"Content-Security-Policy": _PAGE if _is_page(content_type) else _ANYTHING_ELSE, **_ALWAYS}


def _is_page(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "text/html"


def _encoded(content_type: str) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), text.encode()) for name, text in security_headers(content_type).items()]


_OF_PAGES, _OF_ANYTHING_ELSE = _encoded("text/html"), _encoded("")
_NAMES = frozenset(name for name, _ in _OF_PAGES)


def _content_type(headers: Iterable[tuple[bytes, bytes]]) -> str:
    return next((text.decode("latin-1") for name, text in headers if name.lower() == b"content-type"), "")


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
                said = [header for header in message["headers"] if header[0].lower() not in _NAMES]
                message["headers"] = said + (_OF_PAGES if _is_page(_content_type(said)) else _OF_ANYTHING_ELSE)
            await send(message)

        await self._app(scope, receive, secured)
