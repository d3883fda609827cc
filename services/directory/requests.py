"""What may be asked of the directory over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from shared.actor import Role
from shared.contracts.directory import BodyKind
from shared.contracts.words import InstitutionCode
from shared.identifiers import plausible_email
from shared.text import OneLine


def _mailbox(address: str) -> str:
    if not plausible_email(address):
        raise ValueError("不像电子邮箱 · this does not look like an e-mail address")
    return address


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


class NewAccount(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{2,60}$", examples=["zhang.wei"])
    name: OneLine = Field(min_length=1, max_length=60, examples=["张伟"])
    body: InstitutionCode
    roles: list[Role] = Field(min_length=1, max_length=6)
    password: SecretStr = Field(min_length=10, max_length=200)


class Token(BaseModel):
    """RFC 6749 answer of the token endpoint."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = Field(description="seconds")
