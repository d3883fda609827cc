"""The draw of self-made papers (R4.1): the Centre draws which of the sets is sat, and only the Centre knows it until the
day of the exam."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from shared.contracts.plan import PlannedItem
from shared.errors import Invalid, Problem
from shared.trade.deadline import CHINA, local_day

ENOUGH_SETS = 3
"""至少三套: fewer of any item need the Centre's reason."""


class OccupationAtLevel(Protocol):
    """Anything that is about one occupation at one level."""

    @property
    def occupation(self) -> str: ...

    @property
    def level(self) -> int: ...


def key_of(item: OccupationAtLevel) -> str:
    """Occupation and level as one word, `6-04-01-01/4`."""
    return f"{item.occupation}/{item.level}"


class DrawnSet(BaseModel):
    """The set that was drawn for one occupation and level, by its number among the sets of that item, from 1."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    occupation: str
    level: int
    set: int

    @property
    def key(self) -> str:
        return key_of(self)


class PaperDraw(BaseModel):
    """One draw as it was recorded. by, name: who drew; witness: who watched, another person. reason: why it was drawn anew,
    or recorded after the day; it may give the set away and is kept as secret."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    drawn_at: datetime
    recorded_at: datetime
    by: str
    name: str
    witness: str
    sets: list[DrawnSet]
    reason: str = ""


def wrong_sets(drawn: Sequence[DrawnSet], items: Sequence[PlannedItem], made: dict[str, int]) -> list[Problem]:
    """What does not fit: each item needs one set, and one that there is. made: number of sets by item; where none are
    stated, any number fits."""
    planned = {key_of(item): item for item in items}
    wrong: list[Problem] = []
    for n, one in enumerate(drawn):
        most = made.get(one.key, 0)
        if one.key not in planned:
            wrong.append(Problem(f"/sets/{n}", f"计划中没有 {one.key} · is not in the plan", "请删去 · leave it out"))
        elif one.key in {before.key for before in drawn[:n]}:
            wrong.append(Problem(f"/sets/{n}", f"{one.key} 重复 · is drawn twice", "每项只抽一套 · one set for each"))
        elif most and one.set > most:
            wrong.append(Problem(f"/sets/{n}/set", f"该项只有 {most} 套 · there are {most} sets", f"1 – {most}"))
    missing = planned.keys() - {one.key for one in drawn}
    wrong += [
        Problem(
            "/sets",
            f"缺少 {key} {planned[key].occupation_zh} · is missing",
            "每项抽一套 · one set for each item",
        )
        for key in sorted(missing)
    ]
    return wrong


def untimely(draw: PaperDraw, earliest: datetime, held_on: date, again: bool) -> list[Problem]:
    """What is wrong about its time. earliest: of the approval, or of the postponement that made another draw necessary. Not
    after the day of the exam. again: a draw that still counts was made before."""
    wrong: list[Problem] = []
    if draw.drawn_at > draw.recorded_at:
        wrong.append(Problem("/drawn_at", "抽题时间在将来 · lies ahead", "抽题之后再记录 · record it once it is drawn"))
    elif draw.drawn_at < earliest:
        since = f"{earliest.astimezone(CHINA):%Y-%m-%d %H:%M}"
        wrong.append(
            Problem(
                "/drawn_at",
                f"早于批准（或须重新抽题的改期）时间 {since}（北京时间） · before {since} in Beijing, the time of the "
                "approval, or of the postponement after which it is drawn anew",
                "其后再抽题 · draw after it",
            )
        )
    elif local_day(draw.drawn_at) > held_on:
        wrong.append(
            Problem(
                "/drawn_at",
                f"晚于鉴定日期 {held_on} · after the day of the exam",
                "填写实际抽题时间；尚未鉴定的，请中心审批人先改期 · state when it was drawn; if the exam was not held, the "
                "Centre's approver sets another day first",
            )
        )
    today = local_day(draw.recorded_at)
    if (again or today > held_on) and not draw.reason:
        wrong.append(
            Problem(
                "/reason", "重新抽题或事后补记 · drawn anew, or recorded after the day", "写明理由 · say why in reason"
            )
        )
    return wrong


def known_by_now() -> Invalid:
    """Nothing is drawn anew once the day has come, for then the sets are known."""
    return Invalid(
        "已抽题，鉴定当日起不得重新抽题；另日举行的，请中心审批人先改期 · it is drawn, and from the day of the exam on nothing "
        "is drawn anew; if it is held on another day, the Centre's approver sets that first",
        [
            Problem(
                "/sets",
                "鉴定当日起不得重新抽题 · from the day of the exam on nothing is drawn anew",
                "另日举行的，请中心审批人先改期 · if it is held on another day, the Centre's approver sets that first",
            )
        ],
    )


def wrong_witness(draw: PaperDraw) -> list[Problem]:
    if draw.witness not in (draw.by, draw.name):
        return []
    return [
        Problem("/witness", "监督人与抽取人为同一人 · who watches is who draws", "由他人监督 · let somebody else watch")
    ]
