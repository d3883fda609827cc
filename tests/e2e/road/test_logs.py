"""The log follows one request through all services, and says nothing of people."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest

from services.demo.cast import OFFICERS
from shared.log import Lines
from tests.world.house import PASSWORD, House
from tests.world.seeding import APPROVER, CLERK, SMALL, bring_roster, lines_of, plan_session, post

APPROVAL = "approval-of-april"


class Log:
    """Everything that is logged, as JSON lines and as text."""

    def __init__(self) -> None:
        self._written = {as_json: StringIO() for as_json in (True, False)}
        self.handlers = []
        for as_json, stream in self._written.items():
            handler = logging.StreamHandler(stream)
            handler.setFormatter(Lines("all", as_json))
            self.handlers.append(handler)

    @property
    def text(self) -> str:
        return "".join(stream.getvalue() for stream in self._written.values())

    def of(self, correlation: str) -> list[dict[str, Any]]:
        lines = map(json.loads, self._written[True].getvalue().splitlines())
        return [line for line in lines if line.get("correlation") == correlation]

    def grep(self, wanted: str) -> list[str]:
        """As people do with the text form."""
        return [line for line in self._written[False].getvalue().splitlines() if wanted in line]


@pytest.fixture
def log() -> Iterator[Log]:
    log, root = Log(), logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    for handler in log.handlers:
        root.addHandler(handler)
    yield log
    root.setLevel(before)
    for handler in log.handlers:
        root.removeHandler(handler)


async def bring(house: House, path: str, account: str, verb: str, correlation: str, **content: Any) -> None:
    person = house.person(account)
    _, etag = await person.look(path)
    headers = {"X-Correlation-Id": correlation}
    answer = await person.ask("POST", f"{path}/{verb}", etag, headers, **content)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Correlation-Id"] == correlation


async def test_one_correlation_leads_from_the_approval_to_the_letters(house: House, log: Log) -> None:
    before = set((house.folder / "mail").iterdir())
    await bring(house, SMALL.path, APPROVER, "approval", APPROVAL, json={"exceptions": {}})
    await house.run_until_quiet()
    lines = log.of(APPROVAL)

    requests = {(line["method"], line["route"]) for line in lines if "route" in line}
    assert ("POST", "/reporting/rosters/{id}/approval") in requests
    assert any(method == "GET" and route.startswith("/reporting/rosters/{") for method, route in requests), (
        "what the other services ask for it belongs to it"
    )
    messages = {(line["queue"], line["type"]) for line in lines if "queue" in line}
    assert messages >= {
        ("certificate.intake", "roster.approved.v1"),
        ("certificate.produce", "batch.numbered.v1"),
        ("certificate.tally", "batch.produced.v1"),
        ("notification.plan_single", "certificates.ready.v1"),
        ("notification.deliver", "mailing.planned.v1"),
    }
    assert {line["outcome"] for line in lines if "queue" in line} == {"done"}
    letters = [line["mailing"] for line in lines if "letter" in line]
    assert len(letters) == len(set(letters)) == len(set((house.folder / "mail").iterdir()) - before) > 0
    facts = [line["fact"] for line in lines if "queue" in line]
    assert len(facts) == len({(line["queue"], line["fact"]) for line in lines if "queue" in line}), "one line a message"
    assert all(line["causation"] == line["fact"] for line in lines if "queue" in line)
    assert len(log.grep(APPROVAL)) == len(lines), "found in the text form too"
    assert all(fact in "\n".join(log.grep(APPROVAL)) for fact in facts)


async def test_the_whole_road_names_nobody(bare_house: House, log: Log) -> None:
    """With everything at the level debug: names, numbers of documents, addresses, tokens, passwords, queries."""
    house = bare_house
    await plan_session(house, SMALL)
    await house.run_until_quiet()
    await bring_roster(house, SMALL)
    await house.run_until_quiet()
    await bring(house, SMALL.path, APPROVER, "approval", APPROVAL, json={"exceptions": {}})
    await house.run_until_quiet()
    await post(house, SMALL)
    await house.run_until_quiet()
    token = await house.token(CLERK)
    canary = "QUERY-CANARY"
    form = {"grant_type": "password", "username": APPROVER, "password": f"{canary}-wrong"}
    questions = [
        await house.client.get(f"/certificate/verify?number={canary}&name={canary}"),
        await house.client.post("/certificate/verification", json={"number": canary, "name": canary}),
        await house.client.get(f"/{canary}/{canary}"),
        await house.client.get(f"/reporting/rosters/{canary}", headers={"Authorization": f"Bearer {canary}"}),
        await house.client.request(canary, f"/reporting/{canary}"),
        await house.client.post("/directory/tokens", data=form),
    ]
    assert {answer.status_code < 500 for answer in questions} == {True}
    forbidden = {canary, token, token.split(".")[1], PASSWORD, "Bearer", *OFFICERS.values()}
    for line in lines_of(SMALL):
        forbidden |= {line.name, line.id_number, line.employer} | ({line.email} if line.email else set())
    assert "/reporting/rosters/{id}/approval" in log.text
    ours = [
        line
        for line in log.text.splitlines()
        if any(f'"from": "{room}' in line or f" {room}" in line for room in ("shared.", "services."))
    ]
    for word in forbidden:
        assert [line for line in ours if word in line] == [], word


async def test_polls_are_told_to_whoever_asks_for_everything_only(house: House, log: Log) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/reporting/nothing-there"):
        await house.client.get(path)
    lines = [json.loads(line) for line in log.text.splitlines() if line.startswith("{")]
    told = [(line["level"], line["status"], line["route"]) for line in lines if "route" in line]
    assert told == [*3 * [("debug", 404, "/?")], ("info", 404, "/reporting/?")]
