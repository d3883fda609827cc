"""How far queues of bodies were filled, and which process fills them, in the store."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import ValidationError

from services.notification.queues.progress import Progress, State
from services.notification.queues.queue import BranchQueue
from shared.ages import lasts
from shared.errors import Stale
from shared.ports import Kind, Record, Store

log = logging.getLogger(__name__)

PROGRESS = Kind("branch_queue_progress")
TURN = Kind("branch_queue_turn")
ONE = "filling"
TURN_LASTS = timedelta(seconds=20)
"""For which one process fills alone. Thrift and order, not correctness: two only repeat."""


async def load(store: Store, queue: BranchQueue) -> Progress:
    """With what was asked of the queue since."""
    (found,) = await load_all(store, [queue])
    return found


async def load_all(store: Store, queues: Iterable[BranchQueue]) -> list[Progress]:
    """In the same order."""
    wanted = list(queues)
    records = {record.id: record for record in await store.get_many(PROGRESS.name, [queue.id for queue in wanted])}
    found = []
    for queue in wanted:
        record = records.get(queue.id)
        one = _read(queue, record) if record else Progress.begun(queue)
        one.follow(queue)
        found.append(one)
    return found


def _read(queue: BranchQueue, record: Record) -> Progress:
    """One that nobody can read must not keep all others waiting: it begins anew where the queue was asked to, which repeats
    entries, under their ids, and skips none."""
    try:
        return Progress(queue.id, State.model_validate(record.body), record.version)
    except ValidationError as error:
        log.error("%s %s cannot be read: %d fields", PROGRESS.name, queue.id, error.error_count())
        return Progress(queue.id, Progress.begun(queue).state, record.version)


async def save(store: Store, progress: Progress) -> None:
    """Raises Stale when another process wrote it meanwhile."""
    body = progress.state.model_dump(mode="json")
    if progress.version:
        await store.put(PROGRESS.name, Record(progress.queue, body, progress.version))
    elif not await store.add(PROGRESS.name, Record(progress.queue, body)):
        raise Stale
    progress.version += 1


async def take_turn(store: Store, holder: str, now: datetime) -> bool:
    """Whether `holder` is the one process that fills, from now on for a while. Raises Unavailable."""
    known = await store.get(TURN.name, ONE)
    body = {"holder": holder, "until": (now + TURN_LASTS).isoformat()}
    if known is None:
        return await store.add(TURN.name, Record(ONE, body))
    if known.body["holder"] != holder and lasts(datetime.fromisoformat(known.body["until"]), TURN_LASTS, now):
        return False
    try:
        await store.put(TURN.name, Record(ONE, body, known.version))
    except Stale:
        return False
    return True
