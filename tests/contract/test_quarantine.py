"""The quarantine: foreign bytes are read by a child with limits, whatever becomes of it, one at a time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.quarantine.children import LONGEST_WAIT, QuarantineChildren
from shared.errors import Unavailable
from shared.ports import Perished, Work
from tests.world import foreign_work
from tests.world.clock import HandClock
from tests.world.eventually import eventually

PATIENCE = 90.0
MEGABYTE = 1024 * 1024


def work(read: Callable[[bytes, bytes], bytes | Iterable[bytes]], **limits: Any) -> Work:
    ordinary = {"memory": 256 * MEGABYTE, "cpu": 20, "patience": PATIENCE, "answer": 3 * MEGABYTE}
    return Work(read, **(ordinary | limits))


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


class Handed:
    """Content that says when all of it was handed over: from then on the child is at work."""

    def __init__(self) -> None:
        self.over = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"content"
        self.over.set()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def quarantine(clock: HandClock, started_processes: list[Process]) -> AsyncIterator[QuarantineChildren]:
    quarantine = QuarantineChildren(clock)
    yield quarantine
    await quarantine.close()
    assert all(is_gone(process) for process in started_processes)


def is_gone(process: asyncio.subprocess.Process) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, 0)
        return False
    return process.returncode is not None


async def test_question_and_content_go_in_and_the_answer_comes_out(quarantine: QuarantineChildren) -> None:
    large = bytes(range(256)) * 8000
    answer = await quarantine.examine(work(foreign_work.echo), "问".encode(), pieces(large[:999], b"", large[999:]))
    assert answer == "问|".encode() + large
    assert await quarantine.examine(work(foreign_work.echo), b"", pieces()) == b"|"


async def test_an_answer_in_pieces_is_one_answer(quarantine: QuarantineChildren) -> None:
    answer = await quarantine.examine(work(foreign_work.count_aloud), b"", pieces())
    assert answer == b"".join(b"%d " % n for n in range(20_000))


async def test_who_listens_hears_it_while_the_child_is_still_at_work(
    quarantine: QuarantineChildren, started_processes: list[Process]
) -> None:
    heard, loop = asyncio.Event(), asyncio.get_running_loop()
    listening = asyncio.create_task(
        quarantine.examine(
            work(foreign_work.say_half_and_hang), b"", pieces(), lambda _: loop.call_soon_threadsafe(heard.set)
        )
    )
    await heard.wait()
    assert not is_gone(started_processes[0])
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    whole = bytearray()
    assert await quarantine.examine(work(foreign_work.count_aloud), b"", pieces(), whole.extend) == b""
    assert whole == b"".join(b"%d " % n for n in range(20_000))


async def test_who_does_not_like_what_it_hears_ends_the_child(
    quarantine: QuarantineChildren, started_processes: list[Process]
) -> None:
    def refuse(piece: bytes) -> None:
        raise ValueError(piece)

    with pytest.raises(ValueError, match="half"):
        await quarantine.examine(work(foreign_work.say_half_and_hang), b"", pieces(), refuse)
    assert is_gone(started_processes[0])
    assert await quarantine.examine(work(foreign_work.echo), b"a", pieces(b"b")) == b"a|b"


async def test_who_listens_hears_no_more_than_an_answer(quarantine: QuarantineChildren) -> None:
    whole = bytearray()
    with pytest.raises(Perished, match="said more than 1000 bytes"):
        await quarantine.examine(work(foreign_work.count_aloud, answer=1000), b"", pieces(), whole.extend)
    assert len(whole) <= 1000


async def test_each_piece_of_work_has_a_child_of_its_own(quarantine: QuarantineChildren) -> None:
    found = {await quarantine.examine(work(foreign_work.pid), b"", pieces()) for _ in range(3)}
    assert len(found | {str(os.getpid()).encode()}) == 4


async def test_the_next_child_is_ready_before_it_is_asked(
    quarantine: QuarantineChildren, started_processes: list[Process]
) -> None:
    await quarantine.examine(work(foreign_work.pid), b"", pieces())
    assert quarantine._preparing is not None
    await quarantine._preparing
    ready = started_processes[-1]
    assert await quarantine.examine(work(foreign_work.pid), b"", pieces()) == str(ready.pid).encode()


async def test_a_child_that_died_while_it_waited_costs_nobody_anything(
    quarantine: QuarantineChildren, started_processes: list[Process]
) -> None:
    await quarantine.examine(work(foreign_work.pid), b"", pieces())
    assert quarantine._preparing is not None
    await quarantine._preparing
    started_processes[-1].kill()
    await started_processes[-1].wait()
    assert await quarantine.examine(work(foreign_work.echo), b"a", pieces(b"b")) == b"a|b"


@pytest.mark.parametrize(
    ("read", "why"),
    [
        (foreign_work.kill_itself, "ended with -11"),
        (foreign_work.take_memory, "MemoryError at "),
        (foreign_work.talk_without_end, "said more than 3145728 bytes"),
    ],
)
async def test_what_becomes_of_a_child_is_the_fate_of_the_bytes_alone(
    quarantine: QuarantineChildren, read: Callable[[bytes, bytes], bytes], why: str
) -> None:
    with pytest.raises(Perished, match=why):
        await quarantine.examine(work(read), b"", pieces(bytes(5 * MEGABYTE)))
    assert await quarantine.examine(work(foreign_work.echo), b"a", pieces(b"b")) == b"a|b"


async def test_one_that_works_without_end_runs_out_of_time(quarantine: QuarantineChildren) -> None:
    with pytest.raises(Perished, match=r"ended with -(9|24)"):
        await quarantine.examine(work(foreign_work.spin, cpu=1), b"", pieces())


async def test_one_that_hears_nothing_and_says_nothing_has_answered_nothing(quarantine: QuarantineChildren) -> None:
    assert await quarantine.examine(work(foreign_work.deaf_and_dumb), b"", pieces(bytes(5 * MEGABYTE))) == b""


async def test_an_error_says_where_it_was_and_nothing_of_what_was_read(quarantine: QuarantineChildren) -> None:
    with pytest.raises(Perished, match=r"KeyError at child\.py:\d+, foreign_work\.py:\d+") as caught:
        await quarantine.examine(work(foreign_work.raise_with_content), b"", pieces(b"secret"))
    assert "secret" not in str(caught.value)


async def test_a_child_knows_no_passwords_writes_no_files_and_starts_nobody(
    quarantine: QuarantineChildren, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIANDING_PASSWORD", "secret")
    told = await quarantine.examine(work(foreign_work.environment), b"", pieces())
    assert b"JIANDING" not in told
    place = tmp_path / "file"
    assert await quarantine.examine(work(foreign_work.write_a_file), str(place).encode(), pieces()) == b"refused"
    if os.getuid() != 0:  # whom the system refuses nothing
        assert await quarantine.examine(work(foreign_work.start_a_process), b"", pieces()) == b"refused"


async def test_a_child_that_hangs_is_killed_when_patience_ends_and_the_loop_is_free_meanwhile(
    quarantine: QuarantineChildren, clock: HandClock, started_processes: list[Process]
) -> None:
    handed = Handed()
    hanging = asyncio.create_task(quarantine.examine(work(foreign_work.hang), b"", handed))
    await handed.over.wait()
    turns = 0
    for _ in range(1000):
        await asyncio.sleep(0)
        turns += 1
    clock.advance(PATIENCE - 1)
    await asyncio.sleep(0)
    assert (turns, hanging.done(), is_gone(started_processes[0])) == (1000, False, False)
    clock.advance(1)
    with pytest.raises(Perished, match="not done within 90 s"):
        await hanging
    assert is_gone(started_processes[0])
    assert await quarantine.examine(work(foreign_work.echo), b"a", pieces(b"b")) == b"a|b"


async def test_who_is_cancelled_takes_the_child_along_and_frees_the_place(
    quarantine: QuarantineChildren, started_processes: list[Process]
) -> None:
    handed = Handed()
    hanging = asyncio.create_task(quarantine.examine(work(foreign_work.hang), b"", handed))
    await handed.over.wait()
    waiting = asyncio.create_task(quarantine.examine(work(foreign_work.echo), b"a", pieces(b"b")))
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    assert is_gone(started_processes[0])
    assert await waiting == b"a|b"


async def test_others_wait_for_half_a_minute_and_not_longer(
    quarantine: QuarantineChildren, clock: HandClock, started_processes: list[Process]
) -> None:
    handed = Handed()
    hanging = asyncio.create_task(quarantine.examine(work(foreign_work.hang), b"", handed))
    await handed.over.wait()
    waiting = asyncio.create_task(quarantine.examine(work(foreign_work.echo), b"a", pieces(b"b")))
    await eventually(lambda: clock.sleepers == 2)
    clock.advance(LONGEST_WAIT - 1)
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.advance(1)
    with pytest.raises(Unavailable, match="other files are being read"):
        await waiting
    assert len(started_processes) == 1, "nobody else had a child"
    clock.advance(PATIENCE)
    with pytest.raises(Perished):
        await hanging


async def test_one_that_is_cancelled_while_it_waits_keeps_no_place(
    quarantine: QuarantineChildren, clock: HandClock
) -> None:
    handed = Handed()
    hanging = asyncio.create_task(quarantine.examine(work(foreign_work.hang), b"", handed))
    await handed.over.wait()
    waiting = asyncio.create_task(quarantine.examine(work(foreign_work.echo), b"", pieces()))
    await eventually(lambda: clock.sleepers == 2)
    hanging.cancel()
    waiting.cancel()
    await asyncio.gather(hanging, waiting, return_exceptions=True)
    assert await quarantine.examine(work(foreign_work.echo), b"a", pieces(b"b")) == b"a|b"
    assert clock.sleepers == 0


@pytest.mark.parametrize("turns", range(8))
async def test_one_that_is_cancelled_in_the_very_moment_keeps_no_place(
    quarantine: QuarantineChildren, turns: int
) -> None:
    coming = asyncio.create_task(quarantine.examine(work(foreign_work.echo), b"", pieces()))
    for _ in range(turns):
        await asyncio.sleep(0)
    coming.cancel()
    await asyncio.gather(coming, return_exceptions=True)
    assert not quarantine._place.locked()


async def test_a_machine_without_room_for_a_process_is_no_fault_of_the_bytes(
    quarantine: QuarantineChildren, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(Unavailable, match="no process can be started"):
        await quarantine.examine(work(foreign_work.echo), b"", pieces())


async def test_a_child_that_cannot_load_its_work_is_no_fault_of_the_bytes(quarantine: QuarantineChildren) -> None:
    with pytest.raises(Unavailable, match="ends as soon as it starts"):
        await quarantine.examine(work(foreign_work.echo, loads=("nowhere",)), b"", pieces(bytes(MEGABYTE)))


async def test_a_child_that_waits_goes_with_its_parent(started_processes: list[Process]) -> None:
    program = """
import asyncio, os, signal
from shared.adapters.quarantine.children import QuarantineChildren
from tests.contract.test_quarantine import foreign_work, pieces, work
from tests.world.clock import HandClock

async def live_and_die():
    quarantine = QuarantineChildren(HandClock())
    await quarantine.examine(work(foreign_work.pid), b"", pieces())
    await quarantine._preparing
    print(quarantine._ready[1].pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(live_and_die())
"""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    told, _ = await parent.communicate()
    assert parent.returncode == -9
    await eventually(lambda: not runs(int(told)))


def runs(pid: int) -> bool:
    """Neither gone nor waiting for somebody to notice that it is."""
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


async def test_after_closing_nothing_is_read(quarantine: QuarantineChildren) -> None:
    await quarantine.examine(work(foreign_work.echo), b"", pieces())
    await quarantine.close()
    with pytest.raises(RuntimeError, match="closed"):
        await quarantine.examine(work(foreign_work.echo), b"", pieces())
