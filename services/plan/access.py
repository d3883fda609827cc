"""Who may ask planning what. Each endpoint is guarded from its row here; one without a row is refused."""

from __future__ import annotations

from shared.register.access import EVERYBODY, WIND_UP, Access, Row, approval, only
from shared.trade.roles import Role

PREPARERS = frozenset({Role.STATION_CLERK, Role.STATION_HEAD, Role.BRANCH_OFFICER})

ACCESS: tuple[Access, ...] = (
    {
        "GET /occupations": Row(EVERYBODY),
        "GET /licences/{code}": Row(EVERYBODY),
        "POST /annual-plans": Row(PREPARERS),
        "GET /annual-plans": Row(EVERYBODY),
        "GET /annual-plans/counts": Row(EVERYBODY),
        "GET /annual-plans/{id}": Row(EVERYBODY),
        "PUT /annual-plans/{id}": Row(PREPARERS),
        "POST /annual-plans/{id}/amendment": Row(PREPARERS),
        "POST /session-plans": Row(PREPARERS),
        "GET /session-plans": Row(EVERYBODY),
        "GET /session-plans/counts": Row(EVERYBODY),
        "GET /session-plans/{id}": Row(EVERYBODY),
        "PUT /session-plans/{id}": Row(PREPARERS),
        "POST /session-plans/{id}/draw": only(Role.CENTRE_CLERK, Role.CENTRE_APPROVER),
        "POST /session-plans/{id}/postponement": only(Role.CENTRE_APPROVER),
        "POST /session-plans/{id}/cancellation": only(Role.STATION_HEAD, Role.BRANCH_OFFICER, Role.CENTRE_APPROVER),
    },
    approval("/annual-plans", PREPARERS),
    approval("/session-plans", PREPARERS),
    WIND_UP,
)
