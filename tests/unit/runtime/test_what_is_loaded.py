"""What a process of a service keeps in memory from its first second on: nothing that only a child, the other home or a command
line needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

PROGRAM = """
import asyncio, json, sys
from services.__main__ import run

sys.argv = ["jianding", "settings"]
run()  # whatever a command loads before it knows what it is
from services.runtime import launch
from services.runtime.catalogue import REGISTER, WholeSettings

async def build():
    for name in REGISTER.services:
        settings = WholeSettings(store="mongodb://127.0.0.1/x", bus="amqp://x:x@127.0.0.1/x", person_key="x" * 32)
        running = launch.build(settings, (name,), launch.ROLES, {name: "x" * 20})
        for close in reversed(running.closing):
            await close()

asyncio.run(build())
print(json.dumps(sorted(sys.modules)))
"""
DRAWING = {"typst", "uharfbuzz", "pikepdf", "fontTools", "services.certificate.production.drawing.print_file"}
OTHER_HOME = {"shared.adapters.sqlite.store", "shared.adapters.sqlite.bus"}
COMMAND_LINES = {"rich", "pygments"}


def test_a_service_loads_only_what_it_runs(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("JIANDING_")}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(json.loads(run.stdout.splitlines()[-1]))
    assert {"services.certificate.main", "services.supervision.main", "motor"} <= loaded, "this test builds them all"
    assert not loaded & (DRAWING | OTHER_HOME | COMMAND_LINES)


def test_a_child_that_draws_loads_no_service(tmp_path: Path) -> None:
    """`multiprocessing` reads the program's own file again in each child."""
    program = (
        "import json, sys, runpy; sys.argv = ['x'];"
        "runpy.run_module('services', run_name='__mp_main__');"
        "import services.certificate.production.drawing.print_file;"
        "print(json.dumps(sorted(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(run.stdout))
    assert loaded >= DRAWING
    assert not loaded & {"fastapi", "httpx", "services.runtime.launch", "services.command", "cryptography"}
