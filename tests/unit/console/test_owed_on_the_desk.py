"""What an office owes leads to where it is done, and names articles that offices know."""

from __future__ import annotations

import pytest

from services.certificate.duties import duty as certificates
from services.console.desk.owed import PLACES, article, place
from services.console.menu import MENU, pages_of
from services.plan.duties import duty as plans
from services.reporting.duties import duty as rosters
from shared.register.duties import DutyRow

WITH_PAGES = (*plans.ROWS, *rosters.ROWS, *certificates.ROWS)


@pytest.mark.parametrize("what", [row.what for row in WITH_PAGES])
def test_every_duty_about_plans_rosters_and_certificates_leads_somewhere(what: str) -> None:
    assert place(what, "49053012-2026", lambda _: True)


def test_every_place_is_a_page() -> None:
    routes = {route.replace("{roster}", "{id}") for route in pages_of(MENU)}
    assert {f"GET {page.replace('{}', '{id}')}" for page, _ in PLACES.values()} <= routes


def test_nobody_is_led_where_they_may_not_go() -> None:
    assert place("posting", "49053012-2026-001", lambda _: False) == ""
    assert place("work_report", "49053012-2026-Q1", lambda _: True) == ""


def test_what_it_is_about_stays_in_its_address() -> None:
    assert place("roster_approval", "../x", lambda _: True) == "/rosters/..%2Fx"


@pytest.mark.parametrize("row", WITH_PAGES)
def test_an_article_of_the_notice_is_named(row: DutyRow) -> None:
    zh, en = article(row.rule)
    assert zh.startswith("通知第") and en.startswith("Notice, article ")


def test_other_rules_are_called_so() -> None:
    assert article("§4.9")[0] == "有关规定"
