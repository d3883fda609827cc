"""Facts of the directory: bodies (Centre, branch centres, stations) and their standing, accounts, trainings; and what it
answers its neighbours."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import Doc

from shared.contracts.duties import DutyMarked, DutyOpened, DutyReckoned, DutySettled
from shared.contracts.envelope import ALL_CONCERNED, Fact, Reader
from shared.contracts.words import AccountRef, ConcernedBody, ConcernedPath, InstitutionCode, Level, OccupationCode

BodyKind = Literal["centre", "branch", "station"]


class ScopeItem(BaseModel):
    """One occupation and the levels of it that a licence, or a card, allows."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    occupation: OccupationCode
    levels: list[Level]


class Licence(BaseModel):
    """鉴定许可证: appraisal is allowed on these days, in these occupations at these levels, and in no other (rules §4.1)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    licence_no: str
    valid_from: date
    valid_until: date = Field(description="有效期的最后一天 · the last day it is valid")
    scope: list[ScopeItem]

    def covers(self, occupation: str, level: int) -> bool:
        return any(one.occupation == occupation and level in one.levels for one in self.scope)

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_until


class Suspension(BaseModel):
    """暂停鉴定: days on which a body may not appraise (rules §4.9). last: none as long as it goes on."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    first: date
    last: date | None = None

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


class BodyRegistered(Fact):
    """A body was registered, its entry or its standing was changed: always everything, so the latest one is enough.

    Its twin in the training tree (shared.training) has facts of its own, next to the body's."""

    TYPE: ClassVar[str] = "body.registered.v1"
    ABOUT: ClassVar[str] = (
        "机构已登记，或其登记内容、资质有变更。本事件载明全部内容，以最新一件为准。每次变更发布两件："
        "一件为该机构，一件为其培训机构镜像；镜像的编码和路径以 99 开头，并且始终为已许可。 · A body was "
        "registered, or its entry or its standing changed. It carries everything, so the latest one is "
        "enough. Each change is told twice: for the body, and for its twin in training, whose code and path "
        "begin with 99 and which is always licensed."
    )
    SUBJECT: ClassVar[str] = "机构的编码 · id of the body"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    body: ConcernedBody
    kind: Annotated[BodyKind, Doc("中心、分中心或鉴定站 · centre, branch or station")]
    path: ConcernedPath
    name_zh: Annotated[str, Doc("中文名称 · Chinese name")]
    name_en: Annotated[str, Doc("英文名称 · English name")]
    produces: bool = Field(description="是否持有制证权 · holds the right to make certificates (制作证书)")
    email: str = Field(
        description="机构办公室的公务信箱，不是个人信箱 · official mailbox of the body's office, not of a person"
    )
    contact_name: str = Field(
        "",
        description="收取公务信函的联系人姓名，未指定为空 · name of the official to whom letters go; empty: to the office",
    )
    contact_email: str = Field(
        "",
        description="联系人的公务信箱，未指定为空 · official mailbox of that contact; empty: letters go to the office's",
    )
    deputy_name: str = Field("", description="代理联系人姓名，未指定为空 · name of the deputy; empty: none")
    deputy_email: str = Field(
        "",
        description="代理联系人的公务信箱，信函另送一份；未指定为空 · mailbox of the deputy, who gets every letter too",
    )
    state: str = Field(
        "",
        description=(
            "机构资质，取值见 `shared.contracts.words.STANDINGS`；0.1 版的事件中为空 · standing, one of "
            "`shared.contracts.words.STANDINGS`; empty in facts of release 0.1"
        ),
    )
    licence: Annotated[
        Licence | None,
        Doc(
            "许可的证号、起止日期和范围（职业及其等级）；没有许可的为空 · number, first and last day, and scope "
            "(occupations with their levels) of the licence; none where there is none"
        ),
    ] = None
    former_licences: list[Licence] = Field(
        default_factory=list,
        description=(
            "已被替换的许可，由早到晚，各至接替的许可生效前一天；本版本以前被替换的无从得知 · licences that were "
            "replaced, oldest first, each until the day before the one that took its place; those replaced before "
            "this release are not known"
        ),
    )
    licences_since: date | None = Field(
        default=None,
        description=(
            "自该日（中国日期）起的许可均已载明：早先版本在此前替换过许可而没有保留；全部载明时为空 · day in "
            "China from which on all its licences are told: an earlier release replaced some before it and kept "
            "none of them; none where all are told"
        ),
    )
    suspensions: list[Suspension] | None = Field(
        default=None,
        description=(
            "暂停鉴定的期间，由早到晚：自暂停之日至恢复或资质终止的前一天；早先版本发布的事件中为空 · when it "
            "was suspended, oldest first: from the day of the suspension to the day before it was reinstated or "
            "its standing ended; none where an earlier release told it"
        ),
    )
    registered_on: date | None = Field(
        default=None,
        description=(
            "登记之日（中国日期）；早先版本发布的事件中为空 · day in China on which it was registered; none "
            "where an earlier release told it"
        ),
    )
    ended_on: date | None = Field(
        default=None,
        description=(
            "被取消资质或除名之日（中国日期），自该日起许可均不作数；未取消也未除名的，"
            "以及早先版本发布的事件中为空 · day in China on which it was revoked or struck off, from which on no "
            "licence counts; none while it is neither, and where an earlier release told it"
        ),
    )
    instead: InstitutionCode | None = Field(
        default=None,
        description=(
            "已除名的：同一机构先前登记的编码 · where it was struck off: the body that it was registered as a "
            "second time"
        ),
    )

    @property
    def mailbox(self) -> str:
        """Where its letters go: its contact's, where it names one."""
        return self.contact_email or self.email

    def mailbox_of(self, *, deputy: bool) -> str:
        """Where letters to it, or those to its deputy, go now; empty where it names no deputy."""
        return self.deputy_email if deputy else self.mailbox

    def suspended_on(self, day: date) -> bool:
        """Whether it was suspended on a day of the past. Where an earlier release told nothing of that: as it is now.

        A revoked or struck-off body is not suspended any more: it may do nothing (`ended_on`)."""
        if self.suspensions is None:
            return self.state == "suspended"
        return any(one.covers(day) for one in self.suspensions)

    @property
    def licences(self) -> list[Licence]:
        """All that are told, oldest first."""
        return [*self.former_licences, *([self.licence] if self.licence else [])]

    def licence_on(self, day: date) -> Licence | None:
        """The latest licence that was valid on that day; none where there was none. Of a day before `licences_since` nobody
        knows: as it is now; and of a day before the only licence that an earlier release told, too.

        The end of the body is not looked at: from `ended_on` on it begins nothing more, and what it had begun is dealt with
        in its winding-up (rules §4.9)."""
        found = next((one for one in reversed(self.licences) if one.valid_on(day)), None)
        if found is not None or self.licence is None:
            return found
        if self.suspensions is None:  # an earlier release told it
            return self.licence if day < self.licence.valid_from else None
        return self.licence if self.licences_since is not None and day < self.licences_since else None


class BodyStandingChanged(Fact):
    """A body was licensed, told to rectify, suspended, reinstated, revoked or struck off (rules §4.1, §4.9)."""

    TYPE: ClassVar[str] = "body.standing_changed.v1"
    ABOUT: ClassVar[str] = (
        "机构已许可、被责令限期整改、被暂停鉴定、已恢复、被取消资质或已除名。处理未引起变更的也发布，"
        "前后状态相同，使处理的记录完整。现状以 `body.registered.v1` 为准；本事件用于发信，"
        "但处理引起的变更除外：`sanction.confirmed.v1` 和 `sanction.lifted.v1` 另有信函。"
        "培训机构镜像没有此事件。 · A body was licensed, told to rectify, suspended, reinstated, revoked or "
        "struck off. A sanction that found nothing to change is told as well, with the same state twice, so "
        "that its record says what it did. What holds now is in `body.registered.v1`; this one makes the "
        "letters, but for what a sanction did: `sanction.confirmed.v1` and `sanction.lifted.v1` have letters "
        "of their own. Twins in training have none."
    )
    SUBJECT: ClassVar[str] = "机构的编码 · id of the body"
    READERS: ClassVar[tuple[Reader, ...]] = ALL_CONCERNED
    body: ConcernedBody
    path: ConcernedPath
    above: InstitutionCode = Field(
        description="直接上级机构：分中心或中心 · the body right above: its branch centre, or the Centre"
    )
    from_state: Annotated[str, Doc("此前状态 · state before")]
    to_state: Annotated[str, Doc("此后状态 · state now")]
    reason: Annotated[
        str,
        Doc(
            "理由，经办人员的原话，不含人名；不言自明的为空 · why, in the officer's words, without names of "
            "people; empty where it goes without saying"
        ),
    ]
    until: date | None = Field(
        description=(
            "整改或暂停的最后一天；没有期限的为空 · last day to rectify, or of the suspension; none where it has no end"
        )
    )
    sanction: str = Field(
        "",
        description=(
            "引起变更的处理的编号；由名录经办人员办理的为空 · id of the sanction that did it; empty for what the "
            "directory's officers do"
        ),
    )
    lifting: bool = Field(False, description="是否因该处理解除 · it was the end of that sanction")
    instead: InstitutionCode | None = Field(
        default=None,
        description=(
            "已除名的：同一机构先前登记的编码 · where it was struck off: the body that it was registered as a "
            "second time"
        ),
    )


class DirectoryWindUpDone(Fact):
    """This service carried out its part of a revocation; the effects are fetched over HTTP."""

    TYPE: ClassVar[str] = "directory_windup.done.v1"
    ABOUT: ClassVar[str] = (
        "名录服务已办完取消资质的善后事项。监督服务读取办理结果：`GET /directory/windups/{sanction}`。 · The "
        "directory service carried out its part of a revocation. Supervision fetches what happened: `GET "
        "/directory/windups/{sanction}`."
    )
    SUBJECT: ClassVar[str] = "处理的编号 · id of the sanction"
    sanction: Annotated[str, Doc("处理的编号 · id of the sanction")]
    effects: Annotated[int, Doc("办完、移交或作废的事项数 · how many items were finished, moved or voided")]


class DirectoryDutyOpened(DutyOpened):
    TYPE: ClassVar[str] = "directory_duty.opened.v1"
    READERS: ClassVar[tuple[Reader, ...]] = ()  # some are of one person, whose account goes by a reference


class DirectoryDutyReckoned(DutyReckoned):
    TYPE: ClassVar[str] = "directory_duty.reckoned.v1"
    READERS: ClassVar[tuple[Reader, ...]] = ()


class DirectoryDutyMarked(DutyMarked):
    TYPE: ClassVar[str] = "directory_duty.marked.v1"
    READERS: ClassVar[tuple[Reader, ...]] = ()


class DirectoryDutySettled(DutySettled):
    TYPE: ClassVar[str] = "directory_duty.settled.v1"
    READERS: ClassVar[tuple[Reader, ...]] = ()


class TrainingDue(Fact):
    """A mark before the end of somebody's training was reached and no later training is recorded (R2)."""

    TYPE: ClassVar[str] = "training.due.v1"
    ABOUT: ClassVar[str] = (
        "某人的培训有效期临近届满，已到提醒刻度（届满前 30、14、7、3、1、0 天，届满后 1、3 天），"
        "且没有登记此后的培训（R2）。每个刻度只提醒一次；错过的刻度不再补发；已停用的账号不提醒。"
        "事件中以账号代号代替账号：收信人由名录服务告知 `notification`。 · A mark of the reminder ladder "
        "(30, 14, 7, 3, 1, 0 days before, 1 and 3 days after) was reached before the end of somebody's "
        "training, and no later training is recorded (R2). Each mark once; marks that were missed are "
        "skipped; nothing for closed accounts. The account goes by a reference that is not its id: the "
        "directory tells `notification` whom to write to."
    )
    SUBJECT: ClassVar[str] = "账号代号 · reference of the account"
    account: Annotated[AccountRef, Doc("账号代号 · reference of the account")]
    body: ConcernedBody
    path: ConcernedPath
    due_on: date = Field(description="培训有效的最后一天 · last day on which the training counts")
    days_left: int = Field(description="最后一天为 0，逾期为负数 · 0 on the last day, negative when overdue")


class AccountLocked(Fact):
    """Too many wrong passwords in a row: the account opens nothing for a while."""

    TYPE: ClassVar[str] = "account.locked.v1"
    ABOUT: ClassVar[str] = (
        "连续十次密码错误，某人的账号已被锁定。同一账号每天最多发布一次，以免有人整日试密码时信箱被塞满。 · "
        "Ten wrong passwords in a row locked a person's account. Written at most once a day for an account, "
        "so that somebody who guesses all day does not fill the mailbox."
    )
    SUBJECT: ClassVar[str] = "账号代号 · ref of the account"
    account: Annotated[
        AccountRef,
        Doc(
            "账号代号：由账号算出，账号本身不进入消息 · ref of the account: computed from its id, which stays "
            "off the bus"
        ),
    ]
    body: ConcernedBody
    path: ConcernedPath
    minutes: int = Field(ge=1, description="锁定多少分钟 · how long")


class AccountResetRequested(Fact):
    """Somebody asked for a new password: the holder gets a letter with a link."""

    TYPE: ClassVar[str] = "account.reset_requested.v1"
    ABOUT: ClassVar[str] = (
        "有人申请重设密码；账号持有人收到带链接的信函，链接由 `notification` 向名录服务读取。"
        "同一账号五分钟内最多发布一次。 · Somebody asked for a new password; the holder gets a letter with a "
        "link, which `notification` fetches from the directory. Written at most every five minutes for an "
        "account."
    )
    SUBJECT: ClassVar[str] = "账号代号 · ref of the account"
    account: Annotated[
        AccountRef,
        Doc(
            "账号代号：由账号算出，账号本身不进入消息 · ref of the account: computed from its id, which stays "
            "off the bus"
        ),
    ]
    body: ConcernedBody
    path: ConcernedPath


class Addressee(BaseModel):
    """Answer of `GET /directory/addressees/{ref}`, for notification: the holder of an account. No email: write to nobody.

    link: what a letter is written for, where it is written for a link; it opens something, so it is not kept."""

    model_config = ConfigDict(extra="ignore")
    name: str
    email: str
    link: str = ""


class MachineState(BaseModel):
    """Answer of `GET /directory/machines/{id}`, for notification: whether what this machine asked for goes on."""

    model_config = ConfigDict(extra="ignore")
    open: bool


FACTS: tuple[type[Fact], ...] = (
    BodyRegistered,
    BodyStandingChanged,
    AccountLocked,
    AccountResetRequested,
    TrainingDue,
    DirectoryDutyOpened,
    DirectoryDutyReckoned,
    DirectoryDutyMarked,
    DirectoryDutySettled,
    DirectoryWindUpDone,
)
