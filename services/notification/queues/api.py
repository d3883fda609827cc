"""HTTP of queues of bodies: of one's own body."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from services.notification.queues.answers import PasswordAnswer, QueueAnswer
from services.notification.queues.queue import BranchQueue
from services.notification.queues.requests import NewQueue, Withdrawal
from services.notification.queues.usecases import managing
from services.notification.queues.usecases.managing import Shown
from shared.keeping import repository
from shared.outside import Ports
from shared.ports import Value
from shared.ports.others.branches import VHOST, queue_of, user_of
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.edge.headers import NOT_KEPT
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below, listing
from shared.web.preconditions import tag
from shared.words import choices

Id = Annotated[str, Path(description="队列编号 · id of the queue")]
State = Annotated[
    Literal["", "wanted", "open", "withdrawn"],
    Query(
        description=choices("只列此状态，空为全部", "only those in this state; empty: all", BranchQueue.WORDS.states)
    ),
]


def router(ports: Ports) -> APIRouter:
    store, has_broker = ports.store, ports.settings.bus.startswith("amqp")
    routes = APIRouter(prefix="/queues", tags=["机构队列 · queues of bodies"])

    @routes.post("", status_code=201, summary="申请队列 · ask for the queue of one's own body")
    async def create(
        new: NewQueue, asked: Asking, key: IdempotencyKey, response: Response
    ) -> PasswordAnswer | QueueAnswer:
        """`password` 只显示这一次；一分钟内开通。 · `password` is shown in this answer only: if the answer is lost, renew it. The
        queue opens within a minute."""
        shown, password = await managing.create(store, has_broker, asked, key, new)
        response.headers["Location"] = f"/notification/queues/{shown.queue.id}"
        return _with_password(shown, password, response) if password else _answer(shown, response)

    @routes.get("", summary="队列列表 · queues of one's own body and of those below")
    async def list_queues(by: By, paged: Paged, state: State = "") -> Listing[QueueAnswer]:
        where: dict[str, Value] = {"state": state} if state else {}
        page = await below(store, BranchQueue.KIND, by, paged, where)
        found, left_out = repository.readable(BranchQueue, page.records)
        return listing([_show(one) for one in await managing.all_shown(store, found)], page, left_out)

    @routes.get("/{id}", summary="查看队列 · look at one")
    async def read_queue(id: Id, by: By, response: Response) -> QueueAnswer:
        return _answer(await managing.shown(store, await repository.reached(store, BranchQueue, id, by)), response)

    @routes.post("/{id}/password", summary="更换密码 · renew the password; whoever has the old one is cut off")
    async def renew(id: Id, asked: Expecting, response: Response) -> PasswordAnswer:
        return _with_password(*await managing.renew(store, has_broker, id, asked), response)

    @routes.post("/{id}/withdrawal", summary="撤销 · withdraw it, with what is in it")
    async def withdraw(id: Id, why: Withdrawal, asked: Expecting, response: Response) -> QueueAnswer:
        return _answer(await managing.withdraw(store, id, asked, why.reason), response)

    @routes.post("/{id}/reopening", summary="重新申请 · ask for it again, from any entry on")
    async def reopen(id: Id, new: NewQueue, asked: Expecting, response: Response) -> PasswordAnswer:
        return _with_password(*await managing.reopen(store, has_broker, id, asked, new), response)

    return routes


def _shown(shown: Shown) -> dict[str, object]:
    state, body = shown.progress.state, shown.queue.body
    return {
        "vhost": VHOST,
        "queue": queue_of(body),
        "user": user_of(body),
        "cursor": state.cursor,
        "lag": max(0, shown.last - state.cursor),
        "failing_since": state.failing_since,
        "last_error": state.error,
    }


def _show(shown: Shown) -> QueueAnswer:
    return QueueAnswer.of(shown.queue, **_shown(shown))


def _answer(shown: Shown, response: Response) -> QueueAnswer:
    tag(response, shown.queue.version)
    return _show(shown)


def _with_password(shown: Shown, password: str, response: Response) -> PasswordAnswer:
    response.headers.update(NOT_KEPT)
    tag(response, shown.queue.version)
    return PasswordAnswer.of(shown.queue, password=password, **_shown(shown))
