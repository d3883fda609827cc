"""Facts of the directory: bodies (Centre, branch centres, stations) and accounts; what it answers its neighbours."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

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


AccountRef = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f-]{36}$"),
    Field(description="Stands for an account, whose id stays off the bus (shared.identity.account_ref)"),
]


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


FACTS: tuple[type[Fact], ...] = (BodyRegistered, AccountLocked, AccountResetRequested)
