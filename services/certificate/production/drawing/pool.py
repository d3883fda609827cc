"""Drawing in child processes, so that typesetting neither blocks the event loop nor takes the service down with it."""

from __future__ import annotations

import asyncio
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from services.certificate.production.drawing.print_file import draw
from services.certificate.production.drawing.sheet import Sheet


class DrawingCrashed(Exception):
    """A child died while this batch was waiting or being drawn. No HouseError on purpose: the batch itself may be what
    kills children, so each time costs it an attempt and the retry rules park it in the end."""


class Drawers:
    """`children` processes that draw. They start with the first batch and live until `close`, or die with the parent.

    folder: the operator's fonts, or None.
    """

    def __init__(self, children: int, folder: Path | None = None) -> None:
        self._children = children
        self._folder = folder
        self._pool: ProcessPoolExecutor | None = None
        self._closed = False

    async def draw(self, sheets: Sequence[Sheet]) -> bytes:
        """As `print_file.draw`, with its errors. Raises DrawingCrashed if the child died; the next batch gets fresh
        children. Raises RuntimeError after `close`."""
        pool, drawing = self._begin(tuple(sheets))
        try:
            return await asyncio.wrap_future(drawing)
        except BrokenProcessPool as error:
            self._discard(pool)
            raise DrawingCrashed(f"a drawing process died while {len(sheets)} certificates were drawn") from error

    async def close(self) -> None:
        """Lets batches in a child's hands finish, drops those still waiting, ends the children."""
        self._closed = True
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)

    def _begin(self, sheets: tuple[Sheet, ...]) -> tuple[ProcessPoolExecutor, Future[bytes]]:
        for _ in range(2):
            if self._closed:
                raise RuntimeError("the drawing room is closed")
            if self._pool is None:
                # Spawned, not forked: a fork of a process with threads and sockets inherits them in any state.
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(self._children, mp_context=context, initializer=_enter)
            try:
                return self._pool, self._pool.submit(draw, sheets, self._folder)
            except BrokenProcessPool:  # the child died idle: this batch is not to blame
                self._discard(self._pool)
        raise DrawingCrashed("drawing processes die as soon as they start")

    def _discard(self, pool: ProcessPoolExecutor) -> None:
        pool.shutdown(wait=False)
        if self._pool is pool:  # another batch of the same pool may have replaced it already
            self._pool = None


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
