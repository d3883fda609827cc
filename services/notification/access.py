"""Who may ask notification what. Each endpoint is guarded from its row here; one without a row is refused."""

from __future__ import annotations

from shared.register.access import COUNTED, OFFICERS, PUBLIC, READERS, Access, Row
from shared.trade.roles import Role

KEEPERS = frozenset({Role.BRANCH_OFFICER, Role.BRANCH_SYSTEM})
"""Of webhooks and queues."""
LOOKERS = frozenset({Role.OPERATOR, Role.CENTRE_CLERK, Role.CENTRE_APPROVER})
"""How letters look, with sample data."""

LETTER_READERS = COUNTED - {Role.STATION_CLERK}
BOUNCE_READERS = frozenset({Role.OPERATOR, Role.CENTRE_CLERK})
"""Whoever has the mailbox: what lies there may be from anybody, about anybody."""
RESENDERS = frozenset({Role.STATION_HEAD, Role.BRANCH_OFFICER, Role.CENTRE_CLERK, Role.CENTRE_APPROVER})

ACCESS: tuple[Access, ...] = (
    {
        "GET /feed": Row(COUNTED),
        "GET /feed/position": Row(COUNTED),
        "GET /webhooks": Row(KEEPERS | {Role.AUDITOR}),
        "GET /webhooks/{id}": Row(KEEPERS | {Role.AUDITOR}),
        "GET /webhooks/{id}/deliveries": Row(KEEPERS | {Role.AUDITOR}),
        "POST /webhooks": Row(KEEPERS),
        "PUT /webhooks/{id}": Row(KEEPERS),
        "POST /webhooks/{id}/secret": Row(KEEPERS),
        "POST /webhooks/{id}/ping": Row(KEEPERS),
        "POST /webhooks/{id}/replay": Row(KEEPERS),
        "POST /webhooks/{id}/disabling": Row(KEEPERS),
        "POST /webhooks/{id}/enabling": Row(KEEPERS),
        "GET /queues": Row(KEEPERS | {Role.AUDITOR}),
        "GET /queues/{id}": Row(KEEPERS | {Role.AUDITOR}),
        "POST /queues": Row(KEEPERS),
        "POST /queues/{id}/password": Row(KEEPERS),
        "POST /queues/{id}/withdrawal": Row(KEEPERS),
        "POST /queues/{id}/reopening": Row(KEEPERS),
        "GET /radar": Row(COUNTED),
        "GET /radar/summary": Row(COUNTED),
        "POST /calendars": Row(OFFICERS),
        "GET /calendars": Row(READERS),
        "GET /calendars/{id}": Row(READERS),
        "POST /calendars/{id}/revocation": Row(OFFICERS),
        "GET /calendar/{token}.ics": PUBLIC,
        "GET /mailings": Row(LETTER_READERS),
        "GET /mailings/{id}": Row(LETTER_READERS),
        "POST /mailings/resending": Row(RESENDERS),
        "GET /digests/{day}": Row(LETTER_READERS),
        "GET /contacts": Row(LETTER_READERS),
        "GET /contacts/count": Row(LETTER_READERS),
        "GET /contacts/{id}": Row(LETTER_READERS),
        "POST /contacts/{id}/clearing": Row(RESENDERS),
        "GET /bounces": Row(BOUNCE_READERS),
        "POST /bounces/{id}/seeing-to": Row(frozenset({Role.CENTRE_CLERK})),
        "GET /unsubscribing/{token}": PUBLIC,
        "POST /unsubscribing/{token}": PUBLIC,
        "GET /letters": Row(LOOKERS),
        "GET /letters/{name}": Row(LOOKERS),
    },
)
