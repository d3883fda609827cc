"""Facts of the directory: bodies (Centre, branch centres, stations)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.envelope import Fact
from shared.contracts.words import BodyPath, InstitutionCode

BodyKind = Literal["centre", "branch", "station"]


class BodyRegistered(Fact):
    """A body was registered, or its entry was changed: always the whole entry, so the latest one is enough."""

    TYPE: ClassVar[str] = "body.registered.v1"
    body: InstitutionCode
    kind: BodyKind
    path: BodyPath
    name_zh: str
    name_en: str
    produces: bool = Field(description="holds the right to make certificates (制作证书)")
    email: str = Field(description="official mailbox of the body's office, not of a person")


class TrainingDue(Fact):
    """A mark before the end of somebody's training was reached and no later training is recorded (R2)."""

    TYPE: ClassVar[str] = "training.due.v1"
    account: str = Field(description="reference of the account, not its id: people stay off the bus")
    body: InstitutionCode
    path: BodyPath
    due_on: date = Field(description="last day on which the training counts")
    days_left: int = Field(description="0 on the last day, negative when overdue")


class Addressee(BaseModel):
    """Answer of `GET /directory/addressees/{ref}`: for services only. email: empty where no letter can be sent."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    name: str
    email: str


FACTS: tuple[type[Fact], ...] = (BodyRegistered, TrainingDue)
