"""In which order forms are worked off, what makes one unusual, and what comes after which."""

from __future__ import annotations

from typing import Any

import pytest

from services.console.approvals.desk import Desk, Lying
from services.console.approvals.marks import Mark, heads_of, marks_of
from services.console.documents.forms import BY_KIND

ANNUAL = BY_KIND["annual_plan"]


def lying(id: str, since: str = "2026-04-03T01:00:00Z", *weights: int) -> Lying:
    return Lying(ANNUAL, id, "49053012", 10, since, tuple(Mark(("", ""), weight) for weight in weights))


def an_annual_plan(heads: int = 10, before: int | None = 10, **more: Any) -> dict[str, Any]:
    plan = {"history": [], "late": False, "number": 1, "heads_last_year": before, "items": [{"heads": heads}]}
    return {**plan, **more}


def said(document: dict[str, Any]) -> list[str]:
    return [mark.said[0] for mark in marks_of(document)]


def test_what_is_unusual_comes_first_then_what_has_waited_longest() -> None:
    waiting = [
        lying("young", "2026-04-03"),
        lying("old", "2026-04-01"),
        lying("differs", "2026-04-03", 1),
        lying("excepted", "2026-04-03", 2),
        lying("both", "2026-04-03", 2, 1),
    ]
    in_order = sorted(waiting, key=lambda one: one.order)
    assert [one.id for one in in_order] == ["both", "excepted", "differs", "old", "young"]


def test_nothing_unusual_about_a_plan_like_last_years() -> None:
    assert said(an_annual_plan()) == []
    assert said(an_annual_plan(heads=8)) == []


@pytest.mark.parametrize(
    ("document", "marks"),
    [
        (an_annual_plan(heads=15), ["比上年多 5 人（50%）"]),
        (an_annual_plan(heads=15, before=0), ["比上年多 15 人（100%）"]),
        (an_annual_plan(before=None), ["上年无计划"]),
        (an_annual_plan(heads=99, number=2), ["调整，第 2 版"]),
        (an_annual_plan(late=True), ["逾期"]),
        (an_annual_plan(history=[{"verb": "submit"}, {"verb": "send_back"}, {"verb": "submit"}]), ["曾退回"]),
        ({"history": [], "needs": [{"rule": "lead_time"}], "items": []}, ["提前天数不足"]),
        (
            {"history": [], "needs": [{"rule": "lead_time"}, {"rule": "paper_sets"}], "items": []},
            ["提前天数不足", "须特批 1 项"],
        ),
        ({"history": [], "needs": [{"rule": "certified_before/1"}, {"rule": "certified_before/2"}]}, ["须特批 2 项"]),
        ({"history": [], "needs": None, "items": []}, []),
        ({"history": [], "missing_reviews": 2}, ["缺审批表 2 份"]),
        ({"history": [], "missing_reviews": 0}, []),
        ({"history": [], "figures_left_out": 3}, ["数据不全"]),
    ],
)
def test_what_is_unusual(document: dict[str, Any], marks: list[str]) -> None:
    assert said(document) == marks


def test_whose_heads_count() -> None:
    assert heads_of({"items": [{"heads": 3}, {"heads": 4}]}) == 7
    assert heads_of({"items": [{"heads": 9}], "passed": 5}) == 5, "of a roster who passed"
    assert heads_of({"quarter": "2026-Q1"}) is None


def test_around_one_on_the_desk() -> None:
    one, two, three = (lying(id) for id in "123")
    desk = Desk((one, two, three))
    assert desk.around("annual_plan", "1") == (None, two)
    assert desk.around("annual_plan", "2") == (one, three)
    assert desk.around("annual_plan", "3") == (two, None)
    assert desk.around("annual_plan", "elsewhere") == (None, one)
    assert desk.around("roster", "1") == (None, one), "another form of the same number"
    assert Desk(()).around("annual_plan", "1") == (None, None)


def test_once_one_is_done_the_following_comes_then_what_was_passed_over() -> None:
    one, two, three = (lying(id) for id in "123")
    desk, following = Desk((one, two, three)).without("annual_plan", "2")
    assert (desk.lying, following) == ((one, three), three)
    desk, following = desk.without("annual_plan", "3")
    assert (desk.lying, following) == ((one,), one)
    desk, following = desk.without("annual_plan", "1")
    assert (desk.lying, following) == ((), None)


def test_what_did_not_lie_here_takes_nothing_away() -> None:
    one = lying("1")
    desk, following = Desk((one,)).without("annual_plan", "elsewhere")
    assert (desk.lying, following) == ((one,), one)
