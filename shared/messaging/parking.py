"""Parked messages are documents with a reason: they can be listed, replayed to their one queue, or discarded."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import ClassVar

from shared.actor import Actor
from shared.contracts.envelope import Envelope
from shared.errors import Invalid, Unreadable
from shared.keeping import ids, repository
from shared.keeping.aggregate import Aggregate, Entry
from shared.ports import Clock, Delivery, Done, Fate, Kind, Store
from shared.ports.exchanges import REDELIVER
from shared.trade.roles import Role

CRASHED, BROKER_GAVE_UP = "Crashed", "delivery_limit"
PARKED, REPLAYED, DISCARDED = "parked", "replayed", "discarded"
KIND = Kind("parked", indexes=(("state", "last_parked_at"),))


class ParkedMessage(Aggregate):
    KIND: ClassVar[str] = KIND.name
    SOURCE: ClassVar[str] = "/parking"

    queue: str
    message: str  # id of the event, or the hash of bytes that are none
    wire: str
    reason: str
    detail: str
    attempts: int
    replays: int = 0
    first_seen: datetime
    last_parked_at: datetime

    @property
    def type(self) -> str:
        """Of the event; empty where it cannot be read."""
        try:
            return str(json.loads(self.wire).get("type", ""))
        except (ValueError, AttributeError):
            return ""

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
        """Send it to its queue once more, with fresh attempts. Pressing twice meets a wrong state or a stale version."""
        by.must_be(Role.OPERATOR)
        self.only_when("replay", PARKED)
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


async def keep_parked(store: Store, clock: Clock, queue: str, delivery: Delivery) -> Fate:
    """Turn a delivery on `<queue>.parked` into a document. Raises Stale, Unavailable."""
    wire = delivery.wire.decode("utf-8", errors="backslashreplace")
    try:
        message = Envelope.read(wire).id
    except Unreadable:
        message = hashlib.sha256(delivery.wire).hexdigest()
    id, now = ids.parked_id(queue, message), clock.now()
    parked = ParkedMessage(
        id=id,
        state=PARKED,
        queue=queue,
        message=message,
        wire=wire,
        reason=CRASHED if delivery.reason in ("", BROKER_GAVE_UP) else delivery.reason,
        detail=delivery.detail or "the broker gave up after too many crashes of the consumer",
        attempts=delivery.attempt,
        replays=delivery.replays,
        first_seen=delivery.first_seen,
        last_parked_at=now,
    )
    if not await repository.add(store, parked):
        known = await repository.load(store, ParkedMessage, id)
        if known.park_again(delivery, now):
            await repository.save(store, known)
    return Done()
