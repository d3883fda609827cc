"""Every letter as it is read: its Chinese is Chinese to the last word, its days are days of that language, and where there is
one of a thing it says one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from services.notification.letters.letter import LetterWriter
from services.notification.letters.words import counted, measure_zh, outcome_en, quarter_en, quarter_zh
from services.notification.mailings.mailing import Mailing
from services.notification.mailings.usecases.planning import plan_letters
from services.runtime.catalogue import REGISTER
from shared.contracts.supervision import MEASURES
from shared.contracts.words import STANDINGS
from tests.unit.notification.occasions import BRANCH, STATION, TREE, happened, mailings, post_room

WRITER = LetterWriter(REGISTER.templates.values())
LINK = "https://certificates.example.org/directory/reset/t0ken"

TOLD: dict[str, tuple[dict[str, Any], ...]] = {
    "account.locked.v1": ({"minutes": 1},),
    "annual_plan.due.v1": tuple({"days_left": days} for days in (30, 7, 1, 0, -1, -2)),
    "training.due.v1": tuple({"days_left": days} for days in (30, 7, 1, 0, -1, -2)),
    "work_report.due.v1": tuple({"days_left": days} for days in (30, 7, 1, 0, -1, -2)),
    **{
        f"{noun}.marked.v1": tuple(
            {"days_left": days, "ahead": days >= 0, "overdue": days < 0, "above": above, "period": period}
            for days, above, period in (
                (30, None, "2026"),
                (1, None, "2026-Q1"),
                (0, None, ""),
                (-1, None, "2026-Q1"),
                (-10, BRANCH, "2026"),
            )
        )
        for noun in ("plan_duty", "supervision_duty", "directory_duty")
    },
    "body.standing_changed.v1": tuple(
        {"to_state": state, "until": "2026-06-30", "reason": "材料不全"} for state in STANDINGS
    ),
    "certificates.ready.v1": (
        {"certificates": 1, "refused": 0, "batches": 1},
        {"certificates": 2, "refused": 1, "batches": 1},
        {"certificates": 600, "refused": 2, "batches": 3},
    ),
    "certificates.mailed.v1": ({"certificates": 1, "without_email": 1}, {"without_email": 0}, {"without_email": None}),
    "production.received.v1": ({"received": 1}, {"received": 0}),
    "certificates.voided.v1": ({"certificates": 1},),
    "inspection.performed.v1": (
        {"findings": 0, "rectify_by": None},
        {"findings": 1, "rectify_by": "2026-05-03"},
    ),
    "inspection.closed.v1": tuple({"outcome": outcome} for outcome in ("clean", "rectified", "escalated", "later")),
    "sanction.confirmed.v1": tuple({"measure": measure, "until": "2026-06-30"} for measure in (*MEASURES, "later")),
    "sanction.lifted.v1": tuple({"measure": measure} for measure in (*MEASURES, "later")),
    "sanction.proposed.v1": tuple({"measure": measure} for measure in (*MEASURES, "later")),
    "sanction.carried_out.v1": ({"agrees": True}, {"agrees": False}),
    "roster.approved.v1": ({"lines": {"4": 1}},),
    **{
        f"{noun}.{verb}.v1": ({"desk_before": BRANCH, "reason": "材料不全"}, {"desk_before": BRANCH, "reason": ""})
        for noun in ("annual_plan", "session_plan", "roster", "work_report")
        for verb in ("discarded", "withdrawn")
    },
}
"""Fact → what else it may say than its published example does: every word of a list, one of everything, nothing."""

IN_THEIR_OWN_WORDS = {
    *("id", "session", "roster", "sanction", "violation", "seal", "document_number", "corrects", "instead", "number"),
    *("carrier", "parcel", "reason", "site", "training_url", "verify_url", "link", "page", "centre_email"),
    *("host", "place", "about", "period"),
    *("to_zh", "unit_zh", "producer_zh", "centre_zh", "occupation_zh", "level_zh", "title_zh"),
}
"""Values that a letter repeats as somebody gave them: numbers of things, names, addresses, reasons."""
REPORTS = {"revocation-carried-out", "sanction-waits", "duty-overdue-below"}
"""What the Centre's own system reports to the Centre."""
ALSO_CHINESE = {"PDF", "Excel"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ISO = re.compile(r"\d{4}-(\d\d-\d\d|Q\d)")
ONE_OF_MANY = re.compile(r"\b1 (\w+ )?(days|minutes|certificates|files|reports|batches|items)\b")


@pytest.fixture
async def ports(tmp_path: Path) -> AsyncIterator[Any]:
    async with post_room(tmp_path) as room:
        yield room


def told() -> Iterator[tuple[str, dict[str, Any]]]:
    for fact in sorted(REGISTER.letters):
        for other in ({}, *TOLD.get(fact, ())):
            yield fact, other


@pytest.mark.parametrize(("fact", "other"), told(), ids=lambda value: str(value))
async def test_every_letter_is_read_without_a_word_of_the_code(ports: Any, fact: str, other: dict[str, Any]) -> None:
    envelope = happened(fact, **other)
    await plan_letters(ports, envelope)
    planned = await mailings(ports)
    on_a_desk = envelope.data.get("desk_before", "somebody's") is not None  # a draft was on nobody's
    assert bool(planned) == on_a_desk
    for mailing in planned:
        if mailing.letter not in REPORTS:
            assert mailing.values["issuer_zh"] != mailing.values["to_zh"], "an office writes to itself"
        values = {**mailing.values, "link": LINK}
        for line in chain.from_iterable(pieces(part) for part in WRITER.render(mailing.letter, values)):
            must_read_well(line, mailing, values)


NAMED = re.compile(r"<head>.*</head>|<div style=[^>]*head-en[^>]*>[^<]*</div>")


def pieces(part: str) -> Iterator[str]:
    """The lines of a text or of a page without its marks; of a line in both languages, each half."""
    text = unescape(re.sub(r"<[^>]+>", "\n" if "<p" in part else " ", part))
    for line in text.replace(" · ", "\n").replace("。This", "。\nThis").replace(" Sign in", "\nSign in").splitlines():
        yield line.replace("机械工业职业技能鉴定 ", "")


def must_read_well(line: str, mailing: Mailing, values: dict[str, Any]) -> None:
    ours = line
    given = [half for name in IN_THEIR_OWN_WORDS & values.keys() for half in str(values[name]).split(" · ") if half]
    for value in sorted(given, key=len, reverse=True):
        ours = ours.replace(value, "")
    where = f"{mailing.letter}: {line}"
    assert not ISO.search(ours), f"a day or a quarter as it is typed, in {where}"
    assert not ONE_OF_MANY.search(line), f"one of many, in {where}"
    assert "None" not in ours, where
    if CHINESE.search(ours):
        assert set(re.findall(r"[A-Za-z_]{2,}", ours)) <= ALSO_CHINESE, f"a word that is not Chinese, in {where}"


TOLD_ON_ITS_WAY = ("2026年4月28日", "示例市工业路 1 号实训楼", "车工（四级/中级工）60人", "共60人")
BEFORE = ("held_on", "place", "items")
"""What facts of earlier releases do not say."""


@pytest.mark.parametrize("verb", ["submitted", "endorsed", "returned", "withdrawn", "discarded", "approved"])
async def test_a_letter_about_a_session_says_when_where_and_how_many(ports: Any, verb: str) -> None:
    await plan_letters(ports, happened(f"session_plan.{verb}.v1", desk_before=BRANCH))
    (letter,) = await mailings(ports)
    _, text, html = WRITER.render(letter.letter, letter.values)
    for said in TOLD_ON_ITS_WAY:
        assert said in text and said in html


@pytest.mark.parametrize("fact", ["session_plan.submitted.v1", "session_plan.returned.v1", "roster.submitted.v1"])
async def test_of_a_fact_of_an_earlier_release_the_letter_says_less(ports: Any, fact: str) -> None:
    envelope = happened(fact)
    told = {name: value for name, value in envelope.data.items() if name not in BEFORE}
    await plan_letters(ports, envelope.model_copy(update={"data": told}))
    (letter,) = await mailings(ports)
    _, text, _ = WRITER.render(letter.letter, letter.values)
    assert "鉴定日期" not in text and "鉴定地点" not in text
    assert f"（编号 {envelope.subject}）" in text


async def test_a_duty_says_since_when_its_term_is_counted(ports: Any) -> None:
    marked = {"what": "roster_approval", "body": BRANCH, "path": TREE[BRANCH], "ahead": True, "overdue": False}
    await plan_letters(ports, happened("roster_duty.marked.v1", **marked, days_left=3, above=None))
    (letter,) = await mailings(ports)
    subject, text, _ = WRITER.render(letter.letter, letter.values)
    assert f"（名称{STATION}，编号 49053012-2026-001），自2026年4月3日起算，期限为2026年4月27日" in text
    assert f"（名称{STATION} 49053012-2026-001）" in subject, "several may be due"
    without = {name: value for name, value in letter.values.items() if name not in ("since", "decides")}
    assert "起算" not in WRITER.render(letter.letter, without)[1], "planned by an earlier release"


def test_words_of_a_later_release_have_a_word_too() -> None:
    assert measure_zh("later") == "详见系统记载"
    assert outcome_en("later") == "see the system"


def test_a_quarter_and_a_count() -> None:
    assert (quarter_zh("2026-Q1"), quarter_en("2026-Q1")) == ("2026年第1季度", "quarter 1 of 2026")
    assert [counted(n, "day") for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]
