"""HTTP of mailings: officers see which letters went out about their bodies."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from services.notification.mailings.answers import MailingAnswer
from services.notification.mailings.mailing import Mailing
from shared.actor import Actor
from shared.keeping import repository
from shared.outside import Ports
from shared.ports import Value
from shared.trade.roles import Role
from shared.web.access import By
from shared.web.paging import Listing, Paged, below, shown

Id = Annotated[str, Path(description="信函编号 · id of the letter")]
State = Annotated[
    Literal["", "due", "sent", "refused", "for_digest", "gathered"],
    Query(
        description="只列此状态：待发、已发、被拒收、待汇总或已汇总，空为全部 · only those in this state: `due` (waiting for the "
        "post), `sent` (the post took it), `refused` (the address will never take it), `for_digest` (waits for the digest of "
        "its day), `gathered` (a digest told it); empty: all"
    ),
]
About = Annotated[
    str,
    Query(max_length=60, description="只列涉及此计划、名册等的信函 · only those about this: id of a plan, roster, …"),
]


def router(ports: Ports) -> APIRouter:
    store, to_people = ports.store, ports.register.letters_to_people
    routes = APIRouter(prefix="/mailings", tags=["信函 · letters"])

    @routes.get("", summary="信函列表 · letters about one's own body and those below")
    async def list_mailings(by: By, paged: Paged, state: State = "", about: About = "") -> Listing[MailingAnswer]:
        where: dict[str, Value] = {"state": state} if state else {}
        where |= {"subject_of": about} if about else {}
        page = await below(store, Mailing.KIND, by, paged, where)
        return shown(page, Mailing, lambda mailing: _show(mailing, by, to_people))

    @routes.get("/{id}", summary="查看一封 · one letter")
    async def read_mailing(id: Id, by: By) -> MailingAnswer:
        return _show(await repository.reached(store, Mailing, id, by), by, to_people)

    return routes


def _show(mailing: Mailing, by: Actor, to_people: frozenset[str]) -> MailingAnswer:
    """To a branch centre's software it is not disclosed to which person a letter went."""
    if Role.BRANCH_SYSTEM in by.roles and mailing.letter in to_people:
        return MailingAnswer.of(mailing, to="", to_name="")
    return MailingAnswer.of(mailing)
