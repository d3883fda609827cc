"""What may be asked of the directory over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from shared.actor import Role
from shared.contracts.directory import BodyKind
from shared.contracts.words import InstitutionCode

_EMAIL = r"^[^@\s]{1,64}@[^@\s]{1,255}$"


class BodyEntry(BaseModel):
    """What may change in a body's entry."""

    model_config = ConfigDict(extra="forbid")
    name_zh: str = Field(min_length=2, max_length=100, examples=["示例机床集团鉴定站"])
    name_en: str = Field(min_length=2, max_length=200, examples=["Example Machine Tool Group Appraisal Station"])
    produces: bool = Field(False, description="holds the right to make certificates; the Centre always does")
    email: str = Field(pattern=_EMAIL, description="official mailbox of the office")
    address: str = Field("", max_length=200)


class NewBody(BodyEntry):
    code: InstitutionCode
    kind: BodyKind
    parent: InstitutionCode | None = Field(None, description="none for the Centre only")


class NewAccount(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{2,60}$", examples=["zhang.wei"])
    name: str = Field(min_length=1, max_length=60, examples=["张伟"])
    body: InstitutionCode
    roles: list[Role] = Field(min_length=1, max_length=6)
    password: SecretStr = Field(min_length=10, max_length=200)


class Token(BaseModel):
    """RFC 6749 answer of the token endpoint."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = Field(description="seconds")
