"""What may be asked of the directory over HTTP about bodies."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.contracts.directory import BodyKind
from shared.contracts.words import InstitutionCode
from shared.identifiers import plausible_email
from shared.text import OneLine


def _mailbox(address: str) -> str:
    if not plausible_email(address):
        raise ValueError("不像电子邮箱 · this does not look like an e-mail address")
    return address


Mailbox = Annotated[str, Field(max_length=254), AfterValidator(_mailbox)]


class BodyEntry(BaseModel):
    """What may change in a body's entry."""

    model_config = ConfigDict(extra="forbid")
    name_zh: OneLine = Field(min_length=2, max_length=100, examples=["示例机床集团鉴定站"])
    name_en: OneLine = Field(min_length=2, max_length=200, examples=["Example Machine Tool Group Appraisal Station"])
    produces: bool = Field(False, description="holds the right to make certificates; the Centre always does")
    email: Mailbox = Field(description="official mailbox of the office", examples=["office@example.org"])
    address: OneLine = Field("", max_length=200)


class NewBody(BodyEntry):
    code: InstitutionCode
    kind: BodyKind
    parent: InstitutionCode | None = Field(None, description="none for the Centre only")
