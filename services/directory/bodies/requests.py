"""What may be asked of the directory over HTTP about bodies."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.contracts.directory import BodyKind
from shared.contracts.words import InstitutionCode
from shared.text import OneLine
from shared.trade.numbers.email import plausible_email


def _mailbox(address: str) -> str:
    if not plausible_email(address):
        raise ValueError("不像电子邮箱 · this does not look like an e-mail address")
    return address


def _mailbox_if_any(address: str) -> str:
    return _mailbox(address) if address else ""


Mailbox = Annotated[str, Field(max_length=254), AfterValidator(_mailbox)]


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


class NewTraining(BaseModel):
    model_config = ConfigDict(extra="forbid")
    certificate: OneLine = Field(min_length=1, max_length=60, description="培训证书编号", examples=["PX-2026-0137"])
    passed_on: date = Field(description="day the training was passed")
    valid_until: date | None = Field(None, description="last day that counts; two years later unless given")


class OwnTraining(BaseModel):
    """Answer of `GET /directory/training`. state: valid, expired, withdrawn, none or not_needed."""

    account: str
    state: str
    sentence: str
    certificate: str
    passed_on: date | None
    valid_until: date | None
    days_left: int = Field(description="0 on the last day, and when none counts")
    practising: bool = Field(description="whether this very sign-in is a practising one")
    how_to_get_trained: str
    training: str = Field(description="address of the training")
    how_to_practise: str


class Withdrawal(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(min_length=1, max_length=500)
