"""What may be asked over HTTP about bodies and their standing."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.directory.mailbox import Mailbox
from shared.contracts.directory import BodyKind
from shared.contracts.words import InstitutionCode, Level, OccupationCode
from shared.text import OneLine

Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2099, 12, 31))]


class HostEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name_zh: OneLine = Field(min_length=2, max_length=100, examples=["示例机床集团有限公司"])
    name_en: OneLine = Field("", max_length=200)
    credit_code: OneLine = Field("", max_length=40, description="统一社会信用代码; a wrong check digit only warns")


class BodyEntry(BaseModel):
    """What may change in a body's entry."""

    model_config = ConfigDict(extra="forbid")
    name_zh: OneLine = Field(min_length=2, max_length=100, examples=["示例机床集团鉴定站"])
    name_en: OneLine = Field(min_length=2, max_length=200, examples=["Example Machine Tool Group Appraisal Station"])
    produces: bool = Field(False, description="holds the right to make certificates; the Centre always does")
    email: Mailbox = Field(description="official mailbox of the office", examples=["office@example.org"])
    address: OneLine = Field("", max_length=200, description="postal address")
    postal_code: OneLine = Field("", max_length=20, examples=["010000"])
    phone: OneLine = Field("", max_length=40, examples=["010-12345678"])
    contact: OneLine = Field("", max_length=60, description="联系人 · the person to ask for")
    host: HostEntry | None = Field(None, description="依托单位 · the organisation that carries the body")


class NewBody(BodyEntry):
    code: InstitutionCode
    kind: BodyKind
    parent: InstitutionCode | None = Field(None, description="none for the Centre only")


# --- the standing ---------------------------------------------------------------------------------------------------------


class ScopeEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    occupation: OccupationCode
    levels: list[Level] = Field(min_length=1, max_length=5)


class LicenceEntry(BaseModel):
    """The whole licence: the first one, a renewal, or another scope."""

    model_config = ConfigDict(extra="forbid")
    licence_no: OneLine = Field(min_length=1, max_length=60, examples=["机械-012"])
    valid_from: Day
    valid_until: Day = Field(description="the last day it is valid")
    scope: list[ScopeEntry] = Field(min_length=1, max_length=200)


class InspectionEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    year: int = Field(ge=2004, le=2099)
    passed: bool
    findings: list[Annotated[OneLine, Field(min_length=1, max_length=300)]] = Field(
        default_factory=list, max_length=50, description="what is wrong, without names of people"
    )
    until: Day | None = Field(
        None, description="last day to rectify, at most three months ahead; needed when it failed"
    )


class Clearance(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field("", max_length=500, description="how it was checked")
