"""Documents with optimistic versions, and the outbox inside each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any, Protocol

Value = str | int | bool
GET_TOGETHER = 2000
"""Ids of one `get_many`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A collection of records.

    indexes: the body fields that queries match and sort by; an index serves a question whose `where` names its first fields
    and which sorts, or takes a range, by the next. Of two that serve one equally the first is taken: the more selective.

    expires: its records are over by nature some day, and may be deleted then; those of no other kind ever are.
    follows: its records carry the place of a body, but only because of something else that does (a reminder, a letter, a
    sheet of a roster): they keep no body where it is."""

    name: str
    indexes: tuple[tuple[str, ...], ...] = ()
    expires: bool = False
    follows: bool = False

    def index_for(self, where: Collection[str], between: str = "", sort: str = "") -> tuple[str, ...] | None:
        """The declared index by which a question finds its records: the one that narrows most by equality, then one that
        stands in the order asked for (`between` and `sort`: their fields; the id comes after the last field of each).
        None: there is none that helps."""

        def use(fields: tuple[str, ...]) -> tuple[int, bool, bool]:
            equal = len(list(takewhile(lambda field: field in where, fields)))
            (following, *_) = (*fields[equal:], "")
            return equal, following == sort, bool(between) and following == between

        best = max(self.indexes, key=use, default=())  # the first of equals
        return best if best and any(use(best)) else None


@dataclass(frozen=True, slots=True)
class Record:
    """One document. `version` counts writes by use cases; `facts` counts every fact the document ever noted."""

    id: str
    body: dict[str, Any]
    version: int = 1
    facts: int = 0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message for the broker: a fact on its way to `events`, or a replay on its way to one queue.

    n: number of the row inside its document, rising. wire: the envelope, the same text over every resend.
    """

    n: int
    at: datetime
    exchange: str
    key: str
    wire: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The outbox of one document: rows in order of `n`, to be published head first."""

    kind: str
    id: str
    rows: tuple[Outgoing, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Part of an answer. `next` is the position to go on from, or None at the end."""

    records: list[Record]
    next: tuple[Value, str] | None


class Store(Protocol):
    """Documents with optimistic versions and the outbox inside: every write below is one document, all or nothing.

    All methods raise Unavailable when the database cannot be reached; its `ping` is this store's.
    """

    written: asyncio.Event
    """Set when this process wrote facts. Lets the relay wake at once; thrift, not correctness."""

    async def get(self, kind: str, id: str) -> Record | None: ...

    async def get_many(self, kind: str, ids: Sequence[str]) -> list[Record]:
        """Those of `ids` that are there, in any order. At most GET_TOGETHER ids are asked at a time."""
        ...

    async def add(self, kind: str, record: Record, outbox: Sequence[Outgoing] = ()) -> bool:
        """Insert with its outbox. False: a record of this id is already there, nothing was written."""
        ...

    async def add_many(self, kind: str, records: Sequence[Record]) -> int:
        """Insert many without outbox, each if absent. Returns how many were new. Repeating after a crash is safe."""
        ...

    async def put(self, kind: str, record: Record, outbox: Sequence[Outgoing] = ()) -> None:
        """Replace the body if the stored version still equals `record.version`; the stored version becomes one more,
        `facts` becomes `record.facts`, the outbox rows are appended. Raises Stale (also when there is no such record)."""
        ...

    async def delete(self, kind: str, id: str, version: int) -> bool:
        """Remove a record of a kind that `expires`, for good, if the stored version still equals `version` and its outbox is
        empty. False: it was changed meanwhile, has something to send, or is not there; also after an unanswered attempt
        that removed it. An id that was removed can be added again.

        Raises ValueError for every other kind, and for one this store was opened without."""
        ...

    async def find(
        self,
        kind: str,
        where: Mapping[str, Value] | None = None,
        *,
        between: tuple[str, Value, Value] | None = None,
        sort: str = "",
        after: tuple[Value, str] | None = None,
        limit: int = 100,
    ) -> Page:
        """Records whose top-level body fields equal `where`, and whose one field lies in [low, high) of `between`;
        in ascending order of the body field `sort`, then id (of id alone if `sort` is empty)."""
        ...

    async def count(
        self,
        kind: str,
        where: Mapping[str, Value] | None = None,
        *,
        between: tuple[str, Value, Value] | None = None,
    ) -> int:
        """How many `find` would find."""
        ...

    async def pending(self, limit: int = 100) -> list[Waiting]:
        """Documents whose outbox is not empty, those with the oldest row first, at most `limit` documents."""
        ...

    async def sent(self, kind: str, id: str, upto: int) -> None:
        """Remove the outbox rows with n <= upto. Does not touch version or body."""
        ...

    async def prepare(self) -> None:
        """Create collections and indexes, and drop the indexes that earlier releases declared for the same kinds (run by
        provisioning; harmless to repeat, and while others work)."""
        ...

    async def ping(self) -> None:
        """Raises Unavailable."""
        ...

    async def close(self) -> None: ...
