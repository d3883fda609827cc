"""Who may ask the directory what. Each endpoint is guarded from its row here; one without a row is refused."""

from __future__ import annotations

from services.directory.keepers import INSPECTORS, PERSON_KEEPERS, REGISTRARS
from shared.register.access import EVERYBODY, PUBLIC, READERS, WIND_UP, Access, Row, only
from shared.trade.roles import Role

HEADS = READERS - {Role.STATION_CLERK}

ACCESS: tuple[Access, ...] = (
    {
        "GET /me": Row(EVERYBODY),
        "GET /accounts": Row(HEADS | {Role.OPERATOR}),
        "GET /accounts/{id}": Row(HEADS | {Role.OPERATOR}),
        "POST /accounts": only(*REGISTRARS),
        "PUT /accounts/{id}": only(*REGISTRARS),
        "POST /accounts/{id}/closing": only(*REGISTRARS),
        "POST /accounts/{id}/unlocking": only(*REGISTRARS),
        "POST /accounts/{id}/initial-password": only(*REGISTRARS),
        "GET /machines/{id}": only(Role.SERVICE, services=("notification",)),
        "POST /machines": only(*REGISTRARS),
        "POST /machines/{id}/secret": only(*REGISTRARS),
        "POST /sign-out": Row(EVERYBODY, own=True),
        "POST /sign-out-everywhere": Row(EVERYBODY, own=True),
        "GET /keys": only(Role.OPERATOR),
        "POST /keys/rotation": only(Role.OPERATOR),
        "GET /addressees/{reference}": only(Role.SERVICE, services=("notification",)),
        "POST /passwords": PUBLIC,
        "GET /password": PUBLIC,
        "POST /password": PUBLIC,
        "GET /forgotten": PUBLIC,
        "POST /forgotten": PUBLIC,
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
        "PUT /bodies/{code}": only(*REGISTRARS),
        "POST /bodies": only(*REGISTRARS),
        "POST /bodies/{code}/licence": only(Role.CENTRE_APPROVER, fresh=True),
        "POST /bodies/{code}/annual-inspections": only(*INSPECTORS),
        "POST /bodies/{code}/clearance": only(Role.CENTRE_APPROVER),
        "POST /bodies/{code}/striking-off": only(Role.CENTRE_APPROVER, fresh=True),
        "GET /persons": Row(READERS),
        "GET /persons/{id}": Row(READERS),
        "POST /persons": only(*PERSON_KEEPERS),
        "POST /persons/{id}/renewal": only(*PERSON_KEEPERS),
        "POST /persons/{id}/withdrawal": only(*PERSON_KEEPERS),
        "GET /training": Row(EVERYBODY),
        "GET /training-records": Row(HEADS | {Role.OPERATOR}),
        "POST /accounts/{id}/training": only(*REGISTRARS),
        "GET /accounts/{id}/training": Row(HEADS | {Role.OPERATOR}),
        "POST /accounts/{id}/training/withdrawal": only(*REGISTRARS),
    },
    WIND_UP,
)
