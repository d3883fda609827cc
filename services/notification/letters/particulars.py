"""What a clerk wants to know of a document before opening it: its year or quarter, its day, how many heads. Read from the values
of a letter, of which each has what its fact says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from services.notification.letters.words import counted, day_en, day_zh, quarter_en, quarter_zh
from shared.contracts.words import LEVEL_NAMES

MOST: Final = 6  # lines of a plan that a letter lists


def particulars(values: Mapping[str, Any]) -> tuple[str, str]:
    """One sentence in Chinese, one in English; both empty where the fact says nothing of the kind."""
    found = list(_found(values))
    if not found:
        return "", ""
    return "；".join(zh for zh, _ in found) + "。", _begun("; ".join(en for _, en in found)) + "."


def _found(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if values.get("year"):
        version = values.get("version") or 1
        zh, en = (f"（第 {version} 版，系调整）", f", version {version} (an amendment)") if version > 1 else ("", "")
        yield f"计划年度：{values['year']}年{zh}", f"year: {values['year']}{en}"
    if values.get("quarter"):
        yield f"所属季度：{quarter_zh(values['quarter'])}", f"period: {quarter_en(values['quarter'])}"
    if values.get("held_on"):
        yield f"鉴定日期：{day_zh(values['held_on'])}", f"day of the exam: {day_en(values['held_on'])}"
    if values.get("place"):
        yield f"鉴定地点：{values['place']}", f"place: {values['place']}"
    if values.get("items"):
        yield _items(values["items"])
    if values.get("heads"):
        yield f"计划鉴定人数：{values['heads']}人", f"planned heads: {values['heads']}"
    if values.get("lines"):
        yield _lines(values["lines"])
    if values.get("approved_on"):
        yield f"批准日期：{day_zh(values['approved_on'])}", f"approved on {day_en(values['approved_on'])}"
    if values.get("late"):
        yield "逾期呈报", "submitted after the last day"


def _items(items: list[Mapping[str, Any]]) -> tuple[str, str]:
    """Occupations and levels of a session plan with their heads, and all heads together."""
    zh = [f"{one['occupation_zh']}（{LEVEL_NAMES[one['level']][0]}）{one['heads']}人" for one in items[:MOST]]
    en = [f"{one['occupation_en']}, level {one['level']}: {one['heads']}" for one in items[:MOST]]
    heads, more = sum(one["heads"] for one in items), len(items) > MOST
    zh_more, en_more = (f"等{len(items)}项", f" and others, {counted(len(items), 'line')} in all") if more else ("", "")
    return (
        f"鉴定工种和人数：{'、'.join(zh)}{zh_more}，共{heads}人",
        f"occupations and heads: {'; '.join(en)}{en_more}; {heads} in all",
    )


def _lines(lines: Mapping[str, int]) -> tuple[str, str]:
    """Passed candidates of a roster, by level."""
    levels = sorted((int(level), count) for level, count in lines.items())
    zh = "、".join(f"{LEVEL_NAMES[level][0]}{count}人" for level, count in reversed(levels))
    en = ", ".join(f"level {level}: {count}" for level, count in reversed(levels))
    total = sum(count for _, count in levels)
    return f"合格人员：共{total}人（{zh}）", f"passed: {total} ({en})"


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
