"""The forms of text that fields have, in words: nobody who fills in a form reads regular expressions."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    r'^"v\d{1,9}"$': ('读取时所得的 ETag，如 "v3"', 'the ETag you last read, like "v3"'),
    r"^(\d{8}|house)?$": (
        " 8 位机构编码，如 49053012，或 `house`（全系统）",
        "an institution code like 49053012, or `house`",
    ),
    r"^/(\d{8}/){1,3}$": (
        "从中心起逐级的机构编码，如 /49000001/49050001/49053012/",
        "institution codes, Centre first, like /49000001/49050001/49053012/",
    ),
    r"^[A-Za-z0-9-]{6,40}$": (
        " 6 至 40 个字母、数字或连字符，如 EA123456789CN",
        "6 to 40 letters, digits or hyphens, like EA123456789CN",
    ),
    r"^\d{4}[0-4]\d{3}$": (
        " 8 位机构编码（第五位为 0 至 4），如 49053012",
        "an institution code: 8 digits, the fifth from 0 to 4, like 49053012",
    ),
    r"\S": ("至少一个字，不能全是空格", "at least one character that is no blank"),
    r"^\d-\d{2}-\d{2}-\d{2}$": ("职业编码，如 6-04-01-01", "the code of an occupation, like 6-04-01-01"),
    r"^[a-z0-9][a-z0-9._-]{2,60}$": (
        " 3 至 61 个小写字母、数字、点、下划线或连字符，以字母或数字开头，如 zhang.wei",
        "3 to 61 small letters, digits, dots, underscores or hyphens, a letter or digit first, like zhang.wei",
    ),
    r"^20\d{2}-Q[1-4]$": ("年份和季度，如 2026-Q1（2026 年第一季度）", "a year and its quarter, like 2026-Q1"),
}
"""Pattern of a request model or a parameter → its form in both languages. A test walks them all."""


def form_of(pattern: str) -> tuple[str, str]:
    """What is asked by no model of ours has no words."""
    return WORDS.get(pattern, ("接口说明所示的格式", "the form that the documentation of the interface tells"))
