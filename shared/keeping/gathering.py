"""What many ask for at the same time goes to a server in one request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Gathering(Generic[T]):
    """Whatever is added while one request is under way waits for it and shares the next.

    carry_out: does all it is given; what it raises, everybody is told whose part was among it. Where it does not fail but ends
    (a cancellation, the end of the process), whoever still waits is told too: nobody waits for what nobody does any more.
    most: parts of one request.
    """

    def __init__(self, carry_out: Callable[[Sequence[T]], Awaitable[None]], most: int = 500) -> None:
        self._carry_out, self._most = carry_out, most
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._going: asyncio.Task[None] | None = None

    async def add(self, part: T) -> None:
        """Returns once it is carried out. Who is cancelled meanwhile calls nothing back."""
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((part, answer))
        if self._going is None or self._going.done():
            self._going = asyncio.create_task(self._go())
        await answer

    async def _go(self) -> None:
        while self._waiting:
            gathered, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                await self._carry_out([part for part, _ in gathered])
            except Exception as error:  # noqa: BLE001 - it belongs to those who asked; the others go on
                _tell(gathered, error)
            except BaseException as end:
                waiting, self._waiting = self._waiting, []
                _tell([*gathered, *waiting], end)
                raise
            else:
                _tell(gathered, None)


def _tell(gathered: Sequence[tuple[T, asyncio.Future[None]]], error: BaseException | None) -> None:
    for _, answer in gathered:
        if answer.done():  # the asker was cancelled
            continue
        if error is None:
            answer.set_result(None)
        elif isinstance(error, asyncio.CancelledError):
            answer.cancel()
        else:
            answer.set_exception(error)
