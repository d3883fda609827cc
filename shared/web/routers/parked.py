"""The parking of a service through HTTP: list, look, replay, discard. For operators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from shared.keeping import repository
from shared.keeping.answers import Answer, DocumentAnswer
from shared.messaging.parking import KIND, PARKED, ParkedMessage
from shared.ports import Store
from shared.text import OneLine
from shared.web.access import By
from shared.web.asking import DocumentId, Expecting
from shared.web.paging import Listing, Paged, shown
from shared.web.preconditions import tag

State = Literal["parked", "replayed", "discarded"]


class Discard(BaseModel):
    """Why a message is given up."""

    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(min_length=1, max_length=500, description="丢弃理由 · why it is discarded")


class ParkedRow(Answer):
    """One parked message in a list, without its content."""

    id: str = Field(description="停放编号 · id of the parked message")
    state: str = Field(description="状态 · state")
    queue: str = Field(description="来自哪个队列 · the queue it came from")
    type: str = Field(description="事件类型，无法读取为空 · type of the event; empty if it cannot be read")
    message: str = Field(description="事件编号或内容散列 · id of the event, or the hash of bytes that are none")
    size: int | None = Field(description="收到的字节数，旧记录为空 · bytes that came; empty for older records")
    whole: bool = Field(
        description="是否原样保留；否则不能重放，只能查看和丢弃 · kept as it came; else it cannot be replayed"
    )
    reason: str = Field(description="停放原因 · why it was parked")
    detail: str = Field(description="原因说明 · the reason in words")
    attempts: int = Field(description="已尝试次数 · how often it was tried")
    replays: int = Field(description="已重放次数 · how often somebody replayed it")
    first_seen: datetime = Field(description="首次出现时间 · when it was first delivered")
    last_parked_at: datetime = Field(description="最近停放时间 · when it was last parked")
    version: int = Field(description="版本，重放或丢弃时写入 If-Match · its version, for If-Match")


class ParkedAnswer(DocumentAnswer):
    """One parked message with its content, for the operator."""

    queue: str = Field(description="来自哪个队列 · the queue it came from")
    message: str = Field(description="事件编号或内容散列 · id of the event, or the hash of bytes that are none")
    wire: str = Field(
        description="原文，至多 256 KB，非文本的字节经转义 · its content, at most 256 KB, bytes that are no text escaped"
    )
    sha256: str = Field(description="收到的全部字节的散列 · hash of all bytes that came; empty for older records")
    size: int | None = Field(description="收到的字节数，旧记录为空 · bytes that came; empty for older records")
    whole: bool = Field(
        description="是否原样保留；否则不能重放，只能查看和丢弃 · kept as it came; else it cannot be replayed"
    )
    reason: str = Field(description="停放原因 · why it was parked")
    detail: str = Field(description="原因说明 · the reason in words")
    attempts: int = Field(description="已尝试次数 · how often it was tried")
    replays: int = Field(description="已重放次数 · how often somebody replayed it")
    first_seen: datetime = Field(description="首次出现时间 · when it was first delivered")
    last_parked_at: datetime = Field(description="最近停放时间 · when it was last parked")


def router(store: Store) -> APIRouter:
    routes = APIRouter(prefix="/parked", tags=["停放的消息 · parked messages"])

    @routes.get("", summary="停放消息列表 · list parked messages")
    async def listed(
        _: By, paged: Paged, state: Annotated[State, Query(description="状态 · state")] = "parked"
    ) -> Listing[ParkedRow]:
        page = await store.find(
            KIND.name, {"state": state}, sort="last_parked_at", after=paged.after, limit=paged.limit
        )
        return shown(page, ParkedMessage, ParkedRow.of)

    @routes.get("/{id}", summary="查看一条 · look at one, with its content")
    async def one(id: DocumentId, _: By, response: Response) -> ParkedAnswer:
        return _answer(await repository.load(store, ParkedMessage, id), response)

    @routes.post("/{id}/replay", summary="重放到原队列 · replay to its one queue")
    async def replay(id: DocumentId, asked: Expecting, response: Response) -> ParkedAnswer:
        def verb(found: ParkedMessage) -> None:
            found.replay(asked.by, asked.at)

        return _answer(await repository.change(store, ParkedMessage, id, asked, verb), response)

    @routes.post("/{id}/discard", summary="说明理由后丢弃 · discard with a reason")
    async def discard(id: DocumentId, asked: Expecting, why: Discard, response: Response) -> ParkedAnswer:
        def verb(found: ParkedMessage) -> None:
            found.discard(asked.by, asked.at, why.reason)

        return _answer(await repository.change(store, ParkedMessage, id, asked, verb), response)

    return routes


def _answer(found: ParkedMessage, response: Response) -> ParkedAnswer:
    tag(response, found.version)
    return ParkedAnswer.of(found)


async def how_many(store: Store) -> int:
    return await store.count(KIND.name, {"state": PARKED})
