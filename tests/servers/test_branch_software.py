"""A branch centre's own software and its queue, on a real broker: the example, and a shovel into a broker of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import sqlite3
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import docker
import httpx
import pytest

from services.demo.cast import BRANCHES
from services.notification.queues.storage import TURN_LASTS
from services.notification.queues.usecases.filling import MACHINE_KNOWN_FOR, Filler
from shared.adapters.rabbitmq.branches import RabbitBranches
from tests.world.engines import Broker, a_vhost, do_without
from tests.world.eventually import eventually
from tests.world.fixtures import OpenHouse
from tests.world.house import House, Person
from tests.world.seeding import AGAIN, CLERK, SECOND, SMALL, approve
from tests.world.sockets import served

pytestmark = pytest.mark.servers
ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy" / "examples" / "branch_consumer.py"
PAGE = (ROOT / "docs" / "branch-centres.md").read_text(encoding="utf-8")
CODE = BRANCHES[0].code
MACHINE, ID = "east.system", f"queue-{CODE}"

KEY = {"Idempotency-Key": "k"}

HASTY = f"""
import sys
sys.path.insert(0, {str(SCRIPT.parent)!r})
import branch_consumer

branch_consumer.WAIT, branch_consumer.QUEUE_PAUSE = 0, 0.3

def effect(db, entry):
    db.execute("CREATE TABLE IF NOT EXISTS received (id TEXT)")
    db.execute("INSERT INTO received VALUES (?)", (entry["id"],))

branch_consumer.effect = effect
sys.exit(branch_consumer.main())
"""
"""The example with an effect that shows whether it happened twice; it does not wait for long."""


@dataclass
class Desk:
    """A branch centre whose software has an account, and whose queue lies on the broker. folder: of its software."""

    house: House
    broker: Broker
    filler: Filler
    secret: str
    folder: Path

    @property
    def machine(self) -> Person:
        return self.house.person(MACHINE)

    async def ask(self, path: str = "", version: str | None = None, **content: Any) -> dict[str, Any]:
        address, headers = f"/notification/queues{path}", {} if path else KEY
        answer = await self.machine.ask("POST", address, version, json=content, headers=headers)
        assert answer.is_success, answer.text
        return dict(answer.json())

    async def look(self) -> None:
        self.house.clock.advance(TURN_LASTS.total_seconds() + MACHINE_KNOWN_FOR)
        while await self.filler.look():
            pass

    async def happens(self, roster: Any) -> None:
        await approve(self.house, roster)
        await self.house.run_until_quiet()
        await self.look()

    async def feed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.machine.get("/notification/feed?limit=1000")
        return found

    def queue(self, password: str, at: str = "") -> str:
        """at: host and port of the broker, where they are others for whoever reads."""
        where, vhost = at or f"{self.broker.host}:{self.broker.port}", quote(self.broker.vhost, safe="")
        return f"amqp://{self.broker.prefix}branch-{CODE}:{password}@{where}/{vhost}"

    async def lying(self, vhost: str, queue: str) -> int:
        """Messages in a queue, those in somebody's hand among them; -1 where there is no such queue."""
        async with httpx.AsyncClient(base_url=self.broker.admin_url, timeout=30) as client:
            answer = await client.get(f"/api/queues/{quote(vhost, safe='')}/{queue}")
        return int(answer.json().get("messages", -1))

    async def start(self, port: int, queue: str) -> Running:
        script = self.folder / "hasty.py"
        script.write_text(HASTY, encoding="utf-8")
        arguments = (
            "--url",
            f"http://127.0.0.1:{port}",
            "--account",
            MACHINE,
            "--data",
            str(self.file),
            "--queue",
            queue,
        )
        environment = os.environ | {"BRANCH_SECRET": self.secret, "PYTHONUTF8": "1"}
        said = (self.folder / f"said-{len(list(self.folder.iterdir()))}.txt").open("w+b")
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(script), *arguments, stdout=said, stderr=said, env=environment
        )
        return Running(process, Path(said.name))

    @property
    def file(self) -> Path:
        return self.folder / "branch.sqlite"

    def received(self) -> list[str]:
        """Ids of the entries that had their effect, in that order."""
        with contextlib.closing(sqlite3.connect(self.file)) as db:
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'received'").fetchone():
                return []
            return [row[0] for row in db.execute("SELECT id FROM received ORDER BY rowid")]


@dataclass
class Running:
    """The example in a process of its own. said: file of what it says."""

    process: Process
    said: Path

    async def says(self, sentence: str, times: int = 1) -> None:
        await eventually(lambda: self.said.read_text(encoding="utf-8").count(sentence) >= times, within=20)

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


@pytest.fixture
async def desk(open_house: OpenHouse, tmp_path: Path, amqp_url: str, amqp_admin_url: str) -> AsyncIterator[Desk]:
    house = open_house(bus="amqp://notification:secret@broker.example.org/core")
    content = {"id": MACHINE, "name": "东方分中心业务系统", "body": CODE}
    secret = (await house.person(CLERK).create("/directory/machines", content, "machine"))["secret"]
    async with a_vhost(amqp_url, amqp_admin_url) as broker:
        branches = RabbitBranches(amqp_url, amqp_admin_url, broker.vhost, broker.prefix)
        await branches.prepare()
        filler = Filler(house.stores["notification"], house.clock, branches, house.neighbours["notification"], "one")
        (tmp_path / "desk").mkdir()
        yield Desk(house, broker, filler, secret, tmp_path / "desk")
        await branches.shut_out(CODE)
        await branches.close()


async def test_the_example_reads_its_queue_and_the_feed_while_it_cannot(desk: Desk) -> None:
    began = len(await desk.feed())
    password = (await desk.ask(after=began))["password"]

    async def has_everything() -> bool:
        return desk.received() == [entry["id"] for entry in (await desk.feed())[began:]]

    async with served(desk.house.app) as there:
        one = await desk.start(there.port, desk.queue(password))
        await one.says("the queue cannot be read, so the feed is")  # it is not open yet
        await desk.look()
        await one.says("reading the queue")
    try:  # from here on by the queue alone: nobody answers its questions
        await desk.happens(SMALL)
        await eventually(has_everything, within=20)
        assert len(desk.received()) >= 3
    finally:
        await one.kill()

    await desk.happens(AGAIN)  # meanwhile it lies in the queue
    async with served(desk.house.app) as there:
        two = await desk.start(there.port, desk.queue(password))
        try:
            await two.says("reading the queue")
            await eventually(has_everything, within=20)
            await eventually(lambda: _is(desk.lying(desk.broker.vhost, f"branch.{CODE}"), 0), within=20)
            version = (await desk.machine.look(f"/notification/queues/{ID}"))[1]
            renewed = (await desk.ask(f"/{ID}/password", version))["password"]
            await desk.look()
            await two.says("the queue cannot be read, so the feed is")  # with the password of before
            await desk.happens(SECOND)
            await eventually(has_everything, within=20)
        finally:
            await two.kill()
        assert renewed != password


async def _is(found: Any, wanted: object) -> bool:
    return bool(await found == wanted)


# --- a broker of one's own ----------------------------------------------------------------------------------------------


def typed(broker: Broker, command: str) -> None:
    """On the broker itself, for what only its own command line can do."""
    for container in docker.from_env().containers.list():
        bound = [one["HostPort"] for ports in container.ports.values() for one in ports or ()]
        if str(broker.port) in bound:
            code, said = container.exec_run(["sh", "-c", command])
            assert code == 0, said.decode()
            return
    do_without("RabbitMQ in a container", "no plugin can be enabled on a broker that stands elsewhere")


async def test_a_shovel_brings_the_queue_to_a_broker_of_ones_own(
    desk: Desk, amqp_url: str, amqp_admin_url: str
) -> None:
    """As the page says it. The broker of one's own is another vhost here."""
    enable, shovel = re.findall(r"```sh\n(rabbitmq-plugins .*)\n(rabbitmqctl .*)\n", PAGE)[0]
    typed(desk.broker, enable)
    password = (await desk.ask(after=0))["password"]
    await desk.look()
    async with a_vhost(amqp_url, amqp_admin_url) as own, httpx.AsyncClient(base_url=own.admin_url) as client:
        (await client.put(f"/api/vhosts/{own.vhost}")).raise_for_status()
        user = urlsplit(amqp_admin_url).username
        rights = {"configure": ".*", "write": ".*", "read": ".*"}
        (await client.put(f"/api/permissions/{own.vhost}/{user}", json=rights)).raise_for_status()

        def dig(password: str) -> None:
            there = desk.queue(password, at="localhost:5672")
            command = re.sub(r"amqps://[^\"]*", there, shovel).replace("49050001", CODE)
            command = command.replace("set_parameter", f"set_parameter -p {own.vhost}")
            typed(desk.broker, command.replace('"amqp://"', f'"amqp:///{own.vhost}"'))

        async def arrived() -> bool:
            return await desk.lying(own.vhost, "jianding") == len(await desk.feed())

        dig(password)
        await desk.happens(SMALL)
        await eventually(arrived, within=20)
        await eventually(lambda: _is(desk.lying(desk.broker.vhost, f"branch.{CODE}"), 0), within=20)
        asked = {"count": 1000, "ackmode": "ack_requeue_true", "encoding": "auto"}
        came = (await client.post(f"/api/queues/{own.vhost}/jianding/get", json=asked)).json()
        assert [json.loads(one["payload"]) for one in came] == await desk.feed()
        assert int(came[-1]["properties"]["headers"]["feedlast"]) == len(came)

        version = (await desk.machine.look(f"/notification/queues/{ID}"))[1]
        renewed = (await desk.ask(f"/{ID}/password", version))["password"]
        await desk.happens(AGAIN)
        dig(renewed)
        await eventually(arrived, within=20)
