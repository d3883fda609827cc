"""`python -m services`, which `.venv/bin/jianding` is too; what it does is in services/command.py.

A child process that draws reads this file again, and must not load with it what the child never needs."""

from __future__ import annotations

import sys


def run() -> int:
    # The web client comes with a command line, and loads it with 5 MB of libraries where those are installed.
    sys.modules["httpx._main"] = None  # type: ignore[assignment]
    from services import command

    return command.run()


if __name__ == "__main__":
    sys.exit(run())
