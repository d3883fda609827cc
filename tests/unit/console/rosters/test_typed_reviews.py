"""Approval forms as they are typed: what is as in the line above stays empty, and what is wrong stands where it was typed."""

from __future__ import annotations

import pytest

from services.console.refusal import Fault
from services.console.rosters import reviews


def row(**typed: str) -> dict[str, str]:
    return {**dict.fromkeys(reviews.COLUMNS, ""), **typed}


FULL = row(ticket="1", name="张三", document_no="1号", reviewed_on="2026-04-03", panel="冯强、褚云、卫国")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("冯强、褚云、卫国", ["冯强", "褚云", "卫国"]),
        ("冯强 褚云　卫国", ["冯强", "褚云", "卫国"]),
        ("冯强，褚云,卫国；沈括", ["冯强", "褚云", "卫国", "沈括"]),
        ("买买提·艾力、John Smith", ["买买提·艾力", "John Smith"]),
        ("冯强", ["冯强"]),
        (" ", []),
    ],
)
def test_names_however_they_are_divided(typed: str, names: list[str]) -> None:
    assert reviews.panel(typed) == names


def test_what_stays_empty_is_as_above() -> None:
    second = row(ticket="2", name="李四", document_no="2号")
    first, below = reviews.entries([FULL, second])
    assert (below["ticket"], below["name"], below["document_no"]) == ("2", "李四", "2号")
    assert (below["reviewed_on"], below["panel"]) == (first["reviewed_on"], first["panel"])


def test_a_line_whose_form_did_not_come_is_left_out() -> None:
    assert [one["ticket"] for one in reviews.entries([row(ticket="0"), FULL, row(ticket="2")])] == ["1"]


def test_what_is_wrong_stands_at_the_line_as_it_was_typed() -> None:
    rows = [row(ticket="0"), FULL, row(ticket="2", name="李四")]
    name, taken_over = Fault("/reviews/1/name", "不符"), Fault("/reviews/1/panel", "评委人数应为单数")
    own, whole = Fault("/reviews/0/panel", "评委人数应为单数"), Fault("/reviews/1", "已登记")
    found = reviews.faults_of_rows(
        rows, [own, name, taken_over, whole, Fault("/reviews", "x"), Fault("/reviews/9", "x")]
    )
    assert found == {1: [("panel", own)], 2: [("name", name), ("", whole)]}
