"""Verification: anybody who holds a certificate in their hands may ask whether it is real.

Numbers run in sequence and have no check digit, so a number alone is not enough: the name, the last digits of the
identity number, or the key in the QR code must fit too. An unknown number and a wrong second field look the same.
"""

from __future__ import annotations

import hmac
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.certificate.certificates.certificate import Certificate
from services.certificate.production.batch import Batch
from services.certificate.production.production import MAILED, VOIDED, Production
from shared.contracts.words import LEVEL_NAMES
from shared.keeping import repository
from shared.ports import Store
from shared.trade.numbers.certificate_number import CertificateNumber
from shared.trade.numbers.spelling import normalise


class Outcome(StrEnum):
    VALID = "valid"
    BEING_MADE = "being_made"  # approved and numbered; the paper is not drawn yet
    VOID = "void"  # voided before it was issued (rules §4.10)
    NO_MATCH = "no_match"


SENTENCES = {
    Outcome.VALID: "证书有效 · the certificate is valid",
    Outcome.BEING_MADE: "资格已批准，证书制作中 · approved, the certificate is being made",
    Outcome.VOID: "证书已作废 · the certificate is void",
    Outcome.NO_MATCH: "没有与所填信息一致的证书 · no certificate fits what was entered",
}


class Question(BaseModel):
    """The number and one more thing that only somebody with the certificate knows."""

    model_config = ConfigDict(extra="forbid")
    number: str = Field(max_length=60, description="证书编号, 16 digits", examples=["2649053012400001"])
    name: str = Field("", max_length=100, description="姓名")
    id_last: str = Field(
        "", max_length=18, description="证件号码后四位或更多 · last 4 or more characters of the ID number"
    )

    @model_validator(mode="after")
    def _second_field(self) -> Question:
        if not self.name.strip() and len(self.id_last.strip()) < 4:
            raise ValueError(
                "请填写姓名或证件号码后四位 · give the name, or at least 4 last characters of the ID number"
            )
        return self


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


async def by_question(store: Store, question: Question, industry: str) -> Answer:
    """Raises Invalid, digit by digit, for a number that cannot be one of this industry (R3)."""
    number = str(CertificateNumber.parse(question.number, industry=industry))
    found = await _by_number(store, number)
    fits = found is not None
    if question.name.strip():
        fits &= _same(normalise(found.holder.name) if found else "", normalise(question.name))
    if question.id_last.strip():
        tail = normalise(question.id_last)
        fits &= len(tail) >= 4 and _same(found.holder.id_number[-len(tail) :] if found else "", tail)
    return await _answer(store, number, found if fits else None)


async def by_key(store: Store, number: str, key: str, industry: str) -> Answer:
    """The QR code's way: 96 bits, compared in constant time."""
    number = str(CertificateNumber.parse(number, industry=industry))
    found = await _by_number(store, number)
    fits = _same(found.verify_key if found else "", key)
    return await _answer(store, number, found if fits else None)


async def _by_number(store: Store, number: str) -> Certificate | None:
    page = await store.find(Certificate.KIND, {"number": number}, limit=1)
    return Certificate.from_record(page.records[0]) if page.records else None


def _same(known: str, given: str) -> bool:
    return bool(known) and hmac.compare_digest(known.encode(), given.encode())


async def _answer(store: Store, number: str, found: Certificate | None) -> Answer:
    if found is None:
        return Answer(outcome=Outcome.NO_MATCH, sentence=SENTENCES[Outcome.NO_MATCH], number=number)
    batch = await repository.seek(store, Batch, found.batch)
    production = await repository.seek(store, Production, found.roster)
    drawn = batch is not None and batch.has_drawn(found.id)
    void = production is not None and production.state == VOIDED
    outcome = Outcome.VOID if void else Outcome.VALID if drawn else Outcome.BEING_MADE
    level_zh, level_en = LEVEL_NAMES[found.holder.level]
    return Answer(
        outcome=outcome,
        sentence=SENTENCES[outcome],
        number=number,
        name=found.holder.name,
        id_number=masked(found.holder.id_number),
        occupation_zh=found.holder.occupation_zh,
        occupation_en=found.holder.occupation_en,
        level=level_zh,
        level_en=level_en,
        issued_on=found.issued_on,
        issuer_zh=found.issuer.body_zh,
        issuer_en=found.issuer.body_en,
        mailed=production is not None and production.state == MAILED and found.id not in production.left_out,
    )


def masked(id_number: str) -> str:
    """First 6 and last 4 characters at the most; short numbers show less."""
    if len(id_number) < 15:
        return "*" * max(len(id_number) - 2, 0) + id_number[-2:]
    return id_number[:6] + "*" * (len(id_number) - 10) + id_number[-4:]
