"""What is asked of a passed candidate, as numbers an industry or region may set differently (rules §2.3, §7.1, §9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.contracts.reporting import Grade
from shared.forms.form6.layout import EDUCATIONS
from shared.trade.numbers.institution import INDUSTRY


@dataclass(frozen=True, slots=True)
class Rules:
    """Scores are out of 100. youngest: full years on the day of the exam. known_area: check the province of IDs."""

    industry: str = INDUSTRY
    pass_mark: float = 60.0
    good: float = 80.0
    excellent: float = 95.0
    youngest: int = 16
    known_area: bool = False
    educations: tuple[str, ...] = EDUCATIONS
    most_rows: int = 100_000

    def grade(self, parts: Sequence[float]) -> Grade:
        """The grade of the weakest part, the review of levels 2 and 1 included: all parts must reach a grade's mark."""
        weakest = min(parts)
        if weakest >= self.excellent:
            return "excellent"
        return "good" if weakest >= self.good else "pass"


def full_years(birth: date, on: date) -> int:
    """周岁: a birthday counts from the day itself; one of 29 February counts from 1 March in other years."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
