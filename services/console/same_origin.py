"""Keeps pages of other sites from sending forms in the name of whoever is signed in here (CSRF), by what browsers themselves
say of where a request comes from (Fetch Metadata); no hidden fields, which get stale in a second window."""

from __future__ import annotations

from fastapi import Request
from starlette.datastructures import Headers

from services.console.refusal import Refusal

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FROM_ELSEWHERE = (
    "此请求来自其他网站，已拒绝，请在本系统的页面上办理 · this was sent from another site and is refused: do it on the "
    "pages here"
)


def is_ours(method: str, headers: Headers) -> bool:
    """Old browsers send no `Sec-Fetch-Site`, and then `Origin`; what sends neither is no browser, and carries nobody's cookie
    unless its owner put it there."""
    if method in SAFE:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


async def from_our_pages(request: Request) -> None:
    """Raises Refusal."""
    if not is_ours(request.method, request.headers):
        raise Refusal(403, FROM_ELSEWHERE)
