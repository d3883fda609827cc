"""Facts of duties: what somebody has to do by a day. Each service has its own four, of the shapes below."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field
from typing_extensions import Doc

from shared.contracts.envelope import ALL_CONCERNED, Fact, Reader
from shared.contracts.words import AccountRef, ConcernedPath, InstitutionCode


class _DutyFact(Fact):
    SUBJECT: ClassVar[str] = "任务的编号 · id of the duty"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    what: Annotated[str, Doc("何种任务，如 `annual_plan` · which duty, like `annual_plan`")]
    about: Annotated[str, Doc("所涉文档的编号，如计划、名册 · id of what it is about, a plan or a roster")]
    body: InstitutionCode = Field(description="应当办理的机构编码 · institution code of the body that has to act")
    path: ConcernedPath
    concerns: InstitutionCode = Field(
        description="所涉机构编码：审核、批准等任务为报送机构，其余同办理机构 · institution code of the body whose matter it is: "
        "of who handed it in, where another body has to act on it"
    )
    period: Annotated[
        str, Doc("所属年度、季度或鉴定批次，没有为空 · year, quarter or session, empty where there is none")
    ]
    due_on: Annotated[date, Doc("期限的最后一天 · the last day that counts")]


class DutyOpened(_DutyFact):
    ABOUT: ClassVar[str] = "有任务须在期限内办理。 · Something has to be done by a day."
    since: Annotated[date, Doc("起算之日 · the day from which the term is counted")]


class DutyReckoned(_DutyFact):
    ABOUT: ClassVar[str] = (
        "尚未办理的任务，期限或办理机构的隶属有了变化：如公布了某年的节假日安排。以本消息为准；已发的提醒仍然有效。 · What is "
        "still to be done has another last day, or stands elsewhere: as when the working days of a year became known. This "
        "counts from now on; what was told stays told."
    )


class DutyMarked(_DutyFact):
    ABOUT: ClassVar[str] = (
        "任务到了提醒的日子：期限前、当日、逾期。每个提醒只发一次；中断之后只发最近的一个。 · A duty has reached a mark of "
        "its ladder, before, on or after its last day. Each is told once; after an outage the nearest one only."
    )
    mark: Annotated[int, Doc("提醒级：期限前的天数，逾期为负 · days before the last day, negative after it")]
    days_left: Annotated[int, Doc("发出时距期限的天数，逾期为负 · days left when it was told, negative after it")]
    ahead: Annotated[bool, Doc("尚未逾期 · the last day is not over")]
    overdue: Annotated[bool, Doc("已逾期 · the last day is over")]
    provisional: Annotated[
        bool, Doc("该年节假日安排尚未公布，工作日按推定 · the working days of that year are not known yet")
    ] = False
    above: InstitutionCode | None = Field(
        default=None,
        description="逾期后同时告知的上级机构，没有为空 · the body above that is told too once it is overdue; none before",
    )
    centre: InstitutionCode | None = Field(
        default=None,
        description="逾期较久后同时告知的中心，没有为空 · the Centre, told too once it is long overdue; none before",
    )
    account: AccountRef | None = Field(
        default=None,
        description="改为告知个人时，其账号代号；没有为空 · reference of the person who is told instead; else none",
    )
    people: int | None = Field(
        default=None,
        ge=1,
        description="所涉人数，不涉及人员的为空 · how many people it is about, none where it is about none",
    )
    since: date | None = Field(
        default=None,
        description="起算之日；早先版本的事件中为空 · the day from which the term is counted; none in facts of earlier releases",
    )


class DutySettled(_DutyFact):
    ABOUT: ClassVar[str] = (
        "任务已办理，或不再需要办理；此后不再提醒。 · It was done, or need not be done any more; nobody is reminded after this."
    )
    settled_on: Annotated[date, Doc("办理之日 · the day on which it was done")]
    late: Annotated[bool, Doc("是否逾期办理 · after its last day")]
    lapsed: Annotated[
        bool, Doc("未办理而终止，如机构已被取消资质 · it ended without having been done, as of a revoked body")
    ]
