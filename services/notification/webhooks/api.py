"""HTTP of webhooks: of one's own body."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from services.notification.feeds import storage as feeds
from services.notification.settings import NotificationSettings
from services.notification.webhooks import message, storage
from services.notification.webhooks.answers import AttemptAnswer, AttemptsAnswer, SecretAnswer, WebhookAnswer
from services.notification.webhooks.keys import Seal
from services.notification.webhooks.requests import Disabling, NewSecret, NewWebhook, Replay, WebhookEntry
from services.notification.webhooks.usecases import managing
from services.notification.webhooks.usecases.delivering import Courier
from services.notification.webhooks.usecases.managing import Shown, Terms
from services.notification.webhooks.webhook import Webhook
from shared.contracts.envelope import PREFIX
from shared.keeping import repository
from shared.outside import Ports
from shared.ports import Value
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.edge.headers import NOT_KEPT
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below, listing
from shared.web.preconditions import tag
from shared.words import choices

Id = Annotated[str, Path(description="推送地址编号 · id of the webhook")]
State = Annotated[
    Literal["", "active", "disabled"],
    Query(description=choices("只列此状态，空为全部", "only those in this state; empty: all", Webhook.WORDS.states)),
]
PINGS = 10  # a minute and webhook: each of them calls somebody


def router(ports: Ports, courier: Courier) -> APIRouter:
    store, settings = ports.store, ports.settings.of(NotificationSettings)
    terms = Terms(
        Seal(settings.webhook_key.get_secret_value()),
        ports.receivers,
        frozenset(PREFIX + type for type in ports.register.feed_types),
        settings.webhook_plain_http,
    )
    pings = ports.throttles.new(PINGS, "测试过于频繁，请稍后再试 · too many tests: try again in a minute")
    routes = APIRouter(prefix="/webhooks", tags=["推送 · webhooks"])

    @routes.post("", status_code=201, summary="登记推送地址 · make a webhook for one's own body")
    async def create(
        new: NewWebhook, asked: Asking, key: IdempotencyKey, response: Response
    ) -> SecretAnswer | WebhookAnswer:
        """`secret` 只显示这一次。 · `secret` is shown in this answer only; if the answer is lost, repeat the request, or renew
        it."""
        shown, secret = await managing.create(store, terms, asked, key, new)
        response.headers["Location"] = f"/notification/webhooks/{shown.webhook.id}"
        return _with_secret(shown, secret, response) if secret else _answer(shown, response)

    @routes.get("", summary="推送地址列表 · webhooks of one's own body and of those below")
    async def list_webhooks(by: By, paged: Paged, state: State = "") -> Listing[WebhookAnswer]:
        where: dict[str, Value] = {"state": state} if state else {}
        page = await below(store, Webhook.KIND, by, paged, where)
        found, left_out = repository.readable(Webhook, page.records)
        return listing([_show(one) for one in await managing.all_shown(store, found)], page, left_out)

    @routes.get("/{id}", summary="查看推送地址 · look at one")
    async def read_webhook(id: Id, by: By, response: Response) -> WebhookAnswer:
        return _answer(await managing.shown(store, await repository.reached(store, Webhook, id, by)), response)

    @routes.put("/{id}", summary="修改网址和种类 · change address and filter")
    async def revise(id: Id, entry: WebhookEntry, asked: Expecting, response: Response) -> WebhookAnswer:
        return _answer(await managing.revise(store, terms, id, asked, entry.address, entry.types), response)

    @routes.get("/{id}/deliveries", summary="最近的推送 · the last attempts")
    async def list_deliveries(id: Id, by: By) -> AttemptsAnswer:
        progress = await storage.load(store, await repository.reached(store, Webhook, id, by))
        return AttemptsAnswer(items=[AttemptAnswer.of(one) for one in reversed(progress.state.attempts)])

    @routes.post("/{id}/secret", summary="更换签名密钥 · renew the secret; the old one signs for another day")
    async def rotate(id: Id, new: NewSecret, asked: Expecting, response: Response) -> SecretAnswer:
        given = new.secret.get_secret_value() if new.secret is not None else ""
        shown, secret = await managing.rotate(store, terms, id, asked, given)
        return _with_secret(shown, secret, response)

    @routes.post("/{id}/ping", summary="测试 · call it once with a test, and see what it answers")
    async def ping(id: Id, asked: Expecting) -> AttemptAnswer:
        """测试不改变推送进度。 · A test moves nothing."""
        webhook = await repository.reached(store, Webhook, id, asked.by)
        repository.must_be_expected(webhook, asked)
        webhook.must_be_testable(asked.by)
        await feeds.must_go_on(store, webhook.body)  # a test says how far the feed is
        pings.take(id)
        last = (await feeds.lasts(store, [webhook.body]))[webhook.body]
        attempt, _ = await courier.call(webhook, message.ping(webhook.body, id, last, asked.at), last)
        return AttemptAnswer.of(attempt)

    @routes.post("/{id}/replay", summary="从某条起重新推送 · go on behind another entry, back or forward")
    async def replay(id: Id, where: Replay, asked: Expecting, response: Response) -> WebhookAnswer:
        return _answer(await managing.replay(store, id, asked, where.after), response)

    @routes.post("/{id}/disabling", summary="停用 · disable; it keeps its place")
    async def disable(id: Id, why: Disabling, asked: Expecting, response: Response) -> WebhookAnswer:
        return _answer(await managing.disable(store, id, asked, why.reason), response)

    @routes.post("/{id}/enabling", summary="恢复 · enable; it goes on where it stopped, at once")
    async def enable(id: Id, asked: Expecting, response: Response) -> WebhookAnswer:
        return _answer(await managing.enable(store, terms, id, asked), response)

    return routes


def _shown(shown: Shown) -> dict[str, object]:
    webhook, progress = shown.webhook, shown.progress
    return {
        "old_secret_until": next((key.until for key in webhook.keys if key.until is not None), None),
        "cursor": progress.state.cursor,
        "lag": max(0, shown.last - progress.state.cursor),
        "failures": progress.state.failures,
        "failing_since": progress.state.failing_since,
        "last_error": progress.last_error,
        "retry_at": progress.retry_at,
    }


def _show(shown: Shown) -> WebhookAnswer:
    return WebhookAnswer.of(shown.webhook, **_shown(shown))


def _answer(shown: Shown, response: Response) -> WebhookAnswer:
    tag(response, shown.webhook.version)
    return _show(shown)


def _with_secret(shown: Shown, secret: str, response: Response) -> SecretAnswer:
    response.headers.update(NOT_KEPT)
    tag(response, shown.webhook.version)
    return SecretAnswer.of(shown.webhook, secret=secret, **_shown(shown))
