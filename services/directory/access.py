"""Who may ask the directory what. Each endpoint is guarded from its row here; one without a row is refused."""

from __future__ import annotations

from shared.register.access import EVERYBODY, PUBLIC, READERS, WIND_UP, Access, Row, only
from shared.trade.roles import Role

REGISTRARS = frozenset({Role.OPERATOR, Role.CENTRE_CLERK})
PERSON_KEEPERS = frozenset({Role.CENTRE_CLERK, Role.BRANCH_OFFICER})
HEADS = READERS - {Role.STATION_CLERK}
CENTRE = frozenset({Role.CENTRE_CLERK, Role.CENTRE_APPROVER})

ACCESS: tuple[Access, ...] = (
    {
        "GET /me": Row(EVERYBODY),
        "GET /accounts": Row(HEADS | {Role.OPERATOR}),
        "GET /accounts/{id}": Row(HEADS | {Role.OPERATOR}),
        "POST /accounts": Row(REGISTRARS),
        "PUT /accounts/{id}": Row(REGISTRARS),
        "POST /accounts/{id}/closing": Row(REGISTRARS),
        "POST /accounts/{id}/unlocking": Row(REGISTRARS),
        "POST /accounts/{id}/initial-password": Row(REGISTRARS),
        "POST /machines": Row(REGISTRARS),
        "POST /machines/{id}/secret": Row(REGISTRARS),
        "POST /sign-out": Row(EVERYBODY, own=True),
        "POST /sign-out-everywhere": Row(EVERYBODY, own=True),
        "GET /keys": only(Role.OPERATOR),
        "POST /keys/rotation": only(Role.OPERATOR),
        "GET /addressees/{ref}": only(Role.SERVICE, services=("notification",)),
        "POST /passwords": PUBLIC,
        "GET /password": PUBLIC,
        "POST /password": PUBLIC,
        "POST /password-resets": PUBLIC,
        "POST /password-resets/redemption": PUBLIC,
        "GET /reset": PUBLIC,
        "POST /reset": PUBLIC,
        "POST /tokens": PUBLIC,
        "GET /jwks.json": PUBLIC,
        "GET /oidc/sign-in": PUBLIC,
        "GET /oidc/callback": PUBLIC,
        "GET /ended-access": only(Role.SERVICE),
        "GET /bodies": Row(EVERYBODY),
        "GET /bodies/{code}": Row(EVERYBODY),
        "PUT /bodies/{code}": Row(REGISTRARS),
        "POST /bodies": Row(REGISTRARS),
        "POST /bodies/{code}/licence": only(Role.CENTRE_APPROVER),
        "POST /bodies/{code}/annual-inspections": Row(CENTRE),
        "POST /bodies/{code}/clearance": only(Role.CENTRE_APPROVER),
        "GET /persons": Row(READERS),
        "GET /persons/{id}": Row(READERS),
        "POST /persons": Row(PERSON_KEEPERS),
        "POST /persons/{id}/renewal": Row(PERSON_KEEPERS),
        "POST /persons/{id}/withdrawal": Row(PERSON_KEEPERS),
        "GET /training": Row(EVERYBODY),
        "GET /training-records": Row(HEADS | {Role.OPERATOR}),
        "POST /accounts/{id}/training": Row(REGISTRARS),
        "GET /accounts/{id}/training": Row(HEADS | {Role.OPERATOR}),
        "POST /accounts/{id}/training/withdrawal": Row(REGISTRARS),
    },
    WIND_UP,
)
