"""Every endpoint × role × relation, asked for real: allowed or denied as the table says, and no endpoint without a row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.demo.cast import Body
from shared.register.access import Row
from shared.trade.roles import Role
from tests.access.actors import KNOCKERS, Knocker, open_accounts
from tests.access.asking import Asked
from tests.access.samples import TREE, furnish, path_of, sample_id
from tests.access.table import ASKED, ROWS
from tests.rules.test_access import APPS, routes_of
from tests.world.house import House
from tests.world.topology import INTERFACES

ENDPOINTS = {
    f"{method} /{service}{path}": dependant
    for service in INTERFACES
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


def test_every_endpoint_has_a_row_and_is_asked() -> None:
    assert sorted(ROWS) == sorted(ENDPOINTS) == sorted(ASKED)


def test_what_is_open_to_the_public_is_asked_as_such() -> None:
    assert {name for name, row in ROWS.items() if not row.roles} == {
        name for name, asked in ASKED.items() if asked.reach == "nobody's"
    }


def request_of(
    asked: Asked, endpoint: str, body: Body | None, role: Role | None = None
) -> tuple[str, str, dict[str, Any]]:
    """(method, address, content): the sample of `body`, where the endpoint names a document at all."""
    method, _, path = endpoint.partition(" ")
    sample = (
        "none" if body is None or not asked.kind else body.code if asked.kind == "body" else sample_id(asked.kind, body)
    )
    ids = dict.fromkeys(("id", "code", "roster"), sample) | dict(asked.ids)
    if role == Role.SERVICE:
        ids |= asked.service_ids
    address = path.format(**ids) + (f"?{asked.query.format(**ids)}" if asked.query else "")
    content: dict[str, Any] = {}
    if asked.content is not None:
        content["json"] = json.loads(json.dumps(asked.content).replace("{code}", body.code if body else "49000001"))
    return method, address, content


async def knock(house: House, who: Knocker, asked: Asked, endpoint: str, body: Body | None) -> httpx.Response:
    method, address, content = request_of(asked, endpoint, body, who.role)
    headers = {"Idempotency-Key": f"{who.account} {endpoint} {body.code if body else ''}"}
    return await house.person(who.account).ask(method, address, NEVER, headers=headers, **content)


def is_reached(asked: Asked, who: Knocker, body: Body) -> bool:
    here = path_of(body)
    return here.startswith(who.path) or (asked.reach == "above and below" and who.path.startswith(here))


def is_allowed(row: Row, who: Knocker) -> bool:
    return who.role in row.roles and (who.role != Role.SERVICE or who.account in row.services or not row.services)


def cases(asked: Asked, who: Knocker) -> Iterator[tuple[str, Body | None]]:
    if asked.reach in ("below", "above and below") and (asked.kind or asked.content):
        yield from who.around.items()
    else:
        yield "any", None


@pytest.mark.parametrize("service", INTERFACES)
async def test_who_may_do_what_to_whom(doors: House, service: str) -> None:
    wrong: list[str] = []
    knocks = 0
    for endpoint, asked in ASKED.items():
        if not endpoint.split(" ")[1].startswith(f"/{service}/") or asked.reach == "nobody's":
            continue
        for who in KNOCKERS:
            for relation, body in cases(asked, who):
                answer = await knock(doors, who, asked, endpoint, body)
                knocks += 1
                fault = verdict(endpoint, who, body, answer)
                if fault:
                    text = answer.text[:160]
                    wrong.append(f"{endpoint} as {who.account} ({relation}): {fault}, got {answer.status_code} {text}")
    assert wrong == [], "\n".join(wrong)
    assert knocks >= len(KNOCKERS) * 5


def verdict(endpoint: str, who: Knocker, body: Body | None, answer: httpx.Response) -> str:
    """What was expected and did not come; empty if all is well."""
    asked, status = ASKED[endpoint], answer.status_code
    if status == 401 or status >= 500:
        return "an answer"
    if not is_allowed(ROWS[endpoint], who):
        return "" if status == 403 else "403: the role may not"
    if body is not None and not is_reached(asked, who, body):
        return "" if status == 404 else "404: out of reach"
    if body is not None and status in (403, 404):
        return "allowed: role and path fit"
    if asked.reach == "own sign-in":
        return "" if status == 403 and "machine" in answer.text else "refused: there is no sign-in to end"
    return "allowed: the role fits" if status == 403 else ""


@pytest.mark.parametrize("endpoint", [name for name, asked in ASKED.items() if asked.reach == "nobody's"])
async def test_what_is_public_asks_for_no_token(doors: House, endpoint: str) -> None:
    method, address, content = request_of(ASKED[endpoint], endpoint, None)
    answer = await doors.client.request(method, address, **content)
    assert "Authorization: Bearer" not in answer.text, "a wrong password is another answer than a missing token"
    assert answer.status_code < 500


LISTS = [name for name, row in ROWS.items() if name.startswith("GET ") and "{" not in name and row.roles]
PROBES = ("body", "about", "roster", "session", "account", "plan", "sanction", "inspection", "id")
"""Filters with which somebody might reach for what belongs to others."""


@pytest.mark.parametrize("service", INTERFACES)
async def test_no_list_shows_what_lies_outside_the_path(doors: House, service: str) -> None:
    """With every filter that takes an id, filled with the ids of every body and of every body's documents."""
    for endpoint in (one for one in LISTS if one.startswith(f"GET /{service}/")):
        row, address = ROWS[endpoint], endpoint.removeprefix("GET ")
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
                    if ASKED[endpoint].reach == "anything":
                        continue
                    place = item["path"]
                    assert place.startswith(who.path), f"{endpoint}{query} as {who.account} shows {item}"
