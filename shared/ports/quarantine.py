"""Where the bytes of strangers are read."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Work:
    """What is done with foreign bytes, and what it may take. read: a function of a module, from a question and the
    foreign bytes to an answer, whole or piece by piece; it must expect anything, and what it answers must be looked at, for
    the bytes may have taken it over.

    memory: bytes of address space; cpu: seconds; patience: seconds until it is given up; answer: bytes at the most; loads:
    modules that it will need besides its own, loaded while nobody waits."""

    read: Callable[[bytes, bytes], bytes | Iterable[bytes]]
    memory: int
    cpu: int
    patience: float
    answer: int
    loads: tuple[str, ...] = ()


class Perished(Exception):
    """The child died, was killed for its limits, or said too much. No AppError: who asked knows what to say of the bytes."""


class Quarantine(Protocol):
    """A child process for each piece of work, with limits, killed when it is over or the caller is cancelled.

    One piece at a time. The service itself does nothing with the bytes but hand them over."""

    async def examine(
        self,
        work: Work,
        question: bytes,
        content: AsyncIterable[bytes],
        hear: Callable[[bytes], None] | None = None,
    ) -> bytes:
        """The answer of the work, as bytes. content: read only when the place is free, so it should not keep it waiting.
        hear: takes the answer piece by piece, cut anywhere, in a thread, while the child is still at work; none of it is
        returned then, and nothing of it counts before this returns.

        Raises Perished; Unavailable after 30 seconds without a free place, or when no process can be started; RuntimeError
        after `close`; what `hear` raises, which ends the child."""
        ...

    async def close(self) -> None: ...
