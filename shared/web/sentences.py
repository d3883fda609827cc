"""What is wrong with a field of a request, Chinese first: the framework tells it in English only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SENTENCES = {
    "missing": "缺少此项 · is required",
    "extra_forbidden": "没有这个字段 · there is no such field",
    "string_type": "应为文字 · must be text",
    "string_too_short": "至少 {min_length} 个字符 · at least {min_length} characters",
    "string_too_long": "至多 {max_length} 个字符 · at most {max_length} characters",
    "string_pattern_mismatch": "格式不符 · does not have the form {pattern}",
    "int_type": "应为整数 · must be a whole number",
    "int_parsing": "应为整数 · must be a whole number",
    "int_from_float": "应为整数 · must be a whole number",
    "float_type": "应为数字 · must be a number",
    "float_parsing": "应为数字 · must be a number",
    "bool_type": "应为 true 或 false · must be true or false",
    "bool_parsing": "应为 true 或 false · must be true or false",
    "greater_than_equal": "不得小于 {ge} · must not be less than {ge}",
    "less_than_equal": "不得大于 {le} · must not be more than {le}",
    "literal_error": "可填 {expected} · must be {expected}",
    "enum": "可填 {expected} · must be {expected}",
    "list_type": "应为列表 · must be a list",
    "too_short": "至少 {min_length} 项 · at least {min_length} of them",
    "too_long": "至多 {max_length} 项 · at most {max_length} of them",
    "dict_type": "应为对象 · must be an object",
    "model_type": "应为对象 · must be an object",
    "model_attributes_type": "应为对象 · must be an object",
    "date_type": "应为日期，如 2026-02-28 · must be a date like 2026-02-28",
    "date_parsing": "应为日期，如 2026-02-28 · must be a date like 2026-02-28",
    "date_from_datetime_parsing": "应为日期，如 2026-02-28 · must be a date like 2026-02-28",
    "json_invalid": "不是 JSON · is not JSON",
}


def sentence(error: Mapping[str, Any]) -> str:
    """One error of pydantic's list. What is not translated, our own checks among it, stays as it was said."""
    text = isinstance(error.get("input"), str)  # our own texts are checked after trimming, which is told as of a list
    known = _SENTENCES.get(
        f"string_{error['type']}" if text and error["type"] in ("too_short", "too_long") else error["type"]
    )
    if known is None:
        return str(error["msg"]).removeprefix("Value error, ")
    told = dict(error.get("ctx", {}))
    zh, _, en = known.partition(" · ")
    return f"{zh.format_map(_in_chinese(told))} · {en.format_map(told)}"


def _in_chinese(told: Mapping[str, Any]) -> dict[str, Any]:
    """The framework joins what may be filled in with English words."""
    if "expected" not in told:
        return dict(told)
    return {**told, "expected": str(told["expected"]).replace(" or ", "、").replace(", ", "、")}
