"""Heads and entries of feeds in the store: an entry is written once, its head with every write. And whether a body may still read
them, by whatever way: asked at each step, so that nobody reads on from habit."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime

from services.notification.feeds.behind import Behind, Cursor
from services.notification.feeds.entry import Entry, entry_id
from services.notification.feeds.feed import Feed
from shared.contracts.directory import BodyRegistered
from shared.contracts.words import ENDED_STANDINGS
from shared.errors import NotAllowed, Stale
from shared.keeping import local_copies
from shared.ports import Kind, Record, Store

FEED, ENTRY = "feed", "feed_entry"
KINDS = (Kind(FEED), Kind(ENTRY, indexes=(("feed", "n"), ("feed", "fact"), ("has_data", "at"))))


async def load(store: Store, body: str) -> Feed:
    """Of a body that nothing was told yet: an empty one, of version 0."""
    record = await store.get(FEED, body)
    if record is None:
        return Feed(body)
    tail = [Entry.from_body(entry) for entry in record.body["tail"]]
    return Feed(body, record.body["last"], tail, record.version)


async def lasts(store: Store, bodies: Sequence[str]) -> dict[str, int]:
    """Body → number of the newest entry of its feed."""
    heads = {record.id: int(record.body["last"]) for record in await store.get_many(FEED, bodies)}
    return {body: heads.get(body, 0) for body in bodies}


async def save(store: Store, feed: Feed) -> None:
    """Raises Stale when somebody else wrote to it meanwhile."""
    body = {"last": feed.last, "tail": [entry.as_body() for entry in feed.tail]}
    if feed.version:
        await store.put(FEED, Record(feed.body, body, feed.version))
    elif not await store.add(FEED, Record(feed.body, body)):
        raise Stale
    feed.version += 1


async def put_in_place(store: Store, entries: Sequence[Entry]) -> None:
    """Each if it is not there."""
    await store.add_many(ENTRY, [Record(entry.id, entry.as_body()) for entry in entries])


async def entries(store: Store, feed: Feed, after: int, limit: int) -> list[Entry]:
    """Those behind the number `after`, in order, without a gap. The newest may still be on their way to their places: then the
    head has them."""
    upto = min(after + limit, feed.last)
    if upto <= after:
        return []
    page = await store.find(ENTRY, {"feed": feed.body}, between=("n", after + 1, upto + 1), sort="n", limit=limit)
    found = {entry.n: entry for entry in feed.tail if after < entry.n <= upto}
    found |= {entry.n: entry for entry in (Entry.from_body(record.body) for record in page.records)}
    return [found[n] for n in range(after + 1, upto + 1)]


async def thin_out(store: Store, before: str, limit: int) -> int:
    """Takes the data out of the oldest entries of before that instant, at most `limit`. Returns how many were looked at."""
    page = await store.find(ENTRY, {"has_data": True}, between=("at", "", before), sort="at", limit=limit)
    for record in page.records:
        thin = Entry.from_body(record.body).without_data()
        with contextlib.suppress(Stale):  # another clock was faster
            await store.put(ENTRY, Record(record.id, thin.as_body(), record.version))
    for feed in dict.fromkeys(record.body["feed"] for record in page.records):
        await _thin_out_head(store, feed, before)
    return len(page.records)


async def _thin_out_head(store: Store, body: str, before: str) -> None:
    """Where nothing came since, the head has the newest entries for good."""
    feed = await load(store, body)
    thin = tuple(entry.without_data() if entry.at < before else entry for entry in feed.tail)
    if thin != feed.tail:
        feed.tail = thin
        with contextlib.suppress(Stale):  # something came: it has others now
            await save(store, feed)


async def is_told(store: Store, body: str, fact: str) -> bool:
    """Among the entries that are in their places."""
    return bool((await store.find(ENTRY, {"feed": body, "fact": fact}, limit=1)).records)


# --- of those who read it ------------------------------------------------------------------------------------------------


async def has_ended(store: Store, body: str) -> bool:
    """Revoked, or struck off. One that is suspended goes on reading: it still owes (rules §4.9). A body that is not known here
    yet has nothing to read either. Raises Unavailable."""
    known = await local_copies.seek(store, BodyRegistered, body) if body else None
    return known is not None and known.state in ENDED_STANDINGS


async def must_go_on(store: Store, body: str) -> None:
    """Raises NotAllowed, Unavailable."""
    if await has_ended(store, body):
        raise NotAllowed("机构资质已终止，不再提供事件流 · the standing of the body ended: its feed is closed to it")


async def behind(store: Store, cursors: Sequence[Cursor]) -> list[Behind]:
    """In the same order. Raises Unavailable."""
    first_missing = [entry_id(one.feed, one.at + 1) for one in cursors if one.at < one.last]
    happened = await _happened(store, first_missing) if first_missing else {}
    return [
        Behind(max(0, one.last - one.at), happened.get(entry_id(one.feed, one.at + 1)), one.failing_since)
        for one in cursors
    ]


async def _happened(store: Store, ids: Sequence[str]) -> dict[str, datetime]:
    """Entry → when what it tells of happened; without those that are not in their places yet."""
    records = await store.get_many(ENTRY, ids)
    return {record.id: datetime.fromisoformat(Entry.from_body(record.body).at) for record in records}
