"""`kill -9` of every process of a deployment in the middle of the road, each started again: the books are right."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tests.world.deployment import OPERATOR, Deployment, until_ready
from tests.world.eventually import eventually

pytestmark = pytest.mark.servers

CANDIDATES = 2000


async def test_the_books_are_right_whatever_is_killed(deployment: Deployment, tmp_path: Path) -> None:
    for name in deployment.COMMANDS:
        deployment.start(name)
    await until_ready(deployment.url)

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
