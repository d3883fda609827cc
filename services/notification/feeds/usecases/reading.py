"""Reading a feed on from a number, at once or as soon as there is more."""

from __future__ import annotations

from dataclasses import dataclass

from services.notification.feeds import storage
from services.notification.feeds.entry import Entry
from shared.errors import Invalid, NotAllowed, Problem
from shared.ports import Clock, Store

OF_NO_USE = "`lastEventId` 不能使用 · this `lastEventId` cannot be used"
WHERE = "/lastEventId"
DIGITS = 15
LOOK = 1.0
"""Seconds between two looks whether a feed has grown."""


@dataclass(frozen=True, slots=True)
class Part:
    """entries: in order, without a gap. last: number of the newest entry of the whole feed."""

    entries: list[Entry]
    last: int


async def read(store: Store, body: str, after: int, limit: int) -> Part:
    """The entries behind the number `after`; none at the end. Raises Unavailable."""
    feed = await storage.load(store, body)
    return Part(await storage.entries(store, feed, after, limit), feed.last)


async def wait(store: Store, clock: Clock, body: str, after: int, limit: int, seconds: float) -> Part:
    """As `read`; where there is nothing yet, what comes within `seconds`. Raises NotAllowed as soon as the standing of the body
    ends: what comes then is nothing for whoever waits."""
    until = clock.monotonic() + seconds
    while True:
        part = await read(store, body, after, limit)
        await storage.must_go_on(store, body)
        left = until - clock.monotonic()
        if part.entries or left <= 0:
            return part
        await clock.sleep(min(LOOK, left))


def number_of(last_event_id: str, body: str, last: int) -> int:
    """The number behind which a reader goes on; `last_event_id` is empty at the beginning. Raises Invalid."""
    if not last_event_id:
        return 0
    feed, _, n = last_event_id.rpartition("/")
    if not feed or not (n.isascii() and n.isdigit()) or len(n) > DIGITS or n != str(int(n)):
        sentence = "应为读到的最后一条的 `id`，如 `49050001/17` · should be the `id` of an entry, like `49050001/17`"
        raise Invalid(OF_NO_USE, [Problem(WHERE, sentence)])
    if feed != body:
        sentence = f"是 {feed} 的条目，本账号读取的是 {body} · is an entry of {feed}; this account reads {body}"
        raise Invalid(OF_NO_USE, [Problem(WHERE, sentence)])
    if int(n) > last:
        sentence = f"尚无此条，目前最后一条为第 {last} 条 · does not exist yet: the newest is number {last}"
        raise Invalid(OF_NO_USE, [Problem(WHERE, sentence)])
    return int(n)


async def must_have_a_feed(store: Store, body: str) -> None:
    """Raises NotAllowed where there is no body, or its standing ended."""
    if not body:
        raise NotAllowed("此账号不属于任何机构，没有事件流 · this account belongs to no body, so it has no feed")
    await storage.must_go_on(store, body)
