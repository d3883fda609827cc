"""Whoever is refused hears in Chinese what to do next: which role, which step, which other person; wholly in Chinese, but
for paths and keys that have to be typed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel, Field, ValidationError

from services.directory.bodies.standing import Standing
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.session_plans.session_plan import SessionPlan
from services.runtime.catalogue import REGISTER, blueprint_of
from shared.actor import Actor
from shared.errors import NotAllowed, Stale, WrongState
from shared.keeping.aggregate import Aggregate
from shared.procedure.approval import Approval
from shared.text import OneLine
from shared.trade.roles import Role
from shared.web.wording.sentences import sentence

TYPED = re.compile(r"\b(POST|PUT|GET) [!-~…]+|[A-Z]\d(\.\d)?")
"""What stands as it is typed: a request, and the number of a rule."""


def chinese(sentence: str) -> str:
    zh, mark, en = sentence.partition(" · ")
    assert mark and en, sentence
    return zh


def english_in(zh: str) -> list[str]:
    return re.findall(r"[A-Za-z]{2,}", TYPED.sub("", zh))


def aggregates(of: type[Aggregate] = Aggregate) -> Iterator[type[Aggregate]]:
    for one in of.__subclasses__():
        if one.__module__.startswith(("services.", "shared.")):
            yield one
        yield from aggregates(one)


def test_what_there_is_to_do_is_wholly_chinese_then_english() -> None:
    for service in REGISTER.services:
        blueprint_of(service)  # loads its code
    tables = [
        *(kind.NEXT for kind in aggregates()),
        *(kind.EARLY for kind in aggregates() if issubclass(kind, Approval)),
    ]
    told = {sentence for table in tables for sentence in table.values()}
    assert len(told) > 20
    assert not {sentence for sentence in told if english_in(chinese(sentence))}


@pytest.mark.parametrize(
    ("kind", "verb", "next"),
    [
        (AnnualPlan, "withdraw", "无须撤回"),
        (AnnualPlan, "approve", "先由编制机构呈报"),
        (AnnualPlan, "amend", "直接修改"),
        (SessionPlan, "cancel", "作废草稿"),
        (SessionPlan, "postpone", "日期直接修改"),
        (SessionPlan, "draw", "批准后再抽题"),
    ],
)
@pytest.mark.parametrize("state", ["draft", "returned"])
def test_whoever_is_early_hears_what_comes_first(kind: type[Approval], verb: str, next: str, state: str) -> None:
    assert next in chinese(kind.model_construct(id="x", state=state).instead_of(verb))


def test_the_centre_hears_that_the_branch_has_to_endorse_first() -> None:
    plan = AnnualPlan.model_construct(id="x", state="submitted")
    assert chinese(plan.instead_of("approve")) == "先由分中心审核同意"
    assert "撤回" in chinese(plan.instead_of("revise"))


def test_a_role_that_is_needed_is_named_in_chinese() -> None:
    nobody = Actor("a", "甲", "49000001", "/49000001/", frozenset({Role.AUDITOR}))
    with pytest.raises(NotAllowed) as error:
        nobody.must_be(Role.CENTRE_APPROVER, Role.STATION_HEAD)
    zh = chinese(str(error.value))
    assert "中心审批人、鉴定站负责人" in zh and not english_in(zh)
    with pytest.raises(NotAllowed, match="应由运行管理员办理 · "):
        nobody.must_be(Role.OPERATOR, Role.SERVICE)  # nobody can go and ask a service


def test_four_eyes_say_why_in_chinese() -> None:
    somebody = Actor("a", "甲", "49000001", "/49000001/", frozenset({Role.CENTRE_APPROVER}))
    with pytest.raises(NotAllowed, match="须由他人办理：提出违规的人不得认定 · four eyes: who raised it"):
        somebody.must_not_be(("a",), "提出违规的人不得认定 · who raised it")


def test_whoever_read_an_older_version_is_told_to_read_again() -> None:
    assert chinese(str(Stale("合格人员名册 r", "roster r"))) == "合格人员名册 r 已被他人修改，请重新读取后再办"


@pytest.mark.parametrize(
    ("state", "step", "next"),
    [
        ("licensed", "clear_rectification", "没有待验收的整改"),
        ("struck_off", "license", "请使用正确的机构编码"),
        ("applied", "inspect", "先由中心审批人许可"),
        ("suspended", "license", "先由中心解除暂停的处理"),
    ],
)
def test_a_body_that_does_not_allow_a_step_says_what_comes_first(state: str, step: str, next: str) -> None:
    with pytest.raises(WrongState) as error:
        Standing(of="49053012", state=state).must_allow(step)
    assert next in chinese(str(error.value))


class Asked(BaseModel):
    text: OneLine = Field(min_length=2)
    many: list[int] = Field(min_length=2)


def test_a_text_that_is_too_short_is_told_in_characters_and_a_list_in_entries() -> None:
    with pytest.raises(ValidationError) as error:
        Asked.model_validate({"text": " ", "many": [1]})
    assert [chinese(sentence(one)) for one in error.value.errors()] == ["至少 2 个字符", "至少 2 项"]


def test_what_may_be_filled_in_is_listed_without_english_words_between() -> None:
    said = sentence({"type": "enum", "msg": "", "ctx": {"expected": "'minor', 'serious' or 'grave'"}})
    assert said == "可填 `minor`、`serious`、`grave` · one of `minor`, `serious`, `grave`"
