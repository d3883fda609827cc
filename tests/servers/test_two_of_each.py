"""Two processes of each service behind one gateway: both are asked, and when one of each is killed in the middle of the road the
books are right all the same."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.gateway.app import gateway_app
from services.gateway.passing_on import Replicas
from shared.settings import Settings
from tests.world.deployment import HERE, OPERATOR, Deployment, until_ready
from tests.world.eventually import eventually
from tests.world.sockets import served
from tests.world.topology import INTERFACES, PAGES, SERVICES

pytestmark = pytest.mark.servers

CANDIDATES = 60
THERE = "127.0.0.2"


async def test_both_are_asked_and_one_is_enough(
    deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Counter[str] = Counter()
    of = Replicas.of

    async def told(replicas: Replicas, base: str) -> list[object]:
        places = await of(replicas, base)
        asked[places[0].host] += 1
        return [*places]

    async def lookup(host: str, port: int) -> Sequence[str]:
        return (HERE, THERE)

    monkeypatch.setattr(Replicas, "of", told)
    behind = ",".join(f"{name}=http://{name}:{deployment.ports[name]}" for name in SERVICES)
    door = gateway_app(Settings(neighbours=behind), INTERFACES, PAGES, lookup=lookup)
    async with served(door, connections=2000) as there:
        deployment.neighbours = url = f"http://{HERE}:{there.port}"
        apart = [name for name in deployment.COMMANDS if name != "gateway"]
        for name in apart:
            for host in (HERE, THERE):
                deployment.start(name, host)
        await until_ready(url)
        demo = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services", "demo", "--candidates", str(CANDIDATES)),
            *("--url", url, "--operator-password", OPERATOR, "--folder", str(tmp_path / "demo")),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        # Each falls when the road has come so far, and stays away: by turns one and the other of the two.
        falls = [
            ("directory", lambda: deployment.count("plan", "session_plan") >= 1),
            ("plan", lambda: deployment.count("plan", "session_plan") >= 2),
            ("supervision", lambda: deployment.count("reporting", "roster") >= 1),
            ("reporting", lambda: deployment.count("certificate", "batch") >= 1),
            ("certificate", lambda: deployment.count("certificate", "batch") >= 2),
            ("producer", lambda: deployment.count("certificate", "batch", state="produced") >= 1),
            ("notification", lambda: deployment.count("notification", "mailing", state="sent") >= 12),
        ]
        for n, (name, far_enough) in enumerate(falls):
            await eventually(lambda far=far_enough: demo.returncode is not None or far(), within=120, every=0.05)
            assert demo.returncode is None, "the demo ended before one of each was killed"
            deployment.kill_9(name, (HERE, THERE)[n % 2])
        said, _ = await asyncio.wait_for(demo.communicate(), 300)
    assert demo.returncode == 0, said.decode()[-3000:]
    assert "the books are right" in said.decode()
    assert min(asked[HERE], asked[THERE]) > 20
    assert deployment.count("certificate", "parked", state="parked") == 0
