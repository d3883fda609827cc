"""Nonsense at every door: whatever is sent to any route, the answer is never a 5xx and every refusal is a problem."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from typing import Any
from urllib.parse import quote

import pytest

from services.demo.cast import CENTRE
from services.directory.accounts.account import ACTIVE, Account
from services.runtime.catalogue import blueprint_of
from shared.keeping import repository
from shared.trade.roles import Role
from tests.e2e.road.test_road import check
from tests.world.books import parked
from tests.world.empty import empty_house
from tests.world.fixtures import OpenHouse
from tests.world.house import CHEAP, PASSWORD, House
from tests.world.seeding import HELD_ON, SECOND, SMALL, YEAR, approve
from tests.world.topology import INTERFACES

NASTY: list[Any] = [
    None,
    True,
    -1,
    0,
    2**31,
    2**63,
    10**40,
    1e308,
    0.5,
    "",
    " ",
    "\x00",
    "\ud800",
    "\uffff",
    "\u202e",
    "𰻝",
    "a" * 70,
    "a" * 5000,
    "=1+1",
    "'; DROP TABLE document; --",
    "../../etc/passwd",
    "a.b",
    "$where",
    "a\r\nBcc: b@example.org",
    "49053012",
    "49000001",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "6-04-01-01",
    "x@y",
    "<a@b>,c@d",
    [],
    {},
    [[[]]],
    {"a": {"$gt": ""}},
]
ITEMS = [{"occupation": "6-04-01-01", "level": 4, "heads": 3}]
SENSIBLE: dict[str, dict[str, Any]] = {
    "/directory/bodies": {
        "code": "49053099",
        "kind": "station",
        "parent": "49050001",
        "name_zh": "示例站",
        "name_en": "Station",
        "email": "a@example.org",
    },
    "/directory/bodies/{code}": {"name_zh": "示例站", "name_en": "Station", "email": "a@example.org"},
    "/directory/bodies/{code}/licence": {
        "licence_no": "机械-012",
        "valid_from": "2026-01-01",
        "valid_until": "2028-12-31",
        "scope": [{"occupation": "6-04-01-01", "levels": [5, 4, 3]}],
    },
    "/directory/bodies/{code}/annual-inspections": {
        "year": YEAR,
        "passed": False,
        "findings": ["量具未检定"],
        "until": "2026-05-01",
    },
    "/directory/persons": {
        "office": "examiner",
        "name": "张伟",
        "card_no": "R49260001",
        "body": "49053012",
        "scope": [{"occupation": "6-04-01-01", "levels": [5, 4, 3]}],
        "appointed_from": "2026-01-01",
    },
    "/directory/persons/{id}/renewal": {"appointed_from": "2029-01-01", "valid_until": "2029-12-31"},
    "/directory/accounts": {
        "id": "new.person",
        "name": "张伟",
        "email": "a@example.org",
        "body": "49053012",
        "roles": ["station_clerk"],
        "password": "long enough to be one",
    },
    "/directory/accounts/{id}": {"name": "张伟", "email": "a@example.org", "roles": ["station_clerk"]},
    "/directory/accounts/{id}/initial-password": {"password": "long enough to be one"},
    "/directory/machines": {"id": "new.machine", "name": "业务系统", "body": "49050001"},
    "/directory/keys/rotation": {"compromised": False, "reason": "理由"},
    "/directory/passwords": {"account": "x", "old": "y", "new": "long enough to be one"},
    "/directory/password-resets": {"account": "x"},
    "/directory/password-resets/redemption": {"token": "a.b.c", "password": "long enough to be one"},
    "/plan/annual-plans": {"year": 2031, "items": ITEMS},
    "/plan/session-plans": {
        "year": YEAR,
        "number": 33,
        "held_on": f"{HELD_ON}",
        "place": "考场",
        "in_charge": "吴刚",
        "items": ITEMS,
    },
    "/reporting/rosters": {"session": SMALL.id, "attendance": {"applied": 3, "accepted": 3, "examined": 3}},
    "/certificate/productions/{roster}/parcel": {"carrier": "EMS", "parcel": "EA000000001CN"},
    "/certificate/productions/{roster}/receipt": {"certificates": 3},
    "/certificate/verifications": {"number": "2649053012400001", "name": "张三", "id_last": "1234"},
}
REASON = {"reason": "理由"}
FORMS = {
    "/directory/tokens": {
        "client_id": "x",
        "client_secret": "y",
        "username": "x",
        "password": "y",
        "refresh_token": "x.y.z",
        "scope": "training",
        "grant_type": "refresh_token",
    },
    "/directory/reset": {"token": "a.b.c", "password": "long enough", "again": "long enough"},
    "/directory/forgotten": {"account": "x"},
    "/directory/password": {"account": "x", "old": "y", "password": "long enough", "again": "long enough"},
}


def routes() -> list[tuple[str, str]]:
    """(method, path) of everything that the services' own documentation names."""
    return sorted(
        (method.upper(), f"/{name}{path}")
        for name, paths in _documented().items()
        for path, methods in paths.items()
        for method in methods
    )


def _documented() -> dict[str, Any]:
    """Built without any store: only the routes are of interest."""
    return {name: blueprint_of(name).build(empty_house()).app.openapi()["paths"] for name in INTERFACES}


ROUTES = routes()


class Nonsense:
    """Reproducible: the same nonsense for the same route in every run."""

    def __init__(self, route: str) -> None:
        self._chance = random.Random(route)

    def one_of(self, choices: list[Any]) -> Any:
        return self._chance.choice(choices)

    def happens(self, probability: float) -> bool:
        return self._chance.random() < probability

    def spoil(self, content: Any) -> Any:
        """A sensible content with one to three things wrong in it."""
        spoiled = copy.deepcopy(content)
        for _ in range(self._chance.randint(1, 3)):
            spoiled = self._spoil_once(spoiled)
        return spoiled

    def _spoil_once(self, content: Any) -> Any:
        if isinstance(content, dict) and content and self.happens(0.9):
            name = self.one_of(sorted(content, key=str))
            match self._chance.randint(0, 4):
                case 0:
                    del content[name]
                case 1:
                    content[self.one_of(["x", "", "\ud800", "a/b~c", "__class__"])] = self.one_of(NASTY)
                case _:
                    content[name] = self._spoil_once(content[name])
            return content
        if isinstance(content, list) and content and self.happens(0.7):
            content[0] = self._spoil_once(content[0])
            return content * self._chance.choice([1, 1, 2, 600])
        return copy.deepcopy(self.one_of(NASTY))


@pytest.fixture
async def crowded(house: House) -> House:
    """A house in which much is there already, and one person at the Centre and one at a station who may do anything."""
    house.client.event_hooks["response"].append(check)
    for id, body, path in (
        ("anything.centre", CENTRE.code, f"/{CENTRE.code}/"),
        ("anything.station", SMALL.station.code, f"/{CENTRE.code}/{SMALL.station.parent}/{SMALL.station.code}/"),
    ):
        account = Account(
            id=id,
            state=ACTIVE,
            name=id,
            body=body,
            path=path,
            roles=list(Role),
            password_hash=CHEAP.hash(PASSWORD),
        )
        await repository.add(house.stores["directory"], account)
    await approve(house, SMALL)
    await house.run_until_quiet()
    return house


IDS = [
    SMALL.id,
    SECOND.id,
    "49053012-2026",
    f"{SMALL.id}-b0000",
    "49053012",
    "none",
    "a" * 300,
    "\x00",
    "%",
    "..",
    "é𰻝",
]


async def throw(house: House, method: str, template: str, nonsense: Nonsense) -> int:
    """One request. Returns the status."""
    path = template
    for name in ("id", "code", "roster", "page", "number", "key", "reference"):
        value = nonsense.one_of([*IDS, "0", "-1", "9" * 40, "2649053012400001"])
        path = path.replace("{" + name + "}", quote(value, safe=""))
    headers = {"Idempotency-Key": nonsense.one_of(["k1", "k2", "é", "k" * 200, "k" * 201])}
    seen = nonsense.one_of([None, 1, 2, 3, 4, 5, '"v"', "é"])
    sensible = SENSIBLE.get(template, REASON)
    content: dict[str, Any] = {}
    if "/workbook" in template:
        content["content"] = nonsense.one_of([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html>"])
    elif method == "POST" and template in FORMS:
        choices = ["\x00", "", "𰻝", "a" * 300]
        form = FORMS[template].items()
        content["data"] = {name: nonsense.one_of([*choices, *[value] * 9]) for name, value in form}
    elif method in ("POST", "PUT"):
        wanted = sensible if nonsense.happens(0.1) else nonsense.spoil(sensible)
        if nonsense.happens(0.1):
            wanted = nonsense.one_of(NASTY)
        content["content"] = json.dumps(wanted)
        headers["Content-Type"] = nonsense.one_of(["application/json"] * 9 + ["text/plain"])
    else:
        words = {
            name: str(nonsense.one_of(NASTY))
            for name in ("after", "limit", "state", "about", "roster", "level", "valid_on")
        }
        content["params"] = {
            name: value.encode(errors="replace") for name, value in words.items() if nonsense.happens(0.4)
        }
    person = house.person(nonsense.one_of(["anything.centre", "anything.station"]))
    headers = {name: value.encode("latin-1", errors="replace").decode("latin-1") for name, value in headers.items()}
    if isinstance(seen, str):
        headers["If-Match"], seen = seen, None
    encoded = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    token = await house.token(person.account)
    encoded[b"Authorization"] = f"Bearer {token}".encode()
    if isinstance(seen, int):
        encoded[b"If-Match"] = f'"v{seen}"'.encode()
    answer = await house.client.request(method, path, headers=encoded, **content)  # type: ignore[arg-type]
    return answer.status_code


@pytest.mark.parametrize("service", INTERFACES)
async def test_nonsense_is_refused_and_breaks_nothing(crowded: House, service: str) -> None:
    ours = [(method, path) for method, path in ROUTES if path.startswith(f"/{service}/")]
    assert ours
    statuses: Counter[int] = Counter()
    for method, path in ours:
        nonsense = Nonsense(f"{method} {path}")
        statuses.update([await throw(crowded, method, path, nonsense) for _ in range(12 if method == "GET" else 40)])
    assert max(statuses) < 500
    assert len(statuses) > 4, f"too little of it got anywhere: {statuses}"
    await crowded.run_until_quiet()
    for name in crowded.stores:
        left = [(one.queue, one.reason, one.detail) for one in await parked(crowded, name)]
        assert left == [], "what was let in could not be digested"


async def test_guesses_at_a_number_are_counted_however_it_is_spelt(open_house: OpenHouse) -> None:
    """Blanks and full-width digits make no other number of it."""
    house = open_house(wrong_guesses_per_number=3)
    number = "2649053012400001"
    spelt = [number[:n] + " " + number[n:] for n in range(1, 9)] + [number.replace("2", "２", n) for n in range(1, 4)]
    statuses = [
        (await house.client.post("/certificate/verifications", json={"number": one, "name": "错"})).status_code
        for one in spelt
    ]
    assert statuses == [200] * 3 + [429] * 8
