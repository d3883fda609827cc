"""The upper part of a sheet: labelled values, then the row of column titles. Titles are found by any usual spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import Final

from services.reporting.rosters.workbook import cells
from services.reporting.rosters.workbook.cells import Unfit
from services.reporting.rosters.workbook.findings import Findings
from services.reporting.rosters.workbook.opening.sheets import Cell, OpenSheet
from services.reporting.rosters.workbook.rules import Rules
from shared.contracts.words import LEVELS_WITH_REVIEW
from shared.errors import Invalid
from shared.forms.columns import column_letters
from shared.forms.form6.feet import is_foot, is_signature
from shared.forms.form6.layout import (
    BY_KEY,
    COLUMN_SPELLINGS,
    COLUMNS,
    ENGLISH,
    LABEL_SPELLINGS,
    LABELS,
    LEVEL_SPELLINGS,
    OCCUPATION_AND_LEVEL,
    TITLE,
    TITLE_EN,
    heading,
    occupation_and_level,
)
from shared.forms.form6.rows import ENOUGH_TITLES, titles_in
from shared.trade.numbers.institution import institution_code
from shared.trade.numbers.spelling import normalise

UNCOMPUTED: Final = (
    "公式没有存储的值，或值为 0 · a formula without a stored value, or with 0",
    "用 Excel 或 WPS 打开、重新计算并保存，或粘贴为数值 · open it in Excel or WPS, let it compute and save it, or paste the "
    "values",
)
CLOSE: Final = 0.5  # similarity from which another title is suggested; Chinese titles are short

_OCCUPATION: Final = re.compile(r"[0-9]-[0-9]{2}-[0-9]{2}-[0-9]{2}")
_SESSION: Final = re.compile(r"[0-9A-Z第号次批期年月()/.\-]{1,40}")


@dataclass(frozen=True)
class Table:
    """Where the table is: index of the title row, index of each known column by its key, letters for messages."""

    row: int
    columns: dict[str, int]
    letters: dict[str, str]
    unknown: frozenset[int]
    """Columns already reported: a title nobody knows, or the second of the same meaning."""

    def keys_of(self, columns: Collection[int]) -> tuple[str, ...]:
        """The known columns among these, from left to right."""
        if not columns:  # as in most rows
            return ()
        keys = {column: key for key, column in self.columns.items()}
        return tuple(keys[column] for column in sorted(columns) if column in keys)

    @cached_property
    def unbroken(self) -> int:
        """How many columns from A on have a known title, without a gap."""
        known = set(self.columns.values())
        return next(n for n in range(len(known) + 1) if n not in known)


@dataclass(frozen=True, slots=True)
class Heading:
    """The labelled values of one sheet; None where the value is missing or wrong (and reported)."""

    station_zh: str | None
    institution: str | None
    session: str | None
    occupation: str | None
    occupation_zh: str | None
    level: int | None
    held_on: date | None
    places: dict[str, str]
    """Where each value stands, for messages that compare sheets."""
    typed: dict[str, Cell]
    """Each value as it stands there."""


def find_table_row(sheet: OpenSheet) -> int | None:
    for index, row in sheet.rows:
        if titles_in(row) >= ENOUGH_TITLES:
            return index
    return None


def read_table(sheet: OpenSheet, title_row: int, level: int | None, findings: Findings) -> Table:
    """Find the columns. At levels 2 and 1 the review is a required column."""
    columns: dict[str, int] = {}
    strangers: list[tuple[int, str]] = []
    unknown: set[int] = set()
    for index, cell in enumerate(next(row for place, row in sheet.rows if place == title_row)):
        if cells.is_blank(cell):
            continue
        title = cells.text_of(cell).strip()
        key = COLUMN_SPELLINGS.get(heading(title))
        if key is None:
            strangers.append((index, title))
            unknown.add(index)
        elif key in columns:
            unknown.add(index)
            findings.wrong(
                f"{sheet.name}!{column_letters(index)}{title_row + 1}",
                f"“{title}”列重复，与 {column_letters(columns[key])} 列相同 · "
                f"this column says the same as column {column_letters(columns[key])}",
                "保留一列 · keep one of them",
            )
        else:
            columns[key] = index
    required = {column.key for column in COLUMNS if column.required}
    if level in LEVELS_WITH_REVIEW:
        required.add("review")
    missing = [column.key for column in COLUMNS if column.key in required and column.key not in columns]
    _report_strangers(sheet.name, title_row, strangers, columns, missing, findings)
    for key in missing:
        findings.wrong(
            f"{sheet.name}!{title_row + 1}:{title_row + 1}",
            f"缺少“{BY_KEY[key].title}”列 · the column {BY_KEY[key].title} ({ENGLISH[key]}) is missing",
            "请使用名册模板 · please use the template",
        )
    return Table(title_row, columns, {key: column_letters(n) for key, n in columns.items()}, frozenset(unknown))


def _report_strangers(
    sheet: str,
    title_row: int,
    strangers: list[tuple[int, str]],
    columns: dict[str, int],
    missing: list[str],
    findings: Findings,
) -> None:
    """Columns nobody knows, each with the nearest known title. A column that is misnamed is not also missing."""
    open_titles = {name: key for name, key in COLUMN_SPELLINGS.items() if key not in columns}
    for index, title in strangers:
        near = get_close_matches(heading(title), list(open_titles), n=1, cutoff=CLOSE)
        fix = "请删除该列或改名 · delete or rename the column"
        if near:
            key = open_titles[near[0]]
            meant = BY_KEY[key].title
            if key in missing:
                missing.remove(key)
            fix = f"是否应为“{meant}”？ · did you mean {meant}?"
        findings.wrong(
            f"{sheet}!{column_letters(index)}{title_row + 1}",
            f"不认识的列“{title}” · unknown column {title}",
            fix,
        )


def read_heading(
    sheet: OpenSheet, title_row: int, rules: Rules, findings: Findings, held_on: date | None = None
) -> Heading:
    """held_on: the day that the sheet must name; it counts from then on whatever the sheet says."""
    found, strangers = labelled(sheet, title_row, findings)
    places = {key: where for key, (where, _) in found.items()}
    uncomputed = {
        f"{sheet.name}!{column_letters(column)}{row + 1}" for row, column in sheet.traits.unvalued if row < title_row
    }

    def take(key: str) -> tuple[str, Cell]:
        return found.get(key, ("", ""))

    for label in LABELS:
        where, value = take(label.key)
        if not where:
            near = get_close_matches(heading(label.title), list(strangers), n=1, cutoff=CLOSE)
            findings.wrong(
                strangers[near[0]] if near else sheet.name,
                f"表头缺少“{label.title}” · the heading lacks {label.title} ({ENGLISH[label.key]})",
                f"是否应为“{label.title}”？ · did you mean {label.title}?"
                if near
                else "请使用名册模板 · please use the template",
            )
        elif where in uncomputed:
            findings.wrong(where, *UNCOMPUTED)
            found[label.key] = (where, "")
        elif cells.is_blank(value):
            findings.wrong(
                where, f"“{label.title}”未填 · the {ENGLISH[label.key]} is empty", "请填写 · please fill it in"
            )
    reader = _Values(found, rules, findings)
    return Heading(
        reader.text("station_zh"),
        reader.institution(),
        reader.session(),
        reader.occupation(),
        reader.text("occupation_zh"),
        reader.level(),
        reader.held_on(held_on),
        places,
        {key: value for key, (_, value) in found.items()},
    )


@dataclass(frozen=True, slots=True)
class Labelled:
    """One row of a heading. values: (key, place, cell); others: texts that are no known label nor its value, with places.

    A value stands right of its label, or in the label's own cell behind a colon."""

    values: list[tuple[str, str, Cell]]
    others: list[tuple[str, Cell]]


def labels_in(sheet: str, index: int, row: Sequence[Cell]) -> Labelled:
    """index: of the row, from 0."""
    values: list[tuple[str, str, Cell]] = []
    others: list[tuple[str, Cell]] = []
    waiting: tuple[str, int] | None = None
    for column, cell in enumerate(row):
        if cells.is_blank(cell):
            continue
        where = f"{sheet}!{column_letters(column)}{index + 1}"
        title, _, rest = cells.text_of(cell).replace("\uff1a", ":").partition(":")
        key = LABEL_SPELLINGS.get(heading(title)) if isinstance(cell, str) else None
        if key and not (waiting and key in {known for known, _, _ in values}):
            if waiting:
                values.append((waiting[0], f"{sheet}!{column_letters(waiting[1])}{index + 1}", ""))
            waiting = (key, column + 1)
            if rest.strip():
                values.append((key, where, rest.strip()))
                waiting = None
        elif waiting:
            values.append((waiting[0], where, cell))
            waiting = None
        else:
            others.append((where, cell))
    if waiting:
        values.append((waiting[0], f"{sheet}!{column_letters(waiting[1])}{index + 1}", ""))
    return Labelled([part for value in values for part in _parted(*value)], others)


def _parted(key: str, where: str, value: Cell) -> list[tuple[str, str, Cell]]:
    """职业(工种)及等级 as the two that it says."""
    if key != OCCUPATION_AND_LEVEL:
        return [(key, where, value)]
    occupation, level = occupation_and_level(cells.text_of(value))
    return [("occupation_zh", where, occupation), ("level", where, level)]


def labelled(
    sheet: OpenSheet, title_row: int, findings: Findings
) -> tuple[dict[str, tuple[str, Cell]], dict[str, str]]:
    """Values by key with their places; and texts that are no known label, by their compared spelling, with places. What is
    neither, nor a usual part of such a sheet, is noted; a second value that differs from the first is reported."""
    found: dict[str, tuple[str, Cell]] = {}
    strangers: dict[str, str] = {}
    for index, row in sheet.rows:
        if index >= title_row:
            break
        labelled = labels_in(sheet.name, index, row)
        for key, where, value in labelled.values:
            if key not in found or cells.is_blank(found[key][1]):
                found[key] = (where, value)
            elif not cells.is_blank(value) and not same_value(value, found[key][1]):
                findings.wrong(where, *differs(key, found[key][0]))
        before = ""
        for where, other in labelled.others:
            text = cells.text_of(other)
            if isinstance(other, str):
                strangers.setdefault(heading(text.replace("\uff1a", ":").partition(":")[0]), where)
            if not (_is_usual(text) or (before and is_signature(before))):
                not_taken_over(findings, where, text)
            before = text
    return found, strangers


def same_value(one: Cell, other: Cell) -> bool:
    """Whether two values of one label say the same, however they are spelt."""
    first, second = (normalise(cells.text_of(value)) for value in (one, other))
    if first in LEVEL_SPELLINGS and LEVEL_SPELLINGS[first] == LEVEL_SPELLINGS.get(second):
        return True
    try:
        return first == second or cells.day(one).as_date == cells.day(other).as_date
    except Unfit:
        return False


def differs(key: str, there: str) -> tuple[str, str]:
    """What is said of a second value of a label."""
    title = next(label.title for label in LABELS if label.key == key)
    return (
        f"“{title}”与 {there} 不同 · {title} ({ENGLISH[key]}) differs from {there}",
        "一张工作表只报一个批次、一个职业、一个等级，其余另起一张 · one session, occupation and level in a sheet: put the rest "
        "into another one",
    )


def not_taken_over(findings: Findings, where: str, text: str, *, confirm: bool = False) -> None:
    """A cell outside the table, or below it, that is nothing the roster asks for."""
    findings.changed(where, "不属于名册，未导入 · no part of the roster: not taken over", "", was=text, confirm=confirm)


def _is_usual(text: str) -> bool:
    """The form's own title, or a signature, above the table."""
    spelt = normalise(text)
    return text in (TITLE, TITLE_EN) or "名册" in spelt or spelt.startswith(("附表", "附件", "表")) or is_foot(text)


class _Values:
    """The labelled values, each checked on its own. Empty ones were reported before and come back as None."""

    def __init__(self, found: dict[str, tuple[str, Cell]], rules: Rules, findings: Findings) -> None:
        self.found = {key: (where, value) for key, (where, value) in found.items() if not cells.is_blank(value)}
        self.rules = rules
        self.findings = findings

    def _take(self, key: str, how: Callable[[Cell], str]) -> str | None:
        if key not in self.found:
            return None
        where, value = self.found[key]
        try:
            text = how(value)
        except Unfit as unfit:
            self.findings.wrong(where, unfit.what, unfit.fix)
            return None
        if isinstance(value, str) and text != value:
            confirm = how is cells.code and cells.another_code(value, text)
            self.findings.changed(where, "写法已统一 · spelling unified", text, was=value, confirm=confirm)
        return text

    def text(self, key: str) -> str | None:
        return self._take(key, lambda value: cells.organisation(value, 80))

    def institution(self) -> str | None:
        typed = self._take("institution", cells.code)
        if typed is None:
            return None
        try:
            return institution_code(typed, industry=self.rules.industry)
        except Invalid as error:
            self.findings.wrong(
                self.found["institution"][0], str(error), "按鉴定许可证填写 · as on the licence of the station"
            )
            return None

    def session(self) -> str | None:
        typed = self._take("session", cells.code)
        if typed is not None and not _SESSION.fullmatch(typed):
            self.findings.wrong(
                self.found["session"][0],
                "鉴定批次只含数字、字母和连字符 · a session number has digits, letters and hyphens only",
                "按批准的鉴定计划填写 · as in the approved session plan",
            )
            return None
        return typed

    def occupation(self) -> str | None:
        typed = self._take("occupation", cells.code)
        if typed is not None and not _OCCUPATION.fullmatch(typed):
            self.findings.wrong(
                self.found["occupation"][0],
                "职业编码不成立 · this is not an occupation code",
                "形如 6-04-01-01 · such as 6-04-01-01",
            )
            return None
        return typed

    def level(self) -> int | None:
        if "level" not in self.found:
            return None
        where, value = self.found["level"]
        level = LEVEL_SPELLINGS.get(normalise(cells.text_of(value)))
        if level is None:
            self.findings.wrong(
                where,
                "等级不成立 · this is not a level",
                "五级/初级工 … 一级/高级技师，或 5 … 1 · 5 (junior) to 1 (senior technician)",
            )
        return level

    def held_on(self, expected: date | None) -> date | None:
        if "held_on" not in self.found:
            return expected
        where, value = self.found["held_on"]
        try:
            day = cells.day(value)
        except Unfit as unfit:
            self.findings.wrong(where, unfit.what, unfit.fix)
            return expected
        if day.as_date is None:
            self.findings.wrong(
                where, "鉴定日期缺少日 · the day of the exam is missing", "写作 2026-03-01 · write 2026-03-01"
            )
        elif expected is not None and day.as_date != expected:
            self.findings.wrong(
                where,
                f"鉴定日期与批次不符，批次于 {expected} 鉴定 · not the day of the session, which is {expected}",
                f"改为 {expected}；实际另日鉴定的，须先由中心改期 · write {expected}; if the exam was held on another day, "
                "the Centre has to postpone the session first",
            )
        elif not day.plain:
            self.findings.changed(
                where,
                "日期写法已统一 · spelling of a date unified",
                str(day),
                was=cells.text_of(value),
                confirm=day.confirm,
            )
        return expected or day.as_date
