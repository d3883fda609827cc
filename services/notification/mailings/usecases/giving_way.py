"""Bulk gives way before it sets out. What a service has to send goes in the order in which it was written; whoever wrote fifty
thousand letters at once would have every letter behind them wait, whatever queues there are further on."""

from __future__ import annotations

from shared.errors import Unavailable
from shared.ports import Clock, Store

PAGE = 100  # letters of bulk that are written at once, before the next look
MOST_WAITING = 200  # documents of this service with something to send; bulk adds nothing to so many
LOOK_EVERY = 0.1  # seconds
PATIENCE = 60.0  # seconds


async def give_way(store: Store, clock: Clock) -> None:
    """Before each page of bulk: until little waits to be sent. Whoever writes a letter meanwhile has at most MOST_WAITING
    documents before it, and a page of each that looked in the same moment.

    Raises Unavailable after PATIENCE: the broker is away, or the queue of bulk is full. Then the queue that plans bulk pauses,
    which costs the fact no attempt, and what was written is found there."""
    began = clock.monotonic()
    while len(await store.pending(MOST_WAITING)) >= MOST_WAITING:
        if clock.monotonic() - began >= PATIENCE:
            raise Unavailable(
                "待发的信函过多，稍后继续 · too many letters wait for the broker: bulk goes on later", store.ping
            )
        await clock.sleep(LOOK_EVERY)
