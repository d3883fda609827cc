"""Verification: anybody who holds a certificate in their hands may ask whether it is real.

Numbers run in sequence and have no check digit, so a number alone is not enough: the name, the last digits of the
identity number, or the key in the QR code must fit too. An unknown number and a wrong second field look the same.
"""

from __future__ import annotations

from services.certificate.certificates import storage as certificates
from services.certificate.certificates.certificate import Certificate
from services.certificate.production.batch import Batch
from services.certificate.production.production import MAILED, Production
from services.certificate.verification.answers import VerificationAnswer, answer_about, no_match
from services.certificate.verification.outcomes import Outcome, outcome_of
from services.certificate.verification.proof import has_key, is_holder
from services.certificate.verification.requests import Question
from shared.contracts.certificate import NumberState, RegisteredNumber
from shared.keeping import repository
from shared.ports import Store
from shared.trade.numbers.certificate_number import CertificateNumber


def number_in(written: str, industry: str) -> str:
    """Raises Invalid, digit by digit, for a number that cannot be one of this industry (R3)."""
    return str(CertificateNumber.parse(written, industry=industry))


async def by_question(store: Store, number: str, question: Question) -> VerificationAnswer:
    found = await certificates.numbered(store, number)
    fits = is_holder(found, question.name, question.id_last)
    return await _answer(store, number, found if fits else None)


async def by_key(store: Store, number: str, key: str) -> VerificationAnswer:
    """The QR code's way."""
    found = await certificates.numbered(store, number)
    return await _answer(store, number, found if has_key(found, key) else None)


async def registered(store: Store, number: str) -> RegisteredNumber:
    """What became of the number, for our own services."""
    found = await certificates.numbered(store, number)
    if found is None:
        return RegisteredNumber(number=number, state="absent")
    production = await repository.seek(store, Production, found.roster)
    outcome = outcome_of(found, await repository.seek(store, Batch, found.batch), production)
    return RegisteredNumber(number=number, state=_STATES[outcome])


_STATES: dict[Outcome, NumberState] = {
    Outcome.VALID: "valid",
    Outcome.BEING_MADE: "being_made",
    Outcome.VOID: "void",
    Outcome.NO_MATCH: "absent",
}


async def _answer(store: Store, number: str, found: Certificate | None) -> VerificationAnswer:
    if found is None:
        return no_match(number)
    batch = await repository.seek(store, Batch, found.batch)
    production = await repository.seek(store, Production, found.roster)
    is_posted = production is not None and production.state == MAILED and found.id not in production.left_out
    return answer_about(found, outcome_of(found, batch, production), is_posted)
