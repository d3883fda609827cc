"""Whose a request is, for throttles."""

from __future__ import annotations

from starlette.requests import Request

from shared.ip_addresses import address_range


def range_of(request: Request) -> str:
    """Who counts as one visitor (shared.ip_addresses); behind a trusted proxy whom it reports (settings.trusted_proxies)."""
    return address_range(request.client.host if request.client else "")
