"""Repeated creations are recognised by the `Idempotency-Key` of the request.

A request record is added first and the created document second, each if absent, so a crash in between is mended by the
repeat: same key and content give the same answer, same key and other content are refused. Keys are kept for good.
"""

from __future__ import annotations

import hashlib
from typing import TypeVar

from pydantic import BaseModel

from shared.actor import Actor
from shared.errors import AlreadyThere, Invalid
from shared.keeping import ids, repository
from shared.keeping.aggregate import Aggregate
from shared.ports import Kind, Record, Store

KIND = Kind("request")

A = TypeVar("A", bound=Aggregate)


async def once(store: Store, actor: Actor, key: str, content: BaseModel) -> str:
    """Claim the key for this content and return the request id. Raises Invalid when it was used for other content."""
    id = ids.request_id(actor.id, key)
    digest = hashlib.sha256(content.model_dump_json().encode()).hexdigest()
    # The caller's content may hold names; only its hash is kept.
    if not await store.add(KIND.name, Record(id, {"content": digest})):
        known = await store.get(KIND.name, id)
        if known is not None and known.body["content"] != digest:
            raise Invalid("该 Idempotency-Key 已用于不同内容 · this Idempotency-Key was used for other content")
    return id


async def create(store: Store, new: A, request: str, location: str) -> A:
    """Add `new`, or return what the same request made before. Raises AlreadyThere when another request made it."""
    new.request = request
    if await repository.add(store, new):
        return new
    known = await repository.load(store, type(new), new.id)
    if known.request != request:
        zh, en = new.WORDS.called(new.id)
        raise AlreadyThere(
            f"{zh} 已存在：可打开办理；另立一项须用其他编号 · {en} is already there: go on with that, or take another number",
            location,
        )
    return known
