"""Everything that is wrong with a workbook, and everything that was safely put right, in reading order."""

from __future__ import annotations

from typing import Final

from shared.errors import Problem

MOST_LISTED: Final = 10_000
"""Problems, or corrections, that are listed. A hundred thousand rows can have a million, and nobody reads them."""


class Findings:
    """problems refuse the workbook, foreign numbers with them; notes tell what was read differently from what was typed."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.wrong_cells = 0
        """All of them, listed or not."""
        self.notes: list[Problem] = []
        self._corrections = 0
        self.foreign: dict[str, None] = {}
        """Certificate numbers without the industry mark, in reading order, each once (R3)."""

    def wrong(self, where: str, what: str, fix: str = "") -> None:
        self.wrong_cells += 1
        if self.wrong_cells <= MOST_LISTED:
            self.problems.append(Problem(where, what, fix))

    def changed(self, where: str, what: str, read_as: str) -> None:
        self._corrections += 1
        if self._corrections <= MOST_LISTED:
            self.notes.append(Problem(where, what, f"读作 {read_as} · read as {read_as}"))

    def listed(self, whole: str) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
        """Problems and notes, each with a last row for those that are not listed. whole: what to call the workbook."""
        return (
            (*self.problems, *_unlisted(whole, self.wrong_cells)),
            (*self.notes, *_unlisted(whole, self._corrections)),
        )


def _unlisted(whole: str, count: int) -> list[Problem]:
    left = count - MOST_LISTED
    return [Problem(whole, f"另有 {left} 处未列出 · {left} more are not listed")] if left > 0 else []
