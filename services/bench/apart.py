"""A house whose services run apart, as the containers do: eight processes of this machine on one store and one bus."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.bench import home
from services.bench.row import Place
from services.demo.main import free_port, wait_until_ready
from services.runtime.catalogue import REGISTER
from services.runtime.provision import own_passwords, provision

DRAWING: Final = "certificate.produce*"
PRODUCER: Final = "certificate-producer"


@dataclass(frozen=True, slots=True)
class Apart:
    """url: of the gateway. processes: number of each, by the name of its container."""

    url: str
    processes: dict[str, int]


@contextlib.contextmanager
def started_apart(place: Place) -> Iterator[Apart]:
    """Prepared, started and ready, for a while. The log of each is `<name>.txt` in the folder."""
    settings = home.settings(place)
    passwords = own_passwords(settings)
    asyncio.run(provision(settings, passwords, server_users=False))
    commands = _commands()
    ports = {name: free_port() for name in commands}
    addresses = ",".join(f"{name}=http://127.0.0.1:{ports[name]}" for name in REGISTER.services)
    told = {
        "STORE": settings.store,
        "BUS": settings.bus,
        "MAIL": settings.mail,
        "FILES": str(settings.files),
        "PASSWORDS": ",".join(f"{name}={password}" for name, password in passwords.items()),
        "PERSON_KEY": "person-key-of-the-benchmark",
        "NEIGHBOURS": addresses,
    }
    with contextlib.ExitStack() as stack:
        running = {}
        for name, command in commands.items():
            environment = os.environ | {f"JIANDING_{key}": value for key, value in told.items()}
            log = stack.enter_context((place.folder / f"{name}.txt").open("wb"))
            one = subprocess.Popen(
                [sys.executable, "-m", "services", *command],
                env=environment | {"JIANDING_PORT": str(ports[name])},
                stdout=log,
                stderr=log,
            )
            stack.callback(_end, one)
            running[name] = one
        for name, one in running.items():
            wait_until_ready(f"http://127.0.0.1:{ports[name]}", one, place.folder / f"{name}.txt")
        url = f"http://127.0.0.1:{ports['gateway']}"
        yield Apart(url, {name: one.pid for name, one in running.items()})


def _commands() -> dict[str, list[str]]:
    """As docker-compose.yml has them."""
    services = {name: [name] for name in REGISTER.services}
    services["certificate"] += ["--not-queues", DRAWING]
    return {**services, PRODUCER: ["certificate", "worker", "--queues", DRAWING], "gateway": ["gateway"]}


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(40)
