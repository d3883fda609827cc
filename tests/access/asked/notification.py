"""What is asked of notification, so that its access rows can be tried."""

from __future__ import annotations

from tests.access.asking import Asked

ASKED: dict[str, Asked] = {
    "GET /notification/feed": Asked("own"),
    "GET /notification/feed/position": Asked("own"),
    "GET /notification/mailings": Asked(),
    "GET /notification/mailings/{id}": Asked(kind="mailing"),
}
