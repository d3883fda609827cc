"""Every endpoint × role × relation, asked for real: allowed or denied as the table says, and no endpoint without a row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.demo.cast import Body
from services.runtime.catalogue import BLUEPRINTS
from shared.trade.roles import Role
from tests.access.actors import KNOCKERS, Knocker, open_accounts
from tests.access.samples import TREE, furnish, path_of, sample_id
from tests.access.table import TABLE, Row
from tests.rules.test_access import APPS, routes_of, rules
from tests.world.house import House

ENDPOINTS = {
    f"{method} /{service}{path}": dependant
    for service in BLUEPRINTS
    for path, methods, dependant in routes_of(APPS[service])
    for method in methods
}
NEVER = 999_999_999
"""A version no document has: whoever may touch it is told that somebody else was faster, and nothing changes."""


@pytest.fixture
async def doors(bare_house: House) -> House:
    await furnish(bare_house)
    await open_accounts(bare_house)
    return bare_house


def test_every_endpoint_has_a_row_and_every_row_an_endpoint() -> None:
    assert sorted(TABLE) == sorted(ENDPOINTS)


@pytest.mark.parametrize("endpoint", TABLE)
def test_the_table_says_what_the_endpoint_says(endpoint: str) -> None:
    """The roles are written twice on purpose: here by whoever thinks about access, there by whoever needs a role."""
    if endpoint not in ENDPOINTS:
        pytest.fail(f"{endpoint} is gone")
    (rule,) = rules(ENDPOINTS[endpoint])
    said = frozenset() if TABLE[endpoint].reach == "nobody's" else TABLE[endpoint].roles
    assert rule == said


def request_of(row: Row, endpoint: str, body: Body | None) -> tuple[str, str, dict[str, Any]]:
    """(method, address, content): the sample of `body`, where the endpoint names a document at all."""
    method, _, path = endpoint.partition(" ")
    sample = "none" if body is None or not row.kind else body.code if row.kind == "body" else sample_id(row.kind, body)
    ids = dict.fromkeys(("id", "code", "roster"), sample) | dict(row.ids)
    address = path.format(**ids) + (f"?{row.query.format(**ids)}" if row.query else "")
    content: dict[str, Any] = {}
    if row.content is not None:
        content["json"] = json.loads(json.dumps(row.content).replace("{code}", body.code if body else "49000001"))
    return method, address, content


async def knock(house: House, who: Knocker, row: Row, endpoint: str, body: Body | None) -> httpx.Response:
    method, address, content = request_of(row, endpoint, body)
    headers = {"Idempotency-Key": f"{who.account} {endpoint} {body.code if body else ''}"}
    return await house.person(who.account).ask(method, address, NEVER, headers=headers, **content)


def is_reached(row: Row, who: Knocker, body: Body) -> bool:
    here = path_of(body)
    return here.startswith(who.path) or (row.reach == "above and below" and who.path.startswith(here))


def is_allowed(row: Row, who: Knocker) -> bool:
    return who.role in row.roles and (who.role != Role.SERVICE or who.account in row.services or not row.services)


def cases(row: Row, who: Knocker) -> Iterator[tuple[str, Body | None]]:
    if row.reach in ("below", "above and below") and (row.kind or row.content):
        yield from who.around.items()
    else:
        yield "any", None


@pytest.mark.parametrize("service", BLUEPRINTS)
async def test_who_may_do_what_to_whom(doors: House, service: str) -> None:
    wrong: list[str] = []
    asked = 0
    for endpoint, row in TABLE.items():
        if not endpoint.split(" ")[1].startswith(f"/{service}/") or row.reach == "nobody's":
            continue
        for who in KNOCKERS:
            for relation, body in cases(row, who):
                answer = await knock(doors, who, row, endpoint, body)
                asked += 1
                told = verdict(row, who, body, answer)
                if told:
                    text = answer.text[:160]
                    wrong.append(f"{endpoint} as {who.account} ({relation}): {told}, got {answer.status_code} {text}")
    assert wrong == [], "\n".join(wrong)
    assert asked >= len(KNOCKERS) * 5


def verdict(row: Row, who: Knocker, body: Body | None, answer: httpx.Response) -> str:
    """What was expected and did not come; empty if all is well."""
    status = answer.status_code
    if status == 401 or status >= 500:
        return "an answer"
    if not is_allowed(row, who):
        return "" if status == 403 else "403: the role may not"
    if body is not None and not is_reached(row, who, body):
        return "" if status == 404 else "404: out of reach"
    if body is not None and status in (403, 404):
        return "allowed: role and path fit"
    if row.reach == "own sign-in":
        return "" if status == 403 and "machine" in answer.text else "refused: there is no sign-in to end"
    return "allowed: the role fits" if status == 403 else ""


@pytest.mark.parametrize("endpoint", [name for name, row in TABLE.items() if row.reach == "nobody's"])
async def test_what_is_public_asks_for_no_token(doors: House, endpoint: str) -> None:
    method, address, content = request_of(TABLE[endpoint], endpoint, None)
    answer = await doors.client.request(method, address, **content)
    assert "Authorization: Bearer" not in answer.text, "a wrong password is another answer than a missing token"
    assert answer.status_code < 500


LISTS = [name for name in TABLE if name.startswith("GET ") and "{" not in name and TABLE[name].reach != "nobody's"]
PROBES = ("body", "about", "roster", "session", "account", "plan", "sanction", "inspection", "id")
"""Filters with which somebody might reach for what belongs to others."""


@pytest.mark.parametrize("service", BLUEPRINTS)
async def test_no_list_shows_what_lies_outside_the_path(doors: House, service: str) -> None:
    """With every filter that takes an id, filled with the ids of every body and of every body's documents."""
    for endpoint in (one for one in LISTS if one.startswith(f"GET /{service}/")):
        row, address = TABLE[endpoint], endpoint.removeprefix("GET ")
        parameters = APPS[service].openapi()["paths"][address.removeprefix(f"/{service}")]["get"].get("parameters", [])
        filters = [one["name"] for one in parameters if one["name"] in PROBES]
        kinds = ("roster", "session_plan", "annual_plan", "batch", "mailing", "production")
        ids = [id for body in TREE for id in (body.code, *(sample_id(kind, body) for kind in kinds))]
        queries = [""] + [f"?{name}={id}" for name in filters for id in ids]
        for who in (one for one in KNOCKERS if one.body is not None and is_allowed(row, one)):
            for query in queries:
                answer = await doors.person(who.account).ask("GET", address + query)
                if answer.status_code in (404, 422):
                    continue
                assert answer.status_code == 200, f"{endpoint}{query} as {who.account}: {answer.text}"
                shown = answer.json()
                for item in shown["items"] if isinstance(shown, dict) and "items" in shown else []:
                    if row.reach == "anything":
                        continue
                    place = item["path"]
                    assert place.startswith(who.path), f"{endpoint}{query} as {who.account} shows {item}"
