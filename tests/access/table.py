"""The access table: every endpoint of every service, the roles that may call it, and how far it reaches.

Adding an endpoint without a row here fails `test_table.py`; so does a row whose endpoint is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.messaging.topology import SERVICES
from shared.trade.roles import Role
from tests.access.samples import PRINT_FILE_SEAL

R = Role
Reach = Literal["below", "above and below", "anything", "own", "own sign-in", "nobody's"]
"""How the document an endpoint names is found.

below: of one's own body and what stands below it; anything else looks as if it were not there (404).
above and below: also of the bodies above one's own.
anything: no document of a body (a catalogue, a message): the role alone decides.
own: what concerns the caller alone, or is made at the caller's own body.
own sign-in: of whoever signed in with a password; these knockers have tokens without one, as machines do.
nobody's: open to the public."""

EVERYBODY = frozenset(Role)
OFFICERS = frozenset({R.STATION_CLERK, R.STATION_HEAD, R.BRANCH_OFFICER, R.CENTRE_CLERK, R.CENTRE_APPROVER})
READERS = OFFICERS | {R.AUDITOR}
COUNTED = READERS | {R.BRANCH_SYSTEM}
"""What names no candidate, a branch centre's own software reads too."""
STATION = frozenset({R.STATION_CLERK, R.STATION_HEAD})
PREPARERS = STATION | {R.BRANCH_OFFICER}
CLERK = frozenset({R.STATION_CLERK})
BRANCH = frozenset({R.BRANCH_OFFICER})
APPROVER = frozenset({R.CENTRE_APPROVER})
REVIEWERS = BRANCH | APPROVER
MAKERS = frozenset({R.CENTRE_CLERK, R.BRANCH_OFFICER})
REGISTRARS = frozenset({R.OPERATOR, R.CENTRE_CLERK})
OPERATOR = frozenset({R.OPERATOR})
AUDITOR = frozenset({R.AUDITOR})
MACHINES = frozenset({R.SERVICE})


@dataclass(frozen=True, slots=True)
class Row:
    """roles: who may call. kind: sample whose id fills the path (tests/access/samples.py). ids: what else fills it.

    services: which of ours, where SERVICE is among the roles. content: a sensible body, where the reach is asked of a
    code inside it; `{code}` stands for the body's, `{kind}` ids likewise. query: filters a list cannot do without."""

    roles: frozenset[Role]
    reach: Reach = "below"
    kind: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    content: Mapping[str, Any] | None = None
    query: str = ""


def approval(path: str, kind: str, submit: frozenset[Role]) -> dict[str, Row]:
    """The steps of a form on its way up."""
    return {
        f"POST {path}/{{id}}/submission": Row(submit, kind=kind),
        f"POST {path}/{{id}}/endorsement": Row(BRANCH, kind=kind),
        f"POST {path}/{{id}}/approval": Row(APPROVER, kind=kind),
        f"POST {path}/{{id}}/return": Row(REVIEWERS, kind=kind, content={"reason": "理由"}),
    }


MACHINERY = {
    f"{method} /{service}{path}": row
    for service in SERVICES
    for method, path, row in (
        ("GET", "/parked", Row(OPERATOR, "anything")),
        ("GET", "/parked/{id}", Row(OPERATOR, "anything", ids={"id": "none"})),
        ("POST", "/parked/{id}/replay", Row(OPERATOR, "anything", ids={"id": "none"})),
        ("POST", "/parked/{id}/discard", Row(OPERATOR, "anything", ids={"id": "none"}, content={"reason": "理由"})),
        ("GET", "/audit", Row(AUDITOR, "below")),
    )
}

_PLANNED = [{"occupation": "6-04-01-01", "level": 4, "heads": 1}]
_SESSION = {"held_on": "2026-03-20", "place": "考场", "in_charge": "吴刚", "items": _PLANNED}

PLAN = {
    "GET /plan/occupations": Row(EVERYBODY, "anything"),
    "GET /plan/licences/{code}": Row(EVERYBODY, "above and below", kind="body"),
    "POST /plan/annual-plans": Row(PREPARERS, "own"),
    "GET /plan/annual-plans": Row(EVERYBODY),
    "GET /plan/annual-plans/{id}": Row(EVERYBODY, kind="annual_plan"),
    "PUT /plan/annual-plans/{id}": Row(PREPARERS, kind="annual_plan", content={"items": _PLANNED}),
    **approval("/plan/annual-plans", "annual_plan", PREPARERS),
    "POST /plan/session-plans": Row(PREPARERS, "own"),
    "GET /plan/session-plans": Row(EVERYBODY),
    "GET /plan/session-plans/{id}": Row(EVERYBODY, kind="session_plan"),
    "PUT /plan/session-plans/{id}": Row(PREPARERS, kind="session_plan", content=_SESSION),
    **approval("/plan/session-plans", "session_plan", PREPARERS),
}

_HEADS = {"attendance": {"applied": 1, "accepted": 1, "examined": 1}}

REPORTING = {
    "POST /reporting/rosters": Row(CLERK, "own"),
    "GET /reporting/rosters": Row(COUNTED),
    "GET /reporting/rosters/{id}": Row(COUNTED, kind="roster"),
    "PUT /reporting/rosters/{id}": Row(CLERK, kind="roster", content=_HEADS),
    "GET /reporting/rosters/{id}/template.xlsx": Row(STATION, kind="roster"),
    "PUT /reporting/rosters/{id}/workbook": Row(CLERK, kind="roster"),
    "GET /reporting/rosters/{id}/pages/{page}": Row(
        READERS | MACHINES, kind="roster", ids={"page": "0"}, services=("certificate",)
    ),
    "GET /reporting/rosters/{id}/sealed": Row(MACHINES, kind="roster", services=("certificate",)),
    **approval("/reporting/rosters", "roster", STATION),
}

_PARCEL = {"carrier": "中国邮政EMS", "parcel": "EA000000001CN"}

CERTIFICATE = {
    "GET /certificate/productions": Row(COUNTED),
    "GET /certificate/productions/{roster}": Row(COUNTED, kind="roster"),
    "POST /certificate/productions/{roster}/parcel": Row(MAKERS, kind="roster", content=_PARCEL),
    "GET /certificate/batches": Row(READERS, kind="roster", query="roster={roster}"),
    "GET /certificate/batches/{id}": Row(READERS, kind="batch"),
    "GET /certificate/batches/{id}/print-file": Row(MAKERS, kind="batch"),
    "POST /certificate/batches/{id}/redraw": Row(MAKERS, kind="batch"),
    "GET /certificate/certificates": Row(READERS, kind="roster", query="roster={roster}"),
    "GET /certificate/holders": Row(MACHINES, "anything", services=("notification",), query="roster=none"),
    "POST /certificate/verifications": Row(EVERYBODY, "nobody's"),
    "GET /certificate/v/{number}/{key}": Row(EVERYBODY, "nobody's", ids={"number": "2649053012400001", "key": "x"}),
}

NOTIFICATION = {
    "GET /notification/mailings": Row(COUNTED - CLERK),
    "GET /notification/mailings/{id}": Row(COUNTED - CLERK, kind="mailing"),
}

_BODY = {"name_zh": "示例站", "name_en": "Station", "email": "a@example.org"}

_SCOPE = [{"occupation": "6-04-01-01", "levels": [4]}]
_LICENCE = {"licence_no": "机械-012", "valid_from": "2026-01-01", "valid_until": "2028-12-31", "scope": _SCOPE}
_TERM = {"appointed_from": "2026-04-01"}
_PERSON = {"office": "examiner", "name": "张伟", "card_no": "R49260001", "scope": _SCOPE, **_TERM}

_PERSON_IN = {"name": "张伟", "email": "zhang.wei@example.org", "roles": ["auditor"]}
_WHY = {"reason": "调离岗位"}
KEEPERS_SEEN_BY = REGISTRARS | {R.CENTRE_APPROVER, R.BRANCH_OFFICER, R.STATION_HEAD, R.AUDITOR}

ACCOUNTS = {
    "GET /directory/me": Row(EVERYBODY, "own"),
    "GET /directory/accounts": Row(KEEPERS_SEEN_BY),
    "GET /directory/accounts/{id}": Row(KEEPERS_SEEN_BY, kind="account"),
    "POST /directory/accounts": Row(
        REGISTRARS, content={**_PERSON_IN, "id": "new.person", "body": "{code}", "password": "long enough to be"}
    ),
    "PUT /directory/accounts/{id}": Row(REGISTRARS, kind="account", content=_PERSON_IN),
    "POST /directory/accounts/{id}/closing": Row(REGISTRARS, kind="account", content=_WHY),
    "POST /directory/accounts/{id}/unlocking": Row(REGISTRARS, kind="account", content=_WHY),
    "POST /directory/accounts/{id}/initial-password": Row(
        REGISTRARS, kind="account", content={"password": "long enough to be"}
    ),
    "POST /directory/machines": Row(REGISTRARS, content={"id": "new.machine", "name": "业务系统", "body": "{code}"}),
    "POST /directory/machines/{id}/secret": Row(REGISTRARS, kind="account"),
    "POST /directory/sign-out": Row(EVERYBODY, "own sign-in"),
    "POST /directory/sign-out-everywhere": Row(EVERYBODY, "own sign-in"),
    "GET /directory/keys": Row(OPERATOR, "anything"),
    "POST /directory/keys/rotation": Row(OPERATOR, "anything"),
    "GET /directory/addressees/{ref}": Row(
        MACHINES, "anything", ids={"ref": "none"}, services=("notification",), query="letter=account-reset"
    ),
    "POST /directory/passwords": Row(EVERYBODY, "nobody's"),
    "GET /directory/password": Row(EVERYBODY, "nobody's"),
    "POST /directory/password": Row(EVERYBODY, "nobody's"),
    "POST /directory/password-resets": Row(EVERYBODY, "nobody's"),
    "POST /directory/password-resets/redemption": Row(EVERYBODY, "nobody's"),
    "GET /directory/reset": Row(EVERYBODY, "nobody's"),
    "POST /directory/reset": Row(EVERYBODY, "nobody's"),
}

DIRECTORY = {
    "POST /directory/tokens": Row(EVERYBODY, "nobody's"),
    "GET /directory/jwks.json": Row(EVERYBODY, "nobody's"),
    "GET /directory/oidc/sign-in": Row(EVERYBODY, "nobody's"),
    "GET /directory/oidc/callback": Row(EVERYBODY, "nobody's"),
    "GET /directory/ended-access": Row(MACHINES, "anything", services=SERVICES),
    "GET /directory/bodies": Row(EVERYBODY),
    "GET /directory/bodies/{code}": Row(EVERYBODY, "above and below", kind="body"),
    "PUT /directory/bodies/{code}": Row(REGISTRARS, kind="body", content=_BODY),
    "POST /directory/bodies": Row(
        REGISTRARS, content={**_BODY, "code": "49053099", "kind": "station", "parent": "{code}"}
    ),
    "POST /directory/bodies/{code}/licence": Row(APPROVER, kind="body", content=_LICENCE),
    "POST /directory/bodies/{code}/annual-inspections": Row(
        APPROVER | {R.CENTRE_CLERK}, kind="body", content={"year": 2026, "passed": True}
    ),
    "POST /directory/bodies/{code}/clearance": Row(APPROVER, kind="body", content={"reason": "复查合格"}),
    "GET /directory/persons": Row(READERS),
    "GET /directory/persons/{id}": Row(READERS, kind="person"),
    "POST /directory/persons": Row(MAKERS, content={**_PERSON, "body": "{code}"}),
    "POST /directory/persons/{id}/renewal": Row(MAKERS, kind="person", content=_TERM),
    "POST /directory/persons/{id}/withdrawal": Row(MAKERS, kind="person", content={"reason": "调离"}),
}

INSPECTORS = frozenset({R.CENTRE_CLERK, R.BRANCH_OFFICER})
RAISERS = frozenset({R.CENTRE_CLERK, R.CENTRE_APPROVER, R.BRANCH_OFFICER})
PROPOSERS = frozenset({R.CENTRE_CLERK, R.CENTRE_APPROVER})
WINDING_UP = ("directory", "plan", "reporting", "certificate")
_WHY = {"reason": "理由"}

# What a body was not told yet is hidden from itself: tests/unit and tests/e2e ask that; the samples here are told.
_REPORT = {"work_done": "鉴定工作", "problems": "无", "suggestions": "无"}

REPORTS = {
    "POST /supervision/work-reports": Row(PREPARERS, "own"),
    "GET /supervision/work-reports": Row(EVERYBODY),
    "GET /supervision/work-reports/{id}": Row(EVERYBODY, kind="work_report"),
    "PUT /supervision/work-reports/{id}": Row(PREPARERS, kind="work_report", content=_REPORT),
    **approval("/supervision/work-reports", "work_report", PREPARERS),
    "GET /supervision/figures/{quarter}": Row(READERS, "own", ids={"quarter": "2026-Q1"}),
    "GET /supervision/bulletins": Row(EVERYBODY, "anything"),
    "POST /supervision/bulletins": Row(frozenset({R.CENTRE_CLERK}), "anything"),
    "GET /supervision/bulletins/{id}": Row(EVERYBODY, "anything", ids={"id": "2020-Q1"}),
    "PUT /supervision/bulletins/{id}": Row(frozenset({R.CENTRE_CLERK}), "anything", ids={"id": "2020-Q1"}),
    "POST /supervision/bulletins/{id}/publication": Row(APPROVER, "anything", ids={"id": "2020-Q1"}),
    "GET /supervision/bulletins/{id}/bulletin.pdf": Row(EVERYBODY, "anything", ids={"id": "2020-Q1"}),
    "GET /supervision/bulletins/{id}/bulletin.xlsx": Row(EVERYBODY, "anything", ids={"id": "2020-Q1"}),
}

SUPERVISION = {
    "POST /supervision/inspections": Row(
        INSPECTORS, content={"body": "{code}", "on": "2026-04-20", "inspectors": "检查人"}
    ),
    "GET /supervision/inspections": Row(READERS),
    "GET /supervision/inspections/{id}": Row(READERS, kind="inspection"),
    "POST /supervision/inspections/{id}/performance": Row(INSPECTORS, kind="inspection", content={"findings": []}),
    "PUT /supervision/inspections/{id}/findings/{n}/evidence": Row(
        INSPECTORS, kind="inspection", ids={"n": "1"}, query="title=x"
    ),
    "GET /supervision/inspections/{id}/evidence/{seal}": Row(READERS, kind="inspection", ids={"seal": PRINT_FILE_SEAL}),
    "POST /supervision/inspections/{id}/answer": Row(PREPARERS, kind="inspection", content={"measures": "已整改"}),
    "POST /supervision/inspections/{id}/recheck": Row(INSPECTORS, kind="inspection", content={"outcome": "pass"}),
    "POST /supervision/inspections/{id}/closing": Row(INSPECTORS, kind="inspection"),
    "POST /supervision/number-checks": Row(RAISERS, content={"number": "2631011001400001", "presented_by": "{code}"}),
    "POST /supervision/violations": Row(
        RAISERS, content={"body": "{code}", "trigger": "paper_leak", "description": "泄题"}
    ),
    "GET /supervision/violations": Row(READERS),
    "GET /supervision/violations/{id}": Row(READERS, kind="violation"),
    "POST /supervision/violations/{id}/confirmation": Row(APPROVER, kind="violation", content=_WHY),
    "POST /supervision/violations/{id}/dismissal": Row(APPROVER, kind="violation", content=_WHY),
    # An answer without paths: items of the services, for the Centre alone.
    "GET /supervision/sanctions/preview": Row(PROPOSERS, "anything", query="body=49053012"),
    "POST /supervision/sanctions": Row(
        PROPOSERS, content={"body": "{code}", "measure": "notice", "reason": "理由", "violations": ["none"]}
    ),
    "GET /supervision/sanctions": Row(READERS),
    "GET /supervision/sanctions/{id}": Row(READERS, kind="sanction"),
    "GET /supervision/sanctions/{id}/orders/{service}": Row(
        MACHINES, "anything", ids={"service": "plan"}, services=WINDING_UP
    ),
    "POST /supervision/sanctions/{id}/confirmation": Row(APPROVER, kind="sanction"),
    "POST /supervision/sanctions/{id}/withdrawal": Row(PROPOSERS, kind="sanction", content=_WHY),
    "POST /supervision/sanctions/{id}/lifting": Row(APPROVER, kind="sanction", content=_WHY),
}

WINDUPS = {
    f"GET /{service}/windups/{what}": Row(MACHINES, "anything", services=("supervision",), **more)
    for service in WINDING_UP
    for what, more in (
        ("preview", {"query": "body=49053012"}),
        ("{sanction}", {"ids": {"sanction": "none"}}),
    )
}

TRAININGS = {
    "GET /directory/training": Row(EVERYBODY, "own"),
    "GET /directory/training-records": Row((READERS | OPERATOR) - CLERK),
    "POST /directory/accounts/{id}/training": Row(
        REGISTRARS, kind="account", content={"certificate": "PX-2", "passed_on": "2026-04-01"}
    ),
    "GET /directory/accounts/{id}/training": Row((READERS | OPERATOR) - CLERK, kind="account"),
    "POST /directory/accounts/{id}/training/withdrawal": Row(REGISTRARS, kind="account", content={"reason": "理由"}),
    "GET /directory/addressees/{ref}": Row(
        MACHINES, "anything", services=("notification",), ids={"ref": "none"}, query="letter=training-due"
    ),
}

TABLE: dict[str, Row] = {
    **MACHINERY,
    **PLAN,
    **REPORTING,
    **CERTIFICATE,
    **NOTIFICATION,
    **ACCOUNTS,
    **DIRECTORY,
    **TRAININGS,
    **SUPERVISION,
    **REPORTS,
    **WINDUPS,
}
