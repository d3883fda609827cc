"""The example that branch centres copy (`deploy/examples/branch_consumer.py`): whatever dies, each entry has its effect once."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.demo.cast import BRANCHES
from tests.world.fixtures import OpenHouse
from tests.world.house import House
from tests.world.published import must_be_published
from tests.world.seeding import AGAIN, CLERK, SECOND, SMALL, approve, post
from tests.world.sockets import served

SCRIPT = Path(__file__).parents[3] / "deploy" / "examples" / "branch_consumer.py"
BRANCH = BRANCHES[0].code
MACHINE = "east.system"

COUNTING = f"""
import os, signal, sys
sys.path.insert(0, {str(SCRIPT.parent)!r})
import branch_consumer

left = int(os.environ["KILLED_BEFORE"])

def statement(_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

class Ledger(branch_consumer.Ledger):
    def __init__(self, path):
        super().__init__(path)
        self._db.execute("CREATE TABLE IF NOT EXISTS received (id TEXT)")
        self._db.set_trace_callback(statement)

def effect(db, entry):
    db.execute("INSERT INTO received VALUES (?)", (entry["id"],))

branch_consumer.Ledger, branch_consumer.effect = Ledger, effect
sys.exit(branch_consumer.main())
"""
"""The example with an effect that shows whether it happened twice; it is killed before the n-th statement to its file."""

MOMENTS = range(9, 18)
"""Of an entry's statements every one: each takes seven or less, and one comes before the first."""


def example() -> Any:
    spec = importlib.util.spec_from_file_location("branch_consumer", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


EXAMPLE = example()


async def opened(house: House) -> str:
    """The machine's secret."""
    content = {"id": MACHINE, "name": "东方分中心业务系统", "body": BRANCH}
    made = await house.person(CLERK).create("/directory/machines", content, "machine")
    return str(made["secret"])


async def things_happen(house: House) -> None:
    await approve(house, SMALL)
    await house.run_until_quiet()
    await post(house, SMALL)
    await approve(house, AGAIN)
    await house.run_until_quiet()


class Desk:
    """The example in this process. client: of the house, or one that is away at times."""

    def __init__(self, house: House, secret: str, file: Path, client: httpx.AsyncClient | None = None) -> None:
        self.paused: list[float] = []
        self.ledger = EXAMPLE.Ledger(file)
        there = EXAMPLE.House(client or house.client, MACHINE, secret, self._sleep)
        self.consumer = EXAMPLE.Consumer(there, self.ledger)

    async def _sleep(self, seconds: float) -> None:
        self.paused.append(seconds)

    @property
    def last(self) -> int:
        return int(self.ledger.cursor()[1])


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(EXAMPLE, "effect", lambda _, entry: found.append(entry))
    return found


def known(file: Path, table: str = "document") -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(file)) as db:
        return sorted(db.execute(f"SELECT * FROM {table}"))


async def in_the_feed(house: House) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await house.person(f"demo.{BRANCH}.branch-officer").get(
        "/notification/feed?limit=1000"
    )
    for entry in found:
        must_be_published("feed", json.dumps(entry))
    return found


# --- the feed -----------------------------------------------------------------------------------------------------------


async def test_first_what_is_there_then_what_comes(open_house: OpenHouse, tmp_path: Path, received: Any) -> None:
    house, file = open_house(), tmp_path / "branch.sqlite"
    desk = Desk(house, await opened(house), file)
    await desk.consumer.to_the_end()
    began = desk.last
    assert (received, began) == ([], len(await in_the_feed(house)))
    there = {row[0]: json.loads(row[3])["state"] for row in known(file)}
    assert there[f"/reporting/roster/{SMALL.id}"] == "endorsed"
    await things_happen(house)
    await desk.consumer.to_the_end()
    feed = await in_the_feed(house)
    assert [entry["id"] for entry in received] == [entry["id"] for entry in feed[began:]]
    rows = {row[0]: row[2] for row in known(file)}
    assert rows[f"/certificate/production/{SMALL.id}"] == "cn.jianding.certificates.mailed.v1"
    await desk.consumer.to_the_end()
    assert len(received) == len(feed) - began, "nothing twice"


async def test_killed_at_any_moment_each_entry_has_its_effect_once(open_house: OpenHouse, tmp_path: Path) -> None:
    """kill -9 before each of the statements with which it writes to its file."""
    house, file = open_house(), tmp_path / "branch.sqlite"
    secret = await opened(house)
    desk = Desk(house, secret, file)
    desk.ledger.begin(BRANCH, 0, {})
    desk.ledger.close()
    await things_happen(house)
    wanted = [entry["id"] for entry in await in_the_feed(house)]
    script = tmp_path / "counting.py"
    script.write_text(COUNTING, encoding="utf-8")
    async with served(house.app) as there:
        for moment in MOMENTS:
            process = await started(script, there.port, secret, file, KILLED_BEFORE=str(moment))
            assert await process.wait() == -signal.SIGKILL
        process = await started(script, there.port, secret, file, KILLED_BEFORE="0")
        assert await process.wait() == 0
    assert sorted(row[0] for row in known(file, "received")) == sorted(wanted)


async def started(script: Path, port: int, secret: str, file: Path, **more: str) -> Process:
    arguments = ("--url", f"http://127.0.0.1:{port}", "--account", MACHINE, "--data", str(file), "--once")
    environment = os.environ | {"BRANCH_SECRET": secret, **more}
    return await asyncio.create_subprocess_exec(sys.executable, str(script), *arguments, stdout=PIPE, env=environment)


async def test_as_it_is_from_the_command_line(open_house: OpenHouse, tmp_path: Path) -> None:
    house, file = open_house(), tmp_path / "branch.sqlite"
    secret = await opened(house)
    async with served(house.app) as there:
        process = await started(SCRIPT, there.port, secret, file)
        said, _ = await process.communicate()
        assert (process.returncode, "documents are there" in said.decode()) == (0, True)
        await approve(house, SMALL)
        await house.run_until_quiet()
        process = await started(SCRIPT, there.port, secret, file)
        said, _ = await process.communicate()
        assert "roster.approved.v1 " + SMALL.id in said.decode()
        wrong = await started(SCRIPT, there.port, "wrong", file)
        await wrong.wait()
        assert wrong.returncode == 1


# --- what goes wrong ----------------------------------------------------------------------------------------------------


class Away(httpx.AsyncBaseTransport):
    """In front of the house: what is planned, then the house itself."""

    def __init__(self, house: House) -> None:
        self._inner = httpx.ASGITransport(app=house.door, raise_app_exceptions=False)
        self.plan: list[Callable[[httpx.Request], httpx.Response] | None] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        planned = self.plan.pop(0) if self.plan else None
        if planned is not None:
            return planned(request)
        return await self._inner.handle_async_request(request)


def answers(status: int, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(status, headers=named, json={"detail": "x"}, request=request)


def hangs_up(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("the connection ended", request=request)


async def test_it_waits_while_the_house_is_away(open_house: OpenHouse, tmp_path: Path, received: Any) -> None:
    house = open_house()
    away = Away(house)
    async with httpx.AsyncClient(transport=away, base_url="http://house") as client:
        desk = Desk(house, await opened(house), tmp_path / "branch.sqlite", client)
        away.plan = [answers(503, Retry_After="7"), answers(429, Retry_After="31"), hangs_up]
        await desk.consumer.to_the_end()
        assert desk.paused[:2] == [7, 31] and 2 <= desk.paused[2] <= 4
        await things_happen(house)
        away.plan = [answers(502), answers(401), None, answers(503), answers(401)]
        await desk.consumer.to_the_end()
    assert desk.last == len(await in_the_feed(house))


async def test_a_token_that_ended_is_replaced_and_a_closed_account_is_told(
    open_house: OpenHouse, tmp_path: Path, received: Any
) -> None:
    house = open_house()
    desk = Desk(house, await opened(house), tmp_path / "branch.sqlite")
    await desk.consumer.to_the_end()
    house.clock.advance(3600)
    await approve(house, SMALL)
    await house.run_until_quiet()
    await desk.consumer.to_the_end()
    assert received
    await house.operator.step(f"/directory/accounts/{MACHINE}", "closing", json={"reason": "系统停用"})
    house.clock.advance(60)
    with pytest.raises(EXAMPLE.Stop, match="could not sign in: 401"):
        await desk.consumer.to_the_end()


async def test_older_facts_of_a_document_and_gaps(open_house: OpenHouse, tmp_path: Path, received: Any) -> None:
    house, file = open_house(), tmp_path / "branch.sqlite"
    desk = Desk(house, await opened(house), file)
    await desk.consumer.begin()
    began = desk.last

    def entry(n: int, sequence: int) -> dict[str, Any]:
        return {
            "id": f"{BRANCH}/{began + n}",
            "feednumber": began + n,
            "factid": f"/reporting/roster/x#{sequence:010d}",
            "type": "cn.jianding.roster.submitted.v1",
            "subject": "x",
            "data": {"sequence": sequence},
        }

    desk.ledger.apply(entry(1, 4))
    desk.ledger.apply(entry(2, 3))
    desk.ledger.apply(entry(2, 3))
    without_data = {name: value for name, value in entry(3, 5).items() if name != "data"}
    desk.ledger.apply(without_data)
    assert [one["id"] for one in received] == [f"{BRANCH}/{began + 1}", f"{BRANCH}/{began + 3}"]
    assert (desk.last, {row[0]: row[1] for row in known(file)}["/reporting/roster/x"]) == (began + 3, 5)
    with pytest.raises(EXAMPLE.Gap, match=f"entries {began + 4} to {began + 4} did not come"):
        desk.ledger.apply(entry(5, 5))
    assert desk.last == began + 3


# --- the queue ----------------------------------------------------------------------------------------------------------


async def test_what_the_queue_lost_comes_from_the_feed(open_house: OpenHouse, tmp_path: Path, received: Any) -> None:
    house = open_house()
    desk = Desk(house, await opened(house), tmp_path / "branch.sqlite")
    await desk.consumer.begin()
    began = desk.last
    await things_happen(house)
    feed = await in_the_feed(house)
    told = feed[began:]
    lost_the_second = [told[0], told[2]]
    for entry in (*lost_the_second, told[1], told[0]):
        await desk.consumer.take(json.dumps(entry).encode(), {"feedlast": entry["feednumber"]})
    assert [entry["id"] for entry in received] == [entry["id"] for entry in told]

    await approve(house, SECOND)
    await house.run_until_quiet()
    heartbeat = {"type": "cn.jianding.feed.heartbeat.v1"}
    await desk.consumer.take(json.dumps(heartbeat).encode(), {"feedlast": len(feed)})
    assert desk.last == len(feed), "it has all that the heartbeat knows of"
    await desk.consumer.take(json.dumps(heartbeat).encode(), {"feedlast": len(feed) + 1})
    assert desk.last == len(await in_the_feed(house)) > len(feed)


async def test_what_lies_in_the_queue_is_not_read_from_the_feed(
    open_house: OpenHouse, tmp_path: Path, received: Any
) -> None:
    """While one catches up, every message tells of more than one has: it comes behind."""
    house = open_house()
    desk = Desk(house, await opened(house), tmp_path / "branch.sqlite")
    await desk.consumer.begin()
    began = desk.last
    await things_happen(house)
    feed = await in_the_feed(house)
    for n, entry in enumerate(feed[began:], 1):
        await desk.consumer.take(json.dumps(entry).encode(), {"feedlast": len(feed)})
        assert (len(received), desk.last) == (n, began + n)
