"""What may be asked of session plans over HTTP."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.plan.forms import Item
from services.plan.session_plans.paper_draw import key_of
from shared.contracts.plan import PAPER_SOURCES, STANDARDS, PaperSource, Standard
from shared.contracts.words import Level, OccupationCode
from shared.text import OneLine
from shared.words import choices

MOST_SETS = 20


class SessionItem(Item):
    paper_sets: int | None = Field(
        None,
        ge=0,
        le=MOST_SETS,
        description="自编试卷套数，一般不少于三套 · sets of self-made papers, generally at least three",
    )


class SessionPlanEntry(BaseModel):
    """What may change in a session plan before it is submitted."""

    model_config = ConfigDict(extra="forbid")
    held_on: date = Field(
        description="鉴定日期，须在计划年度内，不得早于今天；提前天数不足的须中心特批 · day of the exam, within the year of the "
        "plan and not over; nearer than the lead time needs the Centre's reason"
    )
    place: OneLine = Field(min_length=2, max_length=200, description="鉴定地点 · where it is held")
    in_charge: OneLine = Field(min_length=1, max_length=60, description="考务负责人 · who is in charge of the exam")
    items: list[SessionItem] = Field(
        min_length=1,
        max_length=100,
        description="鉴定内容，均须列入已批准的年度计划 · occupations and levels with planned heads, all of them in the "
        "approved annual plan",
    )
    standard: Standard = Field(
        "national",
        description=choices("职业标准", "occupational standard", STANDARDS),
    )
    paper_source: PaperSource = Field(
        "self_made",
        description=choices("试卷来源", "where the exam papers come from", PAPER_SOURCES),
    )
    fee_yuan: int | None = Field(None, ge=0, le=99_999, description="每人收费（元） · fee of one candidate, in yuan")

    @property
    def paper_sets(self) -> dict[str, int]:
        """Sets of self-made papers by item; only what is stated."""
        stated = {key_of(item): item.paper_sets for item in self.items}
        return {key: sets for key, sets in stated.items() if sets is not None}


class NewSessionPlan(SessionPlanEntry):
    year: int = Field(ge=2004, le=2099, description="年度 · year of the session")
    number: int = Field(ge=1, le=999, description="本年度第几批 · running number of the session within the year")


class Postponement(BaseModel):
    """An approved session is held on another day."""

    model_config = ConfigDict(extra="forbid")
    held_on: date = Field(
        description="新的鉴定日期，须在同一年度，不得早于今天 · the new day, within the same year and not over"
    )
    reason: OneLine = Field(
        min_length=1, max_length=500, description="改期理由，不写人名 · why, without names of people"
    )


class Cancellation(BaseModel):
    """An approved session is not held."""

    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(
        min_length=1, max_length=500, description="取消理由，不写人名 · why, without names of people"
    )


class DrawnSetEntry(BaseModel):
    """One occupation at one level, and the set that was drawn for it."""

    model_config = ConfigDict(extra="forbid")
    occupation: OccupationCode = Field(description="职业编码 · code of the occupation")
    level: Level = Field(description="等级：5 最低，1 最高 · skill level: 5 is the lowest, 1 the highest")
    set: int = Field(ge=1, le=MOST_SETS, description="抽取套号，从 1 起 · number of the set that was drawn, from 1")


class DrawEntry(BaseModel):
    """A draw of self-made papers."""

    model_config = ConfigDict(extra="forbid")
    sets: list[DrawnSetEntry] = Field(
        min_length=1,
        max_length=100,
        description="抽取结果，每项一套 · what was drawn, one set for each item",
    )
    witness: OneLine = Field(
        min_length=1, max_length=60, description="监督人，须为他人 · who watched, another person than who draws"
    )
    drawn_at: AwareDatetime | None = Field(
        None, description="抽取时间，空为现在 · when it was drawn; empty: now, as it is recorded"
    )
    reason: OneLine = Field(
        "",
        max_length=500,
        description="重新抽题或事后补记的理由，鉴定日前同样保密 · why it is drawn anew or recorded late; secret until the day, "
        "as the sets are",
    )
