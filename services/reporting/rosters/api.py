"""HTTP of rosters."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from services.reporting.rosters.answers import ImportAnswer, RosterAnswer, RosterPageAnswer, SealedRosterAnswer
from services.reporting.rosters.requests import NewRoster, RosterEntry
from services.reporting.rosters.roster import Roster
from services.reporting.rosters.usecases import importing, opening, reading, steps
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.outside import Ports
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.idempotency import IdempotencyKey
from shared.web.leaving import while_connected
from shared.web.openapi.files import answering, taking
from shared.web.paging import Listing, Paged, below, shown
from shared.web.preconditions import tag
from shared.web.routers.approvals import Move, add_steps
from shared.web.uploads import Spool

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Id = Annotated[str, Path(description="名册编号，即鉴定批次号 · id of the roster, which is that of its session")]
PageNumber = Annotated[int, Path(description="页号，从 0 开始 · number of the page, from 0")]
State = Annotated[str, Query(max_length=20, description="只列此状态，空为全部 · only those in this state; empty: all")]


def router(ports: Ports) -> APIRouter:
    store, spool = ports.store, Spool()
    routes = APIRouter(prefix="/rosters", tags=["合格人员名册 · rosters (form 6)"])

    @routes.post("", status_code=201, summary="为已批准的批次建立名册 · open a roster for an approved session")
    async def open_roster(new: NewRoster, asked: Asking, key: IdempotencyKey, response: Response) -> RosterAnswer:
        roster = await opening.open_roster(store, asked, key, new)
        response.headers["Location"] = f"/reporting/rosters/{roster.id}"
        return _answer(roster, response)

    @routes.get("", summary="列表 · those below one's own body")
    async def list_rosters(by: By, paged: Paged, state: State = "") -> Listing[RosterAnswer]:
        page = await below(store, Roster.KIND, by, paged, {"state": state} if state else None)
        return shown(page, Roster, RosterAnswer.of)

    @routes.get("/{id}", summary="查看名册 · look at one, without its lines")
    async def read_roster(id: Id, by: By, response: Response) -> RosterAnswer:
        return _answer(await repository.reached(store, Roster, id, by), response)

    @routes.put("/{id}", summary="修改人数 · revise the heads before submitting")
    async def revise_roster(id: Id, entry: RosterEntry, asked: Expecting, response: Response) -> RosterAnswer:
        return _answer(await opening.revise(store, id, asked, entry), response)

    @routes.get(
        "/{id}/template.xlsx",
        summary="下载空白附表六 · the empty workbook of this session",
        response_class=Response,
        responses=answering(XLSX),
    )
    async def empty_workbook(id: Id, by: By) -> Response:
        content = await importing.template(store, id, by)
        return Response(content, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{id}.xlsx"'})

    @routes.put(
        "/{id}/workbook",
        summary="导入附表六 · import the filled workbook (xlsx or xls as the request body)",
        openapi_extra=taking(XLSX),
    )
    async def import_workbook(id: Id, request: Request, asked: Expecting, response: Response) -> ImportAnswer:
        """有一个单元格不对，就一行也不导入，所有不对的单元格一次列出；再次导入同一工作簿不改变任何内容。

        Nothing is imported when a single cell is wrong; every wrong cell is named at once. The same workbook again
        changes nothing. `corrections` lists spellings that were normalised (full-width digits, date spellings …)."""
        async with spool.whole(request, asked.by.id) as content:
            examining = importing.examine(store, ports.quarantine, id, asked, content)
            examined = await while_connected(request, examining)
        roster, corrections = await importing.take_over(store, id, asked, examined)
        tag(response, roster.version)
        return ImportAnswer.after(roster, corrections)

    @routes.get("/{id}/pages/{page}", summary="名册一页 · one page of at most 200 lines")
    async def read_page(id: Id, page: PageNumber, by: By) -> RosterPageAnswer:
        return RosterPageAnswer.of(await reading.read_page(store, id, page, by))

    @routes.get("/{id}/sealed", summary="封存清单 · seals and counts of the pages (services only)")
    async def read_sealed(id: Id, by: By) -> SealedRosterAnswer:
        return SealedRosterAnswer.of(await reading.read_sealed(store, id, by))

    async def step(id: str, asked: Asked, move: Move) -> Roster:
        return await steps.step(store, id, asked, move.verb, move.reason, move.reasons)

    approving = "中心批准 · approve: certificates are made from now on"
    add_steps(routes, step, RosterAnswer.of, RosterAnswer, approve_summary=approving)
    return routes


def _answer(roster: Roster, response: Response) -> RosterAnswer:
    tag(response, roster.version)
    return RosterAnswer.of(roster)
