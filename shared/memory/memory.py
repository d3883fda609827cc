"""One place that knows everything a service remembers."""

from __future__ import annotations

from typing import Protocol, TypeVar


class Remembering(Protocol):
    def forget(self) -> None:
        """As a new process would begin."""


Kept = TypeVar("Kept", bound=Remembering)


class Memory:
    """Everything of one service that remembers. It is told here, so that nobody who begins anew begins with what an
    earlier life knew."""

    def __init__(self) -> None:
        self._kept: list[Remembering] = []

    def keep(self, remembering: Kept) -> Kept:
        self._kept.append(remembering)
        return remembering

    def forget(self) -> None:
        for remembering in self._kept:
            remembering.forget()
