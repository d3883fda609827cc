"""Facts of the directory: bodies (Centre, branch centres, stations) and their standing, accounts, trainings; and what it
answers its neighbours."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts.envelope import Fact
from shared.contracts.words import BodyPath, InstitutionCode, Level, OccupationCode

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


class BodyRegistered(Fact):
    """A body was registered, its entry or its standing was changed: always everything, so the latest one is enough.

    Its twin in the training tree (shared.trade.practice) has facts of its own, next to the body's."""

    TYPE: ClassVar[str] = "body.registered.v1"
    body: InstitutionCode
    kind: BodyKind
    path: BodyPath
    name_zh: str
    name_en: str
    produces: bool = Field(description="holds the right to make certificates (制作证书)")
    email: str = Field(description="official mailbox of the body's office, not of a person")
    state: str = Field("", description="shared.contracts.words.STANDINGS; empty in facts of release 0.1")
    licence: Licence | None = None


AccountRef = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f-]{36}$"),
    Field(description="Stands for an account, whose id stays off the bus (shared.keeping.ids.account_ref)"),
]


class BodyStandingChanged(Fact):
    """A body was licensed, told to rectify, suspended, reinstated or revoked (rules §4.1, §4.9)."""

    TYPE: ClassVar[str] = "body.standing_changed.v1"
    body: InstitutionCode
    path: BodyPath
    above: InstitutionCode = Field(description="the body right above: its branch centre, or the Centre")
    from_state: str
    to_state: str
    reason: str
    until: date | None = Field(description="last day to rectify, or of the suspension; none where it has no end")
    sanction: str = Field("", description="id of the sanction that did it; empty for what the directory's officers do")
    lifting: bool = Field(False, description="it was the end of that sanction")


class DirectoryWindUpDone(Fact):
    """This service carried out its part of a revocation; the effects are fetched over HTTP."""

    TYPE: ClassVar[str] = "directory_windup.done.v1"
    sanction: str
    effects: int


class TrainingDue(Fact):
    """A mark before the end of somebody's training was reached and no later training is recorded (R2)."""

    TYPE: ClassVar[str] = "training.due.v1"
    account: AccountRef
    body: InstitutionCode
    path: BodyPath
    due_on: date = Field(description="last day on which the training counts")
    days_left: int = Field(description="0 on the last day, negative when overdue")


class AccountLocked(Fact):
    """Too many wrong passwords in a row: the account opens nothing for a while."""

    TYPE: ClassVar[str] = "account.locked.v1"
    account: AccountRef
    body: InstitutionCode
    path: BodyPath
    minutes: int = Field(ge=1, description="how long")


class AccountResetRequested(Fact):
    """Somebody asked for a new password: the holder gets a letter with a link."""

    TYPE: ClassVar[str] = "account.reset_requested.v1"
    account: AccountRef
    body: InstitutionCode
    path: BodyPath


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
