"""Who may ask supervision what. Each endpoint is guarded from its row here; one without a row is refused."""

from __future__ import annotations

from shared.contracts import windup
from shared.register.access import EVERYBODY, READERS, Access, Row, approval, only
from shared.trade.roles import Role

PREPARERS = frozenset({Role.STATION_CLERK, Role.STATION_HEAD, Role.BRANCH_OFFICER})
RAISERS = frozenset({Role.CENTRE_CLERK, Role.CENTRE_APPROVER, Role.BRANCH_OFFICER})
PROPOSERS = frozenset({Role.CENTRE_CLERK, Role.CENTRE_APPROVER})
INSPECTORS = frozenset({Role.CENTRE_CLERK, Role.BRANCH_OFFICER})

ACCESS: tuple[Access, ...] = (
    {
        "POST /inspections": Row(INSPECTORS),
        "GET /inspections": Row(READERS),
        "GET /inspections/{id}": Row(READERS),
        "POST /inspections/{id}/performance": Row(INSPECTORS),
        "POST /inspections/{id}/withdrawal": Row(INSPECTORS),
        "PUT /inspections/{id}/findings/{n}/evidence": Row(INSPECTORS),
        "GET /inspections/{id}/evidence/{seal}": Row(READERS),
        "POST /inspections/{id}/answer": Row(PREPARERS),
        "POST /inspections/{id}/recheck": Row(INSPECTORS),
        "POST /inspections/{id}/closing": Row(INSPECTORS),
        "POST /number-checks": Row(RAISERS),
        "POST /violations": Row(RAISERS),
        "GET /violations": Row(READERS),
        "GET /violations/{id}": Row(READERS),
        "POST /violations/{id}/confirmation": only(Role.CENTRE_APPROVER, fresh=True),
        "POST /violations/{id}/dismissal": only(Role.CENTRE_APPROVER, fresh=True),
        "GET /sanctions/preview": Row(PROPOSERS),
        "POST /sanctions": Row(PROPOSERS),
        "GET /sanctions": Row(READERS),
        "GET /sanctions/{id}": Row(READERS),
        "GET /sanctions/{id}/orders/{service}": only(Role.SERVICE, services=windup.SERVICES),
        "GET /sanctions/{id}/decision.pdf": Row(READERS),
        "GET /sanctions/{id}/paper": only(Role.SERVICE, services=("notification",)),
        "POST /sanctions/{id}/confirmation": only(Role.CENTRE_APPROVER, fresh=True),
        "POST /sanctions/{id}/withdrawal": Row(PROPOSERS),
        "POST /sanctions/{id}/lifting": only(Role.CENTRE_APPROVER),
        "POST /work-reports": Row(PREPARERS),
        "GET /work-reports": Row(EVERYBODY),
        "GET /work-reports/{id}": Row(EVERYBODY),
        "PUT /work-reports/{id}": Row(PREPARERS),
        "GET /figures/{quarter}": Row(READERS),
        "GET /bulletins": Row(EVERYBODY),
        "POST /bulletins": only(Role.CENTRE_CLERK),
        "GET /bulletins/{id}": Row(EVERYBODY),
        "PUT /bulletins/{id}": only(Role.CENTRE_CLERK),
        "POST /bulletins/{id}/publication": only(Role.CENTRE_APPROVER, fresh=True),
        "POST /bulletins/{id}/corrections": only(Role.CENTRE_CLERK),
        "GET /bulletins/{id}/bulletin.pdf": Row(EVERYBODY),
        "GET /bulletins/{id}/bulletin.xlsx": Row(EVERYBODY),
    },
    approval("/work-reports", PREPARERS),
)
