"""An approval form: what it cannot say, and whom it covers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.reporting.rosters.usecases import reviewing
from services.reporting.technician_reviews.requests import ReviewEntry
from services.reporting.technician_reviews.technician_review import ApprovalForm, FormRules, TechnicianReview
from shared.actor import Actor
from shared.trade.roles import Role
from tests.unit.reporting.test_answers import TECHNICIAN
from tests.world.clock import MORNING

HELD_ON = date(2026, 3, 20)
TODAY = date(2026, 4, 3)
RULES = FormRules(TODAY, HELD_ON)
PANEL = ["郑平", "冯强", "褚云", "卫国", "蒋利", "沈安"]
CLERK = Actor("clerk", "钱文", "49000001", "/49000001/", frozenset({Role.CENTRE_CLERK}))


def a_form(day: date = HELD_ON, members: int = 3) -> ApprovalForm:
    return ApprovalForm(document_no="机职鉴审〔2026〕7号", reviewed_on=day, panel=PANEL[:members])


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        (a_form(), []),
        (a_form(TODAY, 5), []),
        (a_form(TODAY + timedelta(days=1)), ["/x/reviewed_on"]),
        (a_form(HELD_ON - timedelta(days=1)), ["/x/reviewed_on"]),
        (a_form(members=1), ["/x/panel"]),
        (a_form(members=4), ["/x/panel"]),
        (a_form(members=2), ["/x/panel", "/x/panel"]),
        (a_form().model_copy(update={"panel": ["郑平", "郑平", "冯强"]}), ["/x/panel"]),
        (a_form().model_copy(update={"panel": ["买买提·艾力", "买买提•艾力", "冯强"]}), ["/x/panel"]),
    ],
)
def test_what_a_form_cannot_say(form: ApprovalForm, wrong: list[str]) -> None:
    assert [problem.where for problem in RULES.wrong(form, "/x")] == wrong


def test_the_panel_is_a_setting() -> None:
    assert FormRules(TODAY, HELD_ON, least=5, odd=False).wrong(a_form(members=6), "") == []
    assert len(FormRules(TODAY, HELD_ON, least=5, odd=False).wrong(a_form(members=4), "")) == 1


def test_it_covers_its_person_and_no_exam_after_it() -> None:
    """An exam that was postponed has other scores than the form."""
    line = TECHNICIAN
    review = TechnicianReview.record(CLERK, MORNING, "r", "49053012", "/49000001/49053012/", line, "hash", a_form())
    assert review.covers(line, "hash", HELD_ON)
    assert not review.covers(line, "another", HELD_ON)
    assert not review.covers(line, "hash", HELD_ON + timedelta(days=1))
    review.record_anew(CLERK, MORNING, line, "another", a_form(TODAY))
    assert (review.covers(line, "another", TODAY), review.covers(line, "hash", TODAY)) == (True, False)
    review.correct(CLERK, MORNING, a_form(members=5), "抄录有误")
    assert review.covers(line, "another", HELD_ON)
    assert (len(review.panel), review.whoever("correct")) == (5, {"clerk"})


@pytest.mark.parametrize("other", [{"level": 1}, {"occupation": "6-05-02-01"}], ids=str)
def test_it_covers_no_other_qualification_of_that_person(other: dict[str, Any]) -> None:
    """A station that imports its workbook anew may have moved somebody up."""
    line = TECHNICIAN
    review = TechnicianReview.record(CLERK, MORNING, "r", "49053012", "/49000001/49053012/", line, "hash", a_form())
    moved = line.model_copy(update=other)
    assert not review.covers(moved, "hash", HELD_ON)
    review.record_anew(CLERK, MORNING, moved, "hash", a_form())
    assert (review.covers(moved, "hash", HELD_ON), review.covers(line, "hash", HELD_ON)) == (True, False)


@pytest.mark.parametrize(("typed", "fits"), [("张文", True), ("张 文", True), ("张⽂", True), ("张四", False)])
def test_the_name_on_a_form_is_held_against_the_line_by_its_key(typed: str, fits: bool) -> None:
    line = TECHNICIAN.model_copy(update={"name": "张文"})
    entry = ReviewEntry(ticket=line.ticket, name=typed, **a_form().model_dump())
    assert [problem.where for problem in reviewing._not_of(entry, line, "/reviews/0")] == (
        [] if fits else ["/reviews/0/name"]
    )
