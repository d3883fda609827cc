"""What is shown to whoever verifies a certificate."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from services.certificate.certificates.certificate import Certificate
from services.certificate.certificates.masking import masked
from services.certificate.verification.outcomes import SENTENCES, Outcome
from shared.contracts.words import LEVEL_NAMES


class Answer(BaseModel):
    outcome: Outcome
    sentence: str
    number: str
    name: str = ""
    id_number: str = Field("", description="masked")
    occupation_zh: str = ""
    occupation_en: str = ""
    level: str = ""
    level_en: str = ""
    issued_on: date | None = None
    issuer_zh: str = ""
    issuer_en: str = ""
    mailed: bool = False


def no_match(number: str) -> Answer:
    return Answer(outcome=Outcome.NO_MATCH, sentence=SENTENCES[Outcome.NO_MATCH], number=number)


def answer_about(certificate: Certificate, outcome: Outcome, mailed: bool) -> Answer:
    level_zh, level_en = LEVEL_NAMES[certificate.holder.level]
    return Answer(
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
        mailed=mailed,
    )
