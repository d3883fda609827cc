"""What is shown to whoever verifies a certificate."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from services.certificate.certificates.certificate import Certificate
from services.certificate.certificates.masking import masked
from services.certificate.verification.outcomes import SENTENCES, Outcome
from shared.contracts.words import LEVEL_NAMES
from shared.keeping.answers import Answer


class VerificationAnswer(Answer):
    """Empty but for the first three where nothing fits."""

    outcome: Outcome = Field(description="核验结果 · outcome")
    sentence: str = Field(description="结果说明 · the outcome in words")
    number: str = Field(description="证书编号 · certificate number, as it was read")
    name: str = Field("", description="姓名 · name")
    id_number: str = Field("", description="证件号码，中间隐去 · identity number, its middle masked")
    occupation_zh: str = Field("", description="职业名称 · occupation, in Chinese")
    occupation_en: str = Field("", description="职业英文名称 · occupation, in English")
    level: str = Field("", description="技能等级 · skill level, in Chinese")
    level_en: str = Field("", description="技能等级英文名称 · skill level, in English")
    issued_on: date | None = Field(None, description="发证日期 · day of issue")
    issuer_zh: str = Field("", description="鉴定机构 · appraising body, in Chinese")
    issuer_en: str = Field("", description="鉴定机构英文名称 · appraising body, in English")
    mailed: bool = Field(False, description="是否已寄发 · whether it was posted")


def no_match(number: str) -> VerificationAnswer:
    return VerificationAnswer(outcome=Outcome.NO_MATCH, sentence=SENTENCES[Outcome.NO_MATCH], number=number)


def answer_about(certificate: Certificate, outcome: Outcome, is_posted: bool) -> VerificationAnswer:
    level_zh, level_en = LEVEL_NAMES[certificate.holder.level]
    return VerificationAnswer(
        outcome=outcome,
        sentence=SENTENCES[outcome],
        number=certificate.number,
        name=certificate.holder.name,
        id_number=masked(certificate.holder.id_number),
        occupation_zh=certificate.holder.occupation_zh,
        occupation_en=certificate.holder.occupation_en,
        level=level_zh,
        level_en=level_en,
        issued_on=certificate.issued_on,
        issuer_zh=certificate.issuer.body_zh,
        issuer_en=certificate.issuer.body_en,
        mailed=is_posted,
    )
