"""The list of days that are off, or worked on, against the week: ours, or the operator's own file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

from shared.errors import Invalid, Problem, all_of

COLUMNS = ("date", "kind", "notice")
OFF, ON = "休", "班"
NATIONAL_DAY = (10, 1)


@dataclass(frozen=True, slots=True)
class NamedDay:
    """works: 班; otherwise 休. notice: number of the State Council's notice that says so."""

    day: date
    works: bool
    notice: str


@cache
def ours() -> tuple[NamedDay, ...]:
    """As the notices up to this release say."""
    return _read((files(__package__) / "workdays.csv").read_text(encoding="utf-8"), "workdays.csv")


def of_file(path: Path | None) -> tuple[NamedDay, ...]:
    """Ours, and for every year whose notice stands in the operator's own file that file's days instead; of other years the days
    that it names. path: none: ours alone.

    Raises Invalid with every row that is wrong."""
    if path is None:
        return ours()
    try:
        text = path.read_text(encoding="utf-8-sig")  # a spreadsheet writes the mark of its encoding in front
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            f"节假日文件 {path} 无法读取，须为 UTF-8 编码的 CSV · the calendar file cannot be read: it has to be CSV in UTF-8"
        ) from error
    own = _read(text, path.name)
    days = {one.day for one in own}
    years = stated_years(days)
    return (*(one for one in ours() if one.day.year not in years and one.day not in days), *own)


def stated_years(days: Iterable[date]) -> frozenset[int]:
    """Years of which a whole notice stands there: each names the first of October. A day at New Year may come with the notice of
    the year before or after, and a file that is not finished yet ends before."""
    return frozenset(day.year for day in days if (day.month, day.day) == NATIONAL_DAY)


def _read(text: str, name: str) -> tuple[NamedDay, ...]:
    """Raises Invalid."""
    rows = csv.DictReader(text.splitlines())
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise Invalid(
            f"{name} 首行须为 {','.join(COLUMNS)} · its first line has to be {','.join(COLUMNS)}",
        )
    found: dict[date, NamedDay] = {}
    wrong: list[Problem] = []
    for row in rows:
        if not any(row.values()):
            continue  # a spreadsheet writes empty ones at the end
        where = f"{name}:{rows.line_num}"
        named = _named(row, where, wrong)
        if named is None:
            continue
        if named.day in found:
            wrong.append(
                Problem(where, f"{named.day} 已在上文列出 · stands here a second time", "删去其一 · delete one of them")
            )
        found[named.day] = named
    if wrong:
        raise Invalid(all_of(wrong), wrong)
    return tuple(found.values())


def _named(row: Mapping[str, str | None], where: str, wrong: list[Problem]) -> NamedDay | None:
    """None: the row is wrong, and what is wrong was noted."""
    day, kind, notice = (str(row.get(column) or "").strip() for column in COLUMNS)
    problems: list[Problem] = []
    try:
        read = date.fromisoformat(day)
    except ValueError:
        problems.append(
            Problem(where, f"{day} 不是日期 · {day} is no day", "写成 2027-02-06 · write it like 2027-02-06"),
        )
    if kind not in (OFF, ON):
        problems.append(
            Problem(
                where,
                "第二列不是休或班 · the second column is neither 休 nor 班",
                f"填 {OFF} 或 {ON} · one of these",
            )
        )
    if not notice:
        problems.append(
            Problem(
                where,
                "缺通知文号 · the number of the notice is missing",
                "如 国办发明电〔2025〕7号 · like 国办发明电〔2025〕7号",
            )
        )
    wrong += problems
    return None if problems else NamedDay(read, kind == ON, notice)
