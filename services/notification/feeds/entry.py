"""One entry of a feed: a copy of a fact under the feed's own number."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Self

from shared.contracts.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Entry:
    """feed: institution code. n: from 1 in each feed, without a gap. fact: id of the event it copies. wire: the bytes that
    every reader gets, over HTTP, from a queue and by webhook: a CloudEvent with the id `<feed>/<n>`, with `factid` and with
    `feednumber`."""

    feed: str
    n: int
    fact: str
    at: str
    wire: str

    @classmethod
    def of(cls, feed: str, n: int, event: Envelope) -> Self:
        told = {**event.model_dump(mode="json"), "id": entry_id(feed, n), "factid": event.id, "feednumber": n}
        return cls(feed, n, event.id, told["time"], json.dumps(told, ensure_ascii=False, separators=(",", ":")))

    @property
    def id(self) -> str:
        return entry_id(self.feed, self.n)

    def as_body(self) -> dict[str, Any]:
        return {"feed": self.feed, "n": self.n, "fact": self.fact, "at": self.at, "wire": self.wire}

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Self:
        return cls(body["feed"], body["n"], body["fact"], body["at"], body["wire"])


def entry_id(feed: str, n: int) -> str:
    return f"{feed}/{n}"
