"""The audit entries of a service through HTTP, for auditors: what was done in the bodies they reach."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from shared.audit import chain as audit
from shared.ports import Store
from shared.web.access import By
from shared.web.paging import Listing, Paged, below, listing


def router(store: Store) -> APIRouter:
    routes = APIRouter(prefix="/audit", tags=["审计 · audit"])

    @routes.get("", summary="审计记录 · who did what, when, from which state to which, why")
    async def acts(by: By, paged: Paged, body: Annotated[str, Query(pattern=r"^(\d{8}|house)?$")] = "") -> Listing:
        """`body`: only what concerns this body, in the order it happened; `house`: what concerns none (the Centre's
        auditors only). Each entry holds the hash of the one before: `python -m services audit verify`."""
        if body == audit.HOUSE and by.path.count("/") == 2 and not by.practising:
            page = await store.find(audit.ENTRIES.name, {"chain": body}, sort="n", after=paged.after, limit=paged.limit)
        else:
            page = await below(store, audit.ENTRIES.name, by, paged, {"chain": body} if body else None)
        return listing([{"id": record.id, **record.body} for record in page.records], page)

    return routes
