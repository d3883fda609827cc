"""HTTP of official mailboxes: officers see which take no letters, and say when one was mended."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from services.notification.contacts import usecases
from services.notification.contacts.answers import ContactAnswer, ContactCount
from services.notification.contacts.contact import Contact
from shared.keeping import repository
from shared.outside import Ports
from shared.ports import Value
from shared.web.access import By
from shared.web.asking import Expecting
from shared.web.paging import Listing, Paged, below, shown
from shared.web.preconditions import tag
from shared.words import choices

Id = Annotated[
    str,
    Path(
        description="机构编码，代理联系人的邮箱为机构编码加 `-deputy` · institution code of the body; of its deputy's mailbox "
        "with `-deputy` behind it"
    ),
]
State = Annotated[
    Literal["", "flagged", "in_order"],
    Query(description=choices("只列此状态，空为全部", "only those in this state; empty: all", Contact.WORDS.states)),
]


def router(ports: Ports) -> APIRouter:
    store = ports.store
    routes = APIRouter(prefix="/contacts", tags=["公务信箱 · official mailboxes"])

    @routes.get("", summary="不能收信的公务信箱 · mailboxes that take, or took, no letters")
    async def list_contacts(by: By, paged: Paged, state: State = "flagged") -> Listing[ContactAnswer]:
        where: dict[str, Value] = {"state": state} if state else {}
        return shown(await below(store, Contact.KIND, by, paged, where), Contact, ContactAnswer.of)

    @routes.get("/count", summary="不能收信的机构数 · how many bodies have one")
    async def count(by: By) -> ContactCount:
        return ContactCount(flagged=await usecases.count_flagged(store, by))

    @routes.get("/{id}", summary="查看一个 · one of them")
    async def read_contact(id: Id, by: By, response: Response) -> ContactAnswer:
        return _answer(await repository.reached(store, Contact, id, by), response)

    @routes.post("/{id}/clearing", summary="消除标记 · it was made sure that it takes letters again")
    async def clear(id: Id, asked: Expecting, response: Response) -> ContactAnswer:
        found = await repository.change(store, Contact, id, asked, lambda contact: contact.clear(asked.by, asked.at))
        return _answer(found, response)

    return routes


def _answer(contact: Contact, response: Response) -> ContactAnswer:
    tag(response, contact.version)
    return ContactAnswer.of(contact)
