"""Who may ask reporting what. Each endpoint is guarded from its row here; one without a row is refused."""

from __future__ import annotations

from shared.register.access import COUNTED, READERS, WIND_UP, Access, Row, approval, only
from shared.trade.roles import Role

STATION = frozenset({Role.STATION_CLERK, Role.STATION_HEAD})

ACCESS: tuple[Access, ...] = (
    {
        "POST /rosters": only(Role.STATION_CLERK),
        "GET /rosters": Row(COUNTED),
        "GET /rosters/counts": Row(COUNTED),
        "GET /rosters/{id}": Row(COUNTED),
        "PUT /rosters/{id}": only(Role.STATION_CLERK),
        "GET /rosters/{id}/template.xlsx": Row(STATION),
        "PUT /rosters/{id}/workbook": only(Role.STATION_CLERK),
        "POST /rosters/{id}/workbook/check": only(Role.STATION_CLERK),
        "POST /rosters/{id}/workbook/marked": only(Role.STATION_CLERK),
        "GET /rosters/{id}/pages/{page}": Row(READERS | {Role.SERVICE}, services=("certificate",)),
        "POST /rosters/{id}/technician-reviews": only(Role.CENTRE_CLERK),
        "GET /rosters/{id}/technician-reviews": Row(READERS),
        "GET /rosters/{id}/technician-reviews/{ticket}": Row(READERS),
        "PUT /rosters/{id}/technician-reviews/{ticket}": only(Role.CENTRE_CLERK),
        "GET /rosters/{id}/missing-technician-reviews": Row(READERS),
        "GET /rosters/{id}/sealed": only(Role.SERVICE, services=("certificate",)),
    },
    approval("/rosters", STATION, COUNTED),
    WIND_UP,
)
