"""How often somebody may be wrong about certificates (docs/decisions/0027-wrong-guesses.md).

Only wrong answers count, so nobody is kept out by what others guess: who holds a certificate in their hands is answered
whatever happened before. What grows with the guesses from one address is the proof that is asked for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from services.certificate.settings import CertificateSettings
from services.certificate.verification.answers import VerificationAnswer
from services.certificate.verification.outcomes import Outcome
from services.certificate.verification.requests import Question
from shared.errors import TooOften
from shared.throttles import Throttle, Throttles

MORE_PROOF = (
    "查询有误次数过多，请同时填写姓名和证件号码后四位，或扫描证书上的二维码 · too many wrong look-ups: give the name "
    "together with the last 4 characters of the ID number, or scan the code on the certificate"
)
DAY = 24 * 3600.0
NAMES = 10
"""How many times more names than last characters may be tried at one number from one address: of those there are ten
thousand, of names hundreds of thousands."""
EVERYWHERE = 10
"""From how many addresses together the last characters of one number may be tried until they alone are not enough."""

_Limit: TypeAlias = tuple[Throttle, str]


class Guesses:
    """Of all who verify by what they type. asker: what counts as one address (shared.web.limits.address_range)."""

    def __init__(self, throttles: Throttles, settings: CertificateSettings) -> None:
        of_one_number = settings.wrong_guesses_per_number
        self._tails = throttles.new(of_one_number, MORE_PROOF, DAY)
        self._tails_of_all = throttles.new(of_one_number * EVERYWHERE, MORE_PROOF, DAY)
        self._names = throttles.new(of_one_number * NAMES, MORE_PROOF, DAY)
        self._of_address = throttles.new(settings.wrong_guesses_per_address, MORE_PROOF, DAY)

    async def counted(
        self, asker: str, number: str, question: Question, look_up: Callable[[], Awaitable[VerificationAnswer]]
    ) -> VerificationAnswer:
        """The answer, unless it is wrong once too often. Raises TooOften, the same for numbers that exist and others.

        Taken from the binding limits before the look-up, so that a thousand questions at once are no way around them, and
        given back for what was right."""
        binding, others = self._limits(asker, number, question)
        taken: list[_Limit] = []
        is_wrong = False
        try:
            for throttle, key in binding:
                throttle.take(key)
                taken.append((throttle, key))
            answer = await look_up()
            is_wrong = answer.outcome is Outcome.NO_MATCH
        finally:
            if not is_wrong:
                for throttle, key in taken:
                    throttle.give_back(key)
        if is_wrong:
            _take_all(others)
        return answer

    def _limits(self, asker: str, number: str, question: Question) -> tuple[list[_Limit], list[_Limit]]:
        """(binding, others): beyond a binding one a right answer is withheld too, for it could have been found by trying."""
        here = f"{number} {asker}"
        tails, names, anywhere = (self._tails, here), (self._names, here), (self._of_address, asker)
        if not question.name.strip():
            return [tails, (self._tails_of_all, number), names, anywhere], []
        if not question.id_last.strip():
            return [names, anywhere], [tails]
        return [], [tails, names, anywhere]


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
