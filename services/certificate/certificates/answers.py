"""What is shown of certificates: never what opens one to a stranger (its key, the holder's identity number in full), nor
what only the holder's own letters need (the e-mail address)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from services.certificate.certificates.certificate import Certificate
from services.certificate.certificates.masking import masked
from shared.contracts.reporting import Grade
from shared.keeping.answers import Answer, DocumentAnswer


class HolderAnswer(Answer):
    """Who holds it, as the roster said."""

    n: int = Field(description="名册内序号 · running number in the roster")
    ticket: str = Field(description="准考证号 · admission ticket number")
    name: str = Field(description="姓名 · name")
    sex: Literal["男", "女"] = Field(description="性别 · sex")
    birth: date = Field(description="出生日期 · date of birth")
    id_type: str = Field(description="证件类型 · type of the identity document")
    education: str = Field(description="文化程度 · education")
    employer: str = Field(description="工作单位 · employer")
    occupation: str = Field(description="职业代码 · occupation code")
    occupation_zh: str = Field(description="职业名称 · occupation, in Chinese")
    occupation_en: str = Field(description="职业英文名称 · occupation, in English")
    level: int = Field(description="技能等级，5 为初级工，1 为高级技师 · skill level: 5 is the lowest, 1 the highest")
    theory: float = Field(description="理论成绩 · theory score")
    practical: float = Field(description="实操成绩 · practical score")
    review: float | None = Field(
        description="综合评审成绩，无此项为空 · comprehensive review; null where there is none"
    )
    grade: Grade = Field(description="评定成绩：合格、良好、优秀 · grade: pass, good, excellent")
    remark: str = Field(description="备注 · remark")


class IssuerAnswer(Answer):
    """Who appraised and who issues, in the words of that day."""

    body_zh: str = Field(description="鉴定机构 · appraising body, in Chinese")
    body_en: str = Field(description="鉴定机构英文名称 · appraising body, in English")
    centre_zh: str = Field(description="发证机构 · issuing authority, in Chinese")
    centre_en: str = Field(description="发证机构英文名称 · issuing authority, in English")


class IssueAnswer(Answer):
    """One sheet with this certificate on it."""

    made_for: Literal["original", "replacement", "correction"] = Field(
        description="用途：首次、补发、更正 · what it was made for: original, replacement, correction"
    )
    at: datetime = Field(description="制作时间 · when it was made")
    blank_serial: str = Field(description="空白证书流水码，未印为空 · serial of the blank; empty if it has none")
    remark: str = Field(description="证书备注 · remark printed on it")


class CertificateAnswer(DocumentAnswer):
    number: str = Field(description="证书编号 · certificate number, 16 digits")
    roster: str = Field(description="名册编号 · id of the roster")
    n: int = Field(description="名册内序号 · running number in the roster")
    batch: str = Field(description="打印批编号 · id of the batch")
    path: str = Field(
        description="鉴定机构及其上级，中心在前 · the appraising body and everything above it, Centre first"
    )
    producer: str = Field(description="制证机构编码 · institution code of the body that makes and posts it")
    issued_on: date = Field(description="发证日期 · day of issue")
    holder: HolderAnswer = Field(description="持证人 · who holds it")
    id_number: str = Field(description="证件号码，中间隐去 · identity number, its middle masked")
    issuer: IssuerAnswer = Field(description="鉴定与发证机构 · who appraised and who issues")
    copies: list[IssueAnswer] = Field(description="历次打印的证书 · every sheet made of it")


class MailedHolder(Answer):
    """One holder who left an address, as the letter to them needs it."""

    certificate: str = Field(description="证书在系统中的编号 · id of the certificate")
    number: str = Field(description="证书编号 · certificate number, 16 digits")
    name: str = Field(description="姓名 · name")
    email: str = Field(description="电子邮箱 · e-mail address")
    occupation_zh: str = Field(description="职业名称 · occupation, in Chinese")
    occupation_en: str = Field(description="职业英文名称 · occupation, in English")
    level: int = Field(description="技能等级，5 为初级工，1 为高级技师 · skill level: 5 is the lowest, 1 the highest")
    verify_url: str = Field(description="核验网址 · the page that verifies it")


class MailedHolders(Answer):
    """One page of them; for services only, people stay off the bus. As `shared.contracts.certificate.HoldersPage`."""

    items: list[MailedHolder] = Field(description="本页持证人 · the holders of this page")
    next: str | None = Field(description="下一页的 after，末页为空 · send as `after` to go on; null at the end")


def shown(certificate: Certificate, state: str) -> CertificateAnswer:
    """state: of the certificate, or of the production that was voided with it."""
    return CertificateAnswer.of(certificate, state=state, id_number=masked(certificate.holder.id_number))


def mailed_holder(certificate: Certificate, site: str) -> MailedHolder:
    """site: the public address of the house."""
    holder = certificate.holder
    return MailedHolder.of(
        holder, certificate=certificate.id, number=certificate.number, verify_url=certificate.verify_url(site)
    )
