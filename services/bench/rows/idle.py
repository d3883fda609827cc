"""What a house costs that has nothing to do: all services in one process, ready, with nobody there."""

from __future__ import annotations

import os
import time
from pathlib import Path

from services.bench.row import Figure, Place, Row
from services.demo.main import started

SETTLED = 5.0  # seconds after which everything that begins has begun
MEGABYTE = 1024 * 1024


def measure(place: Place, size: int) -> list[Figure]:
    """size: seconds watched."""
    own = place.folder / "house"
    own.mkdir()
    with started(own, place.store, place.bus) as house:
        time.sleep(min(SETTLED, size))
        processes = _family(house.process)
        before, since = sum(map(_seconds, processes)), time.perf_counter()
        time.sleep(size)
        share = (sum(map(_seconds, processes)) - before) / (time.perf_counter() - since)
        memory = sum(map(_memory, processes))
    return [
        Figure("处理器 · of a core", share * 100, "%", None, "目标为绝对值 · absolute"),
        Figure("内存 · memory", memory / MEGABYTE, "MB", None, f"{len(processes)} 个进程 · processes"),
    ]


def _family(process: int) -> list[int]:
    """It, and everything it started. Linux only."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return [process, *(one for child in children for one in _family(int(child)))]


def _seconds(process: int) -> float:
    """Of a processor, used so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> int:
    """Bytes that it holds."""
    pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


ROW = Row(
    what="空闲 · idle",
    goal="处理器 · of a core ≤ 1 %",
    sizes=(60,),
    quick=10,
    tiny=1,
    measure=measure,
    servers=True,
)
