"""What is wrong with a field of a request, Chinese first: the framework tells it in English only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from shared.web.wording.patterns import form_of

_TEXT = "应为文字 · must be text"
_WHOLE = "应为整数 · must be a whole number"
_NUMBER = "应为数字 · must be a number"
_YES_NO = "应为 `true`（是）或 `false`（否） · must be `true` or `false`"
_OBJECT = "应为对象 · must be an object"
_LIST = "应为列表 · must be a list"
_DAY = "应为日期，如 2026-02-28 · must be a date like 2026-02-28"
_MOMENT = "应为日期和时间，如 2026-02-28T09:00:00+08:00 · must be a date and time like 2026-02-28T09:00:00+08:00"

SENTENCES: Final[Mapping[str, str]] = {
    "missing": "缺少此项 · is required",
    "extra_forbidden": "没有这个字段 · there is no such field",
    "string_type": _TEXT,
    "string_sub_type": _TEXT,
    "string_unicode": "应为 UTF-8 文字 · must be text in UTF-8",
    "string_too_short": "至少 {min_length} 个字符 · at least {min_length} characters",
    "string_too_long": "至多 {max_length} 个字符 · at most {max_length} characters",
    "string_pattern_mismatch": "格式不符：应为{form_zh} · does not have the right form: {form_en}",
    "string_not_ascii": "只能用英文字母、数字和半角符号 · letters, digits and signs of ASCII only",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": "数字过大 · the number is too large",
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": "应为有限的数字 · must be a finite number",
    "bool_type": _YES_NO,
    "bool_parsing": _YES_NO,
    "greater_than": "应大于 {gt} · must be more than {gt}",
    "greater_than_equal": "不得小于 {ge} · must not be less than {ge}",
    "less_than": "应小于 {lt} · must be less than {lt}",
    "less_than_equal": "不得大于 {le} · must not be more than {le}",
    "multiple_of": "应为 {multiple_of} 的倍数 · must be a multiple of {multiple_of}",
    "literal_error": "可填 {choices_zh} · one of {choices_en}",
    "enum": "可填 {choices_zh} · one of {choices_en}",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "iterable_type": _LIST,
    "too_short": "至少 {min_length} 项 · at least {min_length} of them",
    "too_long": "至多 {max_length} 项 · at most {max_length} of them",
    "dict_type": _OBJECT,
    "mapping_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dataclass_type": _OBJECT,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": "只填日期，不带时间，如 2026-02-28 · a date without a time, like 2026-02-28",
    "date_past": "应为过去的日期 · must be a day that is over",
    "date_future": "应为将来的日期 · must be a day to come",
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_object_invalid": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_naive": "不得带时区 · must have no time zone",
    "timezone_aware": "须带时区，如 +08:00 · must have a time zone, like +08:00",
    "time_type": "应为时间，如 09:00 · must be a time like 09:00",
    "time_parsing": "应为时间，如 09:00 · must be a time like 09:00",
    "none_required": "应留空 · must be empty",
    "url_type": "应为网址 · must be an address of the web",
    "url_parsing": "应为网址 · must be an address of the web",
    "url_scheme": "网址须以 {expected_schemes} 开头 · the address must begin with {expected_schemes}",
    "uuid_type": "应为编号 · must be an id",
    "uuid_parsing": "应为编号 · must be an id",
    "bytes_type": _TEXT,
    "recursion_loop": "内容层层包含自身 · the content contains itself",
}
"""Error type of the framework → its sentence. `{…}`: what the framework tells of the error."""

ANYTHING_ELSE: Final = "填写有误，请对照接口说明 · is not what the documentation of the interface asks for"
WHOLE: Final = (
    "请求内容应为一个 JSON 对象，并带上 Content-Type: application/json · "
    "the content must be a JSON object, sent with Content-Type: application/json"
)
NO_CONTENT: Final = (
    "缺少请求内容，应为 JSON，并带上 Content-Type: application/json · "
    "the request has no content: send JSON with Content-Type: application/json"
)
_OBJECTS = ("model_type", "model_attributes_type", "dict_type")


def sentence(error: Mapping[str, Any], meanings: Mapping[str, str] | None = None) -> str:
    """One error of the framework's list. What our own checks say, stays as it was said. meanings: in Chinese, of the values
    that may be filled in there."""
    kind = str(error["type"])
    if tuple(error.get("loc", ())) == ("body",):
        if kind == "missing":
            return NO_CONTENT
        if kind in _OBJECTS:
            return WHOLE
    if kind == "json_invalid":
        return _no_json(error)
    text = isinstance(error.get("input"), str)  # our own texts are checked after trimming, which is told as of a list
    known = SENTENCES.get(f"string_{kind}" if text and kind in ("too_short", "too_long") else kind)
    if known is None:
        said = str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
        return said if " · " in said else ANYTHING_ELSE
    told = dict(error.get("ctx", {}))
    told["form_zh"], told["form_en"] = form_of(str(told.get("pattern", "")))
    told["choices_zh"], told["choices_en"] = _choices(str(told.get("expected", "")), meanings or {})
    zh, _, en = known.partition(" · ")
    return f"{zh.format_map(told)} · {en.format_map(told)}"


def _no_json(error: Mapping[str, Any]) -> str:
    """loc: where the parser stopped, counted from 0."""
    *_, place = error.get("loc", (0,))
    at = int(place) + 1 if isinstance(place, int) else 1
    return (
        f"第 {at} 个字符处不合 JSON 格式（多见于缺逗号、引号或括号），请更正后重发 · "
        f"character {at} does not follow JSON: often a comma, a quote or a bracket is missing"
    )


def _choices(expected: str, meanings: Mapping[str, str]) -> tuple[str, str]:
    """What may be filled in, each as it is typed: the framework lists it as Python does, with English words between."""
    typed = [one.strip("'\"") for one in re.split(r", | or ", expected)]
    named = (f"`{one}`（{meanings[one]}）" if one in meanings else f"`{one}`" if one else "空" for one in typed)
    return "、".join(named), ", ".join(f"`{one}`" if one else "nothing" for one in typed)
