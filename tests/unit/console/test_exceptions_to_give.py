"""What the Centre has to let through, as a page asks for it."""

from __future__ import annotations

from typing import Any

from services.console.documents import steps
from services.console.refusal import Fault, Refusal
from services.console.typed import Typed

KNOWN = {"rule": "beyond_planned/6-04-01-01/4", "what": "合格 7 人，计划 6 人"}
FOUND = Fault("/exceptions/certified_before~117", "第 17 行：已取得证书")


def test_what_was_found_at_the_approval_is_asked_for_too() -> None:
    refusal = Refusal(422, "须特批", (FOUND, Fault("/lines/3", "无审批表")))
    needs = steps.needed({"needs": [KNOWN]}, refusal, Typed())
    assert needs == [KNOWN, {"rule": "certified_before/17", "what": "第 17 行：已取得证书"}]


def test_a_reason_that_nothing_needs_any_more_is_not_asked_for_again() -> None:
    form = Typed((("exception.certified_before/17", "同意"),))
    assert steps.needed({"needs": None}, Refusal(422, "无须特批", (FOUND,)), form) == []


class Sent:
    content: Any = None

    async def send(self, method: str, path: str, content: Any, **headers: str) -> None:
        self.content = content


async def test_one_reason_for_all_that_stay_empty() -> None:
    visitor = Sent()
    form = Typed(
        (("version", '"1"'), ("exceptions.same", " 设备增加 "), ("exception.a", ""), ("exception.b", "另有批文"))
    )
    await steps.take(visitor, "/reporting/rosters/x", "approve", form)  # type: ignore[arg-type]
    assert visitor.content == {"exceptions": {"a": "设备增加", "b": "另有批文"}}


async def test_without_any_reason_nothing_is_let_through() -> None:
    visitor = Sent()
    await steps.take(visitor, "/reporting/rosters/x", "approve", Typed((("exception.a", " "),)))  # type: ignore[arg-type]
    assert visitor.content == {"exceptions": {}}
