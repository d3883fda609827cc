"""Facts of the certificate service: batches, readiness, mailing."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.envelope import Fact
from shared.contracts.words import BodyPath, InstitutionCode, Level, Seal


class BatchNumbered(Fact):
    """At most 200 certificates have their numbers and wait to be drawn as one print file."""

    TYPE: ClassVar[str] = "batch.numbered.v1"
    batch: str
    roster: str
    producer: InstitutionCode
    certificates: int
    drawing: int = Field(default=1, description="1 for the first drawing, higher after a redraw was asked for")


class BatchProduced(Fact):
    TYPE: ClassVar[str] = "batch.produced.v1"
    batch: str
    roster: str
    producer: InstitutionCode
    drawn: int
    refused: int = Field(description="certificates left out because a character of theirs is in no font")
    print_file: Seal | None = Field(description="content hash of the print file; none if every certificate was refused")


class CertificatesReady(Fact):
    """Every batch of the roster is drawn: print, seal, pack and post (R4.2)."""

    TYPE: ClassVar[str] = "certificates.ready.v1"
    roster: str
    body: InstitutionCode
    path: BodyPath
    producer: InstitutionCode
    certificates: int
    refused: int
    batches: int


class CertificatesMailed(Fact):
    """The producing body posted the certificates of a roster to the station."""

    TYPE: ClassVar[str] = "certificates.mailed.v1"
    roster: str
    body: InstitutionCode
    path: BodyPath
    producer: InstitutionCode
    certificates: int
    carrier: str
    parcel: str


class Holder(BaseModel):
    """One certificate holder who left an address, as the letter to them needs it."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    certificate: str
    number: str
    name: str
    email: str
    occupation_zh: str
    occupation_en: str
    level: Level
    verify_url: str


class HoldersPage(BaseModel):
    """Answer of `GET /certificate/holders?roster=…&after=…`: for services only, people stay off the bus."""

    model_config = ConfigDict(extra="ignore")
    items: list[Holder]
    next: str | None


class CertificatesVoided(Fact):
    """The certificates of a roster will not be issued: they were not posted when their body lost its licence. Their
    numbers are never used again (rules §4.10)."""

    TYPE: ClassVar[str] = "certificates.voided.v1"
    roster: str
    body: InstitutionCode
    path: BodyPath
    producer: InstitutionCode
    certificates: int
    sanction: str


class CertificateWindUpDone(Fact):
    """This service carried out its part of a revocation; the effects are fetched over HTTP."""

    TYPE: ClassVar[str] = "certificate_windup.done.v1"
    sanction: str
    effects: int


FACTS: tuple[type[Fact], ...] = (
    BatchNumbered,
    BatchProduced,
    CertificatesReady,
    CertificatesMailed,
    CertificatesVoided,
    CertificateWindUpDone,
)
