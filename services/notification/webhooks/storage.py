"""How far webhooks have come, in the store."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from pydantic import ValidationError

from services.notification.webhooks import progress as reading
from services.notification.webhooks.progress import Progress
from services.notification.webhooks.webhook import Webhook
from shared.errors import Stale
from shared.ports import Kind, Record, Store

log = logging.getLogger(__name__)

PROGRESS = Kind("webhook_progress")


async def load(store: Store, webhook: Webhook) -> Progress:
    """With what was asked of the webhook since."""
    (found,) = await load_all(store, [webhook])
    return found


async def load_all(store: Store, webhooks: Iterable[Webhook]) -> list[Progress]:
    """In the same order."""
    hooks = list(webhooks)
    records = {record.id: record for record in await store.get_many(PROGRESS.name, [hook.id for hook in hooks])}
    found = []
    for hook in hooks:
        record = records.get(hook.id)
        one = _read(hook, record) if record else Progress.begun(hook)
        one.follow(hook)
        found.append(one)
    return found


def _read(webhook: Webhook, record: Record) -> Progress:
    """One that nobody can read must not keep all others waiting: it begins anew where the webhook last was told to, which
    repeats entries, under their ids, and skips none."""
    try:
        return reading.read(webhook.id, record.body, record.version)
    except ValidationError as error:
        log.error("%s %s cannot be read: %d fields", PROGRESS.name, webhook.id, error.error_count())
        return Progress(webhook.id, Progress.begun(webhook).state, record.version)


async def save(store: Store, progress: Progress) -> None:
    """Raises Stale when another process wrote it meanwhile."""
    body = progress.state.model_dump(mode="json")
    if progress.version:
        await store.put(PROGRESS.name, Record(progress.webhook, body, progress.version))
    elif not await store.add(PROGRESS.name, Record(progress.webhook, body)):
        raise Stale
    progress.version += 1
