"""Parked messages are documents with a reason: they can be listed, replayed to their one queue, or discarded.

Whatever bytes came, they are kept as far as they fit, with the hash of all of them. What is not kept exactly as it came
can be looked at and discarded; sent again, it would be another message.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from datetime import datetime
from typing import Any, ClassVar

from pydantic import model_validator

from shared.actor import Actor
from shared.contracts.envelope import Envelope
from shared.errors import Invalid, Refused, Unreadable
from shared.keeping import ids, repository
from shared.keeping.aggregate import Aggregate, Entry
from shared.messaging.reading import label
from shared.ports import Clock, Delivery, Done, Fate, Kind, Store
from shared.ports.exchanges import REDELIVER
from shared.trade.roles import Role
from shared.words import Words

CRASHED, BROKER_GAVE_UP = "Crashed", "delivery_limit"
PARKED, REPLAYED, DISCARDED = "parked", "replayed", "discarded"
KIND = Kind("parked", indexes=(("state", "last_parked_at"),))
LARGEST_KEPT = 256 * 1024  # bytes of the content, so that a document fits into every store however it is escaped
_HASH = re.compile(r"[0-9a-f]{64}")


class ParkedMessage(Aggregate):
    KIND: ClassVar[str] = KIND.name
    SOURCE: ClassVar[str] = "/parking"
    WORDS: ClassVar[Words] = Words(
        "parked",
        ("停放的消息", "parked message"),
        states={PARKED: ("停放", "parked"), REPLAYED: ("已重放", "replayed"), DISCARDED: ("已丢弃", "discarded")},
        verbs={"park": ("停放", "parked"), "replay": ("重放", "replayed"), "discard": ("丢弃", "discarded")},
    )

    queue: str
    message: str  # id of the event, or the hash of bytes that are none
    wire: str
    whole: bool = True  # `wire` is exactly what came
    size: int | None = None  # bytes that came; documents of earlier releases lack it, and the hash
    sha256: str = ""  # of all bytes that came
    reason: str
    detail: str
    attempts: int
    replays: int = 0
    first_seen: datetime
    last_parked_at: datetime

    @model_validator(mode="before")
    @classmethod
    def _of_earlier_releases(cls, stored: Any) -> Any:
        """They kept bytes that are no text escaped, and did not say so: what they know by its hash is held against it."""
        if isinstance(stored, dict) and "whole" not in stored and _HASH.fullmatch(str(stored.get("message", ""))):
            digest = hashlib.sha256(str(stored.get("wire", "")).encode()).hexdigest()
            return {**stored, "whole": digest == stored["message"]}
        return stored

    @property
    def type(self) -> str:
        """Of the event; empty where it cannot be read."""
        return label(self.wire).type

    def holds(self, other: ParkedMessage) -> bool:
        """Whether the same bytes came."""
        return other.sha256 in (self.sha256, self.message) or (not self.sha256 and self.wire == other.wire)

    def park_again(self, delivery: Delivery, at: datetime) -> bool:
        """A replayed message failed once more. False: this delivery only repeats what is known."""
        if self.state != REPLAYED or delivery.replays < self.replays:
            return False
        self.history.append(
            Entry(at=at, by="worker", name="", body="", verb="park", from_state=self.state, to_state=PARKED)
        )
        self.state, self.reason, self.detail = PARKED, delivery.reason, delivery.detail
        self.attempts, self.last_parked_at = delivery.attempt, at
        return True

    def replay(self, by: Actor, at: datetime) -> None:
        """Send it to its queue once more, with fresh attempts. Pressing twice meets a wrong state or a stale version.

        Raises Refused for what is not kept as it came."""
        by.must_be(Role.OPERATOR)
        self.only_when("replay", PARKED)
        if not self.whole:
            all_zh, all_en = ("", "") if self.size is None else (f"共 {self.size} 字节，", f"{self.size} ")
            raise Refused(
                f"原文{all_zh}未能原样保留，不能重放；可说明理由后丢弃 · "
                f"its {all_en}bytes are not kept as they came (too long, or no text): it cannot be replayed, only discarded"
            )
        self.replays += 1
        self.move("replay", REPLAYED, by, at)
        headers = {"x-replays": str(self.replays), "x-first-seen": self.first_seen.isoformat()}
        self.post(REDELIVER, self.queue, self.wire, headers, at)

    def discard(self, by: Actor, at: datetime, reason: str) -> None:
        by.must_be(Role.OPERATOR)
        self.only_when("discard", PARKED)
        if not reason.strip():
            raise Invalid("丢弃须说明理由 · discarding a message needs a reason")
        self.move("discard", DISCARDED, by, at, reason.strip())


async def keep_parked(store: Store, clock: Clock, queue: str, delivery: Delivery, content: bool = True) -> Fate:
    """Turn a delivery on `<queue>.parked` into a document. content: whether its bytes are kept too.

    Raises Stale, Unavailable, and what a store raises that cannot keep it."""
    digest, now = hashlib.sha256(delivery.wire).hexdigest(), clock.now()
    # Other bytes may have been parked under the same id: then these are known by their hash, and neither is lost.
    for message in (_id_in(delivery.wire) or digest, digest):
        fresh = _parked(queue, message, digest, delivery, now, content)
        if await repository.add(store, fresh):
            return Done()
        known = await repository.load(store, ParkedMessage, fresh.id)
        if known.holds(fresh):
            if known.park_again(delivery, now):
                await repository.save(store, known)
            break
    return Done()


def _parked(queue: str, message: str, digest: str, delivery: Delivery, now: datetime, content: bool) -> ParkedMessage:
    wire = _kept(delivery.wire) if content else ""
    return ParkedMessage(
        id=ids.parked_id(queue, message),
        state=PARKED,
        queue=queue,
        message=message,
        wire=wire,
        whole=wire.encode() == delivery.wire,
        size=len(delivery.wire),
        sha256=digest,
        reason=CRASHED if delivery.reason in ("", BROKER_GAVE_UP) else delivery.reason,
        detail=delivery.detail or "the broker gave up after too many crashes of the consumer",
        attempts=delivery.attempt,
        replays=delivery.replays,
        first_seen=delivery.first_seen,
        last_parked_at=now,
    )


def _id_in(wire: bytes) -> str:
    try:
        return Envelope.read(wire).id
    except Unreadable:
        return ""


def _kept(wire: bytes) -> str:
    """As text of at most LARGEST_KEPT bytes; bytes that are no text are escaped. A character is kept whole or not at all."""
    reader = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    escaped = reader.decode(wire[:LARGEST_KEPT], final=len(wire) <= LARGEST_KEPT)
    return escaped.encode()[:LARGEST_KEPT].decode(errors="ignore")
