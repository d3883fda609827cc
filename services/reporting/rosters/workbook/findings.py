"""Everything that is wrong with a workbook, and everything that was put right in it, in reading order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from shared.errors import Problem

MOST_LISTED: Final = 10_000
"""Problems, or corrections, that are listed. A hundred thousand rows can have a million, and nobody reads them."""
LONGEST_QUOTED: Final = 60
"""Characters of a cell that are quoted; a cell holds up to 32,767."""

Weight = Literal["confirm", "spelling"]


@dataclass(frozen=True, slots=True)
class Correction:
    """One cell that was read as something else than what was typed. where: `sheet!B8`; what: what was put right; was: the
    cell as typed, its beginning; weight: `confirm` where a date, a name or a number became another, which somebody has to
    look at; `spelling` where only the way of writing it did."""

    where: str
    what: str
    read_as: str
    was: str = ""
    weight: Weight = "spelling"

    @property
    def fix(self) -> str:
        """How it was read, as a sentence."""
        return f"读作 {self.read_as} · read as {self.read_as}" if self.read_as else ""


class Findings:
    """problems refuse the workbook, foreign numbers with them; notes tell what was read differently from what was typed."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.wrong_cells = 0
        """All of them, listed or not."""
        self.notes: list[Correction] = []
        self._corrections = 0
        self._heaviest_unlisted: Weight = "spelling"
        self.foreign: dict[str, None] = {}
        """Certificate numbers without the industry mark, in reading order, each once (R3)."""

    def wrong(self, where: str, what: str, fix: str = "") -> None:
        self.wrong_cells += 1
        if self.wrong_cells <= MOST_LISTED:
            self.problems.append(Problem(where, what, fix))

    def changed(self, where: str, what: str, read_as: str, *, was: str = "", confirm: bool = False) -> None:
        """confirm: a date, a name or a number is another one than was typed."""
        self._corrections += 1
        weight: Weight = "confirm" if confirm else "spelling"
        if self._corrections <= MOST_LISTED:
            quoted = was if len(was) <= LONGEST_QUOTED else was[: LONGEST_QUOTED - 1] + "…"
            self.notes.append(Correction(where, what, read_as, quoted, weight))
        elif confirm:
            self._heaviest_unlisted = "confirm"

    def listed(self, whole: str) -> tuple[tuple[Problem, ...], tuple[Correction, ...]]:
        """Problems and notes, each with a last row for those that are not listed, which weighs as much as the heaviest of
        them. whole: what to call the workbook."""
        problems, notes = self.problems.copy(), self.notes.copy()
        if (left := self.wrong_cells - MOST_LISTED) > 0:
            problems.append(Problem(whole, _unlisted(left)))
        if (left := self._corrections - MOST_LISTED) > 0:
            notes.append(Correction(whole, _unlisted(left), "", weight=self._heaviest_unlisted))
        return tuple(problems), tuple(notes)


def _unlisted(left: int) -> str:
    return f"另有 {left} 处未列出 · {left} more are not listed"
