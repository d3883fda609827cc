"""What a house costs that has nothing to do, ready, with nobody there: all services in one process or, where a store and a bus of
servers are given, each in a process of its own, as the containers have them."""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace
from pathlib import Path

from services.bench.apart import started_apart
from services.bench.row import Figure, Place, Row
from services.demo.main import started

SETTLED = 5.0  # seconds after which everything that begins has begun


def measure(place: Place, size: int) -> list[Figure]:
    """size: seconds watched."""
    own = replace(place, folder=place.folder / "house")
    own.folder.mkdir()
    if place.store and place.bus:
        with started_apart(own) as apart:
            return _watched(list(apart.processes.values()), size)
    with started(own.folder, place.store, place.bus) as house:
        return _watched([house.process], size)


def _watched(started: list[int], seconds: int) -> list[Figure]:
    time.sleep(min(SETTLED, seconds))
    processes = [process for one in started for process in _family(one)]
    before, since = sum(map(_seconds, processes)), time.perf_counter()
    time.sleep(seconds)
    share = (sum(map(_seconds, processes)) - before) / (time.perf_counter() - since)
    absolute = f"{len(processes)} 个进程，目标为绝对值 · processes; absolute"
    return [
        Figure("处理器 · of a core", share * 100, "%", None, absolute),
        Figure("内存，共用的只计一次 · memory, what is shared once", _memory(processes, "Pss"), "MB", None, absolute),
        Figure("内存，逐个相加 · memory, added up", _memory(processes, "Rss"), "MB", None, absolute),
    ]


def _family(process: int) -> list[int]:
    """It, and everything it started. Linux only."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return [process, *(one for child in children for one in _family(int(child)))]


def _seconds(process: int) -> float:
    """Of a processor, used so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(processes: list[int], kind: str) -> float:
    """Megabytes. Rss: what each has before it. Pss: of what several of them have before them, each its part."""
    maps = [Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii") for process in processes]
    return sum(int(re.findall(rf"^{kind}: +(\d+) kB", one, re.MULTILINE)[0]) for one in maps) / 1024


ROW = Row(
    what="空闲 · idle",
    goal="一个进程 · in one ≤ 1 %；八个进程 · in eight ≤ 4 %，≤ 600 MB",
    sizes=(60,),
    quick=10,
    tiny=1,
    measure=measure,
    servers=True,
)
