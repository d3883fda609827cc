"""Verification: anybody who holds a certificate in their hands may ask whether it is real.

Numbers run in sequence and have no check digit, so a number alone is not enough: the name, the last digits of the
identity number, or the key in the QR code must fit too. An unknown number and a wrong second field look the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from services.certificate.certificates import storage as certificates
from services.certificate.certificates.certificate import Certificate
from services.certificate.production.batch import Batch
from services.certificate.production.production import MAILED, Production
from services.certificate.settings import CertificateSettings
from services.certificate.verification.answers import VerificationAnswer, answer_about, no_match
from services.certificate.verification.outcomes import Outcome, outcome_of
from services.certificate.verification.proof import has_key, is_holder
from services.certificate.verification.requests import Question
from shared.errors import TooOften
from shared.keeping import repository
from shared.ports import Store
from shared.throttles import Throttle, Throttles
from shared.trade.numbers.certificate_number import CertificateNumber

MORE_PROOF = (
    "查询有误次数过多，请按证书填写姓名，或扫描证书上的二维码 · too many wrong look-ups: give the name as the certificate "
    "has it, or scan the code on it"
)
DAY = 24 * 3600.0
EVERYWHERE = 10
"""From how many addresses together the last characters of one number may be tried until they alone are not enough."""

_Limit: TypeAlias = tuple[Throttle, str]


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


async def _answer(store: Store, number: str, found: Certificate | None) -> VerificationAnswer:
    if found is None:
        return no_match(number)
    batch = await repository.seek(store, Batch, found.batch)
    production = await repository.seek(store, Production, found.roster)
    is_posted = production is not None and production.state == MAILED and found.id not in production.left_out
    return answer_about(found, outcome_of(found, batch, production), is_posted)


class Guesses:
    """How often somebody may be wrong (docs/decisions/0027-wrong-guesses.md). Only wrong answers count: whoever types the
    name of a certificate is answered whatever others did. Last characters can be found by trying all ten thousand, so
    beyond the limits they are not enough alone. asker: what counts as one address (shared.ip_addresses)."""

    def __init__(self, throttles: Throttles, settings: CertificateSettings) -> None:
        of_one_number = settings.wrong_guesses_per_number
        self._of_number = throttles.new(of_one_number, MORE_PROOF, DAY)
        self._of_address = throttles.new(settings.wrong_guesses_per_address, MORE_PROOF, DAY)
        self._from_everywhere = throttles.new(of_one_number * EVERYWHERE, MORE_PROOF, DAY)

    async def counted(
        self, asker: str, number: str, question: Question, look_up: Callable[[], Awaitable[VerificationAnswer]]
    ) -> VerificationAnswer:
        """The answer, unless it is wrong once too often. Raises TooOften, the same for numbers that exist and others."""
        limits = [(self._of_number, f"{number} {asker}"), (self._of_address, asker)]
        if not question.name.strip():
            return await _within([*limits, (self._from_everywhere, number)], look_up)
        answer = await look_up()
        if answer.outcome is Outcome.NO_MATCH:
            _take_all(limits)
        return answer


async def _within(limits: list[_Limit], look_up: Callable[[], Awaitable[VerificationAnswer]]) -> VerificationAnswer:
    """Taken before the look-up, so that a thousand questions at once are no way around, and given back for a right one."""
    taken: list[_Limit] = []
    is_wrong = False
    try:
        for throttle, key in limits:
            throttle.take(key)
            taken.append((throttle, key))
        answer = await look_up()
        is_wrong = answer.outcome is Outcome.NO_MATCH
    finally:
        if not is_wrong:
            for throttle, key in taken:
                throttle.give_back(key)
    return answer


def _take_all(limits: list[_Limit]) -> None:
    """Each counts, also where another is used up. Raises TooOften, with the longest wait."""
    refusals: list[TooOften] = []
    for throttle, key in limits:
        try:
            throttle.take(key)
        except TooOften as refusal:
            refusals.append(refusal)
    if refusals:
        raise max(refusals, key=lambda refusal: refusal.wait)
