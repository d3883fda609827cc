"""One entry of a feed: a copy of a fact under the feed's own number."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any, Self

from shared.contracts.envelope import Envelope

DATA = ("data", "datacontenttype")


@dataclass(frozen=True, slots=True)
class Entry:
    """feed: institution code. n: from 1 in each feed, without a gap. fact: id of the event it copies. at: when that happened, in
    UTC, to the second. wire: the bytes that
    every reader gets, over HTTP, from a queue and by webhook: a CloudEvent with the id `<feed>/<n>`, with `factid` and with
    `feednumber`."""

    feed: str
    n: int
    fact: str
    at: str
    wire: str
    has_data: bool = True

    @classmethod
    def of(cls, feed: str, n: int, event: Envelope) -> Self:
        told = {**event.model_dump(mode="json"), "id": entry_id(feed, n), "factid": event.id, "feednumber": n}
        return cls(feed, n, event.id, f"{event.time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", _written(told))

    @property
    def id(self) -> str:
        return entry_id(self.feed, self.n)

    def without_data(self) -> Entry:
        """What is left of it for good: its number, and what happened to which document. Whoever wants to know more reads the
        document."""
        told = {field: value for field, value in json.loads(self.wire).items() if field not in DATA}
        return replace(self, wire=_written(told), has_data=False)

    def as_body(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}  # nothing in it is worth a copy

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Self:
        return cls(**body)


def _written(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def entry_id(feed: str, n: int) -> str:
    return f"{feed}/{n}"
