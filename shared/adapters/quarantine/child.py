"""The program of a child: one piece of work, then it ends. Started with a description of the work (JSON) as its argument;
standard input is a question, preceded by its length (4 bytes), and then the foreign bytes; standard output is READY, then
the answer, each piece of it as soon as it is there.

What takes long to load is loaded before the input is there, so that a child which waits is a quick one. Only the standard
library is imported here.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any, Final

LENGTH: Final = 4  # bytes
READY: Final = b"+"
"""Said first: from here on the child's fate is that of the bytes."""
DIED: Final = 70
SPARE_SECONDS: Final = 10


def main() -> int:
    told = json.loads(sys.argv[1])
    sys.path[:] = told["path"]
    work = getattr(import_module(told["module"]), told["function"])
    for module in told["loads"]:
        import_module(module)
    report = os.fdopen(os.dup(2), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what native code says may hold what it read
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    head = sys.stdin.buffer.read(LENGTH)
    if len(head) < LENGTH:  # nobody needs it any more
        return 0
    _limit(told)
    try:
        question = sys.stdin.buffer.read(int.from_bytes(head))
        answer = work(question, sys.stdin.buffer.read())
        for piece in (answer,) if isinstance(answer, bytes) else answer:
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
    except BaseException as error:  # noqa: BLE001  # whatever it was, the parent has to know that it was something
        report.write(_place_of(error))
        report.flush()
        return DIED
    return 0


def _limit(told: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # where memory runs out all the same, it goes, not the service
        Path("/proc/self/oom_score_adj").write_text("1000")
    try:
        import resource
    except ImportError:  # not on Windows: there the process is still its own, so nothing else dies with it
        return
    resource.setrlimit(resource.RLIMIT_AS, (told["memory"], told["memory"]))
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + told["cpu"]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    # It writes no file, starts no process, and leaves no picture of its memory.
    for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_CORE):
        resource.setrlimit(kind, (0, 0))
    signal.alarm(int(told["patience"]) + SPARE_SECONDS)  # for a child whose parent is no more


def _place_of(error: BaseException) -> str:
    """Where it happened, without what it says: that may hold what was read."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    return f"{type(error).__name__} at " + ", ".join(f"{Path(one.filename).name}:{one.lineno}" for one in frames)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # without taking a hundred thousand objects apart
