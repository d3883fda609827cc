"""What is asked of directory, so that its access rows can be tried."""

from __future__ import annotations

from tests.access.asking import Asked, windups

ASKED: dict[str, Asked] = {
    "GET /directory/me": Asked("own"),
    "GET /directory/accounts": Asked(),
    "GET /directory/accounts/{id}": Asked(kind="account"),
    "POST /directory/accounts": Asked(
        content={
            "name": "张伟",
            "email": "zhang.wei@example.org",
            "roles": ["auditor"],
            "id": "new.person",
            "body": "{code}",
            "password": "long enough to be",
        }
    ),
    "PUT /directory/accounts/{id}": Asked(
        kind="account", content={"name": "张伟", "email": "zhang.wei@example.org", "roles": ["auditor"]}
    ),
    "POST /directory/accounts/{id}/closing": Asked(kind="account", content={"reason": "调离岗位"}),
    "POST /directory/accounts/{id}/unlocking": Asked(kind="account", content={"reason": "调离岗位"}),
    "POST /directory/accounts/{id}/initial-password": Asked(kind="account", content={"password": "long enough to be"}),
    "GET /directory/machines/{id}": Asked("anything", ids={"id": "none"}),
    "POST /directory/machines": Asked(content={"id": "new.machine", "name": "业务系统", "body": "{code}"}),
    "POST /directory/machines/{id}/secret": Asked(kind="account"),
    "POST /directory/sign-out": Asked("own sign-in"),
    "POST /directory/sign-out-everywhere": Asked("own sign-in"),
    "GET /directory/keys": Asked("anything"),
    "POST /directory/keys/rotation": Asked("anything"),
    "GET /directory/addressees/{reference}": Asked("anything", ids={"reference": "none"}, query="letter=training-due"),
    "POST /directory/passwords": Asked("nobody's"),
    "GET /directory/password": Asked("nobody's"),
    "POST /directory/password": Asked("nobody's"),
    "GET /directory/forgotten": Asked("nobody's"),
    "POST /directory/forgotten": Asked("nobody's"),
    "POST /directory/password-resets": Asked("nobody's"),
    "POST /directory/password-resets/redemption": Asked("nobody's"),
    "GET /directory/reset": Asked("nobody's"),
    "POST /directory/reset": Asked("nobody's"),
    "POST /directory/tokens": Asked("nobody's"),
    "GET /directory/jwks.json": Asked("nobody's"),
    "GET /directory/oidc/sign-in": Asked("nobody's"),
    "GET /directory/oidc/callback": Asked("nobody's"),
    "GET /directory/ended-access": Asked("anything"),
    "GET /directory/bodies": Asked(),
    "GET /directory/bodies/{code}": Asked("above and below", kind="body"),
    "PUT /directory/bodies/{code}": Asked(
        kind="body", content={"name_zh": "示例站", "name_en": "Station", "email": "a@example.org"}
    ),
    "POST /directory/bodies": Asked(
        content={
            "name_zh": "示例站",
            "name_en": "Station",
            "email": "a@example.org",
            "code": "49053099",
            "kind": "station",
            "parent": "{code}",
        }
    ),
    "POST /directory/bodies/{code}/licence": Asked(
        kind="body",
        content={
            "licence_no": "机械-012",
            "valid_from": "2026-01-01",
            "valid_until": "2028-12-31",
            "scope": [{"occupation": "6-04-01-01", "levels": [4]}],
        },
    ),
    "POST /directory/bodies/{code}/annual-inspections": Asked(kind="body", content={"year": 2026, "passed": True}),
    "POST /directory/bodies/{code}/clearance": Asked(kind="body", content={"reason": "复查合格"}),
    "POST /directory/bodies/{code}/striking-off": Asked(
        kind="body", content={"reason": "重复登记", "instead": "49053013"}
    ),
    "GET /directory/persons": Asked(),
    "GET /directory/persons/{id}": Asked(kind="person"),
    "POST /directory/persons": Asked(
        content={
            "office": "examiner",
            "name": "张伟",
            "card_no": "R49260001",
            "scope": [{"occupation": "6-04-01-01", "levels": [4]}],
            "appointed_from": "2026-04-01",
            "body": "{code}",
        }
    ),
    "POST /directory/persons/{id}/renewal": Asked(kind="person", content={"appointed_from": "2026-04-01"}),
    "POST /directory/persons/{id}/withdrawal": Asked(kind="person", content={"reason": "调离"}),
    "GET /directory/training": Asked("own"),
    "GET /directory/training-records": Asked(),
    "POST /directory/accounts/{id}/training": Asked(
        kind="account", content={"certificate": "PX-2", "passed_on": "2026-04-01"}
    ),
    "GET /directory/accounts/{id}/training": Asked(kind="account"),
    "POST /directory/accounts/{id}/training/withdrawal": Asked(kind="account", content={"reason": "理由"}),
    **windups("directory"),
}
