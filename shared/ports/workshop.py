"""Heavy work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar, TypeVarTuple

R = TypeVar("R")
Given = TypeVarTuple("Given")


class Workshop(Protocol):
    """Where pure work is done that takes long, or whose native code may crash: in child processes.

    They start with the first work and die with the parent. One that dies over its work raises an error that is no
    AppError, on purpose: the work itself may be what kills it, so a message that asks for it loses an attempt each time
    and is parked in the end, instead of pausing its queue for ever."""

    async def do(self, work: Callable[[*Given], R], *given: *Given) -> R:
        """`work(*given)`, with its errors. work: a function of a module; it, what it is given and what it returns travel
        between processes, so nothing that is open or running can. Raises RuntimeError after `close`."""
        ...

    async def close(self) -> None: ...
