"""Who may ask the certificate service what. Each endpoint is guarded from its row here; one without a row is refused."""

from __future__ import annotations

from shared.register.access import COUNTED, PUBLIC, READERS, WIND_UP, Access, Row, only
from shared.trade.roles import Role

MAKERS = frozenset({Role.CENTRE_CLERK, Role.BRANCH_OFFICER})
MAKERS_AND_SYSTEMS = MAKERS | {Role.BRANCH_SYSTEM}
"""A branch centre's own software makes what its body makes: it fetches the print files and enters the parcel."""

RECEIVERS = frozenset({Role.STATION_CLERK, Role.STATION_HEAD})
"""The parcel is opened and counted where the holders get their certificates, by people."""

ACCESS: tuple[Access, ...] = (
    {
        "GET /productions": Row(COUNTED),
        "GET /productions/counts": Row(COUNTED),
        "GET /productions/{roster}": Row(COUNTED | {Role.SERVICE}, services=("reporting",)),
        "GET /productions/{roster}/steps": Row(COUNTED),
        "POST /productions/{roster}/parcel": Row(MAKERS_AND_SYSTEMS),
        "POST /productions/{roster}/receipt": Row(RECEIVERS),
        "GET /productions/{roster}/form6": Row(READERS),
        # Identity numbers stand there in full, as in the lines of the roster, which these read in full too.
        "GET /productions/{roster}/form6.pdf": Row(READERS, fresh=True),
        "GET /productions/{roster}/form6.xlsx": Row(READERS, fresh=True),
        "GET /batches": Row(COUNTED),
        "GET /batches/{id}": Row(COUNTED),
        "GET /batches/{id}/print-file": Row(MAKERS_AND_SYSTEMS, fresh=True),
        "POST /batches/{id}/redraw": Row(MAKERS),
        "GET /certificates": Row(READERS),
        "GET /holders": only(Role.SERVICE, services=("notification",)),
        "GET /numbers/{number}": only(Role.SERVICE, services=("supervision",)),
        "POST /verifications": PUBLIC,
        "GET /v/{number}/{key}": PUBLIC,
    },
    WIND_UP,
)
