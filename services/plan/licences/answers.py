"""What planning shows of a body's licence."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from shared.keeping.answers import Answer


class ScopeItemAnswer(Answer):
    """One occupation and the levels of it that the licence allows."""

    occupation: str = Field(description="职业编码 · code of the occupation")
    levels: list[int] = Field(description="许可的等级 · the levels allowed")


class TermsAnswer(Answer):
    """鉴定许可证 · the licence itself."""

    licence_no: str = Field(description="许可证编号 · number of the licence")
    valid_from: date = Field(description="有效期起 · first day it is valid")
    valid_until: date = Field(description="有效期止，含当日 · last day it is valid")
    scope: list[ScopeItemAnswer] = Field(description="许可范围 · occupations and levels allowed")


class LicenceAnswer(Answer):
    """A body with the licence that planning goes by."""

    body: str = Field(description="机构编码 · institution code of the body")
    path: str = Field(description="机构及其上级，中心在前 · that body and everything above it, Centre first")
    state: str = Field(
        description="机构状态，旧版本登记的为空 · state of the body; empty where an early release told it"
    )
    licence: TermsAnswer | None = Field(description="许可证，没有为空 · its licence; null where there is none")
