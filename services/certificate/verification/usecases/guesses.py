"""How often somebody may look a certificate up with something wrong (docs/decisions/0027-wrong-guesses.md)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from services.certificate.settings import CertificateSettings
from services.certificate.verification.answers import VerificationAnswer
from services.certificate.verification.outcomes import Outcome
from services.certificate.verification.requests import Question
from shared.errors import TooOften
from shared.memory.throttles import Throttle, Throttles

MORE_PROOF = (
    "查询有误次数过多，请按证书填写姓名，或扫描证书上的二维码 · too many wrong look-ups: give the name as the certificate "
    "has it, or scan the code on it"
)
DAY = 24 * 3600.0
EVERYWHERE = 10
"""From how many addresses together the last characters of one number may be tried until they alone are not enough."""

_Limit: TypeAlias = tuple[Throttle, str]


class Guesses:
    """Only wrong answers count: whoever types the name of a certificate is answered whatever others did. Last characters can
    be found by trying all ten thousand, so beyond the limits they are not enough alone.

    asker: what counts as one address (shared.ip_addresses)."""

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
