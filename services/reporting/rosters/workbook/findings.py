"""Everything that is wrong with a workbook, and everything that was safely put right, in reading order."""

from __future__ import annotations

from shared.errors import Problem


class Findings:
    """problems refuse the workbook, foreign numbers with them; notes tell what was read differently from what was typed."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.foreign: dict[str, None] = {}
        """Certificate numbers without the industry mark, in reading order, each once (R3)."""

    def wrong(self, where: str, what: str, fix: str = "") -> None:
        self.problems.append(Problem(where, what, fix))

    def changed(self, where: str, what: str, read_as: str) -> None:
        self.notes.append(Problem(where, what, f"读作 {read_as} · read as {read_as}"))
