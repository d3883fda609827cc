"""The workshop: what is done in children comes back as it is, and children come and go."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.supervision.figures.quarter import Quarter
from shared.adapters.child_processes import ChildProcesses
from shared.errors import AppError
from shared.ports.workshop import ChildDied

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def workshop() -> AsyncIterator[ChildProcesses]:
    children = ChildProcesses(1)
    yield children
    await children.close()


async def test_work_is_done_in_another_process_and_its_result_comes_back(workshop: ChildProcesses) -> None:
    assert await workshop.do(divmod, 47, 10) == (4, 7)
    child = await workshop.do(os.getpid)
    assert child != os.getpid()
    assert await workshop.do(os.getpid) == child, "it lives on for the next work"


async def test_children_start_with_the_first_work(workshop: ChildProcesses) -> None:
    assert workshop._pool is None
    await workshop.do(os.getpid)
    assert workshop._pool is not None


def _mark(folder: Path) -> None:
    (folder / str(os.getpid())).touch()


async def test_every_child_begins_with_what_work_will_need(tmp_path: Path) -> None:
    workshop = ChildProcesses(2)
    await workshop.begin(_mark, tmp_path)
    assert workshop._pool is not None
    children = set(workshop._pool._processes or ())
    assert len(children) == 2
    assert await workshop.do(os.getpid) in children, "the work finds what was begun"
    await workshop.close()
    assert {int(mark.name) for mark in tmp_path.iterdir()} <= children
    assert list(tmp_path.iterdir())


async def test_what_goes_wrong_at_the_beginning_costs_no_work_anything(workshop: ChildProcesses) -> None:
    await workshop.begin(int, "x")
    assert await workshop.do(divmod, 47, 10) == (4, 7)


async def test_a_child_that_dies_at_the_beginning_is_replaced_by_one_that_does_not_begin_so(
    workshop: ChildProcesses,
) -> None:
    await workshop.begin(os._exit, 1)
    assert workshop._pool is not None
    await asyncio.to_thread(workshop._pool._executor_manager_thread.join, 10)  # the pool has noticed
    assert await workshop.do(divmod, 47, 10) == (4, 7)


async def test_nothing_begins_after_closing() -> None:
    workshop = ChildProcesses(1)
    await workshop.close()
    with pytest.raises(RuntimeError, match="closed"):
        await workshop.begin(os.getpid)


async def test_errors_come_back_as_they_are(workshop: ChildProcesses) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        await workshop.do(int, "x")


async def test_a_child_killed_at_work_costs_that_work_an_attempt_and_nothing_else(workshop: ChildProcesses) -> None:
    child = await workshop.do(os.getpid)
    working = [asyncio.create_task(workshop.do(signal.pause)) for _ in range(2)]
    await asyncio.sleep(0)  # both are submitted
    os.kill(child, signal.SIGKILL)
    crashed = await asyncio.gather(*working, return_exceptions=True)
    assert [type(one) for one in crashed] == [ChildDied, ChildDied]
    assert await workshop.do(os.getpid) != child


async def test_work_that_kills_its_child_is_named_and_is_no_error_of_the_house(workshop: ChildProcesses) -> None:
    """So that whoever asked for it is parked in the end, and not tried for ever."""
    with pytest.raises(ChildDied, match="_exit") as caught:
        await workshop.do(os._exit, 1)
    assert not isinstance(caught.value, AppError)
    assert await workshop.do(divmod, 47, 10) == (4, 7)


async def test_a_child_killed_while_idle_costs_nobody_anything(workshop: ChildProcesses) -> None:
    child = await workshop.do(os.getpid)
    assert workshop._pool is not None
    watcher = workshop._pool._executor_manager_thread
    os.kill(child, signal.SIGKILL)
    await asyncio.to_thread(watcher.join, 10)  # the pool has noticed
    assert await workshop.do(divmod, 47, 10) == (4, 7)


async def test_ctrl_c_does_not_reach_the_children(workshop: ChildProcesses) -> None:
    child = await workshop.do(os.getpid)
    working = asyncio.create_task(workshop.do(sum, range(3_000_000)))
    await asyncio.sleep(0)
    os.kill(child, signal.SIGINT)
    assert await working == sum(range(3_000_000))
    assert await workshop.do(os.getpid) == child


async def test_nothing_is_done_after_closing() -> None:
    workshop = ChildProcesses(1)
    child = await workshop.do(os.getpid)
    await workshop.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    with pytest.raises(RuntimeError, match="closed"):
        await workshop.do(os.getpid)
    await workshop.close()


PARENT = """
import asyncio, json, os
from shared.adapters.child_processes import ChildProcesses

async def main():
    workshop = ChildProcesses(1)
    print(json.dumps(await workshop.do(os.getpid)), flush=True)
    await asyncio.Event().wait()

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_children_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, str(script)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    child = json.loads(parent.stdout.readline())
    parent.kill()
    try:
        # The child holds the parent's output open: the end of that stream is the end of the child.
        parent.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        os.kill(child, signal.SIGKILL)
        raise


# --- apart ------------------------------------------------------------------------------------------------------------


async def test_apart_each_work_has_a_child_of_its_own_that_ends_with_it(workshop: ChildProcesses) -> None:
    children = [await workshop.apart(os.getpid) for _ in range(2)]
    assert len({os.getpid(), *children}) == 3
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


async def test_apart_errors_come_back_as_they_are(workshop: ChildProcesses) -> None:
    with pytest.raises(AppError, match="2026-Q9"):
        await workshop.apart(Quarter.named, "2026-Q9")


async def test_apart_a_child_that_dies_has_no_answer_and_the_next_one_does(workshop: ChildProcesses) -> None:
    for status in (0, 1):
        with pytest.raises(ChildDied):
            await workshop.apart(os._exit, status)
    assert await workshop.apart(divmod, 47, 10) == (4, 7)


async def test_apart_the_child_ends_when_nobody_waits_for_it(
    workshop: ChildProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start, begun = subprocess.Popen, asyncio.Event()

    def noted(*given: Any, **named: Any) -> subprocess.Popen[bytes]:
        started.append(start(*given, **named))
        begun.set()
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)
    waiting = [asyncio.create_task(workshop.apart(signal.pause)) for _ in range(2)]
    await begun.wait()
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert [child.returncode for child in started] == [-signal.SIGKILL], "one at a time: the second never began"


async def test_apart_nothing_is_begun_after_closing(workshop: ChildProcesses) -> None:
    await workshop.close()
    with pytest.raises(RuntimeError, match="closed"):
        await workshop.apart(os.getpid)
