"""The occupations of the machinery industry by the classification of 1999, with the levels each has (rules §5)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from shared.contracts.plan import PlannedItem
from shared.contracts.words import LEVEL_NAMES
from shared.errors import Problem


@dataclass(frozen=True, slots=True)
class Occupation:
    code: str
    name_zh: str
    name_en: str
    levels: frozenset[int]


@cache
def occupations() -> dict[str, Occupation]:
    rows = csv.DictReader((files(__package__) / "occupations.csv").read_text(encoding="utf-8").splitlines())
    return {
        row["code"]: Occupation(row["code"], row["name_zh"], row["name_en"], frozenset(map(int, row["levels"])))
        for row in rows
    }


def planned(items: list[tuple[str, int, int]]) -> tuple[list[PlannedItem], list[Problem]]:
    """Name the occupations of (code, level, heads) rows. Returns the items and everything wrong with the rows."""
    named: list[PlannedItem] = []
    wrong: list[Problem] = []
    seen: set[tuple[str, int]] = set()
    for n, (code, level, heads) in enumerate(items):
        where, known = f"/items/{n}", occupations().get(code)
        if known is None:
            wrong.append(
                Problem(f"{where}/occupation", f"职业编码 {code} 不在目录中 · is not in the list of occupations")
            )
            continue
        if level not in known.levels:
            has = "、".join(LEVEL_NAMES[one][0] for one in sorted(known.levels, reverse=True))
            wrong.append(
                Problem(
                    f"{where}/level",
                    f"{known.name_zh} 无此等级 · does not have level {level}",
                    f"可填 {has} · one of these",
                )
            )
        if (code, level) in seen:
            wrong.append(Problem(where, f"{known.name_zh} {LEVEL_NAMES[level][0]} 重复 · stands here twice"))
        seen.add((code, level))
        named.append(
            PlannedItem(
                occupation=code, occupation_zh=known.name_zh, occupation_en=known.name_en, level=level, heads=heads
            )
        )
    return named, wrong
