"""A CancelledError is meant for us only if somebody asked for it: a connection that breaks hands one to its waiters too."""

from __future__ import annotations

import asyncio


def is_cancelled() -> bool:
    """Whether somebody asked the current task to end, and did not take it back."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
