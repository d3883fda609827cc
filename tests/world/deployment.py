"""A deployment: each service in a process of its own, with its own rights on RabbitMQ."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from pymongo import MongoClient

from tests.world.eventually import eventually
from tests.world.house import PERSON_KEY
from tests.world.ports import a_port
from tests.world.topology import SERVICES

OPERATOR: Final = "operator-of-the-test"
HERE: Final = "127.0.0.1"
STARTING: Final = 240  # seconds that all processes of a deployment may take on a machine with much else to do


class Deployment:
    """One process per service, the drawing apart, and the gateway. A service may run at several addresses of this machine."""

    COMMANDS: ClassVar[dict[str, list[str]]] = {
        **{name: [name] for name in SERVICES},
        "certificate": ["certificate", "--not-queues", "certificate.produce"],
        "producer": ["certificate", "worker", "--queues", "certificate.produce"],
        "gateway": ["gateway"],
    }

    def __init__(self, folder: Path, amqp: str, admin: str, mongodb: str) -> None:
        self._folder, self._admin = folder, admin
        self.tag = f"apart_{uuid4().hex[:8]}"
        broker = urlsplit(amqp)
        self._broker = f"{broker.hostname}:{broker.port or 5672}/{self.tag}"
        self._mongodb = mongodb.rstrip("/").split("/?")[0]
        self._records: MongoClient[dict[str, Any]] = MongoClient(self._mongodb)
        self.ports = {name: a_port() for name in self.COMMANDS}
        self.url = f"http://127.0.0.1:{self.ports['gateway']}"
        self.neighbours = ",".join(f"{one}=http://127.0.0.1:{self.ports[one]}" for one in SERVICES)
        self.running: dict[tuple[str, str], subprocess.Popen[bytes]] = {}
        self._password = uuid4().hex

    def environment(self, name: str) -> dict[str, str]:
        service = self.COMMANDS[name][0] if name in self.COMMANDS else name
        kept = {key: value for key, value in os.environ.items() if not key.startswith("JIANDING_")}
        return kept | {
            "JIANDING_STORE": f"{self._mongodb}/{self.tag}",
            "JIANDING_BUS": f"amqp://{service}:{self._password}@{self._broker}",
            "JIANDING_BUS_ADMIN": self._admin,
            "JIANDING_PASSWORD": self._password,
            "JIANDING_PASSWORDS": ",".join([*(f"{one}={self._password}" for one in SERVICES), f"operator={OPERATOR}"]),
            "JIANDING_PERSON_KEY": PERSON_KEY,
            "JIANDING_DIGEST_AT": "off",
            "JIANDING_MAIL": f"folder:{self._folder / 'mail'}",
            "JIANDING_FILES": str(self._folder / "files"),
            "JIANDING_PORT": str(self.ports.get(name, 0)),
            "JIANDING_URL": self.url,
            "JIANDING_NEIGHBOURS": self.neighbours,
        }

    def provision(self) -> None:
        subprocess.run(
            [sys.executable, "-m", "services", "provision"], env=self.environment("provision"), check=True, timeout=120
        )

    def start(self, name: str, host: str = HERE) -> None:
        log = (self._folder / f"{name}-{host}.log").open("ab")
        command = [sys.executable, "-m", "services", *self.COMMANDS[name]]
        environment = self.environment(name) | {"JIANDING_HOST": host}
        self.running[name, host] = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def kill_9(self, name: str, host: str = HERE) -> None:
        victim = self.running[name, host]
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


async def until_ready(url: str) -> None:
    async with httpx.AsyncClient() as client:

        async def ready() -> bool:
            try:
                return (await client.get(f"{url}/readyz")).status_code == 200
            except httpx.TransportError:
                return False

        await eventually(ready, within=STARTING, every=0.1)
