"""HTTP of the radar: everybody sees the duties of their own body and of those below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from services.notification.radar import storage
from services.notification.radar.answers import (
    CountedDuty,
    LateBody,
    MissingAnswer,
    RadarAnswer,
    SummaryAnswer,
    WeekAnswer,
)
from services.notification.radar.row import STATES, RadarRow
from services.notification.radar.summary import Late, Summary, named, sentence
from services.notification.radar.usecases import Wanted, listed, summed_up
from shared.outside import Ports
from shared.trade.deadline import local_day
from shared.web.access import By
from shared.web.paging import Listing, Paged, listing
from shared.words import choices

State = Annotated[
    Literal["open", "settled", "lapsed"], Query(description=choices("只列此状态", "those in this state", STATES))
]
Body = Annotated[
    str, Query(max_length=8, description="只列此机构应办的，空为全部 · what this body has to do; empty: all")
]
What = Annotated[str, Query(max_length=60, description="只列此种任务，空为全部 · this kind of duty; empty: all")]
LateOnly = Annotated[
    bool,
    Query(
        description="只列逾期的：待办的已过期限，已办的逾期办理 · only what is past its last day, or was done after it"
    ),
]
Since = Annotated[
    date | None, Query(description="只列期限在此日或之后的，空为全部 · only those due on this day or later; empty: all")
]
Names = Mapping[str, tuple[str, str]]
UNKNOWN = ("", "")


def router(ports: Ports) -> APIRouter:
    store, clock, duties = ports.store, ports.clock, ports.register.duties
    routes = APIRouter(prefix="/radar", tags=["期限雷达 · radar of deadlines"])

    @routes.get("", summary="任务列表 · duties of one's own body and of those below, by their days")
    async def list_duties(
        by: By,
        paged: Paged,
        state: State = "open",
        body: Body = "",
        what: What = "",
        late: LateOnly = False,
        since: Since = None,
    ) -> Listing[RadarAnswer]:
        today = local_day(clock.now())
        page = await listed(store, by, Wanted(state, body, what, late, since), today, paged.after, paged.limit)
        rows, left_out = storage.readable(page.records)
        names = await storage.names_of(store, {row.body for row in rows})

        def show(row: RadarRow) -> RadarAnswer:
            duty = named(duties, row.what)
            zh, en = names.get(row.body, UNKNOWN)
            return RadarAnswer.of(
                row,
                id=storage.id_of(row),
                what_zh=duty.zh,
                what_en=duty.en,
                rule=duty.rule,
                body_zh=zh,
                body_en=en,
                days_left=row.days_left(today),
                late=row.is_late(today),
            )

        return listing([show(row) for row in rows], page, left_out)

    @routes.get("/summary", summary="概览 · what falls due when, who is late, what exactly is missing")
    async def summary(by: By) -> SummaryAnswer:
        found = await summed_up(store, by, local_day(clock.now()))
        summed, names = found.summary, found.names
        return SummaryAnswer(
            today=summed.today,
            open=found.open,
            late=summed.late,
            settled=found.settled,
            weeks=[
                WeekAnswer(first=week.first, last=week.last, duties=week.duties, by_duty=_counted(week.by_duty.items()))
                for week in summed.weeks
            ],
            late_bodies=[_late(one, summed, names) for one in summed.late_bodies],
            missing=[_missing(*one, summed, names) for one in summed.missing],
            whole=found.whole,
        )

    def _counted(counted: Iterable[tuple[str, int]]) -> list[CountedDuty]:
        rows = [(named(duties, what), count) for what, count in counted]
        return [CountedDuty(what=duty.what, what_zh=duty.zh, what_en=duty.en, duties=count) for duty, count in rows]

    def _missing(what: str, period: str, late: list[Late], summed: Summary, names: Names) -> MissingAnswer:
        duty = named(duties, what)
        return MissingAnswer(
            what=what,
            what_zh=duty.zh,
            what_en=duty.en,
            rule=duty.rule,
            period=period,
            sentence=sentence(duty, period, late, names),
            bodies=[_late(one, summed, names) for one in late],
        )

    return routes


def _late(late: Late, summed: Summary, names: Names) -> LateBody:
    zh, en = names.get(late.body, UNKNOWN)
    days = (summed.today - late.oldest).days
    return LateBody(body=late.body, body_zh=zh, body_en=en, duties=late.duties, days_late=days)
