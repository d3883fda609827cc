"""Work in child processes, so that it neither blocks the event loop nor takes the service down with it."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import logging
import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, Final, TypeVar, TypeVarTuple

from shared.ports.workshop import ChildDied

log = logging.getLogger(__name__)

R = TypeVar("R")
Given = TypeVarTuple("Given")

PROGRAM: Final = Path(__file__).with_name("passing_child.py")


class ChildProcesses:
    """`children` processes that work. They start with `begin` or the first work, and live until `close`, or die with the
    parent."""

    def __init__(self, children: int) -> None:
        self._children = children
        self._pool: ProcessPoolExecutor | None = None
        self._closed = False
        self._apart = asyncio.Lock()

    async def begin(self, first: Callable[[*Given], object], *given: *Given) -> None:
        """A child that starts takes a while, so each of these finds none that is idle, and starts one of its own."""
        for _ in range(self._children):
            _, doing = self._begin(_load, first, *given)
            doing.add_done_callback(_note_failure)

    async def do(self, work: Callable[[*Given], R], *given: *Given) -> R:
        """The next work after a child's death gets fresh children."""
        pool, doing = self._begin(work, *given)
        try:
            return await asyncio.wrap_future(doing)
        except BrokenProcessPool as error:
            self._discard(pool)
            raise ChildDied(f"a child process died over {_name(work)}") from error

    async def apart(self, work: Callable[[*Given], R], *given: *Given) -> R:
        """The child is dead when this returns, also when the caller is cancelled meanwhile."""
        async with self._apart:
            if self._closed:
                raise RuntimeError("the workshop is closed")
            child = subprocess.Popen(  # noqa: ASYNC220  milliseconds; started in a thread it might be lost
                [sys.executable, "-I", str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            talking = asyncio.create_task(asyncio.to_thread(_talk, child, work, given))
            try:
                done, result = await asyncio.shield(talking)
            except EOFError:
                raise ChildDied(f"a child process died over {_name(work)}") from None
            finally:
                child.kill()
                await asyncio.gather(talking, return_exceptions=True)
        if not done:
            raise result
        return result  # type: ignore[no-any-return]

    async def close(self) -> None:
        """Lets work in a child's hands finish, drops what still waits, ends the children."""
        self._closed = True
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)

    def _begin(self, work: Callable[[*Given], R], *given: *Given) -> tuple[ProcessPoolExecutor, Future[R]]:
        for _ in range(2):
            if self._closed:
                raise RuntimeError("the workshop is closed")
            if self._pool is None:
                # Spawned, not forked: a fork of a process with threads and sockets inherits them in any state.
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(self._children, mp_context=context, initializer=_enter)
            try:
                return self._pool, self._pool.submit(work, *given)
            except BrokenProcessPool:  # the child died idle: this work is not to blame
                self._discard(self._pool)
        raise ChildDied(f"child processes die as soon as they start, before {_name(work)}")

    def _discard(self, pool: ProcessPoolExecutor) -> None:
        pool.shutdown(wait=False)
        if self._pool is pool:  # other work of the same pool may have replaced it already
            self._pool = None


def _note_failure(doing: Future[None]) -> None:
    if not doing.cancelled() and (error := doing.exception()) is not None:
        log.warning("a child process could not be made ready: %s", type(error).__name__)


def _talk(child: subprocess.Popen[bytes], work: Callable[..., object], given: tuple[object, ...]) -> tuple[bool, Any]:
    """Raises EOFError when the child died without an answer."""
    answer, _ = child.communicate(pickle.dumps(sys.path) + pickle.dumps((work, given)))
    if child.returncode:
        raise EOFError
    found: tuple[bool, Any] = pickle.loads(answer)  # EOFError where there is none
    return found


def _name(work: Callable[..., object]) -> str:
    return str(getattr(work, "__qualname__", work))


def _load(first: Callable[[*Given], object], *given: *Given) -> None:
    """Loading leaves gaps behind, of fonts some 50 MB, which the C library keeps unless it is told otherwise."""
    first(*given)
    gc.collect()
    with contextlib.suppress(AttributeError):  # not every C library knows the word
        ctypes.CDLL(None).malloc_trim(0)


def _enter() -> None:
    """First step of a child. Ctrl-C goes to the whole group: the parent alone decides, and closes in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), name="follow-parent", daemon=True).start()


def _follow(parent: int) -> None:
    """A pool's child waits for work on a pipe that it holds open itself, so it would outlive a killed parent."""
    multiprocessing.connection.wait([parent])
    os._exit(1)
