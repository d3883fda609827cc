"""Alerts for Prometheus against the code and the runbook; read as text, so that no YAML library is needed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.rules.bilingual_pages import sections_of

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8")
PAGES = ("docs/runbook.md", "docs/runbook.zh-CN.md")
RULE = re.compile(
    r"      - alert: (?P<name>\w+)\n"
    r"        expr: (?P<expr>.+)\n"
    r"(        for: \d+m\n)?"
    r"        annotations:\n"
    r'          summary: "(?P<summary>.+)"\n'
    r"          runbook: docs/runbook\.md#(?P<anchor>.+)\n"
)
RULES = [one.groupdict() for one in RULE.finditer(TEXT)]
METRIC = re.compile(r"\bjianding_[a-z_]+\b")


def measured() -> set[str]:
    """By what the code tells of, wherever."""
    files = [one for room in ("services", "shared") for one in (ROOT / room).rglob("*.py")]
    named = re.compile(r'(?:Gauge|Measured)\(\s*"(jianding_[a-z_]+)"')
    return {name for one in files for name in named.findall(one.read_text(encoding="utf-8"))}


def anchors(page: str) -> set[str]:
    titles = [one.title.lower() for one in sections_of((ROOT / page).read_text(encoding="utf-8"))]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def test_every_line_of_the_file_is_of_a_rule() -> None:
    assert len(RULES) == TEXT.count("- alert:")
    left = RULE.sub("", TEXT)
    assert re.fullmatch(r"((#.*|groups:|  - name: [\w-]+|    rules:|      #.*)\n)+", left), left


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["name"])
def test_a_rule_asks_for_what_is_measured_and_names_what_to_do(rule: dict[str, str]) -> None:
    asked = set(METRIC.findall(rule["expr"]))
    assert asked and asked <= measured()
    assert rule["anchor"] in anchors("docs/runbook.md")
    assert re.match(r"[^A-Za-z]+.* · .+", rule["summary"]), "Chinese first"


@pytest.mark.parametrize("page", PAGES)
def test_the_runbook_has_every_metric(page: str) -> None:
    tables = [table for section in sections_of((ROOT / page).read_text(encoding="utf-8")) for table in section.tables]
    named = [METRIC.findall(row[0]) for table in tables for row in table if row[0].startswith("`jianding_")]
    assert measured() == {name for row in named for name in row}


@pytest.mark.parametrize("page", PAGES)
def test_the_runbook_says_what_to_do_about_branch_centres(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    behind = {one["name"] for one in RULES if one["anchor"] == "feeds-webhooks-or-queues-are-behind"}
    assert behind == set(re.findall(r"`(Jianding\w+)`", text))
