"""What is shown of a body: its place, its standing, its entry, and what looks doubtful in it."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from shared.contracts.directory import BodyKind
from shared.keeping.answers import Answer, DocumentAnswer


class ScopeAnswer(Answer):
    """One occupation, and the levels of it that are allowed."""

    occupation: str = Field(description="职业编码 · code of the occupation")
    levels: list[int] = Field(description="等级，五级最低、一级最高 · levels: 5 is the lowest, 1 the highest")


class LicenceAnswer(Answer):
    """鉴定许可证."""

    licence_no: str = Field(description="许可证编号 · number of the licence")
    valid_from: date = Field(description="有效期首日 · first day on which it is valid")
    valid_until: date = Field(description="有效期末日 · last day on which it is valid")
    scope: list[ScopeAnswer] = Field(description="许可的职业和等级 · occupations and levels that it allows")


class InspectionAnswer(Answer):
    """年检."""

    year: int = Field(description="年度 · year")
    passed: bool = Field(description="是否合格 · whether it was passed")
    findings: list[str] = Field(description="发现的问题 · what was found")
    on: date = Field(description="登记日期 · day on which it was recorded")
    by: str = Field(description="登记人账号 · account of who recorded it")


class HostAnswer(Answer):
    """依托单位."""

    name_zh: str = Field(description="中文名称 · Chinese name")
    name_en: str = Field(description="英文名称 · English name")
    credit_code: str = Field(description="统一社会信用代码，未填为空 · unified social credit code; empty if unknown")


class WarningAnswer(Answer):
    """What is suspicious and blocks nothing."""

    where: str = Field(description="所在字段 · the field, as a JSON pointer")
    what: str = Field(description="可疑之处 · what is suspicious about it")


class BodyAnswer(DocumentAnswer):
    kind: BodyKind = Field(description="机构类别：中心、分中心或鉴定站 · centre, branch or station")
    path: str = Field(description="本机构及其上级，中心在前 · the body and everything above it, Centre first")
    licence: LicenceAnswer | None = Field(description="鉴定许可证，未许可为空 · its licence; null before")
    former_licences: list[LicenceAnswer] = Field(
        description="已被替换的许可证，早者在前；此前版本替换的未留存 · licences that were replaced, oldest first; of those "
        "that an earlier release replaced nothing is known"
    )
    licences_since: date | None = Field(
        description="自何日起的许可证均有留存，全部留存为空 · day from which on all its licences are known; null if all are"
    )
    because: str = Field(
        description="整改、暂停、取消资质或除名的原因，无则为空 · why it is rectifying, suspended, revoked or struck off; empty "
        "otherwise"
    )
    instead: str = Field(
        description="重复登记被除名的，其正确的机构编码，否则为空 · where it was struck off: code of the body that it was "
        "registered as a second time; empty otherwise"
    )
    until: date | None = Field(
        description="整改期限或暂停截止日，无则为空 · last day to rectify, or of the suspension; null otherwise"
    )
    inspections: list[InspectionAnswer] = Field(description="历次年检 · annual inspections, oldest first")
    name_zh: str = Field(description="中文名称 · Chinese name")
    name_en: str = Field(description="英文名称 · English name")
    produces: bool = Field(description="是否有权制作证书 · whether it holds the right to make certificates")
    email: str = Field(description="办公邮箱 · official mailbox of the office")
    address: str = Field(description="通讯地址 · postal address")
    postal_code: str = Field(description="邮政编码 · postal code")
    phone: str = Field(description="联系电话 · telephone")
    contact: str = Field(description="联系人 · the person to ask for")
    contact_email: str = Field(
        description="联系人的公务邮箱，未填为空 · mailbox of that person; empty: letters go to the office"
    )
    deputy: str = Field(description="代理联系人，未填为空 · the deputy; empty: none")
    deputy_email: str = Field(description="代理联系人的公务邮箱，未填为空 · mailbox of the deputy; empty: none")
    host: HostAnswer | None = Field(
        description="依托单位，未填为空 · the organisation that carries it; null if unknown"
    )
    warnings: list[WarningAnswer] = Field(description="可疑但不影响办理之处 · what is suspicious and blocks nothing")
