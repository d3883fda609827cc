"""HTTP of rosters."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.reporting.rosters.requests import NewRoster, RosterEntry
from services.reporting.rosters.roster import Roster
from services.reporting.rosters.usecases import importing, opening, reading, steps
from shared.contracts.reporting import RosterPage, SealedRoster
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Clock, Store
from shared.web.access import By
from shared.web.approvals import add_steps
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, below, listing
from shared.web.preconditions import ExpectedVersion, tag

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def router(store: Store, clock: Clock) -> APIRouter:
    routes = APIRouter(prefix="/rosters", tags=["合格人员名册 · rosters (form 6)"])

    @routes.post("", status_code=201, summary="为已批准的批次建立名册 · open a roster for an approved session")
    async def open_roster(new: NewRoster, by: By, key: IdempotencyKey, response: Response) -> dict[str, Any]:
        roster = await opening.open_roster(store, clock, by, key, new)
        response.headers["Location"] = f"/reporting/rosters/{roster.id}"
        return _answer(roster, response)

    @routes.get("", summary="列表 · those below one's own body")
    async def many(by: By, paged: Paged, state: Annotated[str, Query(max_length=20)] = "") -> Listing[Any]:
        page = await below(store, Roster.KIND, by, paged, {"state": state} if state else None)
        return listing([_shown(Roster.from_record(one)) for one in page.records], page)

    @routes.get("/{id}", summary="查看名册 · look at one, without its lines")
    async def one(id: str, by: By, response: Response) -> dict[str, Any]:
        return _answer(await repository.reached(store, Roster, id, by), response)

    @routes.put("/{id}", summary="修改人数 · revise the heads before submitting")
    async def revise(id: str, entry: RosterEntry, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        return _answer(await opening.revise(store, clock, id, seen, by, entry), response)

    @routes.get(
        "/{id}/template.xlsx", summary="下载空白附表六 · the empty workbook of this session", response_class=Response
    )
    async def template(id: str, by: By) -> Response:
        content = await importing.template(store, id, by)
        return Response(content, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{id}.xlsx"'})

    @routes.put(
        "/{id}/workbook",
        summary="导入附表六 · import the filled workbook (xlsx or xls as the request body)",
        openapi_extra={"requestBody": {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def workbook(id: str, request: Request, by: By, seen: ExpectedVersion, response: Response) -> dict[str, Any]:
        """Nothing is imported when a single cell is wrong; every wrong cell is named at once. The same workbook again
        changes nothing. `corrections` lists spellings that were normalised (full-width digits, date spellings …)."""
        roster, corrections = await importing.import_workbook(store, clock, by, id, seen, await request.body())
        return {
            **_answer(roster, response),
            "corrections": [{"where": one.where, "what": one.what, "fix": one.fix} for one in corrections],
        }

    @routes.get("/{id}/pages/{page}", summary="名册一页 · one page of at most 200 lines")
    async def lines(id: str, page: int, by: By) -> RosterPage:
        return await reading.read_page(store, id, page, by)

    @routes.get("/{id}/sealed", summary="封存清单 · seals and counts of the pages (services only)")
    async def sealed(id: str, by: By) -> SealedRoster:
        return await reading.read_sealed(store, id, by)

    async def step(id: str, asked: Asked, verb: str, reason: str) -> Roster:
        return await steps.step(store, clock, id, asked.expected_version, asked.by, verb, reason)

    approving = "中心批准 · approve: certificates are made from now on"
    add_steps(routes, step, _shown, dict[str, Any], approve_summary=approving)
    return routes


def _shown(roster: Roster) -> dict[str, Any]:
    shown = roster.as_answer()
    shown["pages"] = len(roster.pages)
    return {**shown, "lines": roster.lines, "passed": roster.passed, "at_desk": roster.at_desk}


def _answer(roster: Roster, response: Response) -> dict[str, Any]:
    tag(response, roster.version)
    return _shown(roster)
