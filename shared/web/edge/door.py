"""The door of a process: everything that stands between the network and the applications, in one order."""

from __future__ import annotations

from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from shared.settings import Settings
from shared.web.edge.headers import SecurityHeaders
from shared.web.edge.metrics import MetricsGuard, networks
from shared.web.edge.size import SizeLimit
from shared.web.edge.wellformed import WellFormed


def door(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Raises Invalid for a network in the settings that is none."""
    limited = SizeLimit(app, settings.largest_upload_mb * 1024 * 1024)
    proxied: ASGIApp = ProxyHeadersMiddleware(limited, settings.trusted_proxies)  # type: ignore[arg-type,assignment]
    guarded = MetricsGuard(proxied, networks(settings.metrics_from))
    return SecurityHeaders(WellFormed(guarded))
