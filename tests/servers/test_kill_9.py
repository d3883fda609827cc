"""`kill -9` of every process of a deployment in the middle of the road, each started again: the books are right.

Each service runs in a process of its own, with its own rights on RabbitMQ, as in a deployment.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from pymongo import MongoClient

from tests.world.eventually import eventually
from tests.world.house import PERSON_KEY
from tests.world.ports import a_port
from tests.world.topology import SERVICES

pytestmark = pytest.mark.servers

CANDIDATES = 2000
OPERATOR = "operator-of-the-test"


class Deployment:
    """One process per service, the drawing apart, and the gateway."""

    COMMANDS: ClassVar[dict[str, list[str]]] = {
        **{name: [name] for name in SERVICES},
        "certificate": ["certificate", "--not-queues", "certificate.produce"],
        "producer": ["certificate", "worker", "--queues", "certificate.produce"],
        "gateway": ["gateway"],
    }

    def __init__(self, folder: Path, amqp: str, admin: str, mongodb: str) -> None:
        self._folder, self._admin = folder, admin
        self.tag = f"kill9_{uuid4().hex[:8]}"
        broker = urlsplit(amqp)
        self._broker = f"{broker.hostname}:{broker.port or 5672}/{self.tag}"
        self._mongodb = mongodb.rstrip("/").split("/?")[0]
        self._records: MongoClient[dict[str, Any]] = MongoClient(self._mongodb)
        self.ports = {name: a_port() for name in self.COMMANDS}
        self.url = f"http://127.0.0.1:{self.ports['gateway']}"
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._password = uuid4().hex

    def environment(self, name: str) -> dict[str, str]:
        service = "certificate" if name == "producer" else name
        kept = {key: value for key, value in os.environ.items() if not key.startswith("JIANDING_")}
        return kept | {
            "JIANDING_STORE": f"{self._mongodb}/{self.tag}",
            "JIANDING_BUS": f"amqp://{service}:{self._password}@{self._broker}",
            "JIANDING_BUS_ADMIN": self._admin,
            "JIANDING_PASSWORD": self._password,
            "JIANDING_PASSWORDS": ",".join([*(f"{one}={self._password}" for one in SERVICES), f"operator={OPERATOR}"]),
            "JIANDING_PERSON_KEY": PERSON_KEY,
            "JIANDING_MAIL": f"folder:{self._folder / 'mail'}",
            "JIANDING_FILES": str(self._folder / "files"),
            "JIANDING_PORT": str(self.ports.get(name, 0)),
            "JIANDING_URL": self.url,
            "JIANDING_NEIGHBOURS": ",".join(f"{one}=http://127.0.0.1:{self.ports[one]}" for one in SERVICES),
        }

    def provision(self) -> None:
        subprocess.run(
            [sys.executable, "-m", "services", "provision"], env=self.environment("provision"), check=True, timeout=120
        )

    def start(self, name: str) -> None:
        log = (self._folder / f"{name}.log").open("ab")
        command = [sys.executable, "-m", "services", *self.COMMANDS[name]]
        self.running[name] = subprocess.Popen(command, env=self.environment(name), stdout=log, stderr=log)

    def kill_9(self, name: str) -> None:
        victim = self.running[name]
        assert victim.poll() is None, f"{name} had ended by itself"
        victim.send_signal(signal.SIGKILL)
        victim.wait(10)

    def count(self, service: str, kind: str, **where: str) -> int:
        wanted = {f"body.{field}": value for field, value in where.items()}
        return self._records[f"{self.tag}_{service}"][kind].count_documents(wanted)

    def clear(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait(10)
        for service in SERVICES:
            self._records.drop_database(f"{self.tag}_{service}")
        self._records.close()
        with httpx.Client(base_url=self._admin, timeout=30) as broker:
            broker.delete(f"/api/vhosts/{self.tag}")
            for service in SERVICES:
                broker.delete(f"/api/users/{service}")


@pytest.fixture
def deployment(tmp_path: Path, amqp_url: str, amqp_admin_url: str, mongodb_url: str) -> Iterator[Deployment]:
    made = Deployment(tmp_path, amqp_url, amqp_admin_url, mongodb_url)
    made.provision()
    try:
        yield made
    finally:
        made.clear()


async def test_the_books_are_right_whatever_is_killed(deployment: Deployment, tmp_path: Path) -> None:
    for name in deployment.COMMANDS:
        deployment.start(name)
    async with httpx.AsyncClient() as client:

        async def ready() -> bool:
            try:
                return (await client.get(f"{deployment.url}/readyz")).status_code == 200
            except httpx.TransportError:
                return False

        await eventually(ready, within=60, every=0.1)

    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services", "demo", "--candidates", str(CANDIDATES)),
        *("--url", deployment.url, "--operator-password", OPERATOR, "--folder", str(tmp_path / "demo")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )

    # Each victim falls when the road has come so far, and is started again at once.
    falls = [
        ("plan", lambda: deployment.count("plan", "session_plan") >= 2),
        ("reporting", lambda: deployment.count("certificate", "batch") >= 1),
        ("certificate", lambda: deployment.count("certificate", "batch") >= 3),
        ("producer", lambda: deployment.count("certificate", "batch", state="produced") >= 1),
        ("directory", lambda: deployment.count("certificate", "batch", state="produced") >= 3),
        ("notification", lambda: deployment.count("notification", "mailing", state="sent") >= 16),
        ("gateway", lambda: deployment.count("certificate", "batch", state="produced") >= 6),
    ]
    for name, far_enough in falls:
        await eventually(lambda far=far_enough: demo.returncode is not None or far(), within=120, every=0.05)
        assert demo.returncode is None, "the demo ended before everybody was killed"
        deployment.kill_9(name)
        deployment.start(name)

    said, _ = await asyncio.wait_for(demo.communicate(), 300)
    assert demo.returncode == 0, said.decode()[-3000:]
    assert "the books are right" in said.decode()
    assert deployment.count("certificate", "parked", state="parked") == 0
    assert deployment.count("notification", "parked", state="parked") == 0
