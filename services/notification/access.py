"""Who may ask notification what. Each endpoint is guarded from its row here; one without a row is refused."""

from __future__ import annotations

from shared.register.access import COUNTED, Access, Row
from shared.trade.roles import Role

KEEPERS = frozenset({Role.BRANCH_OFFICER, Role.BRANCH_SYSTEM})
"""Of webhooks and queues."""
LOOKERS = frozenset({Role.OPERATOR, Role.CENTRE_CLERK, Role.CENTRE_APPROVER})
"""How letters look, with sample data."""

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
        "GET /letters": Row(LOOKERS),
        "GET /letters/{name}": Row(LOOKERS),
        "GET /mailings": Row(COUNTED - {Role.STATION_CLERK}),
        "GET /mailings/{id}": Row(COUNTED - {Role.STATION_CLERK}),
    },
)
