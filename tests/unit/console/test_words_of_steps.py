"""What pages say of a step that is not possible now: people read it, and no request of programs stands in it."""

from __future__ import annotations

import re

import pytest

from services.plan.annual_plans.annual_plan import AnnualPlan
from services.plan.session_plans.session_plan import SessionPlan
from services.reporting.rosters.roster import Roster
from services.supervision.bulletins.bulletin import Bulletin
from services.supervision.work_reports.work_report import WorkReport

REQUEST = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE)\b|…/|\w/\w+/")
FORMS = (AnnualPlan, SessionPlan, Roster, WorkReport, Bulletin)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.KIND)
def test_no_request_stands_where_people_read(form: type) -> None:
    said = [sentence for table in ("NEXT", "EARLY") for sentence in getattr(form, table, {}).values()]
    assert said
    assert [sentence for sentence in said if REQUEST.search(sentence)] == []
