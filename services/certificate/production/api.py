"""HTTP of the certificate service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field

from services.certificate.certificates.certificate import Certificate
from services.certificate.production import usecases
from services.certificate.production.batch import Batch
from services.certificate.production.produce import verify_url
from services.certificate.production.production import MAKERS, VOIDED, Production
from services.certificate.verification import verification
from services.certificate.verification.verification import Answer, Question
from shared.actor import Actor
from shared.contracts.certificate import Holder, HoldersPage
from shared.keeping import repository
from shared.ports.house import House
from shared.text import OneLine
from shared.trade.numbers.spelling import normalise
from shared.trade.roles import Role
from shared.web.access import Public, allow
from shared.web.limits import address_of
from shared.web.paging import Listing, Paged, below, listing
from shared.web.preconditions import VersionSeen, tag

_OFFICERS = (Role.STATION_CLERK, Role.STATION_HEAD, Role.BRANCH_OFFICER, Role.CENTRE_CLERK, Role.CENTRE_APPROVER)
Reader = Annotated[Actor, Depends(allow(*_OFFICERS, Role.AUDITOR))]
CountReader = Annotated[Actor, Depends(allow(*_OFFICERS, Role.AUDITOR, Role.BRANCH_SYSTEM))]  # no people in it
Producer = Annotated[Actor, Depends(allow(*MAKERS))]
Ours = Annotated[Actor, Depends(allow(Role.SERVICE, services=("notification",)))]

_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "verification" / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
)


TOO_OFTEN = "查询过于频繁，请稍后再试 · too many look-ups, try again later"
GUESSES_PER_MINUTE = 10  # look-ups of one number: who holds the certificate needs one


class Parcel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    carrier: OneLine = Field(min_length=2, max_length=40, examples=["中国邮政EMS"])
    parcel: str = Field(pattern=r"^[A-Za-z0-9-]{6,40}$", description="快递单号", examples=["EA123456789CN"])


def router(house: House) -> APIRouter:
    store, clock, settings = house.store, house.clock, house.settings
    lanes = frozenset(settings.producer_codes)
    throttle = house.throttles.new(settings.verifications_per_minute, TOO_OFTEN)
    guesses = house.throttles.new(GUESSES_PER_MINUTE, TOO_OFTEN)
    routes = APIRouter()
    making, checking = "制作与寄发 · production", "核验 · verification"

    @routes.get("/productions", tags=[making], summary="制作任务列表 · productions below one's own body")
    async def productions(by: CountReader, paged: Paged) -> Listing:
        page = await below(store, Production.KIND, by, paged)
        return listing([Production.from_record(one).as_answer() for one in page.records], page)

    @routes.get("/productions/{roster}", tags=[making], summary="制作任务 · one production")
    async def production(roster: str, by: CountReader, response: Response) -> dict[str, Any]:
        found = await repository.reached(store, Production, roster, by)
        tag(response, found.version)
        return found.as_answer()

    @routes.post("/productions/{roster}/parcel", tags=[making], summary="寄发 · scan the parcel: the letters go out")
    async def mail(roster: str, parcel: Parcel, by: Producer, seen: VersionSeen, response: Response) -> dict[str, Any]:
        mailed = await usecases.mail(store, clock, roster, seen, by, parcel.carrier, parcel.parcel)
        tag(response, mailed.version)
        return mailed.as_answer()

    @routes.get("/batches", tags=[making], summary="某名册的批 · batches of a roster")
    async def batches(by: Reader, paged: Paged, roster: Annotated[str, Query(max_length=60)]) -> Listing:
        await repository.reached(store, Production, roster, by)
        page = await store.find(Batch.KIND, {"roster": roster}, sort="page", after=paged.after, limit=paged.limit)
        return listing([Batch.from_record(one).as_answer() for one in page.records], page)

    @routes.get("/batches/{id}", tags=[making], summary="查看一批 · one batch")
    async def batch(id: str, by: Reader, response: Response) -> dict[str, Any]:
        found = await repository.reached(store, Batch, id, by)
        tag(response, found.version)
        return found.as_answer()

    @routes.get("/batches/{id}/print-file", tags=[making], summary="打印文件 · the PDF", response_class=Response)
    async def print_file(id: str, by: Producer, n: Annotated[int, Query(ge=1, le=1000)] = 1) -> Response:
        """`n`: 1 is the first drawing; higher ones hold only what was redrawn after a font was installed."""
        content = await usecases.print_file(store, house.files, id, n, by)
        name = id if n == 1 else f"{id}-{n}"
        headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)

    @routes.post("/batches/{id}/redraw", tags=[making], summary="补字库后重绘 · draw again what was refused")
    async def redraw(id: str, by: Producer, seen: VersionSeen, response: Response) -> dict[str, Any]:
        drawn = await usecases.redraw(store, clock, id, seen, by, lanes)
        tag(response, drawn.version)
        return drawn.as_answer()

    @routes.get("/certificates", tags=[making], summary="某名册的证书 · certificates of a roster")
    async def certificates(by: Reader, paged: Paged, roster: Annotated[str, Query(max_length=60)]) -> Listing:
        voided = (await repository.reached(store, Production, roster, by)).state == VOIDED
        page = await store.find(Certificate.KIND, {"roster": roster}, sort="n", after=paged.after, limit=paged.limit)
        shown = []
        for record in page.records:
            found = Certificate.from_record(record)
            answer = found.as_answer() | {"id_number": verification.masked(found.holder.id_number)}
            answer["state"] = VOIDED if voided else answer["state"]
            del answer["verify_key"], answer["holder"]["id_number"], answer["holder"]["email"]
            shown.append(answer)
        return listing(shown, page)

    @routes.get("/holders", tags=["服务之间 · between services"], summary="留有邮箱的持证人 · holders with an address")
    async def holders(_: Ours, paged: Paged, roster: Annotated[str, Query(max_length=60)]) -> HoldersPage:
        page = await store.find(Certificate.KIND, {"roster": roster}, sort="n", after=paged.after, limit=paged.limit)
        left_out = frozenset((await repository.load(store, Production, roster)).left_out)
        found = [Certificate.from_record(record) for record in page.records if record.id not in left_out]
        items = [
            Holder(
                certificate=one.id,
                number=one.number,
                name=one.holder.name,
                email=one.holder.email,
                occupation_zh=one.holder.occupation_zh,
                occupation_en=one.holder.occupation_en,
                level=one.holder.level,
                verify_url=verify_url(one, settings),
            )
            for one in found
            if one.holder.email
        ]
        return HoldersPage(items=items, next=listing([], page).next)

    @routes.post("/verifications", tags=[checking], summary="核验证书 · verify a certificate", dependencies=[Public])
    async def verify(question: Question, request: Request) -> Answer:
        throttle.take(address_of(request))
        guesses.take(normalise(question.number))  # from wherever they come
        return await verification.by_question(store, question, settings.industry)

    @routes.get("/v/{number}/{key}", tags=[checking], summary="扫码核验 · the QR code's page", dependencies=[Public])
    async def scan(number: str, key: str, request: Request) -> HTMLResponse:
        throttle.take(address_of(request))
        answer = await verification.by_key(store, number, key, settings.industry)
        page = _pages.get_template("verification.html").render(answer=answer)
        return HTMLResponse(page, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})

    return routes
