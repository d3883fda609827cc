"""HTTP of calendars: made and revoked by officers of the body; read by whatever program knows the address."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response

from services.notification.calendars.answers import CalendarAnswer, MadeCalendarAnswer
from services.notification.calendars.calendar import Calendar
from services.notification.calendars.ics import MEDIA_TYPE
from services.notification.calendars.requests import CalendarRevocation, NewCalendar
from services.notification.calendars.usecases import Calendars
from shared.errors import NotFound
from shared.keeping import repository
from shared.outside import Ports
from shared.ports import Value
from shared.web.access import By
from shared.web.asking import Asking, Expecting
from shared.web.edge.headers import NOT_KEPT
from shared.web.idempotency import IdempotencyKey
from shared.web.openapi.files import answering
from shared.web.paging import Listing, Paged, below, shown
from shared.web.preconditions import tag
from shared.web.visitors import range_of
from shared.words import choices

Id = Annotated[str, Path(description="日历编号 · id of the calendar")]
State = Annotated[
    Literal["", "open", "revoked"],
    Query(description=choices("只列此状态，空为全部", "only those in this state; empty: all", Calendar.WORDS.states)),
]
Token = Annotated[str, Path(min_length=20, max_length=100, description="网址中的密钥 · the secret part of the address")]
WRONG_ONES, LOOKS = 20, 60
"""In a minute: wrong addresses of one visitor; looks at one calendar, by however many programs of an office."""
TOO_OFTEN = "读取过于频繁，请稍后再试 · looked at too often, try again later"
KEPT = {"Cache-Control": "private, max-age=900"}
"""By the calendar program, for a quarter of an hour; by nobody in between, for the address is a secret."""


def router(ports: Ports) -> APIRouter:
    store, settings = ports.store, ports.settings
    calendars = Calendars(store, ports.register, settings.url)
    wrong, looks = ports.throttles.new(WRONG_ONES, TOO_OFTEN), ports.throttles.new(LOOKS, TOO_OFTEN)
    label = "日历 · calendars"
    routes = APIRouter()

    @routes.post(
        "/calendars", tags=[label], status_code=201, summary="建立日历订阅 · make a calendar of one's own body"
    )
    async def create(new: NewCalendar, asked: Asking, key: IdempotencyKey, response: Response) -> MadeCalendarAnswer:
        """`address` 只显示这一次；遗失的，撤销后另建。 · `address` is shown in this answer only: if it is lost, revoke the
        calendar and make another one."""
        made, token = await calendars.create(asked, key, new)
        response.headers.update({**NOT_KEPT, "Location": f"/notification/calendars/{made.id}"})
        tag(response, made.version)
        address = f"{settings.url.rstrip('/')}/notification/calendar/{token}.ics" if token else ""
        return MadeCalendarAnswer.of(made, address=address)

    @routes.get("/calendars", tags=[label], summary="日历列表 · calendars of one's own body and of those below")
    async def list_calendars(by: By, paged: Paged, state: State = "") -> Listing[CalendarAnswer]:
        where: dict[str, Value] = {"state": state} if state else {}
        return shown(await below(store, Calendar.KIND, by, paged, where), Calendar, CalendarAnswer.of)

    @routes.get("/calendars/{id}", tags=[label], summary="查看日历 · look at one")
    async def read_calendar(id: Id, by: By, response: Response) -> CalendarAnswer:
        found = await repository.reached(store, Calendar, id, by)
        tag(response, found.version)
        return CalendarAnswer.of(found)

    @routes.post("/calendars/{id}/revocation", tags=[label], summary="撤销 · revoke it: its address opens nothing more")
    async def revoke(id: Id, why: CalendarRevocation, asked: Expecting, response: Response) -> CalendarAnswer:
        changed = await calendars.revoke(id, asked, why.reason)
        tag(response, changed.version)
        return CalendarAnswer.of(changed)

    @routes.get(
        "/calendar/{token}.ics",
        tags=[label],
        summary="读取日历（iCalendar） · the calendar itself, for calendar programs",
        response_class=Response,
        responses={**answering("text/calendar"), 304: {"description": "未变 · not changed since"}},
    )
    async def read(
        token: Token,
        request: Request,
        if_none_match: Annotated[
            str, Header(max_length=200, description="上次应答的 ETag · the ETag of the answer before")
        ] = "",
    ) -> Response:
        """知道网址即可读取；网址可由机构撤销。 · Whoever knows the address may read it; the body can revoke it."""
        try:
            calendar = await calendars.at(token)
        except NotFound:
            wrong.take(range_of(request))
            raise
        looks.take(calendar.id)
        content = await calendars.text(calendar.body)
        etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers = {**KEPT, "ETag": etag}
        if etag in if_none_match:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=MEDIA_TYPE, headers=headers)

    return routes
