"""A child process for each piece of foreign bytes. The next one is started when the last one ended, and loads what it
needs while nobody waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterable, Awaitable, Callable
from typing import Final, TypeVar

from shared.adapters.quarantine import child
from shared.errors import Unavailable
from shared.ports import Clock
from shared.ports.quarantine import Perished, Work

log = logging.getLogger(__name__)

T = TypeVar("T")
Hear = Callable[[bytes], None] | None

LONGEST_WAIT: Final = 30.0  # seconds for the place
PIECE: Final = 64 * 1024  # bytes
LONGEST_REPORT: Final = 500  # bytes

_ENVIRONMENT: Final = ("LANG", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT")
"""All that a child is told of our own: the settings hold passwords."""


class QuarantineChildren:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._place = asyncio.Lock()
        self._ready: tuple[Work, Process] | None = None
        self._preparing: asyncio.Task[None] | None = None
        self._closed = False

    async def examine(self, work: Work, question: bytes, content: AsyncIterable[bytes], hear: Hear = None) -> bytes:
        await self._enter()
        try:
            process = await self._take(work)
            try:
                return await self._within(work.patience, _talk(process, work, question, content, hear))
            except TimeoutError:
                raise Perished(f"not done within {work.patience:g} s") from None
            finally:
                await _end(process)
        finally:
            self._place.release()
            if not self._closed:
                self._preparing = asyncio.create_task(self._prepare(work))

    async def close(self) -> None:
        self._closed = True
        if self._preparing is not None:
            await asyncio.gather(self._preparing, return_exceptions=True)
        await self._dismiss()

    async def _enter(self) -> None:
        """Takes the place. Raises Unavailable."""
        taking = asyncio.ensure_future(self._place.acquire())
        try:
            await self._within(LONGEST_WAIT, taking)
        except BaseException as error:
            if taking.done() and not taking.cancelled():  # in the very moment in which the caller was cancelled
                self._place.release()
            if isinstance(error, TimeoutError):
                detail = "正在核对其他文件，请稍后再试 · other files are being read, try again later"
                raise Unavailable(detail) from None
            raise

    async def _take(self, work: Work) -> Process:
        """The child that is ready for this work, or a new one. Raises Unavailable."""
        if self._closed:
            raise RuntimeError("the quarantine is closed")
        if self._preparing is not None:
            await asyncio.gather(self._preparing, return_exceptions=True)
        if self._ready is not None:
            prepared, process = self._ready
            if prepared == work and process.returncode is None:
                self._ready = None
                return process
            await self._dismiss()
        return await self._start(work)

    async def _prepare(self, work: Work) -> None:
        """Nobody waits for this, so nobody hears of a failure: whoever comes next tries again."""
        if self._ready is None:
            with contextlib.suppress(Unavailable):
                self._ready = (work, await self._start(work))

    async def _dismiss(self) -> None:
        ready, self._ready = self._ready, None
        if ready is not None:
            await _end(ready[1])

    async def _start(self, work: Work) -> Process:
        told = {
            "path": sys.path,
            "module": work.read.__module__,
            "function": work.read.__qualname__,
            "loads": work.loads,
            "memory": work.memory,
            "cpu": work.cpu,
            "patience": work.patience,
        }
        try:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                child.__file__,
                json.dumps(told),
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                start_new_session=True,  # Ctrl-C goes to the whole group: the parent alone decides
                limit=PIECE,
            )
        except OSError as error:
            raise Unavailable(
                f"读取文件的进程无法启动，请稍后再试 · no process can be started to read a file: {error.strerror}"
            ) from error

    async def _within(self, seconds: float, doing: Awaitable[T]) -> T:
        """Raises TimeoutError when the clock has gone so far; what was being done is over then."""
        task = asyncio.ensure_future(doing)
        waiting = asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise TimeoutError
            return task.result()
        finally:
            waiting.cancel()
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


async def _talk(process: Process, work: Work, question: bytes, content: AsyncIterable[bytes], hear: Hear) -> bytes:
    """Raises Perished, Unavailable, and what `hear` raises."""
    assert process.stdout is not None
    if not await process.stdout.read(len(child.READY)):
        raise Unavailable(
            "读取文件的进程无法启动，请运行管理员核查 · a process that reads files ends as soon as it starts"
        )
    feeding = asyncio.create_task(_feed(process, question, content))
    try:
        answer = await _listen(process, work.answer, hear)
        await feeding
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)
    if await process.wait():
        assert process.stderr is not None
        report = await process.stderr.read(LONGEST_REPORT)
        raise Perished(f"ended with {process.returncode}: {report.decode('ascii', 'replace')!r}")
    return answer


async def _feed(process: Process, question: bytes, content: AsyncIterable[bytes]) -> None:
    stdin = process.stdin
    assert stdin is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # its end says more than its deafness
        stdin.write(len(question).to_bytes(child.LENGTH) + question)
        async for piece in content:
            stdin.write(piece)
            await stdin.drain()
        stdin.close()
        await stdin.wait_closed()


async def _listen(process: Process, most: int, hear: Hear) -> bytes:
    """What nobody heard. Raises Perished as soon as it is more than `most` bytes in all, and what `hear` raises."""
    stdout = process.stdout
    assert stdout is not None
    answer = bytearray()
    left = most
    while piece := await stdout.read(PIECE):
        left -= len(piece)
        if left < 0:
            raise Perished(f"said more than {most} bytes")
        if hear is None:
            answer += piece
        else:
            await asyncio.to_thread(hear, piece)
    return bytes(answer)


async def _end(process: Process) -> None:
    """Dead when this returns, also when the caller is cancelled meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    # The library counts a process as ended when its pipes are, too; those with something unread never would be.
    transport: asyncio.SubprocessTransport = process._transport  # type: ignore[attr-defined]
    for number in (0, 1, 2):
        pipe = transport.get_pipe_transport(number)
        if isinstance(pipe, asyncio.WriteTransport) and not pipe.is_closing():
            pipe.abort()
        elif pipe is not None:
            pipe.close()
    await asyncio.shield(process.wait())
