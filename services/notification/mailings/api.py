"""HTTP of mailings: officers see which letters went out about their bodies."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from services.notification.mailings.mailing import Mailing
from shared.actor import Actor
from shared.keeping import repository
from shared.outside import Ports
from shared.ports import Value
from shared.trade.roles import Role
from shared.web.access import By
from shared.web.paging import Listing, Paged, below, listing


def router(ports: Ports) -> APIRouter:
    store, to_people = ports.store, ports.register.letters_to_people
    routes = APIRouter(prefix="/mailings", tags=["信函 · letters"])

    @routes.get("", summary="信函列表 · letters about one's own body and those below")
    async def many(
        by: By,
        paged: Paged,
        state: Annotated[Literal["", "due", "sent", "refused"], Query()] = "",
        about: Annotated[str, Query(max_length=60, description="id of a plan or roster")] = "",
    ) -> Listing[Any]:
        """`state`: due (waiting for the post), sent (the post took it), refused (the address will never take it)."""
        where: dict[str, Value] = {"state": state} if state else {}
        where |= {"subject_of": about} if about else {}
        page = await below(store, Mailing.KIND, by, paged, where)
        return listing([_shown(Mailing.from_record(one), by, to_people) for one in page.records], page)

    @routes.get("/{id}", summary="查看一封 · one letter")
    async def one(id: str, by: By) -> dict[str, Any]:
        mailing = await repository.load(store, Mailing, id)
        by.must_reach(mailing.path, f"mailing {id}")
        return _shown(mailing, by, to_people)

    return routes


def _shown(mailing: Mailing, by: Actor, to_people: frozenset[str]) -> dict[str, Any]:
    """Without the values of the letter: they name the holder and the certificate. A branch centre's software is not told
    either to whom a letter went that went to a person."""
    shown = mailing.model_dump(mode="json", exclude={"values", "request", "history"})
    if Role.BRANCH_SYSTEM in by.roles and mailing.letter in to_people:
        shown |= {"to": "", "to_name": ""}
    return shown
