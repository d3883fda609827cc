"""Facts of reporting, and the sealed lines that the certificate service fetches over HTTP (people stay off the bus)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import Doc

from shared.contracts.duties import DutyMarked, DutyOpened, DutyReckoned, DutySettled
from shared.contracts.envelope import ALL_CONCERNED, Fact, Reader
from shared.contracts.words import (
    ConcernedBody,
    ConcernedPath,
    CountsByLevel,
    Excepted,
    InstitutionCode,
    KnewOfDraft,
    Level,
    OccupationCode,
    Seal,
    TakenFrom,
    WhyTakenBack,
)

Grade = Literal["pass", "good", "excellent"]
GRADE_NAMES: Final[Mapping[Grade, tuple[str, str]]] = {
    "pass": ("合格", "Pass"),
    "good": ("良好", "Good"),
    "excellent": ("优秀", "Excellent"),
}
LINES_PER_PAGE = 200  # a page of the roster becomes one batch of certificates, drawn as one print file


class RosterLine(BaseModel):
    """One passed candidate as the roster (form 6) tells it: everything a certificate prints, and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    n: int = Field(ge=1, description="名册中的序号，各工作表连续编号 · running number in the roster, over all sheets")
    ticket: str = Field(description="准考证号 · number of the admission ticket")
    name: str
    sex: Literal["男", "女"]
    birth: date
    id_type: str = Field(
        description="证件名称：身份证，或表中所列的其他证件 · identity card (身份证), or another document the form names"
    )
    id_number: str = Field(
        description=(
            "规范后的证件号码：身份证为 18 个字符，末位 `X` 大写 · normalised: 18 characters, upper-case X, for 身份证"
        )
    )
    education: str
    employer: str
    occupation: OccupationCode
    occupation_zh: str
    occupation_en: str
    level: Level
    theory: float
    practical: float
    review: float | None = Field(
        default=None, description="综合评审成绩，只有二级和一级有 · 综合评审, levels 2 and 1 only"
    )
    grade: Grade
    remark: str = ""
    email: str = ""


class PageSeal(BaseModel):
    """One page of at most LINES_PER_PAGE lines, sealed by itself so that a consumer can check page by page."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    seal: Seal
    lines: CountsByLevel


class RosterPage(BaseModel):
    """Answer of `GET /reporting/rosters/{id}/pages/{page}`. page: as it was asked for; services count from 0."""

    model_config = ConfigDict(extra="ignore")
    roster: str
    page: int
    lines: list[RosterLine]


class SealedRoster(BaseModel):
    """Answer of `GET /reporting/rosters/{id}/sealed`: what the pages add up to."""

    model_config = ConfigDict(extra="ignore")
    roster: str
    session: str
    body: InstitutionCode
    held_on: date
    approved_on: date
    pages: list[PageSeal]
    path: str = Field(
        default="",
        description=(
            "本机构及其各级上级；早先版本没有此项 · the body and everything above it; earlier releases leave it out"
        ),
    )
    producer: str = Field(
        default="", description="制证单位；早先版本没有此项 · who makes the certificates; earlier releases leave it out"
    )


def seal_lines(lines: Sequence[RosterLine]) -> str:
    """The seal of one page: sha256 over the canonical JSON of its lines, one a row."""
    return seal_text(b"".join([line.model_dump_json().encode() + b"\n" for line in lines]))


def seal_text(canonical: bytes) -> str:
    """The seal of a page whose lines are this text."""
    return f"sha256:{hashlib.sha256(canonical).hexdigest()}"


def seal_pages(pages: Sequence[PageSeal]) -> str:
    """The seal of a roster: sha256 over the seals of its pages in order."""
    digest = hashlib.sha256("\n".join(page.seal for page in pages).encode())
    return f"sha256:{digest.hexdigest()}"


class _RosterFact(Fact):
    roster: Annotated[str, Doc("名册的编号（与鉴定批次相同） · id of the roster (the session's)")]
    session: Annotated[str, Doc("鉴定批次的编号 · id of the session (鉴定批次)")]
    body: ConcernedBody
    path: ConcernedPath
    at_desk: InstitutionCode = Field(description="现在应当办理的机构 · the body whose turn it now is")


class _RosterOnItsWay(_RosterFact):
    held_on: date | None = Field(
        default=None,
        description="鉴定日期；早先版本的事件没有此项 · day of the exam; facts of earlier releases lack it",
    )


class RosterSubmitted(_RosterOnItsWay):
    TYPE: ClassVar[str] = "roster.submitted.v1"
    ABOUT: ClassVar[str] = (
        "鉴定站呈报了合格人员名册（R4.2）。 · A station submitted the roster of passed candidates (R4.2)."
    )
    SUBJECT: ClassVar[str] = "名册的编号 · id of the roster"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    lines: Annotated[CountsByLevel, Doc("各等级的合格人数 · passed candidates by level")]


class RosterEndorsed(_RosterOnItsWay):
    TYPE: ClassVar[str] = "roster.endorsed.v1"
    ABOUT: ClassVar[str] = "分中心审核同意；由中心批准。 · The branch centre agreed; the Centre decides."
    SUBJECT: ClassVar[str] = "名册的编号 · id of the roster"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    lines: Annotated[CountsByLevel, Doc("各等级的合格人数 · passed candidates by level")]


class RosterApproved(_RosterFact):
    """The Centre approved (R4.2): the producing body now makes the certificates of the sealed lines."""

    TYPE: ClassVar[str] = "roster.approved.v1"
    ABOUT: ClassVar[str] = (
        "中心批准了名册。此后名册行不可变更，由制证单位制作证书。 · The Centre approved. From here on the "
        "lines cannot change, and the producing body makes the certificates."
    )
    SUBJECT: ClassVar[str] = "名册的编号 · id of the roster"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    producer: Annotated[
        InstitutionCode,
        Doc("制作并寄发证书的机构的编码 · institution code of the body that makes and posts the certificates"),
    ]
    approved_on: Annotated[
        date,
        Doc("批准之日（中国日期）；证书编号取其年份 · day of the approval in China; the year counts in the numbers"),
    ]
    lines: Annotated[CountsByLevel, Doc("各等级的合格人数 · passed candidates by level")]
    seal: Annotated[Seal, Doc("各页封存摘要的摘要 · hash over the seals of the pages")]
    examined: int | None = Field(
        default=None,
        description="实考人数；早先版本的事件没有此项 · heads that sat the exam; facts of earlier releases lack it",
    )
    exceptions: Excepted = Field(default_factory=list)
    held_on: date | None = Field(
        default=None,
        description=(
            "名册行所属的鉴定日期；早先版本的事件没有此项 · day of the exam that its lines are of; facts of "
            "earlier releases lack it"
        ),
    )


class RosterReturned(_RosterOnItsWay):
    TYPE: ClassVar[str] = "roster.returned.v1"
    ABOUT: ClassVar[str] = (
        "名册被退回一级，并载明理由；或因鉴定改期退回其机构。 · The roster was sent back one step, with a "
        "reason; or to its body, because its session is held on another day."
    )
    SUBJECT: ClassVar[str] = "名册的编号 · id of the roster"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    reason: Annotated[str, Doc("退回的理由，审核者的原话 · why it was returned, in the reviewer's words")]
    postponed_to: date | None = Field(
        default=None,
        description=(
            "因鉴定改期而退回、名册本身并无差错的：新的鉴定日期；由审核者退回的为空 · day of the exam, where the "
            "session was postponed and nobody found fault with the roster; none where a reviewer returned it"
        ),
    )


class RosterWithdrawn(_RosterOnItsWay):
    TYPE: ClassVar[str] = "roster.withdrawn.v1"
    ABOUT: ClassVar[str] = (
        "上级尚未办理时，呈报或审核者撤回了名册。 · Who handed the roster on took it back, before the office "
        "above had acted on it."
    )
    SUBJECT: ClassVar[str] = "名册的编号 · id of the roster"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    desk_before: TakenFrom
    reason: WhyTakenBack = ""


class RosterDiscarded(_RosterOnItsWay):
    TYPE: ClassVar[str] = "roster.discarded.v1"
    ABOUT: ClassVar[str] = (
        "草稿已作废。可以为该批次另建名册。 · A draft was given up. Another one may be opened for the session."
    )
    SUBJECT: ClassVar[str] = "名册的编号 · id of the roster"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    desk_before: KnewOfDraft


class ForeignNumberFound(Fact):
    """A workbook carried a certificate number without the industry mark (R3): somebody got certificates elsewhere."""

    TYPE: ClassVar[str] = "foreign_number.found.v1"
    ABOUT: ClassVar[str] = (
        "工作簿中有不含行业代码的证书编号（R3）。导入已被拒绝；监督服务就此提出一次违规。培训模式下不记录。 "
        "· A workbook carried a certificate number without the industry mark (R3). The import was refused; "
        "supervision raises a violation, once. Never noted in practice."
    )
    SUBJECT: ClassVar[str] = "发现的编号 · id of the find"
    READERS: ClassVar[tuple[Reader, ...]] = ("branch", "centre")  # what becomes of it the station hears as a violation
    find: Annotated[
        str,
        Doc(
            "发现的编号；同一机构的同一证书编号，此编号相同 · id of the find; the same for the same number of "
            "the same body"
        ),
    ]
    body: ConcernedBody
    path: ConcernedPath
    session: Annotated[str, Doc("鉴定批次的编号 · id of the session")]
    institution: str = Field(pattern=r"^\d{8}$", description="编号中的机构编码 · the institution inside the number")
    masked: str = Field(pattern=r"^\d{11}\*{5}$", description="编号，隐去流水号 · the number without its sequence")


class RosterDutyOpened(DutyOpened):
    TYPE: ClassVar[str] = "roster_duty.opened.v1"


class RosterDutyReckoned(DutyReckoned):
    TYPE: ClassVar[str] = "roster_duty.reckoned.v1"


class RosterDutyMarked(DutyMarked):
    TYPE: ClassVar[str] = "roster_duty.marked.v1"


class RosterDutySettled(DutySettled):
    TYPE: ClassVar[str] = "roster_duty.settled.v1"


class ReportingWindUpDone(Fact):
    """This service carried out its part of a revocation; the effects are fetched over HTTP."""

    TYPE: ClassVar[str] = "reporting_windup.done.v1"
    ABOUT: ClassVar[str] = (
        "呈报服务已办完取消资质的善后事项。监督服务读取办理结果：`GET /reporting/windups/{sanction}`。 · The "
        "reporting service carried out its part of a revocation. Supervision fetches what happened: `GET "
        "/reporting/windups/{sanction}`."
    )
    SUBJECT: ClassVar[str] = "处理的编号 · id of the sanction"
    sanction: Annotated[str, Doc("处理的编号 · id of the sanction")]
    effects: Annotated[int, Doc("办完、移交或作废的事项数 · how many items were finished, moved or voided")]


FACTS: tuple[type[Fact], ...] = (
    RosterSubmitted,
    RosterEndorsed,
    RosterApproved,
    RosterReturned,
    RosterWithdrawn,
    RosterDiscarded,
    ForeignNumberFound,
    RosterDutyOpened,
    RosterDutyReckoned,
    RosterDutyMarked,
    RosterDutySettled,
    ReportingWindUpDone,
)
