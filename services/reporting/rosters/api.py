"""HTTP of rosters."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Coroutine
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query, Request, Response

from services.reporting.rosters.answers import (
    CheckAnswer,
    ImportAnswer,
    RosterAnswer,
    RosterPageAnswer,
    SealedRosterAnswer,
)
from services.reporting.rosters.requests import NewRoster, RosterEntry
from services.reporting.rosters.roster import Roster
from services.reporting.rosters.usecases import importing, marking, opening, reading, reviewing, steps
from services.reporting.rosters.usecases.approving import MOST_NAMED
from services.reporting.rosters.usecases.reviewing import PanelRules
from services.reporting.settings import ReportingSettings, person_key
from services.reporting.technician_reviews.answers import (
    RecordedAnswer,
    TechnicianReviewAnswer,
    UnreviewedAnswer,
    UnreviewedLinesAnswer,
)
from services.reporting.technician_reviews.requests import ReviewCorrection, ReviewEntries
from services.reporting.technician_reviews.technician_review import TechnicianReview
from shared.actor import Actor
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.outside import Ports
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.downloads import download
from shared.web.idempotency import IdempotencyKey
from shared.web.leaving import while_connected
from shared.web.openapi.files import XLSX, answering, taking
from shared.web.paging import Listing, Paged, StateCounts, below, counted_below, shown
from shared.web.preconditions import tag
from shared.web.routers.approvals import Move, add_steps, to_everybody
from shared.web.uploads import Spool
from shared.words import choices

T = TypeVar("T")

Id = Annotated[str, Path(description="名册编号，即鉴定批次号 · id of the roster, which is that of its session")]
PageNumber = Annotated[
    int, Path(description="页号，从 1 起（服务之间从 0 起） · number of the page, from 1; between services from 0")
]
Ticket = Annotated[str, Path(max_length=30, description="准考证号 · ticket of admission")]
Confirmed = Annotated[
    str,
    Query(
        max_length=64,
        description="已核对的更正的摘要，取自试导入或 409 的 confirm · `confirm` of the check, or of the 409: the corrections "
        "were looked at",
    ),
]
State = Annotated[
    str,
    Query(
        max_length=20,
        description=choices("只列此状态，空为全部", "only those in this state; empty: all", Roster.WORDS.states),
    ),
]


def router(ports: Ports) -> APIRouter:
    store, spool = ports.store, Spool()
    settings = ports.settings.of(ReportingSettings)
    key, panel = person_key(settings), PanelRules(settings.review_panel, settings.review_panel_odd)
    routes = APIRouter(prefix="/rosters", tags=["合格人员名册 · rosters (form 6)"])

    async def sent(request: Request, asked: Asked, work: Callable[[AsyncIterable[bytes]], Coroutine[Any, Any, T]]) -> T:
        """What `work` makes of the workbook in the body, once all of it is here and while its sender is."""
        async with spool.whole(request, asked.by.id) as content:
            return await while_connected(request, work(content))

    @routes.post("", status_code=201, summary="为已批准的批次建立名册 · open a roster for an approved session")
    async def open_roster(new: NewRoster, asked: Asking, key: IdempotencyKey, response: Response) -> RosterAnswer:
        roster = await opening.open_roster(store, asked, key, new)
        response.headers["Location"] = f"/reporting/rosters/{roster.id}"
        return _answer(roster, response)

    @routes.get("", summary="列表 · those below one's own body")
    async def list_rosters(by: By, paged: Paged, state: State = "") -> Listing[RosterAnswer]:
        page = await below(store, Roster.KIND, by, paged, {"state": state} if state else None)
        return shown(page, Roster, RosterAnswer.of)

    @routes.get("/counts", summary="各状态份数 · how many there are in each state")
    async def count_rosters(by: By) -> StateCounts:
        return await counted_below(store, Roster, by)

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
        return download(content, XLSX, f"{id}.xlsx")

    @routes.put(
        "/{id}/workbook",
        summary="导入附表六 · import the filled workbook (xlsx or xls as the request body)",
        openapi_extra=taking(XLSX),
    )
    async def import_workbook(
        id: Id, request: Request, asked: Expecting, response: Response, confirmed: Confirmed = ""
    ) -> ImportAnswer:
        """有一个单元格不对，就一行也不导入，所有不对的单元格一次列出；再次导入同一工作簿不改变任何内容。读取时更正了日期、姓名或号码的，
        以 409 列出，核对后带上其中的 confirm 重新导入。

        Nothing is imported when a single cell is wrong; every wrong cell is named at once. The same workbook again
        changes nothing. `corrections` lists what was read otherwise than it was typed. Where that changed a date, a name or
        a number, the answer is 409 with each of them and a `confirm`: whoever has looked at them sends the workbook again
        with it as `confirmed`. `warnings` lists whom the Centre will have to let through because they are certified already."""
        examined = await sent(request, asked, partial(importing.examine, store, ports.quarantine, key, id, asked))
        taken = await importing.take_over(store, key, id, asked, examined, confirmed)
        tag(response, taken.roster.version)
        return ImportAnswer.after(taken.roster, taken.corrections, taken.said)

    @routes.post(
        "/{id}/workbook/check",
        summary="试导入附表六 · what importing this workbook would do (xlsx or xls as the request body)",
        openapi_extra=taking(XLSX),
    )
    async def check_workbook(id: Id, request: Request, asked: Asking) -> CheckAnswer:
        """名册不改变。工作簿有误的，同导入一样逐格列出。

        The roster stays as it is. Of a wrong workbook every cell is named, as in the import."""
        examined = await sent(request, asked, partial(importing.examine, store, ports.quarantine, key, id, asked))
        found = await importing.check(store, key, id, asked, examined)
        return CheckAnswer.of(found, roster=found.roster.id, passed=found.checked.passed, warnings=found.said)

    @routes.post(
        "/{id}/workbook/marked",
        summary="取回标注后的附表六 · the same workbook with its wrong cells marked (xlsx or xls as the request body)",
        response_class=Response,
        responses=answering(XLSX),
        openapi_extra=taking(XLSX),
    )
    async def mark_workbook(id: Id, request: Request, asked: Asking) -> Response:
        """名册不改变。返回 .xlsx：有误的和读取时更正的单元格各以颜色标出，原因写在批注里，首页“问题清单”逐项列出，点击即到。
        改好后可直接再次上传。

        The roster stays as it is. Answers an .xlsx, also for an .xls: wrong cells and those that were read otherwise than they
        were typed are coloured, with the reason in a comment, and listed on a first sheet with a link to each. Once mended, it
        is imported as it is."""
        marked = await sent(request, asked, partial(marking.mark, store, ports.quarantine, id, asked))
        return download(marked, XLSX, f"{id}-marked.xlsx")

    @routes.get("/{id}/pages/{page}", summary="名册一页 · one page of at most 200 lines")
    async def read_page(id: Id, page: PageNumber, by: By) -> RosterPageAnswer:
        return RosterPageAnswer.of(await reading.read_page(store, id, page, by))

    @routes.get("/{id}/sealed", summary="封存清单 · seals and counts of the pages (services only)")
    async def read_sealed(id: Id, by: By) -> SealedRosterAnswer:
        return SealedRosterAnswer.of(await reading.read_sealed(store, id, by))

    @routes.post(
        "/{id}/technician-reviews",
        status_code=201,
        summary="登记技师、高级技师审批表 · record the approval forms of technicians and senior technicians",
    )
    async def record_reviews(id: Id, entries: ReviewEntries, asked: Asking, request: IdempotencyKey) -> RecordedAnswer:
        """由中心经办人按纸质审批表登记；有一项不对，则一项也不登记，所有不对之处一次列出。

        By the Centre's clerk, from the forms on paper. Nothing is recorded while one row is wrong; all are named at once."""
        reviews, missing = await reviewing.record(store, key, panel, id, asked, request, entries)
        return RecordedAnswer(reviews=[TechnicianReviewAnswer.of(one) for one in reviews], missing=missing)

    @routes.get("/{id}/technician-reviews", summary="已登记的审批表 · the approval forms that are recorded")
    async def list_reviews(id: Id, by: By, paged: Paged) -> Listing[TechnicianReviewAnswer]:
        page = await reviewing.listed(store, id, by, paged.after, paged.limit)
        return shown(page, TechnicianReview, TechnicianReviewAnswer.of)

    @routes.get("/{id}/technician-reviews/{ticket}", summary="一名考生的审批表 · the approval form of one candidate")
    async def read_review(id: Id, ticket: Ticket, by: By, response: Response) -> TechnicianReviewAnswer:
        return _review(await reviewing.read(store, id, ticket, by), response)

    @routes.put(
        "/{id}/technician-reviews/{ticket}", summary="更正审批表登记 · correct what was recorded, with a reason"
    )
    async def correct_review(
        id: Id, ticket: Ticket, correction: ReviewCorrection, asked: Expecting, response: Response
    ) -> TechnicianReviewAnswer:
        return _review(await reviewing.correct(store, panel, id, ticket, asked, correction), response)

    @routes.get("/{id}/missing-technician-reviews", summary="尚缺审批表的人员 · who still lacks the approval form")
    async def list_missing_reviews(id: Id, by: By) -> UnreviewedLinesAnswer:
        lines = await reviewing.missing(store, key, id, by)
        named = [UnreviewedAnswer.of(line) for line in lines[:MOST_NAMED]]
        return UnreviewedLinesAnswer(missing=len(lines), lines=named)

    async def read(id: str, by: Actor) -> Roster:
        return await repository.reached(store, Roster, id, by)

    async def step(id: str, asked: Asked, move: Move) -> Roster:
        return await steps.step(store, key, id, asked, move.verb, move.reason, move.reasons)

    async def guard(roster: Roster, verb: str, asked: Asked) -> None:
        if verb == "approve":
            await reviewing.may_be_approved(store, key, roster, asked.by)

    approving = "中心批准 · approve: certificates are made from now on"
    add_steps(routes, read, step, to_everybody(RosterAnswer.of), RosterAnswer, approve_summary=approving, guard=guard)
    return routes


def _answer(roster: Roster, response: Response) -> RosterAnswer:
    tag(response, roster.version)
    return RosterAnswer.of(roster)


def _review(review: TechnicianReview, response: Response) -> TechnicianReviewAnswer:
    tag(response, review.version)
    return TechnicianReviewAnswer.of(review)
