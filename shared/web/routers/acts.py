"""The audit entries of a service through HTTP, for auditors: what was done in the bodies they reach."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from shared.audit import chain as audit
from shared.keeping.answers import Answer
from shared.ports import Store
from shared.trade.body_path import BodyPath
from shared.web.access import By
from shared.web.paging import Listing, Paged, below, listing

Concerning = Annotated[
    str,
    Query(pattern=r"^(\d{8}|house)?$", description="机构编码，或 house · institution code of a body, or `house`"),
]


class AuditedAct(Answer):
    """What was done."""

    n: int = Field(description="在其文档办理记录中的序号 · its number in the history of its document")
    at: datetime = Field(description="时间 · when")
    by: str = Field(description="办理人账号 · account of who did it")
    name: str = Field(description="办理人 · who did it")
    body: str = Field(description="办理人所在机构编码 · institution code of where they sit")
    verb: str = Field(description="动作 · what was done")
    from_state: str = Field(description="此前状态 · state before")
    to_state: str = Field(description="此后状态 · state after")
    reason: str = Field(description="理由 · why")


class AuditEntry(Answer):
    """One entry of the audit chain."""

    id: str = Field(description="链上编号 · its place in the chain")
    chain: str = Field(description="所属的链：机构编码，或 house · the chain it belongs to: a body's code, or `house`")
    n: int = Field(description="链上序号，从 1 开始 · its number in the chain, from 1")
    act: str = Field(description="文档及其办理序号 · the document, and the number of the act in it")
    path: str = Field(description="谁的审计员可查 · whose auditors read it")
    told: AuditedAct = Field(description="办理内容 · what was done")
    before: str = Field(description="前一条的散列 · hash of the entry before")
    hash: str = Field(description="本条的散列 · hash of this entry")


def router(store: Store) -> APIRouter:
    routes = APIRouter(prefix="/audit", tags=["审计 · audit"])

    @routes.get("", summary="审计记录 · who did what, when, from which state to which, why")
    async def acts(by: By, paged: Paged, body: Concerning = "") -> Listing[AuditEntry]:
        """`body`: only what concerns this body, in the order it happened; `house`: what concerns none (the Centre's
        auditors only). Each entry holds the hash of the one before: `jianding audit verify`."""
        if body == audit.HOUSE and BodyPath.read(by.path).is_centre and not by.practising:
            page = await store.find(audit.ENTRIES.name, {"chain": body}, sort="n", after=paged.after, limit=paged.limit)
        else:
            page = await below(store, audit.ENTRIES.name, by, paged, {"chain": body} if body else None)
        return listing([AuditEntry.model_validate({"id": record.id, **record.body}) for record in page.records], page)

    return routes
