"""Who may read `/metrics`: what stands there is for whoever runs the machine, and for no visitor."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared import ip_addresses
from shared.errors import Invalid
from shared.settings import PREFIX
from shared.web.problems import problem

PATH = "/metrics"
_PASSED_ON = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip", "forwarded", "via")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(text: str) -> tuple[Network, ...]:
    """Comma-separated addresses and networks. Raises Invalid."""
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise Invalid(f"{PREFIX}METRICS_FROM: 地址有误 · an address is wrong: {error}") from error


class MetricsGuard:
    """Lets those in who connect from `sources` themselves. It stands before a proxy's word about its visitor is believed:
    a proxy may well sit on this machine, and what it passes on comes from elsewhere."""

    def __init__(self, app: ASGIApp, sources: Sequence[Network]) -> None:
        self._app, self._sources = app, sources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].rstrip("/") != PATH or self._may_read(scope):
            await self._app(scope, receive, send)
            return
        detail = (
            f"指标只供本机读取，其他来源由设置 {PREFIX}METRICS_FROM 指定 · "
            f"metrics are for the machine itself; {PREFIX}METRICS_FROM names whom else"
        )
        await problem(Request(scope), 403, detail)(scope, receive, send)

    def _may_read(self, scope: Scope) -> bool:
        if any(name in Headers(scope=scope) for name in _PASSED_ON):
            return False
        client = scope["client"]
        peer = ip_addresses.read(client[0]) if client else None
        return peer is not None and any(peer in source for source in self._sources)
