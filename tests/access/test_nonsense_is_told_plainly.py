"""Nonsense of every kind is asked of every endpoint: what comes back is a sentence for people, and never a fault of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.access.actors import KNOCKERS, Knocker, open_accounts
from tests.access.samples import furnish
from tests.access.table import ASKED, ROWS
from tests.access.test_table import APPS, is_allowed, is_reached, request_of
from tests.world.halves import faults
from tests.world.heard import sentences_of
from tests.world.house import House
from tests.world.topology import INTERFACES

VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    "",
    " ",
    "乱",
    "a\x00b",
    "{name}",
    "2026-02-30",
    "9" * 300,
    " · ",
    [[]],
    {"a": 1},
)
BODIES = (b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 5000, b'{"a":NaN}', b'{"\\ud800":1}')
KINDS = ("text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "nonsense")
QUERY = ("", "x", "-1", "9" * 30, "乱", "%00", "{}")
_CODE = re.compile(
    r"\b(?:None|True|False|null)\b|<class|object at 0x|[{}]|\[['\"\]]|datetime\.|Input should|Value error|pydantic"
)


@pytest.fixture
async def doors(bare_house: House) -> House:
    await furnish(bare_house)
    await open_accounts(bare_house)
    bare_house.client.event_hooks = {"response": []}  # all of it is looked at here, and not only the first
    return bare_house


def properties(app: Any, schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = app["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    found = dict(schema.get("properties", {}))
    for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        found |= properties(app, one)
    return found


def nonsense(endpoint: str, service: str, method: str, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(query, what is asked with)"""
    app = APPS[service].openapi()
    about = app["paths"][path.removeprefix(f"/{service}")][method.lower()]
    for one in about.get("parameters", ()):
        for value in QUERY:
            if one["in"] == "query":
                yield f"{one['name']}={value}", {}
            elif one["in"] == "header" and value.isascii():
                yield "", {"headers": {one["name"]: value}}
    content = about.get("requestBody", {}).get("content", {})
    if not content:
        return
    for body in BODIES:
        yield "", {"content": body, "headers": {"Content-Type": "application/json"}}
    for kind in KINDS:
        yield "", {"content": b'{"a":1}', "headers": {"Content-Type": kind}}
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return
    usual = dict(ASKED[endpoint].content or {})
    names = properties(app, schema)
    for name in (*names, "unknown"):
        for value in VALUES:
            yield "", {"json": {**usual, name: value}}
    for value in VALUES:
        yield "", {"json": dict.fromkeys(names, value)}


def said_badly(answer: httpx.Response, typed: str) -> list[str]:
    if answer.status_code >= 500:
        return [f"{answer.status_code}"]
    if answer.status_code < 400:
        return []
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith("text/html"):  # a page of the sign-in, which has tests of its own
        return []
    if not kind.startswith("application/problem+json"):
        return [f"{answer.status_code} {kind}"]
    found = []
    for sentence in sentences_of(answer.json()):
        found += [f"{sentence!r}: {fault}" for fault in faults(sentence, typed)]
        found += [f"{sentence!r}: code {word!r}" for word in _CODE.findall(sentence) if word not in typed]
    return found


def somebody(endpoint: str) -> tuple[Knocker, Any]:
    asked = ASKED[endpoint]
    for who in KNOCKERS:
        if is_allowed(ROWS[endpoint], who):
            for body in who.around.values():
                if is_reached(asked, who, body):
                    return who, body
    return next((who for who in KNOCKERS if is_allowed(ROWS[endpoint], who)), KNOCKERS[0]), None


@pytest.mark.parametrize("service", INTERFACES)
async def test_nonsense_is_answered_in_sentences(doors: House, service: str) -> None:
    wrong: dict[str, str] = {}
    asked = 0
    for endpoint in (one for one in ASKED if one.split(" ")[1].startswith(f"/{service}/")):
        who, body = somebody(endpoint)
        method, address, _ = request_of(ASKED[endpoint], endpoint, body)
        address = address.partition("?")[0]
        for query, how in nonsense(endpoint, service, method, endpoint.split(" ")[1]):
            asked += 1
            headers = {"Idempotency-Key": f"nonsense-{service}-{asked}", **how.pop("headers", {})}
            typed = (
                json.dumps(how.get("json", ""), ensure_ascii=False)
                + f"{how.get('content')} {address} {query} {headers}"
            )
            there = f"{address}?{query}" if query else address
            answer = await doors.person(who.account).ask(method, there, headers=headers, **how)
            for fault in said_badly(answer, typed):
                wrong.setdefault(
                    re.sub(r"\d+", "0", fault), f"{endpoint} {query} {str(how)[:200]}: {answer.text[:300]}"
                )
    assert not wrong, "\n".join(f"{fault}\n      {where}" for fault, where in wrong.items())
    assert asked > 100
