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
    "GET /notification/radar": Asked(),
    "GET /notification/radar/summary": Asked("own"),
    "POST /notification/calendars": Asked("own", content={}),
    "GET /notification/calendars": Asked(),
    "GET /notification/calendars/{id}": Asked(kind="calendar"),
    "POST /notification/calendars/{id}/revocation": Asked(kind="calendar", content={}),
    "GET /notification/calendar/{token}.ics": Asked("nobody's", ids={"token": "x" * 43}),
    "GET /notification/letters": Asked("anything"),
    "GET /notification/letters/{name}": Asked("anything", ids={"name": "approved"}),
    "GET /notification/mailings": Asked(),
    "GET /notification/mailings/{id}": Asked(kind="mailing"),
    "POST /notification/mailings/resending": Asked("own", content={"state": "failed"}),
    "GET /notification/digests/{day}": Asked("own", ids={"day": "2026-04-03"}),
    "GET /notification/contacts": Asked(),
    "GET /notification/contacts/count": Asked("own"),
    "GET /notification/contacts/{id}": Asked(kind="contact"),
    "POST /notification/contacts/{id}/clearing": Asked(kind="contact"),
    "GET /notification/bounces": Asked("anything"),
    "POST /notification/bounces/{id}/seeing-to": Asked("anything", ids={"id": "none"}),
    "GET /notification/unsubscribing/{token}": Asked("nobody's", ids={"token": "x"}),
    "POST /notification/unsubscribing/{token}": Asked("nobody's", ids={"token": "x"}),
}
