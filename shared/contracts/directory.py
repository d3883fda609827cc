"""Facts of the directory: bodies (Centre, branch centres, stations)."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

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


class DirectoryWindUpDone(Fact):
    """This service carried out its part of a revocation; the effects are fetched over HTTP."""

    TYPE: ClassVar[str] = "directory_windup.done.v1"
    sanction: str
    effects: int


FACTS: tuple[type[Fact], ...] = (BodyRegistered, DirectoryWindUpDone)
