"""Heavy work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar, TypeVarTuple

R = TypeVar("R")
Given = TypeVarTuple("Given")


class ChildDied(Exception):
    """A child died while this work was waiting or being done. No AppError on purpose: the work itself may be what
    kills children, so each time costs its message an attempt and the retry rules park it in the end."""


class Workshop(Protocol):
    """Where pure work is done that takes long, or whose native code may crash: in child processes.

    They start with `begin` or with the first work, and die with the parent."""

    async def begin(self, first: Callable[[*Given], object], *given: *Given) -> None:
        """Starts the children, each with `first(*given)`, which loads what work will need; nobody waits for it, and what goes
        wrong in it whoever asks for work is told. Raises ChildDied, and RuntimeError after `close`."""
        ...

    async def do(self, work: Callable[[*Given], R], *given: *Given) -> R:
        """`work(*given)`, with its errors. work: a function of a module; it, what it is given and what it returns travel
        between processes, so nothing that is open or running can. Raises ChildDied, and RuntimeError after `close`."""
        ...

    async def apart(self, work: Callable[[*Given], R], *given: *Given) -> R:
        """As `do`, in a child of its own that ends with it: for what needs much memory, seldom. One at a time; who comes
        meanwhile waits. The child is killed when the caller is cancelled. Raises ChildDied, and RuntimeError after `close`."""
        ...

    async def close(self) -> None: ...
