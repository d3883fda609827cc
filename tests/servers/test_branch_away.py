"""A branch was away while much happened, comes back, and catches up by feed, by queue and by webhook at the same time; its own
processes and each of ours in between are killed meanwhile. Then each way has every entry, in order, its effect once.

BRANCH_AWAY_ENTRIES: how much happens, 1,000 at least, for a queue loses nothing of less. With `-s` the figures are told as they
come, and with 50,000 goes `-o faulthandler_timeout=7200`."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx
import pytest

from services.demo.cast import BRANCHES, CENTRE, STATIONS
from services.demo.patient_clerk import PatientClerk
from shared.adapters.clock import SystemClock
from shared.adapters.rabbitmq.branches import LONGEST
from shared.adapters.rabbitmq.bus import RabbitBus
from shared.contracts.reporting import ForeignNumberFound
from shared.errors import Unavailable
from shared.ports import Outgoing
from shared.ports.exchanges import EVENTS
from shared.ports.others.branches import VHOST, user_of
from tests.world.branch_desk import Desk, begun
from tests.world.deployment import OPERATOR, Deployment, until_ready
from tests.world.eventually import eventually
from tests.world.hearing import told
from tests.world.ports import a_port

pytestmark = pytest.mark.servers

ENTRIES = int(os.environ.get("BRANCH_AWAY_ENTRIES", "1500"))
WITHIN = 240 + ENTRIES / 25  # seconds for any of the steps: a killed pusher alone keeps its webhooks for a minute
IN_THE_QUEUE = min(LONGEST, ENTRIES // 5)
PAGE = os.sysconf("SC_PAGE_SIZE")
OF_A_DOCUMENT = 5  # facts
TRIES = 60  # each waits for the broker by itself
AT_ONCE = 100  # documents of which facts are under way
BRANCH, STATION = BRANCHES[0].code, STATIONS[0].code
MACHINE = "east.system"


class Apart(Deployment):
    """Whoever fills, each in a process of its own: the feeds and webhooks, the queues of bodies, and the interface."""

    COMMANDS: ClassVar[dict[str, list[str]]] = {
        **Deployment.COMMANDS,
        "notification": ["notification", "--not-queues", "notification.feed"],
        "feeder": ["notification", "worker", "--queues", "notification.feed"],
        "branches": ["notification", "branches"],
    }
    STARTED = ("directory", "notification", "feeder", "branches", "gateway")

    def __init__(self, folder: Path, amqp: str, admin: str, mongodb: str) -> None:
        super().__init__(folder, amqp, admin, mongodb)
        self._amqp = amqp

    def environment(self, name: str) -> dict[str, str]:
        own = {
            "JIANDING_WEBHOOK_KEY": "webhook-key-of-the-test",
            "JIANDING_WEBHOOK_NETWORKS": "127.0.0.0/8",
            "JIANDING_WEBHOOK_PLAIN_HTTP": "true",
        }
        if name == "branches":
            parts = urlsplit(self._amqp)
            own["JIANDING_BUS"] = f"{parts.scheme}://{parts.netloc}/{self.tag}"
        return super().environment(name) | own

    def of(self, service: str) -> str:
        """Where that service reaches the broker."""
        return self.environment(service)["JIANDING_BUS"]

    def last(self) -> int:
        head = self._records[f"{self.tag}_notification"]["feed"].find_one({"_id": BRANCH})
        return int(head["body"]["last"]) if head else 0

    def cursor(self, kind: str) -> int:
        """As far as our own side has come. kind: of the record that says so; there is one."""
        found = self._records[f"{self.tag}_notification"][kind].find_one()
        return int(found["body"]["cursor"]) if found else 0

    def again(self, name: str) -> None:
        """kill -9, and started again."""
        self.kill_9(name)
        self.start(name)

    def clear(self) -> None:
        super().clear()
        with httpx.Client(base_url=self._admin, timeout=30) as broker:
            broker.delete(f"/api/vhosts/{VHOST}")
            broker.delete(f"/api/users/{user_of(BRANCH)}")


def memory(pid: int) -> int:
    """What a process has now, in MB; 0 once it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE >> 20
    except OSError:
        return 0


class Machine(PatientClerk):
    GRANT = ("client_credentials", "client_id", "client_secret")


class Branch:
    """Its three processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._commands: dict[str, list[str]] = {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.desks: dict[str, Desk] = {}
        self.began: dict[str, float] = {}

    def learn(self, way: str, *command: str) -> None:
        file = self._folder / f"{way}.sqlite"
        begun(file, BRANCH)
        self.desks[way] = Desk(file)
        self._commands[way] = [one.replace("FILE", str(file)) for one in command]

    def start(self, way: str, secret: str) -> None:
        self.began.setdefault(way, time.monotonic())
        command = [sys.executable, "-m", "tests.world.branch_desk", *self._commands[way]]
        log = (self._folder / f"{way}.log").open("ab")
        environment = os.environ | {"BRANCH_SECRET": secret}
        self.running[way] = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def again(self, way: str, secret: str) -> None:
        """kill -9, and started again."""
        victim = self.running[way]
        assert victim.poll() is None, f"{way} had ended by itself: {self.said(way)[-2000:]}"
        victim.kill()
        victim.wait(10)
        self.start(way, secret)

    def said(self, way: str) -> str:
        return (self._folder / f"{way}.log").read_text(encoding="utf-8")

    def clear(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait(10)


@pytest.fixture
def apart(tmp_path: Path, amqp_url: str, amqp_admin_url: str, mongodb_url: str) -> Iterator[Apart]:
    made = Apart(tmp_path, amqp_url, amqp_admin_url, mongodb_url)
    made.provision()
    try:
        yield made
    finally:
        made.clear()


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[Branch]:
    made = Branch(tmp_path)
    yield made
    made.clear()


@pytest.fixture
async def bus(apart: Apart) -> AsyncIterator[RabbitBus]:
    made = RabbitBus(apart.of("reporting"), (), SystemClock(), "reporting")
    yield made
    await made.close()


def found(document: str, sequence: int, station: str = STATION, branch: str = BRANCH) -> Outgoing:
    """One fact about the subtree, as the relay of its service hands it on."""
    data = {
        "find": document,
        "body": station,
        "path": f"/{CENTRE.code}/{branch}/{station}/",
        "session": document,
        "institution": station,
        "masked": "49053012001" + "*" * 5,
    }
    envelope = told(document, ForeignNumberFound.model_validate(data), sequence)
    source = "/reporting"
    wire = envelope.model_copy(
        update={"source": source, "id": f"{source}/foreign_number/{document}#{envelope.sequence}"}
    ).wire()
    return Outgoing(sequence, envelope.time, EVENTS, ForeignNumberFound.TYPE, wire)


class Happening:
    """What happens in the subtree, and beside it in another."""

    def __init__(self, bus: RabbitBus) -> None:
        self._bus = bus
        self.facts: set[str] = set()

    async def go_on(self, upto: int) -> None:
        """Until there were `upto` facts. Of each document one after the other."""
        while len(self.facts) < upto:
            block = len(self.facts) // OF_A_DOCUMENT
            here = range(min(AT_ONCE, -(-(upto - len(self.facts)) // OF_A_DOCUMENT)))
            for sequence in range(1, OF_A_DOCUMENT + 1):
                facts = [found(f"find-{block + n}", sequence) for n in here]
                other = found(f"west-{block}", sequence, STATIONS[2].code, BRANCHES[1].code)
                await asyncio.gather(*(self._publish(fact) for fact in (*facts, other)))
                self.facts |= {str(json.loads(fact.wire)["id"]) for fact in facts}

    async def _publish(self, fact: Outgoing) -> None:
        """As a relay does it: again while it is not confirmed, so a fact may come twice."""
        for _ in range(TRIES):
            try:
                return await self._bus.publish(fact)
            except Unavailable as error:
                refused = error
        raise refused


async def opened(url: str, client: httpx.AsyncClient) -> tuple[Machine, str]:
    operator = PatientClerk(client, "operator", OPERATOR)
    for body in (CENTRE, BRANCHES[0]):
        entry = {"code": body.code, "kind": body.kind, "parent": body.parent, "email": body.email}
        named = {"name_zh": body.name_zh, "name_en": body.name_en, "produces": body.produces}
        await operator.create("/directory/bodies", entry | named, f"body-{body.code}")
    content = {"id": MACHINE, "name": "东方分中心业务系统", "body": BRANCH}
    made = await operator.create("/directory/machines", content, "machine")
    return Machine(client, MACHINE, made["secret"]), str(made["secret"])


async def limit_the_queue(admin_url: str) -> None:
    """Beside the house's own policy, which it makes again and again; of two limits the smaller one counts."""
    async with httpx.AsyncClient(base_url=admin_url, timeout=30) as broker:
        policy = {"pattern": "^branch[.]", "definition": {"max-length": IN_THE_QUEUE}, "apply-to": "queues"}
        answer = await broker.put(f"/api/operator-policies/{VHOST}/small", json=policy)
        assert answer.is_success, answer.text


async def end_connections(admin_url: str) -> None:
    """Those of the branch, as a broker that restarts does."""
    async with httpx.AsyncClient(base_url=admin_url, timeout=30) as broker:

        async def ended() -> bool:
            there = (await broker.get(f"/api/vhosts/{VHOST}/connections")).json()
            names = [one["name"] for one in there if one.get("user") == user_of(BRANCH)]
            for name in names:
                await broker.delete(f"/api/connections/{name}")
            return bool(names)

        await eventually(ended, within=60, every=0.5)


def times_read_from_the_feed(branch: Branch) -> int:
    """Because a number was missing, or because the broker had ended the connection of one that slept for too long."""
    said = branch.said("queue")
    return said.count("read from the feed") + said.count("so the feed is")


async def the_feed(machine: Machine) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    while page := await machine.get(f"/notification/feed?lastEventId={entries[-1]['id'] if entries else ''}"):
        entries += page
    return entries


def wanted_effects(feed: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """Each entry but one that an accident of ours put behind what is newer about its document (docs/decisions/0047)."""
    newest: dict[str, int] = {}
    wanted = []
    for entry in feed:
        document, _, sequence = entry["factid"].rpartition("#")
        if newest.get(document, 0) < int(sequence):
            newest[document] = int(sequence)
            wanted.append((entry["feednumber"], entry["factid"]))
    return wanted


async def test_whoever_was_away_has_everything_in_the_end(
    apart: Apart, branch: Branch, bus: RabbitBus, amqp_url: str, amqp_admin_url: str
) -> None:
    for name in apart.STARTED:
        apart.start(name)
    for name in apart.STARTED[:-1]:
        await until_ready(f"http://127.0.0.1:{apart.ports[name]}")
    begin = time.monotonic()

    def figure(name: str, value: object) -> None:
        print(json.dumps({name: value}, ensure_ascii=False), flush=True)

    memory_of: Counter[str] = Counter()

    def look(far_enough: Callable[[], bool]) -> bool:
        processes = {name: process for (name, _), process in apart.running.items()} | branch.running
        for name, process in processes.items():
            memory_of[name] = max(memory_of[name], memory(process.pid))
        return far_enough()

    async def until(far_enough: Callable[[], bool]) -> None:
        await eventually(lambda: look(far_enough), within=WITHIN, every=0.05)

    async with httpx.AsyncClient(base_url=apart.url, timeout=60) as client:
        machine, secret = await opened(apart.url, client)
        queue = await machine.create("/notification/queues", {"after": 0}, "queue")
        port = a_port()
        address = f"http://127.0.0.1:{port}/entries"
        webhook = await machine.create("/notification/webhooks", {"address": address, "after": 0}, "webhook")
        await until(lambda: apart.count("notification", "branch_queue", state="open") == 1)
        await limit_the_queue(amqp_admin_url)
        broker = urlsplit(amqp_url)
        queue_url = f"amqp://{queue['user']}:{queue['password']}@{broker.hostname}:{broker.port}/{VHOST}"
        reading = ("read", "--url", apart.url, "--account", MACHINE, "--data", "FILE")
        branch.learn("feed", *reading)
        branch.learn("queue", *reading, "--queue", queue_url)
        branch.learn("webhook", "receive", str(port), "FILE", webhook["secret"])
        desks = branch.desks

        # Away: nobody of the branch is there.
        happening, part = Happening(bus), ENTRIES // 100
        away = time.monotonic()
        telling = asyncio.create_task(happening.go_on(50 * part))
        await until(lambda: apart.last() >= 15 * part)
        apart.again("feeder")
        await until(lambda: apart.cursor("branch_queue_progress") >= 20 * part)
        apart.again("branches")
        await telling
        figure("published a second", round(50 * part / (time.monotonic() - away)))
        await until(lambda: apart.last() >= 50 * part)
        figure("written to the feed a second", round(50 * part / (time.monotonic() - away)))
        await until(lambda: apart.cursor("branch_queue_progress") == apart.last())
        figure("put into the queue a second", round(50 * part / (time.monotonic() - away)))

        # Back: each from where it was, while more happens and one after the other is killed.
        for way in desks:
            branch.start(way, secret)
        await machine.step(f"/notification/webhooks/{webhook['id']}", "replay", json={"after": desks["webhook"].cursor})
        back = time.monotonic()
        telling = asyncio.create_task(happening.go_on(65 * part))
        await until(lambda: desks["feed"].cursor >= 10 * part)
        branch.again("feed", secret)
        await until(lambda: desks["queue"].cursor >= 20 * part)
        branch.again("queue", secret)
        await until(lambda: desks["feed"].cursor >= 25 * part)
        apart.again("notification")
        await until(lambda: desks["webhook"].cursor >= 5 * part)
        branch.again("webhook", secret)
        await until(lambda: desks["webhook"].cursor >= 10 * part)
        apart.again("feeder")
        await telling
        apart.again("branches")
        await until(lambda: apart.last() >= 65 * part)
        figure("feed: away for half, s", await _caught_up(desks["feed"], apart, back, until))

        # Its software hangs, while more comes than a queue keeps; its connections end, and it is killed once more.
        await _caught_up(desks["queue"], apart, back, until)
        await until(lambda: apart.cursor("branch_queue_progress") == apart.last())
        readings = branch.said("queue").count("reading the queue")
        await end_connections(amqp_admin_url)
        await until(lambda: branch.said("queue").count("reading the queue") > readings)
        await happening.go_on(66 * part)
        await until(lambda: desks["queue"].cursor == apart.last() >= 66 * part)
        before = times_read_from_the_feed(branch)
        branch.running["queue"].send_signal(signal.SIGSTOP)
        telling = asyncio.create_task(happening.go_on(100 * part))
        await until(lambda: apart.last() >= 80 * part)
        apart.again("branches")
        branch.again("webhook", secret)
        await telling
        await until(lambda: apart.last() >= 100 * part)
        await until(lambda: apart.cursor("branch_queue_progress") == apart.last())
        branch.running["queue"].send_signal(signal.SIGCONT)
        ends = time.monotonic()
        await _caught_up(desks["queue"], apart, ends, until)
        assert times_read_from_the_feed(branch) > before, "what the queue lost was seen to be missing"
        await _caught_up(desks["feed"], apart, ends, until)
        figure("webhook: everything, s", await _caught_up(desks["webhook"], apart, back, until))

        feed = await the_feed(machine)
        figure("memory, MB", dict(memory_of))
        figure("whole, s", round(time.monotonic() - begin))

    assert [entry["id"] for entry in feed] == [f"{BRANCH}/{n}" for n in range(1, len(feed) + 1)]
    facts = Counter(entry["factid"] for entry in feed)
    assert {fact: n for fact, n in facts.items() if n > 1} == {}, "each fact once"
    finds = {fact for fact in facts if fact.startswith("/reporting/foreign_number/")}
    assert finds == happening.facts, "all of the subtree, and of no other"
    wanted = wanted_effects(feed)
    for way, desk in desks.items():
        assert desk.effects == wanted, f"by {way}: each once, in order"
    figure("behind what is newer", len(feed) - len(wanted))
    figure("called again", desks["webhook"].called_again)


async def _caught_up(desk: Desk, apart: Apart, since: float, until: Callable[[Callable[[], bool]], Any]) -> float:
    """Seconds since then."""
    await until(lambda: desk.cursor == apart.last())
    return round(time.monotonic() - since, 1)
