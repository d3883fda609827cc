"""The parking of a service through HTTP: list, look, replay, discard. For operators."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from shared.keeping import repository
from shared.messaging.parking import KIND, PARKED, ParkedMessage, summary
from shared.ports import Clock, Store
from shared.text import OneLine
from shared.web.access import By
from shared.web.paging import Listing, Paged, listing
from shared.web.preconditions import ExpectedVersion, tag


class Discard(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(min_length=1, max_length=500)


def router(store: Store, clock: Clock) -> APIRouter:
    routes = APIRouter(prefix="/parked", tags=["停放的消息 · parked messages"])

    @routes.get("", summary="停放消息列表 · list parked messages")
    async def listed(
        _: By, paged: Paged, state: Annotated[Literal["parked", "replayed", "discarded"], Query()] = "parked"
    ) -> Listing:
        page = await store.find(
            KIND.name, {"state": state}, sort="last_parked_at", after=paged.after, limit=paged.limit
        )
        return listing([{"id": one.id, **summary(ParkedMessage.from_record(one))} for one in page.records], page)

    @routes.get("/{id}", summary="查看一条 · look at one, with its content")
    async def one(id: str, _: By, response: Response) -> dict[str, Any]:
        found = await repository.load(store, ParkedMessage, id)
        tag(response, found.version)
        return found.as_answer()

    @routes.post("/{id}/replay", summary="重放到原队列 · replay to its one queue")
    async def replay(id: str, operator: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        found = await repository.load_at(store, ParkedMessage, id, seen)
        found.replay(operator, clock.now())
        await repository.save(store, found)
        tag(response, found.version)
        return found.as_answer()

    @routes.post("/{id}/discard", summary="说明理由后丢弃 · discard with a reason")
    async def discard(id: str, why: Discard, operator: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        found = await repository.load_at(store, ParkedMessage, id, seen)
        found.discard(operator, clock.now(), why.reason)
        await repository.save(store, found)
        tag(response, found.version)
        return found.as_answer()

    return routes


async def how_many(store: Store) -> int:
    return await store.count(KIND.name, {"state": PARKED})
