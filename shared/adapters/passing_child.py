"""The program of a child for one piece of work, after which it ends: standard input is the module search path and then the
work with what it is given; standard output is what came of it, (done, its result or its error). Everything is pickled, for
both sides are ours.

Started by its file, it loads what the work needs and not the whole house, as a child does that has to find the parent's
main module."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
from pathlib import Path
from typing import Final

LONGEST: Final = 600  # seconds; for a child whose parent is no more


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group: the parent alone decides
    signal.alarm(LONGEST)
    with contextlib.suppress(OSError):  # where memory runs out, it goes, not the service
        Path("/proc/self/oom_score_adj").write_text("1000")
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what native code prints is no answer
    sys.path[:] = pickle.load(sys.stdin.buffer)
    work, given = pickle.load(sys.stdin.buffer)
    try:
        result = (True, work(*given))
    except Exception as error:  # noqa: BLE001  # raised again where it was asked for
        result = (False, error)
    answer.write(pickle.dumps(result))
    answer.flush()
    os._exit(0)  # without taking a hundred thousand objects apart


if __name__ == "__main__":
    main()
