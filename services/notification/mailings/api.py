"""HTTP of mailings: officers see which letters went out about their bodies."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from services.notification.mailings.answers import MailingAnswer, ResentAnswer, State
from services.notification.mailings.mailing import Mailing
from services.notification.mailings.requests import Resending
from services.notification.mailings.usecases import resending
from shared.actor import Actor
from shared.keeping import repository
from shared.outside import Ports
from shared.ports import Value
from shared.trade.roles import Role
from shared.web.access import By
from shared.web.asking import Asking
from shared.web.paging import Listing, Paged, below, shown
from shared.words import choices

Id = Annotated[str, Path(description="信函编号 · id of the letter")]
WithState = Annotated[
    Literal["", State],
    Query(description=choices("只列此状态，空为全部", "only those in this state; empty: all", Mailing.WORDS.states)),
]
About = Annotated[
    str,
    Query(max_length=60, description="只列涉及此计划、名册等的信函 · only those about this: id of a plan, roster, …"),
]


def router(ports: Ports) -> APIRouter:
    store, to_people = ports.store, ports.register.letters_to_people
    routes = APIRouter(prefix="/mailings", tags=["信函 · letters"])

    @routes.get("", summary="信函列表 · letters about one's own body and those below")
    async def list_mailings(by: By, paged: Paged, state: WithState = "", about: About = "") -> Listing[MailingAnswer]:
        where: dict[str, Value] = {"state": state} if state else {}
        where |= {"subject_of": about} if about else {}
        page = await below(store, Mailing.KIND, by, paged, where)
        return shown(page, Mailing, lambda mailing: _show(mailing, by, to_people))

    @routes.post(
        "/resending", summary="重新寄发未送达的信函 · send anew what failed, of one's own body and those below"
    )
    async def resend(wanted: Resending, asked: Asking) -> ResentAnswer:
        """机构的信函寄往其现用的公务信箱。重复请求无妨：已重新寄发的不会寄两次。 · Letters to a body go to its mailbox of
        today. Repeating the request is harmless: what goes out anew has not failed any more. Each attempt has a Message-ID of
        its own, and repeats within an attempt have the same one."""
        return ResentAnswer.of(await resending.resend(store, asked, wanted))

    @routes.get("/{id}", summary="查看一封 · one letter")
    async def read_mailing(id: Id, by: By) -> MailingAnswer:
        return _show(await repository.reached(store, Mailing, id, by), by, to_people)

    return routes


def _show(mailing: Mailing, by: Actor, to_people: frozenset[str]) -> MailingAnswer:
    """To a branch centre's software it is not disclosed to which person a letter went."""
    if Role.BRANCH_SYSTEM in by.roles and mailing.letter in to_people:
        return MailingAnswer.of(mailing, to="", to_name="")
    return MailingAnswer.of(mailing)
