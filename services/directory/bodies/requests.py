"""What may be asked over HTTP about bodies and their standing."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.directory.mailbox import Mailbox, OptionalMailbox
from shared.contracts.directory import BodyKind
from shared.contracts.words import InstitutionCode, Level, OccupationCode
from shared.text import OneLine
from shared.trade.body_words import KINDS
from shared.words import choices

Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2099, 12, 31))]


class HostEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name_zh: OneLine = Field(
        min_length=2, max_length=100, description="中文名称 · Chinese name", examples=["示例机床集团有限公司"]
    )
    name_en: OneLine = Field("", max_length=200, description="英文名称 · English name")
    credit_code: OneLine = Field(
        "",
        max_length=40,
        description="统一社会信用代码，校验位不符只作提示 · unified social credit code; a wrong check digit only warns",
    )


class BodyEntry(BaseModel):
    """What may change in a body's entry."""

    model_config = ConfigDict(extra="forbid")
    name_zh: OneLine = Field(
        min_length=2, max_length=100, description="中文名称 · Chinese name", examples=["示例机床集团鉴定站"]
    )
    name_en: OneLine = Field(
        min_length=2,
        max_length=200,
        description="英文名称 · English name",
        examples=["Example Machine Tool Group Appraisal Station"],
    )
    produces: bool = Field(
        False,
        description="有权制作证书，中心始终有此权 · holds the right to make certificates; the Centre always does",
    )
    email: Mailbox = Field(
        description="办公邮箱，不是个人邮箱 · official mailbox of the office, not a person's",
        examples=["office@example.org"],
    )
    address: OneLine = Field("", max_length=200, description="通讯地址 · postal address")
    postal_code: OneLine = Field("", max_length=20, description="邮政编码，六位数字 · 6 digits", examples=["010000"])
    phone: OneLine = Field("", max_length=40, description="联系电话 · telephone", examples=["010-12345678"])
    contact: OneLine = Field("", max_length=60, description="联系人 · the person to ask for")
    contact_email: OptionalMailbox = Field(
        "",
        description="联系人的公务邮箱，填写后公务信函寄往此处而不寄办公邮箱 · official mailbox of that person; letters go "
        "there instead of to the office's",
    )
    deputy: OneLine = Field("", max_length=60, description="代理联系人 · the deputy")
    deputy_email: OptionalMailbox = Field(
        "",
        description="代理联系人的公务邮箱，公务信函另寄一份 · official mailbox of the deputy, who gets every letter too",
    )
    host: HostEntry | None = Field(None, description="依托单位 · the organisation that carries the body")


class NewBody(BodyEntry):
    code: InstitutionCode = Field(
        description="机构编码：行业二位、分中心二位、类别一位、序号三位 · "
        "institution code: industry 2, second-level centre 2, type 1, serial 3 digits"
    )
    kind: BodyKind = Field(description=choices("机构类别", "kind of body", KINDS))
    parent: InstitutionCode | None = Field(
        None, description="上级机构编码，仅中心不填 · institution code of the body above; none for the Centre only"
    )


# --- the standing ---------------------------------------------------------------------------------------------------------


class ScopeEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    occupation: OccupationCode = Field(description="职业编码 · code of the occupation")
    levels: list[
        Annotated[Level, Field(description="等级，五级最低、一级最高 · level: 5 is the lowest, 1 the highest")]
    ] = Field(min_length=1, max_length=5, description="等级 · levels")


class LicenceEntry(BaseModel):
    """The whole licence: the first one, a renewal, or another scope."""

    model_config = ConfigDict(extra="forbid")
    licence_no: OneLine = Field(
        min_length=1, max_length=60, description="许可证编号 · number of the licence", examples=["机械-012"]
    )
    valid_from: Day = Field(description="有效期首日 · first day on which it is valid")
    valid_until: Day = Field(description="有效期末日 · last day on which it is valid")
    scope: list[ScopeEntry] = Field(
        min_length=1, max_length=200, description="许可的职业和等级 · occupations and levels that it allows"
    )


class InspectionEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    year: int = Field(ge=2004, le=2099, description="年度 · year")
    passed: bool = Field(description="是否合格 · whether it was passed")
    findings: list[Annotated[OneLine, Field(min_length=1, max_length=300)]] = Field(
        default_factory=list,
        max_length=50,
        description="发现的问题，不写人名；不合格必填 · what is wrong, without names of people; needed when it failed",
    )
    until: Day | None = Field(
        None,
        description="整改期限，三个月之内；不合格必填 · "
        "last day to rectify, at most three months ahead; needed when it failed",
    )


class Clearance(BaseModel):
    """The end of a rectification."""

    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(min_length=2, max_length=500, description="如何验收 · how it was checked")
