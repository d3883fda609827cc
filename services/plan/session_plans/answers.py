"""What session plans show. Which sets of papers were drawn is for the Centre alone until the day of the exam."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import Field

from services.plan.session_plans.paper_draw import PaperDraw
from services.plan.session_plans.session_plan import SessionPlan
from shared.actor import Actor
from shared.contracts.plan import PaperSource, Standard
from shared.keeping.answers import Answer
from shared.procedure.answers import FormAnswer, NeededAnswer
from shared.procedure.exceptions import Needed
from shared.procedure.planned_items import PlannedItemAnswer
from shared.trade.roles import Role


class SessionItemAnswer(PlannedItemAnswer):
    paper_sets: int | None = Field(
        description="自编试卷套数，未填为空 · sets of self-made papers; null where none are stated"
    )


class DrawnSetAnswer(Answer):
    """One occupation at one level, and the set that was drawn for it."""

    occupation: str = Field(description="职业编码 · code of the occupation")
    level: int = Field(ge=1, le=5, description="等级：5 最低，1 最高 · skill level: 5 is the lowest, 1 the highest")
    set: int = Field(description="抽取套号 · number of the set that was drawn")


class PaperDrawAnswer(Answer):
    """抽题记录 · a draw of self-made papers."""

    drawn_at: datetime = Field(description="抽取时间 · when it was drawn")
    recorded_at: datetime = Field(description="记录时间 · when it was recorded")
    by: str = Field(description="抽取人账号 · account of who drew")
    name: str = Field(description="抽取人 · who drew")
    witness: str = Field(description="监督人 · who watched")
    sets: list[DrawnSetAnswer] | None = Field(
        description="抽取结果，鉴定日前仅中心可见，对他人为空 · what was drawn; until the day of the exam for the Centre alone, "
        "null for everybody else"
    )
    reason: str | None = Field(
        description="重新抽题或补记的理由，可见范围同上 · why it was drawn anew or recorded late; shown as the sets are"
    )


class SessionPlanAnswer(FormAnswer):
    year: int = Field(description="年度 · year of the session")
    number: int = Field(description="本年度第几批 · running number of the session within the year")
    annual_plan: str = Field(description="所依据的年度计划编号 · id of the annual plan it refers to")
    held_on: date = Field(description="鉴定日期 · day of the exam")
    place: str = Field(description="鉴定地点 · where it is held")
    in_charge: str = Field(description="考务负责人 · who is in charge of the exam")
    items: list[SessionItemAnswer] = Field(description="鉴定内容 · occupations and levels with planned heads")
    standard: Standard = Field(
        description="职业标准：国家标准、备案标准或未经批准 · occupational standard: `national`, `filed`, `unapproved`"
    )
    paper_source: PaperSource = Field(
        description="试卷来源：国家题库、备案题库或自编 · where the exam papers come from: "
        "`national_bank`, `filed_bank`, `self_made`"
    )
    fee_yuan: int | None = Field(
        description="每人收费（元），未填为空 · fee of one candidate, in yuan; null if not given"
    )
    draw_needed: bool | None = Field(
        description="名册呈报前是否须抽题；批准前及旧版本批准的为空 · whether its roster waits for a draw; null before the "
        "approval, and where an earlier release approved"
    )
    draws: list[PaperDrawAnswer] = Field(
        description="抽题记录，以最后一次为准 · draws, oldest first; the last one counts"
    )
    shown_at: datetime | None = Field(
        description="鉴定当日或其后改期的时间，套号已公开，须在其后重新抽题；无则为空 · when it was put off though its "
        "day had begun, and everybody saw the sets: draws before it do not count; null if it never was"
    )
    reported: bool = Field(description="名册是否已获批准 · whether its roster was approved")
    needs: list[NeededAnswer] | None = Field(
        description="批准时须中心特批的事项，以现在为准；列表中只在要求时、只对轮到本机构办理的查，不查为空 · what needs the "
        "Centre's reason at the approval, as it stands now; null in lists, unless they are asked for it, of those on one's own "
        "desk"
    )


def shown(plan: SessionPlan, by: Actor, today: date, needs: Iterable[Needed] | None) -> SessionPlanAnswer:
    """As `by` may see it. needs: none where nobody looked."""
    known = _sees_draws(plan, by, today)
    return SessionPlanAnswer.of(
        plan,
        items=[SessionItemAnswer.of(item, paper_sets=plan.sets_stated(item)) for item in plan.items],
        draws=[_draw(one, known) for one in plan.draws],
        needs=None if needs is None else [NeededAnswer.of(one) for one in needs],
    )


def _sees_draws(plan: SessionPlan, by: Actor, today: date) -> bool:
    officer = by.body == plan.centre and bool(by.roles & {Role.CENTRE_CLERK, Role.CENTRE_APPROVER})
    return officer or today >= plan.held_on


def _draw(draw: PaperDraw, known: bool) -> PaperDrawAnswer:
    return PaperDrawAnswer.of(draw) if known else PaperDrawAnswer.of(draw, sets=None, reason=None)
