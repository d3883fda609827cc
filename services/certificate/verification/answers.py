"""What is shown to whoever verifies a certificate."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from services.certificate.certificates.certificate import Certificate
from services.certificate.certificates.masking import masked
from services.certificate.verification.outcomes import SENTENCES, Outcome
from shared.contracts.words import LEVEL_NAMES
from shared.keeping.answers import Answer


class VerificationAnswer(Answer):
    """Where nothing fits, empty but for the outcome, the number and the time."""

    outcome: Outcome = Field(description="核验结果 · outcome")
    sentence: str = Field(description="结果说明 · the outcome in words")
    number: str = Field(description="证书编号 · certificate number, as it was read")
    checked_at: datetime = Field(description="核验时间 · when this was looked up")
    name: str = Field("", description="姓名 · name")
    id_number: str = Field("", description="证件号码，中间隐去 · identity number, its middle masked")
    occupation_zh: str = Field("", description="职业名称 · occupation, in Chinese")
    occupation_en: str = Field("", description="职业英文名称 · occupation, in English")
    level: str = Field("", description="技能等级 · skill level, in Chinese")
    level_en: str = Field("", description="技能等级英文名称 · skill level, in English")
    issued_on: date | None = Field(None, description="发证日期 · day of issue")
    issuer_zh: str = Field("", description="鉴定机构 · appraising body, in Chinese")
    issuer_en: str = Field("", description="鉴定机构英文名称 · appraising body, in English")
    authority_zh: str = Field("", description="发证机关 · issuing authority, in Chinese")
    authority_en: str = Field("", description="发证机关英文名称 · issuing authority, in English")
    mailed: bool = Field(False, description="是否已寄发 · whether it was posted")


def no_match(number: str, at: datetime, sentence: str) -> VerificationAnswer:
    return VerificationAnswer(outcome=Outcome.NO_MATCH, sentence=sentence, number=number, checked_at=at)


def answer_about(certificate: Certificate, outcome: Outcome, is_posted: bool, at: datetime) -> VerificationAnswer:
    level_zh, level_en = LEVEL_NAMES[certificate.holder.level]
    return VerificationAnswer(
        outcome=outcome,
        sentence=SENTENCES[outcome],
        number=certificate.number,
        checked_at=at,
        name=certificate.holder.name,
        id_number=masked(certificate.holder.id_number),
        occupation_zh=certificate.holder.occupation_zh,
        occupation_en=certificate.holder.occupation_en,
        level=level_zh,
        level_en=level_en,
        issued_on=certificate.issued_on,
        issuer_zh=certificate.issuer.body_zh,
        issuer_en=certificate.issuer.body_en,
        authority_zh=certificate.issuer.centre_zh,
        authority_en=certificate.issuer.centre_en,
        mailed=is_posted,
    )
