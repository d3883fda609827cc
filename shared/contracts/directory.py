"""Facts of the directory: bodies (Centre, branch centres, stations) and their standing, accounts, trainings; and what it
answers its neighbours."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from typing_extensions import Doc

from shared.contracts.envelope import Fact
from shared.contracts.words import ConcernedBody, ConcernedPath, InstitutionCode, Level, OccupationCode

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
    valid_until: date = Field(description="the last day it is valid")
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
        "A body was registered, or its entry or its standing changed. It carries everything, so the latest one is "
        "enough. Each change is told twice: for the body, and for its twin in training, whose code and path begin "
        "with 99 and which is always licensed."
    )
    SUBJECT: ClassVar[str] = "id of the body"
    body: ConcernedBody
    kind: Annotated[BodyKind, Doc("centre, branch or station")]
    path: ConcernedPath
    name_zh: Annotated[str, Doc("Chinese name")]
    name_en: Annotated[str, Doc("English name")]
    produces: bool = Field(description="holds the right to make certificates (制作证书)")
    email: str = Field(description="official mailbox of the body's office, not of a person")
    state: str = Field("", description="shared.contracts.words.STANDINGS; empty in facts of release 0.1")
    licence: Annotated[
        Licence | None,
        Doc(
            "number, first and last day, and scope (occupations with their levels) of the licence; none where "
            "there is none"
        ),
    ] = None
    former_licences: list[Licence] = Field(
        default_factory=list,
        description="licences that were replaced, oldest first, each until the day before the one that took its place; "
        "those replaced before this release are not known",
    )
    licences_since: date | None = Field(
        default=None,
        description="day in China from which on all its licences are told: an earlier release replaced some before it and "
        "kept none of them; none where all are told",
    )
    suspensions: list[Suspension] | None = Field(
        default=None,
        description="when it was suspended, oldest first: from the day of the suspension to the day before it was "
        "reinstated or its standing ended; none where an earlier release told it",
    )
    registered_on: date | None = Field(
        default=None,
        description="day in China on which it was registered; none where an earlier release told it",
    )
    ended_on: date | None = Field(
        default=None,
        description="day in China on which it was revoked or struck off, from which on no licence counts; none while it "
        "is neither, and where an earlier release told it",
    )
    instead: InstitutionCode | None = Field(
        default=None, description="where it was struck off: the body that it was registered as a second time"
    )

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


AccountRef = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f-]{36}$"),
    Field(description="Stands for an account, whose id stays off the bus (shared.identity.account_ref)"),
]


class BodyStandingChanged(Fact):
    """A body was licensed, told to rectify, suspended, reinstated, revoked or struck off (rules §4.1, §4.9)."""

    TYPE: ClassVar[str] = "body.standing_changed.v1"
    ABOUT: ClassVar[str] = (
        "A body was licensed, told to rectify, suspended, reinstated, revoked or struck off. A sanction that found nothing to "
        "change is told as well, with the same state twice, so that its record says what it did. What holds now "
        "is in `body.registered.v1`; this one makes the letters, but for what a sanction did: "
        "`sanction.confirmed.v1` and `sanction.lifted.v1` have letters of their own. Twins in training have none."
    )
    SUBJECT: ClassVar[str] = "id of the body"
    body: ConcernedBody
    path: ConcernedPath
    above: InstitutionCode = Field(description="the body right above: its branch centre, or the Centre")
    from_state: Annotated[str, Doc("state before")]
    to_state: Annotated[str, Doc("state now")]
    reason: Annotated[
        str,
        Doc("why, in the officer's words, without names of people; empty where it goes without saying"),
    ]
    until: date | None = Field(description="last day to rectify, or of the suspension; none where it has no end")
    sanction: str = Field("", description="id of the sanction that did it; empty for what the directory's officers do")
    lifting: bool = Field(False, description="it was the end of that sanction")
    instead: InstitutionCode | None = Field(
        default=None, description="where it was struck off: the body that it was registered as a second time"
    )


class DirectoryWindUpDone(Fact):
    """This service carried out its part of a revocation; the effects are fetched over HTTP."""

    TYPE: ClassVar[str] = "directory_windup.done.v1"
    ABOUT: ClassVar[str] = (
        "The directory service carried out its part of a revocation. Supervision fetches what happened: `GET "
        "/directory/windups/{sanction}`."
    )
    SUBJECT: ClassVar[str] = "id of the sanction"
    sanction: Annotated[str, Doc("id of the sanction")]
    effects: Annotated[int, Doc("how many items were finished, moved or voided")]


class TrainingDue(Fact):
    """A mark before the end of somebody's training was reached and no later training is recorded (R2)."""

    TYPE: ClassVar[str] = "training.due.v1"
    ABOUT: ClassVar[str] = (
        "A mark of the reminder ladder (30, 14, 7, 3, 1, 0 days before, 1 and 3 days after) was reached before "
        "the end of somebody's training, and no later training is recorded (R2). Each mark once; marks that were "
        "missed are skipped; nothing for closed accounts. The account goes by a reference that is not its id: the "
        "directory tells `notification` whom to write to."
    )
    SUBJECT: ClassVar[str] = "reference of the account"
    account: Annotated[AccountRef, Doc("reference of the account")]
    body: ConcernedBody
    path: ConcernedPath
    due_on: date = Field(description="last day on which the training counts")
    days_left: int = Field(description="0 on the last day, negative when overdue")


class AccountLocked(Fact):
    """Too many wrong passwords in a row: the account opens nothing for a while."""

    TYPE: ClassVar[str] = "account.locked.v1"
    ABOUT: ClassVar[str] = (
        "Ten wrong passwords in a row locked a person's account. Written at most once a day for an account, so "
        "that somebody who guesses all day does not fill the mailbox."
    )
    SUBJECT: ClassVar[str] = "ref of the account"
    account: Annotated[
        AccountRef,
        Doc("ref of the account: computed from its id, which stays off the bus"),
    ]
    body: ConcernedBody
    path: ConcernedPath
    minutes: int = Field(ge=1, description="how long")


class AccountResetRequested(Fact):
    """Somebody asked for a new password: the holder gets a letter with a link."""

    TYPE: ClassVar[str] = "account.reset_requested.v1"
    ABOUT: ClassVar[str] = (
        "Somebody asked for a new password; the holder gets a letter with a link, which `notification` fetches "
        "from the directory. Written at most every five minutes for an account."
    )
    SUBJECT: ClassVar[str] = "ref of the account"
    account: Annotated[
        AccountRef,
        Doc("ref of the account: computed from its id, which stays off the bus"),
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


FACTS: tuple[type[Fact], ...] = (
    BodyRegistered,
    BodyStandingChanged,
    AccountLocked,
    AccountResetRequested,
    TrainingDue,
    DirectoryWindUpDone,
)
