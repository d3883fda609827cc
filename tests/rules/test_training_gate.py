"""The training gate on every door: whoever was not trained writes nothing, whoever practises writes in the practice tree
only, and neither tree sees the other (R2). New routes are walked without a line here; what they need to be asked
properly stands in `ASKED`."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from services.demo.cast import ROLES
from services.notification.calendars.calendar import Calendar
from services.notification.contacts.contact import Contact
from services.notification.ids import branch_queue_id
from services.notification.queues.queue import BranchQueue
from services.reporting.ids import technician_review_id
from services.reporting.technician_reviews.technician_review import RECORDED, TechnicianReview
from services.runtime.catalogue import REGISTER
from shared.keeping import repository
from shared.trade.practice import twin, twin_path
from shared.trade.roles import UNGATED, Role
from shared.web.access import READING
from tests.rules.test_access import APPS, OPEN, OWN_SIGN_IN
from tests.world.fixtures import OpenHouse
from tests.world.house import House, Person
from tests.world.practice import SMALL_PRACTICE, Crew, plan_practice, practise, register_twins
from tests.world.seeding import CLERK, SMALL, YEAR, Planned, approve

BRANCH_OFFICER = "demo.49050001.branch-officer"
OPERATORS_ONLY = {"POST /directory/keys/rotation"}
"""Writing routes without a gate, because nobody trains those who run the machines; besides the parking of each service."""

NOW = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)

Tree = dict[str, str]
"""Ids of the documents of one tree, by collection."""
STATIONS_OF = {role: kind for kind, roles in ROLES.items() for role in roles}
PRACTICE_SERVICES = tuple(name for name, app in APPS.items() if getattr(app.state, "practice", False))


def writing() -> list[tuple[str, str, frozenset[Role]]]:
    """(method, path, who may) of every route that changes something and asks for a token."""
    return [
        (method, path, row.roles)
        for endpoint, row in REGISTER.access.items()
        for method, _, path in [endpoint.partition(" ")]
        if method not in READING and endpoint not in OPEN | OWN_SIGN_IN
    ]


def filled(path: str) -> str:
    return re.sub(r"\{\w+\}", "1", path)


def officer(rule: frozenset[Role]) -> str:
    """An account of the seeded house that the rule lets in."""
    role = next(role for role in sorted(rule) if role in STATIONS_OF)
    body = {"centre": CLERK.split(".")[1], "branch": "49050001", "station": SMALL.station.code}[STATIONS_OF[role]]
    return f"demo.{body}.{role.replace('_', '-')}"


GATED = [row for row in writing() if not row[2] <= UNGATED]


def test_the_walk_finds_doors() -> None:
    assert set(PRACTICE_SERVICES) == {"plan", "reporting", "certificate", "notification"}
    assert len(GATED) > 15
    machines_only = {f"{method} {path}" for method, path, rule in writing() if rule <= UNGATED}
    assert {one for one in machines_only if "/parked/" not in one} == OPERATORS_ONLY


@pytest.mark.parametrize(("method", "path", "rule"), GATED, ids=[f"{row[0]} {row[1]}" for row in GATED])
async def test_the_untrained_write_nothing(bare_house: House, method: str, path: str, rule: frozenset[Role]) -> None:
    """Asked before anything else, and the answer says where to be trained."""
    answer = await bare_house.untrained(officer(rule)).ask(method, filled(path))
    assert answer.status_code == 403, f"{answer.status_code} {answer.text}"
    assert answer.json()["training"] == "https://certificates.example.org/training"


PRACTISED_NOWHERE = [row for row in GATED if row[1].split("/")[1] not in PRACTICE_SERVICES]


@pytest.mark.parametrize(
    ("method", "path", "rule"), PRACTISED_NOWHERE, ids=[f"{row[0]} {row[1]}" for row in PRACTISED_NOWHERE]
)
async def test_where_nothing_can_be_practised(bare_house: House, method: str, path: str, rule: frozenset[Role]) -> None:
    answer = await bare_house.practising(officer(rule)).ask(method, filled(path))
    assert answer.status_code == 403, f"{answer.status_code} {answer.text}"
    assert "cannot be practised" in answer.json()["detail"]


# --- two trees --------------------------------------------------------------------------------------------------------

ITEMS = [{"occupation": "6-04-01-01", "level": 4, "heads": 2}]
HEADS = {"attendance": {"applied": 9, "accepted": 9, "examined": 9}}
SESSION = {"held_on": f"{YEAR}-03-21", "place": "一号车间", "in_charge": "吴刚", "items": ITEMS}
WHY: dict[str, Any] = {"json": {"reason": "x"}}
FORM = {"document_no": "机职鉴审〔2026〕1号", "reviewed_on": f"{YEAR}-04-03", "panel": ["郑平", "冯强", "褚云"]}

HOOK = "https://branch.example.org/jianding"

ASKED: dict[str, dict[str, Any]] = {
    "PUT /plan/annual-plans/{id}": {"json": {"items": ITEMS}},
    "POST /plan/annual-plans/{id}/amendment": {"json": {"items": ITEMS, "reason": "x"}},
    "PUT /plan/session-plans/{id}": {"json": SESSION},
    "POST /plan/annual-plans/{id}/return": WHY,
    "POST /plan/session-plans/{id}/return": WHY,
    "POST /plan/session-plans/{id}/draw": {
        "json": {"sets": [{"occupation": "6-04-01-01", "level": 4, "set": 1}], "witness": "何监督"}
    },
    "POST /plan/session-plans/{id}/postponement": {"json": {"held_on": f"{YEAR}-06-03", "reason": "x"}},
    "POST /plan/session-plans/{id}/cancellation": WHY,
    "PUT /reporting/rosters/{id}": {"json": HEADS},
    "PUT /reporting/rosters/{id}/workbook": {"content": b"PK"},
    "POST /reporting/rosters/{id}/workbook/check": {"content": b"PK"},
    "POST /reporting/rosters/{id}/workbook/marked": {"content": b"PK"},
    "POST /reporting/rosters/{id}/return": WHY,
    "POST /reporting/rosters/{id}/technician-reviews": {
        "json": {"reviews": [{**FORM, "ticket": "T1", "name": "张三"}]},
        "headers": {"Idempotency-Key": "k"},
    },
    "PUT /reporting/rosters/{id}/technician-reviews/{ticket}": {"json": {**FORM, "reason": "x"}},
    "PUT /notification/webhooks/{id}": {"json": {"address": HOOK}},
    "POST /notification/webhooks/{id}/secret": {"json": {}},
    "POST /notification/webhooks/{id}/replay": {"json": {"after": 0}},
    "POST /notification/webhooks/{id}/disabling": {"json": {}},
    "POST /notification/queues/{id}/withdrawal": {"json": {}},
    "POST /notification/calendars/{id}/revocation": {"json": {}},
    "POST /notification/queues/{id}/reopening": {"json": {}},
    "POST /certificate/productions/{roster}/parcel": {"json": {"carrier": "中国邮政EMS", "parcel": "EA123456789CN"}},
    "POST /certificate/productions/{roster}/receipt": {"json": {"certificates": 3}},
}
"""Content with which a request reaches the document, so that a refusal is about the tree and not about a field."""

CREATING = {
    "POST /plan/annual-plans",
    "POST /plan/session-plans",
    "POST /reporting/rosters",
    "POST /notification/webhooks",
    "POST /notification/queues",
    "POST /notification/calendars",
}
"""They make documents at the caller's own body; a roster of a foreign session is asked for below."""


def ids_in(planned: Planned, mailing: str, webhook: str) -> Tree:
    """What stands for a placeholder, by the collection before it."""
    return {
        "/plan/annual-plans": f"{planned.station.code}-{YEAR}",
        "/plan/session-plans": planned.id,
        "/plan/licences": planned.station.code,
        "/reporting/rosters": planned.id,
        "/certificate/productions": planned.id,
        "/certificate/batches": f"{planned.id}-b0000",
        "/certificate/certificates": planned.id,
        "/notification/mailings": mailing,
        "/notification/webhooks": webhook,
        "/notification/queues": a_queue(planned).id,
        "/notification/calendars": a_calendar(planned).id,
    }


def place(path: str, ids: Tree) -> str:
    """The route with the ids of documents that exist. A route of a collection unknown here fails: it needs a row."""
    collection = path.partition("/{")[0]
    at_document = path.replace("{page}", "1")
    return re.sub(r"\{\w+\}", lambda _: ids[collection], at_document)


OF_MANY = {"GET /notification/contacts/count", "POST /notification/mailings/resending"}
"""They name no document; each looks for what lies below the caller, as lists do."""


def of_documents(*, reading: bool) -> list[tuple[str, str, frozenset[Role]]]:
    """(method, path, who may) of the routes over documents with a place in a tree; reading: those that only show."""
    return [
        (method, path, row.roles)
        for endpoint, row in REGISTER.access.items()
        for method, _, path in [endpoint.partition(" ")]
        if path.split("/")[1] in PRACTICE_SERVICES
        and (method in READING) is reading
        and not row.roles <= UNGATED
        and endpoint not in OPEN | CREATING
        # A feed and a digest are of one body (test_digest_read.py), a bounce of none; practising owes nothing (test_radar.py).
        and path.split("/")[2] not in ("parked", "occupations", "letters", "feed", "digests", "bounces", "radar")
        and endpoint not in OF_MANY
    ]


def a_review(planned: Planned) -> TechnicianReview:
    """Put past every rule. Its ticket is the id that stands for every placeholder of the collection."""
    return TechnicianReview(
        id=technician_review_id(planned.id, planned.id),
        state=RECORDED,
        body=planned.station.code,
        path="/",
        roster=planned.id,
        ticket=planned.id,
        person="",
        occupation="6-04-01-01",
        level=2,
        **FORM,  # type: ignore[arg-type]
    )


def a_queue(planned: Planned) -> BranchQueue:
    """This house has no broker that would have one."""
    code, path = BRANCH_OFFICER.split(".")[1], "/49000001/49050001/"
    if planned is SMALL_PRACTICE:
        code, path = twin(code), twin_path(path)
    return BranchQueue(id=branch_queue_id(code), body=code, path=path, password_hash="none", made_at=NOW)


def a_calendar(planned: Planned) -> Calendar:
    code, path = planned.station.code, f"/49000001/49050001/{SMALL.station.code}/"
    if planned is SMALL_PRACTICE:
        path = twin_path(path)
    return Calendar(id=f"calendar-{planned.id}", body=code, path=path, digest=planned.id, made_at=NOW)


def a_contact(letter: dict[str, Any]) -> Contact:
    """Every letter of this house arrives. letter: to, or about, a station."""
    why = {"cause": "not_accepting", "because": "452", "mailing": letter["id"], "email": "a@example.org"}
    return Contact(id=letter["body"], body=letter["body"], path=letter["path"], flagged_at=NOW, **why)


async def a_webhook(officer_of_branch: Person) -> str:
    content = {"json": {"address": HOOK}, "headers": {"Idempotency-Key": "k"}}
    made = await officer_of_branch.ask("POST", "/notification/webhooks", **content)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


@pytest.fixture
async def two_trees(open_house: OpenHouse) -> AsyncIterator[tuple[House, Tree, Tree]]:
    """A house with a real road and a practised one, and the ids of their documents."""
    house = open_house()
    await register_twins(house)
    await approve(house, SMALL)
    crew = Crew.of(house, SMALL)
    await plan_practice(house, crew, SMALL_PRACTICE)
    await practise(house, crew, SMALL_PRACTICE)
    trees = []
    for planned, practising in ((SMALL, False), (SMALL_PRACTICE, True)):
        person = house.practising(CLERK) if practising else house.person(CLERK)
        letters = await person.everything(f"/notification/mailings?about={planned.id}")
        at_branch = house.practising if practising else house.person
        trees.append(ids_in(planned, letters[0]["id"], await a_webhook(at_branch(BRANCH_OFFICER))))
        await repository.add(house.stores["reporting"], a_review(planned))
        await repository.add(house.stores["notification"], a_queue(planned))
        await repository.add(house.stores["notification"], a_calendar(planned))
        await repository.add(house.stores["notification"], a_contact(letters[0]))
        trees[-1]["/notification/contacts"] = letters[0]["body"]
    yield house, trees[0], trees[1]


def everybody(house: House, rule: frozenset[Role], *, practising: bool) -> list[Person]:
    """One officer for each role that the rule lets in, of the bodies concerned."""
    accounts = sorted({officer(frozenset({role})) for role in rule if role in STATIONS_OF})
    return [house.practising(one) if practising else house.person(one) for one in accounts]


async def test_each_tree_is_read_from_within_and_from_nowhere_else(two_trees: Any) -> None:
    house, real, practice = two_trees
    for _, path, rule in of_documents(reading=True):
        for practising, own, other in ((False, real, practice), (True, practice, real)):
            for person in everybody(house, rule, practising=practising):
                await _reads(person, path, own, other)


async def _reads(person: Person, path: str, own: Tree, other: Tree) -> None:
    where = f"{person.account}: {path}"
    if "{" in path:
        assert (await person.ask("GET", place(path, own))).status_code in (200, 403), where  # 403: of the producer only
        foreign = await person.ask("GET", place(path, other))
        assert foreign.status_code == 404, f"{where}: {foreign.status_code} {foreign.text}"
        return
    if path.endswith("/counts"):
        counted = (await person.get(path))["states"]
        listed = await person.everything(path.removesuffix("/counts"))
        assert sum(counted.values()) == len(listed), f"{where}: of its own tree alone"
        return
    narrow = "?roster={}" if path in ("/certificate/batches", "/certificate/certificates") else ""
    roster = own["/certificate/productions"]
    shown = await person.everything(path + narrow.format(roster))
    assert shown or path.endswith("/audit"), where  # there are services in which nobody acts by hand
    begins = "/99" if roster.startswith("99") else "/49"
    assert {one["path"][:3] for one in shown} <= {begins}, where
    if narrow:
        foreign = await person.ask("GET", path + narrow.format(other["/certificate/productions"]))
        assert foreign.status_code == 404, where


async def test_nobody_writes_across_the_trees(two_trees: Any) -> None:
    house, real, practice = two_trees
    walked = 0
    for method, path, rule in of_documents(reading=False):
        for practising, other in ((False, practice), (True, real)):
            for person in everybody(house, rule, practising=practising):
                content = ASKED.get(f"{method} {path}", {})
                answer = await person.ask(method, place(path, other), 1, **content)
                assert answer.status_code == 404, f"{person.account} {method} {path}: {answer.text}"
                walked += 1
    assert walked > 40
    for person, session in (
        (house.person(officer(frozenset({Role.STATION_CLERK}))), SMALL_PRACTICE.id),
        (house.practising(officer(frozenset({Role.STATION_CLERK}))), SMALL.id),
    ):
        content = {"json": {"session": session, **HEADS}, "headers": {"Idempotency-Key": "k"}}
        assert (await person.ask("POST", "/reporting/rosters", **content)).status_code == 404
