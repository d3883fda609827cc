"""Who may ask notification what. Each endpoint is guarded from its row here; one without a row is refused."""

from __future__ import annotations

from shared.register.access import COUNTED, Access, Row
from shared.trade.roles import Role

ACCESS: tuple[Access, ...] = (
    {
        "GET /feed": Row(COUNTED),
        "GET /feed/position": Row(COUNTED),
        "GET /mailings": Row(COUNTED - {Role.STATION_CLERK}),
        "GET /mailings/{id}": Row(COUNTED - {Role.STATION_CLERK}),
    },
)
