"""Verification: anybody who holds a certificate in their hands may ask whether it is real.

Numbers run in sequence and have no check digit, so a number alone is not enough: the name, the last digits of the
identity number, or the key in the QR code must fit too. An unknown number and a wrong second field look the same.
"""

from __future__ import annotations

from datetime import datetime

from services.certificate.certificates import storage as certificates
from services.certificate.certificates.certificate import Certificate
from services.certificate.verification.answers import VerificationAnswer, answer_about, no_match
from services.certificate.verification.outcomes import NO_SUCH_CODE, SENTENCES, Outcome
from services.certificate.verification.proof import has_key, is_holder
from services.certificate.verification.requests import Question
from services.certificate.verification.usecases.findings import Findings
from shared.contracts.certificate import NumberState, RegisteredNumber
from shared.ports import Store
from shared.trade.numbers.certificate_number import CertificateNumber


def number_in(written: str, industry: str) -> str:
    """Raises Invalid, digit by digit, for a number that cannot be one of this industry (R3)."""
    return str(CertificateNumber.parse(written, industry=industry))


async def by_question(
    store: Store, findings: Findings, number: str, question: Question, at: datetime
) -> VerificationAnswer:
    found = await certificates.numbered(store, number)
    fits = is_holder(found, question.name, question.id_last)
    return await _answer(findings, number, found if fits else None, at, SENTENCES[Outcome.NO_MATCH])


async def by_key(store: Store, findings: Findings, number: str, key: str, at: datetime) -> VerificationAnswer:
    """The QR code's way."""
    found = await certificates.numbered(store, number)
    return await _answer(findings, number, found if has_key(found, key) else None, at, NO_SUCH_CODE)


async def registered(store: Store, findings: Findings, number: str) -> RegisteredNumber:
    """What became of the number, for our own services."""
    found = await certificates.numbered(store, number)
    if found is None:
        return RegisteredNumber(number=number, state="absent")
    return RegisteredNumber(number=number, state=_STATES[(await findings.about(found)).outcome])


_STATES: dict[Outcome, NumberState] = {
    Outcome.VALID: "valid",
    Outcome.BEING_MADE: "being_made",
    Outcome.VOID: "void",
    Outcome.NO_MATCH: "absent",
}


async def _answer(
    findings: Findings, number: str, found: Certificate | None, at: datetime, otherwise: str
) -> VerificationAnswer:
    """otherwise: what is said where there is none."""
    if found is None:
        return no_match(number, at, otherwise)
    outcome, is_posted = await findings.about(found)
    return answer_about(found, outcome, is_posted, at)
