"""The main road, from signing in to a verified certificate, with nothing but clients generated from the documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.trade.roles import OPERATOR
from tests.openapi.generated import Clients, write_clients
from tests.world.house import PASSWORD, House
from tests.world.seeding import APPROVER, HELD_ON, SMALL, YEAR, Item, lines_of, reasons_for, workbook

CLERK, HEAD = SMALL.station.account("station_clerk"), SMALL.station.account("station_head")
BRANCH = SMALL.producer.account("branch_officer")
OFFICERS = (CLERK, HEAD, BRANCH, APPROVER)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clients")
    assert write_clients(folder) == {}, "the generator does not understand every operation"
    return folder


@pytest.fixture
def clients(bare_house: House, written: Path, monkeypatch: pytest.MonkeyPatch) -> Clients:
    monkeypatch.syspath_prepend(str(written))
    return Clients(written, httpx.ASGITransport(app=bare_house.door))


async def sign_in(clients: Clients, account: str) -> str:
    form = {"grant_type": "password", "username": account, "password": PASSWORD}
    answer = await clients.ask("POST /directory/tokens", body=form)
    assert answer.status_code == 200, answer.content
    token: str = answer.parsed.access_token
    return token


async def record_trainings(clients: Clients) -> None:
    """Without a training nobody writes (R2)."""
    operator = await sign_in(clients, OPERATOR)
    for account in OFFICERS:
        answer = await clients.ask(
            "POST /directory/accounts/{id}/training",
            operator,
            {"certificate": f"PX-{account}", "passed_on": "2026-03-01"},
            id=account,
            idempotency_key=f"training of {account}",
        )
        assert answer.status_code == 201, answer.content


def items(*heads: tuple[Item, int]) -> list[dict[str, Any]]:
    return [{"occupation": item.occupation, "level": item.level, "heads": count} for item, count in heads]


class Road:
    """The steps of a form, each with the tag that was read before."""

    def __init__(self, clients: Clients, tokens: dict[str, str]) -> None:
        self.clients, self.tokens = clients, tokens

    async def made(self, who: str, forms: str, body: dict[str, Any]) -> str:
        answer = await self.clients.ask(f"POST {forms}", self.tokens[who], body, idempotency_key=f"{forms} of {who}")
        assert answer.status_code == 201, answer.content
        return str(answer.parsed.to_dict()["id"])

    async def seen(self, who: str, forms: str, id: str) -> Any:
        answer = await self.clients.ask(f"GET {forms}/{{id}}", self.tokens[who], id=id)
        assert answer.status_code == 200, answer.content
        return answer

    async def step(self, who: str, path: str, id: str, body: Any = None) -> None:
        tag = (await self.seen(who, path.partition("/{")[0], id)).headers["ETag"]
        answer = await self.clients.ask(f"POST {path}", self.tokens[who], body, id=id, if_match=tag)
        assert answer.status_code == 200, answer.content

    async def up(self, forms: str, id: str) -> None:
        for who, verb in (HEAD, "submission"), (BRANCH, "endorsement"), (APPROVER, "approval"):
            seen = await self.seen(who, forms, id)
            reasons = reasons_for(seen.parsed.to_dict())
            await self.step(who, f"{forms}/{{id}}/{verb}", id, {"exceptions": reasons} if verb == "approval" else None)
        assert (await self.seen(CLERK, forms, id)).parsed.to_dict()["state"] == "approved"


async def test_the_main_road(bare_house: House, clients: Clients) -> None:
    await record_trainings(clients)
    road = Road(clients, {who: await sign_in(clients, who) for who in OFFICERS})

    annual = await road.made(CLERK, "/plan/annual-plans", {"year": YEAR, "items": items(*SMALL.heads)})
    await road.up("/plan/annual-plans", annual)
    session = {
        "year": YEAR,
        "number": SMALL.number,
        "held_on": HELD_ON.isoformat(),
        "place": "示例考场",
        "in_charge": "吴刚",
        "items": [{**item, "paper_sets": 3} for item in items(*SMALL.heads)],
    }
    planned = await road.made(CLERK, "/plan/session-plans", session)
    await road.up("/plan/session-plans", planned)
    sets = [{"occupation": item.occupation, "level": item.level, "set": 3} for item, _ in SMALL.heads]
    draw = {"sets": sets, "witness": "何监督"}
    await road.step(APPROVER, "/plan/session-plans/{id}/draw", planned, draw)
    await bare_house.run_until_quiet()

    attendance = dict.fromkeys(("applied", "accepted", "examined"), SMALL.size)
    roster = await road.made(CLERK, "/reporting/rosters", {"session": planned, "attendance": attendance})
    tag = (await road.seen(CLERK, "/reporting/rosters", roster)).headers["ETag"]
    imported = await clients.ask(
        "PUT /reporting/rosters/{id}/workbook", road.tokens[CLERK], workbook(SMALL), id=roster, if_match=tag
    )
    assert imported.status_code == 200, imported.content
    await road.up("/reporting/rosters", roster)
    await bare_house.run_until_quiet()

    made = await clients.ask("GET /certificate/certificates", road.tokens[CLERK], roster=roster)
    numbers = [one["number"] for one in made.parsed.to_dict()["items"]]
    assert len(numbers) == SMALL.size
    question = {"number": numbers[0], "name": lines_of(SMALL)[0].name}
    verified = (await clients.ask("POST /certificate/verifications", body=question)).parsed.to_dict()
    assert (verified["outcome"], verified["name"]) == ("valid", question["name"])


async def test_errors_are_read_too(bare_house: House, clients: Clients) -> None:
    """They have a model of their own, whatever the operation."""
    refused = await clients.ask("GET /plan/annual-plans", "no token")
    assert (refused.status_code, refused.parsed.status) == (401, 401)
    clerk = await bare_house.token(CLERK)
    missing = (await clients.ask("GET /plan/annual-plans/{id}", clerk, id="none")).parsed
    assert (missing.status, missing.title[:4]) == (404, "查无此项")
    stale = await clients.ask(
        "POST /plan/annual-plans/{id}/submission", clerk, id="none", if_match="anything that is no tag"
    )
    assert stale.parsed.status == 400
