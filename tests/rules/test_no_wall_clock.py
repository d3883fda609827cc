"""Nobody reads the wall clock or sleeps, except the one adapter that is the clock, the demo, which plays people, and the
benchmark, which measures."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALLOWED = (Path("shared/adapters/clock.py"), Path("services/demo"), Path("services/bench"))
FORBIDDEN = {
    "time.time",
    "time.time_ns",
    "time.sleep",
    "time.localtime",
    "time.gmtime",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "date.today",
    "datetime.date.today",
    "asyncio.sleep",
    "anyio.sleep",
    "monotonic",
    "time.monotonic",
}
# `loop.time()` and `asyncio.timeout` measure how long a call takes: no deadline of the trade depends on them.


def sources() -> list[Path]:
    found = [path.relative_to(ROOT) for room in ("shared", "services") for path in sorted((ROOT / room).rglob("*.py"))]
    return [path for path in found if not any(path == one or one in path.parents for one in ALLOWED)]


def clock_reads(source: str) -> list[str]:
    tree = ast.parse(source)
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    imports = [
        f"{node.module}.{name.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("time", "asyncio")
        for name in node.names
    ]
    return [said for said in calls + imports if said in FORBIDDEN]


@pytest.mark.parametrize("path", sources(), ids=str)
def test_nobody_reads_the_wall_clock(path: Path) -> None:
    assert clock_reads((ROOT / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    ["datetime.now(UTC)", "await asyncio.sleep(1)", "x = date.today().year", "from time import sleep", "time.time()"],
)
def test_the_search_finds_what_it_searches(source: str) -> None:
    assert clock_reads(source)
