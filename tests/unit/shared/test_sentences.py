"""What is wrong with a request is said in Chinese first, whatever it is."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core._pydantic_core import list_all_errors

from shared.web.wording.sentences import ANYTHING_ELSE, SENTENCES, sentence


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=2, max_length=4)
    code: str = Field("00", pattern=r"^\d\d$")
    heads: int = Field(1, ge=1, le=9)
    day: date = date(2026, 1, 1)
    kind: Literal["station", "branch"] = "station"
    levels: list[int] = Field([5], min_length=1, max_length=2)
    open: bool = True

    @field_validator("code")
    @classmethod
    def _not_99(cls, code: str) -> str:
        if code == "99":
            raise ValueError("99 仅供培训 · 99 is for training")
        return code


NO_FORM = (
    "格式不符：应为接口说明所示的格式 · "
    "does not have the right form: the form that the documentation of the interface tells"
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "缺少此项 · is required"),
        ({"name": "王芳", "x": 1}, "没有这个字段 · there is no such field"),
        ({"name": "王"}, "至少 2 个字符 · at least 2 characters"),
        ({"name": "王芳刘洋李"}, "至多 4 个字符 · at most 4 characters"),
        ({"name": 7}, "应为文字 · must be text"),
        (
            {"name": "王芳", "code": "x"},
            NO_FORM,
        ),
        ({"name": "王芳", "code": "99"}, "99 仅供培训 · 99 is for training"),
        ({"name": "王芳", "heads": 0}, "不得小于 1 · must not be less than 1"),
        ({"name": "王芳", "heads": 10}, "不得大于 9 · must not be more than 9"),
        ({"name": "王芳", "heads": "x"}, "应为整数 · must be a whole number"),
        ({"name": "王芳", "day": "2026-02-30"}, "应为日期，如 2026-02-28 · must be a date like 2026-02-28"),
        ({"name": "王芳", "kind": "x"}, "可填 `station`、`branch` · one of `station`, `branch`"),
        ({"name": "王芳", "levels": []}, "至少 1 项 · at least 1 of them"),
        ({"name": "王芳", "levels": [1, 2, 3]}, "至多 2 项 · at most 2 of them"),
        ({"name": "王芳", "levels": 1}, "应为列表 · must be a list"),
        ({"name": "王芳", "open": "x"}, "应为 `true`（是）或 `false`（否） · must be `true` or `false`"),
    ],
)
def test_every_common_mistake(content: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Asked.model_validate(content)
    (error,) = refusal.value.errors()
    assert sentence(error) == said


def test_what_nobody_thought_of_is_no_english_either() -> None:
    said = sentence({"type": "brand_new", "msg": "Value error, x"})
    assert said == ANYTHING_ELSE


@pytest.mark.parametrize("kind", [one["type"] for one in list_all_errors()])
def test_every_error_of_the_framework_is_said_in_chinese(kind: str) -> None:
    (known,) = [one for one in list_all_errors() if one["type"] == kind]
    told = {"pattern": r"^\d{4}[0-4]\d{3}$", **(known.get("example_context") or {})}
    said = sentence({"type": kind, "msg": known["example_message_python"], "ctx": told, "loc": ("body", "x")})
    zh, mark, en = said.partition(" · ")
    assert mark and en
    assert re.search("[\u4e00-\u9fff]", zh), said
    assert "\\d" not in said, "nobody reads regular expressions"


OUT_OF_REACH = {"string_sub_type", "model_class_type", "date_past", "date_future", "datetime_past", "datetime_future"}
OURS = (
    "string_",
    "int_",
    "float_",
    "bool_",
    "date_",
    "datetime_",
    "list_",
    "dict_",
    "model_",
    "greater_",
    "less_",
    "too_",
)


def test_what_our_requests_can_bring_about_has_a_sentence_of_its_own() -> None:
    """Texts, numbers, days, lists and objects: there is nothing else in them."""
    kinds = {one["type"] for one in list_all_errors()}
    assert {kind for kind in kinds if kind.startswith(OURS)} - OUT_OF_REACH <= SENTENCES.keys()
