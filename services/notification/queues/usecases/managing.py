"""What branch officers and their machines do with the queue of their body: load, call the verb, save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.notification import ids
from services.notification.feeds import storage as feeds
from services.notification.queues import password, storage
from services.notification.queues.progress import Progress
from services.notification.queues.queue import BranchQueue
from services.notification.queues.requests import NewQueue
from shared.errors import AlreadyThere, Invalid, Problem, Refused
from shared.keeping import creation, repository
from shared.keeping.asked import Asked
from shared.ports import Store

NO_BROKER = (
    "本系统没有独立的消息服务器，不能开通队列；可读取事件流，或登记推送地址 · "
    "this system runs without RabbitMQ, so it has no queues for bodies: read the feed, or make a webhook"
)
ONE_EACH = (
    "本机构已有队列：丢失密码的可更换，已撤销的可重新申请 · "
    "this body has its queue already: a lost password can be renewed, and a withdrawn queue be reopened"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A queue with how far it was filled. last: number of the newest entry of its feed."""

    queue: BranchQueue
    progress: Progress
    last: int


async def create(store: Store, has_broker: bool, asked: Asked, key: str, new: NewQueue) -> tuple[Shown, str]:
    """With its password; a repeat of the same request shows an empty one, for nobody knows it any more.

    Raises Refused where the bus is no RabbitMQ, AlreadyThere, Invalid, NotAllowed."""
    _must_have(has_broker)
    by = asked.by
    request = await creation.once(store, by, key, new)
    id = ids.branch_queue_id(by.body)
    made = await repository.seek(store, BranchQueue, id)
    if made is not None:
        if made.request != request:
            raise AlreadyThere(ONE_EACH, f"/notification/queues/{id}")
        return await shown(store, made), ""
    after = await _begin_at(store, by.body, new.after)
    drawn = password.drawn()
    fresh = BranchQueue.create(id, password.hashed(drawn), after, by, asked.at)
    made = await creation.create(store, fresh, request, f"/notification/queues/{id}")
    return await shown(store, made), drawn if made.password_hash == fresh.password_hash else ""


async def renew(store: Store, has_broker: bool, id: str, asked: Asked) -> tuple[Shown, str]:
    """With the new password. Raises Refused, NotFound, Stale, NotAllowed, WrongState."""
    drawn = password.drawn()

    def verb(queue: BranchQueue) -> None:
        _must_have(has_broker)
        queue.renew(password.hashed(drawn), asked.by, asked.at)

    return await shown(store, await repository.change(store, BranchQueue, id, asked, verb)), drawn


async def withdraw(store: Store, id: str, asked: Asked, reason: str) -> Shown:
    """Raises NotFound, Stale, NotAllowed, WrongState."""

    def verb(queue: BranchQueue) -> None:
        queue.withdraw(asked.by, asked.at, reason)

    return await shown(store, await repository.change(store, BranchQueue, id, asked, verb))


async def reopen(store: Store, has_broker: bool, id: str, asked: Asked, new: NewQueue) -> tuple[Shown, str]:
    """With a new password. Raises Refused, NotFound, Stale, NotAllowed, WrongState, Invalid."""
    drawn = password.drawn()

    async def verb(queue: BranchQueue) -> None:
        _must_have(has_broker)
        after = await _begin_at(store, queue.body, new.after)
        queue.reopen(password.hashed(drawn), after, asked.by, asked.at)

    return await shown(store, await repository.change(store, BranchQueue, id, asked, verb)), drawn


async def shown(store: Store, queue: BranchQueue) -> Shown:
    (found,) = await all_shown(store, [queue])
    return found


async def all_shown(store: Store, queues: Sequence[BranchQueue]) -> list[Shown]:
    lasts = await feeds.lasts(store, list({queue.body for queue in queues}))
    progress = await storage.load_all(store, queues)
    return [Shown(queue, one, lasts[queue.body]) for queue, one in zip(queues, progress, strict=True)]


def _must_have(broker: bool) -> None:
    if not broker:
        raise Refused(NO_BROKER)


async def _begin_at(store: Store, body: str, wanted: int | None) -> int:
    """Number of the entry behind which it begins. Raises Invalid, and NotAllowed when its standing ended."""
    await feeds.must_go_on(store, body)
    last = (await feeds.lasts(store, [body]))[body]
    if wanted is not None and wanted > last:
        sentence = f"尚无此条，目前最后一条为第 {last} 条 · does not exist yet: the newest is number {last}"
        raise Invalid("序号不能使用 · this number cannot be used", [Problem("/after", sentence)])
    return last if wanted is None else wanted
