"""The interfaces of the services as somebody outside asks them: with a token of their own, and from where they sit."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Question:
    """One request. path: with the name of the service, e.g. `/plan/annual-plans`. token: empty where nobody is signed in.

    visitor: the network address of whoever asks, for limits; empty: unknown. content: anything that JSON can say. form: fields
    of a form. file: sent as it is, as the services take files."""

    method: str
    path: str
    token: str = ""
    visitor: str = ""
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    content: Any = None
    form: Mapping[str, str] | None = None
    file: bytes | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """headers: names in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """Raises ValueError."""
        return json.loads(self.content)


@dataclass(frozen=True, slots=True)
class Flow:
    """A reply whose content is read piece by piece."""

    status: int
    headers: Mapping[str, str]
    pieces: AsyncIterator[bytes]


class Interfaces(Protocol):
    async def ask(self, question: Question) -> Reply:
        """Whatever the answer is. Raises Unavailable when there is none; Invalid for an address that is too long to be one."""
        ...

    def flow(self, question: Question) -> AbstractAsyncContextManager[Flow]:
        """The same for a file that is passed on. Raises Unavailable, Invalid."""
        ...

    async def close(self) -> None: ...
