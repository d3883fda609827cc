"""HTTP of the mails that nobody understood: whoever has the mailbox looks at them there."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from services.notification.bounces.answers import BounceAnswer
from services.notification.bounces.bounce import Bounce
from shared.keeping import repository
from shared.outside import Ports
from shared.web.access import By
from shared.web.asking import Expecting
from shared.web.paging import Listing, Paged, shown
from shared.web.preconditions import tag
from shared.words import choices

Id = Annotated[str, Path(description="邮件编号 · id of the mail, as the list has it")]
State = Annotated[
    Literal["puzzling", "seen_to"],
    Query(description=choices("只列此状态", "only those in this state", Bounce.WORDS.states)),
]


def router(ports: Ports) -> APIRouter:
    store = ports.store
    routes = APIRouter(prefix="/bounces", tags=["退信 · bounces"])

    @routes.get("", summary="待人工查看的邮件 · mails that nobody understood")
    async def list_bounces(by: By, paged: Paged, state: State = "puzzling") -> Listing[BounceAnswer]:
        page = await store.find(Bounce.KIND, {"state": state}, after=paged.after, limit=paged.limit)
        return shown(page, Bounce, BounceAnswer.of)

    @routes.post("/{id}/seeing-to", summary="记为已处理 · somebody looked at it")
    async def see_to(id: Id, asked: Expecting, response: Response) -> BounceAnswer:
        found = await repository.load(store, Bounce, id)
        repository.must_be_expected(found, asked)
        found.see_to(asked.by, asked.at)
        await repository.save(store, found)
        tag(response, found.version)
        return BounceAnswer.of(found)

    return routes
