"""What pages say of a step that is not possible now: people read it, and no request of programs stands in it."""

from __future__ import annotations

import re

import pytest

from services.console.language import LANGUAGES, half
from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.session_plans.session_plan import SessionPlan
from services.reporting.rosters.roster import Roster
from services.supervision.bulletins.bulletin import Bulletin
from services.supervision.work_reports.work_report import WorkReport

REQUEST = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE)\b|…/|\w/\w+/")
FORMS = (AnnualPlan, SessionPlan, Roster, WorkReport, Bulletin)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.KIND)
def test_no_request_stands_where_people_read(form: type) -> None:
    sentences = [sentence for table in ("NEXT", "EARLY") for sentence in getattr(form, table, {}).values()]
    said = [half(sentence, language) for sentence in sentences for language in LANGUAGES]
    assert said
    assert [sentence for sentence in said if REQUEST.search(sentence)] == []


@pytest.mark.parametrize(
    ("sentence", "zh", "en"),
    [
        (
            "须先调整（POST …/amendment），写明理由 · amend it (POST …/amendment) first",
            "须先调整，写明理由",
            "amend it first",
        ),
        ("先导入 · import it first (PUT …/workbook)", "先导入", "import it first"),
        ("第二条（通知） · article 2 (of the notice)", "第二条（通知）", "article 2 (of the notice)"),
    ],
)
def test_what_is_for_programs_is_left_out(sentence: str, zh: str, en: str) -> None:
    assert [half(sentence, language) for language in LANGUAGES] == [zh, en]
