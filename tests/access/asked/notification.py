"""What is asked of notification, so that its access rows can be tried."""

from __future__ import annotations

from tests.access.asking import Asked

ENTRY = {"address": "https://branch.example.org/jianding"}

ASKED: dict[str, Asked] = {
    "GET /notification/feed": Asked("own"),
    "GET /notification/feed/position": Asked("own"),
    "GET /notification/webhooks": Asked(),
    "GET /notification/webhooks/{id}": Asked(kind="webhook"),
    "GET /notification/webhooks/{id}/deliveries": Asked(kind="webhook"),
    "POST /notification/webhooks": Asked("own", content=ENTRY),
    "PUT /notification/webhooks/{id}": Asked(kind="webhook", content=ENTRY),
    "POST /notification/webhooks/{id}/secret": Asked(kind="webhook", content={}),
    "POST /notification/webhooks/{id}/ping": Asked(kind="webhook"),
    "POST /notification/webhooks/{id}/replay": Asked(kind="webhook", content={"after": 0}),
    "POST /notification/webhooks/{id}/disabling": Asked(kind="webhook", content={}),
    "POST /notification/webhooks/{id}/enabling": Asked(kind="webhook"),
    "GET /notification/queues": Asked(),
    "GET /notification/queues/{id}": Asked(kind="branch_queue"),
    "POST /notification/queues": Asked("own", content={}),
    "POST /notification/queues/{id}/password": Asked(kind="branch_queue"),
    "POST /notification/queues/{id}/withdrawal": Asked(kind="branch_queue", content={}),
    "POST /notification/queues/{id}/reopening": Asked(kind="branch_queue", content={}),
    "GET /notification/letters": Asked("anything"),
    "GET /notification/letters/{name}": Asked("anything", ids={"name": "approved"}),
    "GET /notification/mailings": Asked(),
    "GET /notification/mailings/{id}": Asked(kind="mailing"),
}
