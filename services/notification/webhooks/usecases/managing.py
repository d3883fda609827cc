"""What branch officers and their machines do with their webhooks: load, call the verb, save."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Self

from pydantic import BaseModel

from services.notification import ids
from services.notification.feeds import storage as feeds
from services.notification.webhooks import keys, storage
from services.notification.webhooks.address import must_be_usable
from services.notification.webhooks.progress import Progress
from services.notification.webhooks.requests import NewWebhook
from services.notification.webhooks.webhook import ACTIVE, Webhook
from shared.errors import Invalid, Problem
from shared.keeping import creation, repository
from shared.keeping.asked import Asked
from shared.ports import Receivers, Store

MOST = 10
"""Active webhooks of one body: each is called for every entry."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a webhook is held against. types: of the entries there are, as entries have them. turn: who counts and then makes one
    more, does so alone: many at the same time would each find room."""

    seal: keys.Seal
    receivers: Receivers
    types: Collection[str]
    plain_http: bool
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Shown:
    """A webhook with how far it has come. last: number of the newest entry of its feed."""

    webhook: Webhook
    progress: Progress
    last: int


async def create(store: Store, terms: Terms, asked: Asked, key: str, new: NewWebhook) -> tuple[Shown, str]:
    """With its secret; a repeat of the same request shows it again while nothing was changed since, and later an empty one.

    Raises Invalid for an address that is not called, a filter that would match nothing, a secret that is too short; NotAllowed,
    Unavailable."""
    by = asked.by
    request = await creation.once(store, by, key, _Content.of(new))
    id = ids.webhook_id(by.body, request)
    made = await repository.seek(store, Webhook, id)
    if made is None:
        await _must_be_fit(terms, new.address, new.types)
        last = (await feeds.lasts(store, [by.body]))[by.body]
        after = last if new.after is None else new.after
        _must_exist(after, last)
        given = new.secret.get_secret_value() if new.secret is not None else keys.drawn()
        fresh = Webhook.create(id, new.address, new.types, terms.seal.close(given, id), after, by, asked.at)
        async with terms.turn:
            await _must_have_room(store, by.body)
            made = await creation.create(store, fresh, request, f"/notification/webhooks/{id}")
    secret = terms.seal.open(made.keys[0].sealed, id) if made.version == 1 else ""
    return await shown(store, made), secret


async def revise(store: Store, terms: Terms, id: str, asked: Asked, address: str, types: Sequence[str]) -> Shown:
    """Raises NotFound, Stale, NotAllowed, Invalid."""

    async def verb(webhook: Webhook) -> None:
        webhook.revise(address, types, asked.by, asked.at)
        await _must_be_fit(terms, address, types)

    return await shown(store, await repository.change(store, Webhook, id, asked, verb))


async def rotate(store: Store, terms: Terms, id: str, asked: Asked, given: str) -> tuple[Shown, str]:
    """With the new secret. given: empty where one is to be drawn. Raises NotFound, Stale, NotAllowed, Invalid, Unavailable."""
    secret = given or keys.drawn()

    def verb(webhook: Webhook) -> None:
        closed = terms.seal.close(secret, id)
        webhook.rotate(closed, asked.by, asked.at, is_lost=not terms.seal.opens(webhook.keys[0].sealed, id))

    return await shown(store, await repository.change(store, Webhook, id, asked, verb)), secret


async def replay(store: Store, id: str, asked: Asked, after: int) -> Shown:
    """Raises NotFound, Stale, NotAllowed, Invalid for a number that is not there yet."""

    async def verb(webhook: Webhook) -> None:
        webhook.replay(after, asked.by, asked.at)
        _must_exist(after, (await feeds.lasts(store, [webhook.body]))[webhook.body])

    return await shown(store, await repository.change(store, Webhook, id, asked, verb))


async def disable(store: Store, id: str, asked: Asked, reason: str) -> Shown:
    """Raises NotFound, Stale, NotAllowed, WrongState."""
    changed = await repository.change(store, Webhook, id, asked, lambda hook: hook.disable(asked.by, asked.at, reason))
    return await shown(store, changed)


async def enable(store: Store, terms: Terms, id: str, asked: Asked) -> Shown:
    """Raises NotFound, Stale, NotAllowed, WrongState, Invalid when there are too many."""

    async def verb(webhook: Webhook) -> None:
        webhook.enable(asked.by, asked.at)
        await _must_have_room(store, webhook.body)

    async with terms.turn:
        changed = await repository.change(store, Webhook, id, asked, verb)
    return await shown(store, changed)


async def shown(store: Store, webhook: Webhook) -> Shown:
    (found,) = await all_shown(store, [webhook])
    return found


async def all_shown(store: Store, webhooks: Sequence[Webhook]) -> list[Shown]:
    lasts = await feeds.lasts(store, list({webhook.body for webhook in webhooks}))
    progress = await storage.load_all(store, webhooks)
    return [Shown(webhook, one, lasts[webhook.body]) for webhook, one in zip(webhooks, progress, strict=True)]


async def _must_be_fit(terms: Terms, address: str, types: Sequence[str]) -> None:
    must_be_usable(address, terms.plain_http)
    unknown = [(i, wanted) for i, wanted in enumerate(types) if wanted not in terms.types]
    if unknown:
        known = ", ".join(f"`{one}`" for one in sorted(terms.types))
        raise Invalid(
            "没有这种条目 · there are no entries of this type",
            [
                Problem(f"/types/{i}", f"没有 `{wanted}`，现有 {known} · is none of them: {known}")
                for i, wanted in unknown
            ],
        )
    await terms.receivers.must_be_allowed(address)


async def _must_have_room(store: Store, body: str) -> None:
    await feeds.must_go_on(store, body)
    if await store.count(Webhook.KIND, {"body": body, "state": ACTIVE}) >= MOST:
        raise Invalid(
            f"每个机构最多有 {MOST} 个推送地址，请先停用不用的 · a body has {MOST} active webhooks at most: disable one first"
        )


def _must_exist(after: int, last: int) -> None:
    if after > last:
        sentence = f"尚无此条，目前最后一条为第 {last} 条 · does not exist yet: the newest is number {last}"
        raise Invalid("序号不能使用 · this number cannot be used", [Problem("/after", sentence)])


class _Content(BaseModel):
    """Of a request, for telling a repeat from another one; written out, a secret would be stars."""

    entry: NewWebhook
    secret: str

    @classmethod
    def of(cls, new: NewWebhook) -> Self:
        given = new.secret.get_secret_value() if new.secret is not None else ""
        return cls(entry=new, secret=hashlib.sha256(given.encode()).hexdigest())
