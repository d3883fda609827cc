"""What a road by pages takes: presses, fields and seconds, of each part and of each role."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from services.bench.row import Figure
from shared.words import Pair

BY_WHOM = "机器手 · a robot"


@dataclass
class Turn:
    """What one person does in one part of the road. presses: clicks, Enter, files chosen. fields: typed, or chosen from a list.
    seconds: by the clock."""

    part: Pair
    role: Pair
    presses: int = 0
    fields: int = 0
    seconds: float = 0.0


@dataclass
class Tally:
    """turns: in their order."""

    turns: list[Turn] = field(default_factory=list)

    @contextmanager
    def turn(self, part: Pair, role: Pair) -> Iterator[Turn]:
        turn, before = Turn(part, role), time.perf_counter()
        self.turns.append(turn)
        yield turn
        turn.seconds = time.perf_counter() - before

    def figures(self) -> list[Figure]:
        """Of each part, of each role, of all."""
        parts = list(dict.fromkeys(turn.part for turn in self.turns))
        roles = list(dict.fromkeys(turn.role for turn in self.turns))
        return [
            *(figure for one in parts for figure in _figures(one, (turn for turn in self.turns if turn.part == one))),
            *(figure for one in roles for figure in _figures(one, (turn for turn in self.turns if turn.role == one))),
            *_figures(("全程", "all of it"), self.turns),
        ]


def _figures(what: Pair, turns: Iterable[Turn]) -> list[Figure]:
    zh, en = what
    taken = list(turns)
    presses, fields = sum(turn.presses for turn in taken), sum(turn.fields for turn in taken)
    seconds = sum(turn.seconds for turn in taken)
    return [
        Figure(
            f"{zh}，点击 · {en}, clicks", presses, "次 clicks", None, f"另填 {fields} 项 · besides fields: {fields}"
        ),
        Figure(f"{zh}，用时 · {en}, time", seconds, "s", None, BY_WHOM),
    ]
