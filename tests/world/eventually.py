"""Waiting for something that another task, thread or process brings about: ask until the answer is yes."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(question: Callable[[], T | Awaitable[T]], within: float = 10, every: float = 0.01) -> T:
    """Returns the first true answer. An AssertionError inside `question` counts as no. Fails after `within` seconds.
    every: seconds from an answer to the next question; longer where asking costs those who are waited for."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while True:
        complaint: AssertionError | None = None
        answer: T | None = None
        try:
            asked = question()
            answer = await asked if inspect.isawaitable(asked) else asked
        except AssertionError as error:
            complaint = error
        if complaint is None and answer:
            return answer
        if loop.time() > deadline:
            raise complaint or AssertionError(f"not within {within} s: the last answer was {answer!r}")
        await asyncio.sleep(every)
