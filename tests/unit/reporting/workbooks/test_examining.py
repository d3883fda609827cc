"""A workbook as a piece of work: what the child answers, and what is made of an answer that is none."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.reporting.rosters import storage
from services.reporting.rosters.usecases import importing
from services.reporting.rosters.workbook import examining, findings
from services.reporting.rosters.workbook.examining import Question, examine, from_answer
from services.reporting.rosters.workbook.findings import Correction
from services.reporting.rosters.workbook.opening.traits import TOO_LARGE
from services.reporting.rosters.workbook.reading import NotTakenOver
from services.reporting.rosters.workbook.rules import Rules
from shared.contracts.plan import PlannedItem
from shared.contracts.reporting import RosterLine
from shared.forms.form6.writing import write
from tests.unit.reporting.workbooks.filled_in import (
    HEADING,
    HELD_ON,
    TITLES,
    Typed,
    a_line,
    a_sheet,
    an_id,
    good,
    saved,
    typed_line,
)

TURNER = PlannedItem(occupation="6-04-01-01", occupation_zh="车工（批准）", occupation_en="turner", level=4, heads=100)
ASKED = Question(rules=Rules(), body="49053012", session="2026-003", held_on=HELD_ON, items=(TURNER,))


def answer_to(content: bytes, **changes: Any) -> bytes:
    return examine(ASKED.model_copy(update=changes).model_dump_json().encode(), content)


def refusal(answer: bytes) -> NotTakenOver:
    with pytest.raises(NotTakenOver) as caught:
        from_answer(answer)
    return caught.value


def lines_of(answer: bytes) -> list[RosterLine]:
    return [line for page in from_answer(answer).pages() for line in page]


def test_the_lines_come_back_with_the_names_of_the_plan() -> None:
    names = {"occupation_zh": "车工（批准）", "occupation_en": "turner"}
    assert lines_of(answer_to(saved(good()))) == [a_line(n).model_copy(update=names) for n in (1, 2)]


@pytest.mark.parametrize("count", [199, 200, 201, 400])
def test_they_come_in_pages(count: int) -> None:
    answer = answer_to(write([a_sheet(*(a_line(n) for n in range(1, count + 1)))]))
    pages = list(from_answer(answer).pages())
    assert [line.n for page in pages for line in page] == list(range(1, count + 1))
    assert [len(page) for page in pages[:-1]] == [200] * (len(pages) - 1)


def test_corrections_come_along() -> None:
    assert from_answer(answer_to(saved(good({"C7": " 张三"})))).notes == (
        Correction("名册!C7", "去掉多余空白 · stray blanks removed", "张三", " 张三", "spelling"),
    )


def test_everything_that_is_wrong_comes_along_and_foreign_numbers() -> None:
    error = refusal(answer_to(saved(good({"C7": "1", "N8": "1200053012400001"}))))
    assert str(error).startswith("名册有 2 处问题")
    assert [problem.where for problem in error.problems] == ["名册!C7", "名册!N8"]
    assert error.foreign == ("1200053012400001",)


def test_a_workbook_of_another_session_is_refused() -> None:
    error = refusal(answer_to(saved(good()), body="49053013", session="2026-004", items=()))
    assert str(error) == "名册与批次不符 · the workbook does not belong to this session"
    assert [problem.where for problem in error.problems] == ["机构编码", "鉴定批次", "6-04-01-01 / 4"]


# --- the day of the session -----------------------------------------------------------------------------------------------


def typed_sheet(name: str, level: str, first: int, **changes: Any) -> Typed:
    return Typed({**HEADING, **TITLES, **typed_line(7, first), "J3": level, **changes}, name=name)


JUNIOR = PlannedItem(occupation="6-04-01-01", occupation_zh="车工", occupation_en="turner", level=5, heads=100)


def test_every_sheet_names_the_day_of_the_session() -> None:
    """Not only the first one, and not only one that differs from the others."""
    wrong = date(2026, 3, 2)
    sheets = (typed_sheet("中级", "4", 1, B4=wrong), typed_sheet("初级", "5", 2, B4=wrong))
    error = refusal(answer_to(saved(*sheets), items=(TURNER, JUNIOR)))
    assert [problem.where for problem in error.problems] == ["中级!B4", "初级!B4"]
    for problem in error.problems:
        assert f"{HELD_ON}" in problem.what
        assert problem.fix.startswith(f"改为 {HELD_ON}")
    second = saved(typed_sheet("中级", "4", 1), typed_sheet("初级", "5", 2, B4=wrong))
    assert [problem.where for problem in refusal(answer_to(second, items=(TURNER, JUNIOR))).problems] == ["初级!B4"]


def test_a_spelling_of_the_right_day_is_a_correction() -> None:
    (note,) = from_answer(answer_to(saved(good({"B4": "2026年3月1日"})))).notes
    assert (note.where, note.fix) == ("名册!B4", "读作 2026-03-01 · read as 2026-03-01")


@pytest.mark.parametrize(
    "claimed", [date(2028, 3, 1), HELD_ON], ids=["the workbook says a later day", "it says the day"]
)
def test_how_old_somebody_was_counts_by_the_day_of_the_session(claimed: date) -> None:
    """Fourteen on the day, sixteen on the one that the workbook claims."""
    birth = date(2012, 1, 5)
    young = {"B4": claimed, "E7": birth, "G7": an_id(birth, 1)}
    error = refusal(answer_to(saved(good(young))))
    assert [problem.where for problem in error.problems] == [*(["名册!B4"] if claimed != HELD_ON else []), "名册!E7"]


def test_nobody_is_too_young_because_of_a_wrong_day() -> None:
    birth = date(2010, 3, 1)
    error = refusal(answer_to(saved(good({"B4": date(2025, 3, 1), "E7": birth, "G7": an_id(birth, 1)}))))
    assert [problem.where for problem in error.problems] == ["名册!B4"]


def test_memory_that_runs_out_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(examining, "read_lines", full)
    assert str(refusal(answer_to(b""))) == TOO_LARGE


def test_more_than_anybody_reads_is_counted_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "MOST_LISTED", 1)
    error = refusal(answer_to(saved(good({"C7": "1", "C8": "2", "D8": "中"}))))
    assert str(error).startswith("名册有 3 处问题")
    assert [problem.where for problem in error.problems] == ["名册!C7", "工作簿 · workbook"]
    assert error.problems[1].what == "另有 2 处未列出 · 2 more are not listed"


# --- answers of a child that a file took over ------------------------------------------------------------------------------

HONEST = answer_to(saved(good()))
HEAD, PAGE = HONEST.splitlines(keepends=True)
LINES = json.loads(PAGE)


def with_lines(*lines: dict[str, Any]) -> bytes:
    return json.dumps({"lines": len(lines)}).encode() + b"\n" + json.dumps(lines).encode() + b"\n"


WRONG: dict[str, bytes] = {
    "nothing": b"",
    "no end": HEAD[:-1],
    "a pickle": pickle.dumps([1]),
    "no text": b"\xff\xfe\x00\n",
    "a list": b"[]\n",
    "neither lines nor a refusal": b"{}\n",
    "pages that were counted and are not there": HEAD,
    "pages that were not counted": HONEST + PAGE,
    "cut off": HONEST[:-2],
    "more in the head": b'{"lines":2,"path":"/"}\n' + PAGE,
    "a number for a sentence": b'{"detail":1}\n',
    "problems that are none": b'{"detail":"x","problems":["y"]}\n',
    "a problem with too much": b'{"detail":"x","problems":[{"where":"a","what":"b","fix":"c","d":"e"}]}\n',
    "foreign numbers without end": json.dumps({"detail": "x", "foreign": ["1"] * 1001}).encode() + b"\n",
    "more problems than are listed": json.dumps(
        {"detail": "x", "problems": [{"where": "a", "what": "b", "fix": ""}] * 10_002}
    ).encode()
    + b"\n",
    "a head without end": b'{"detail":"' + b"x" * examining.LONGEST_FOUND + b'"}\n',
    "a page without end": b'{"lines":1}\n' + b" " * examining.LONGEST_PAGE + PAGE,
    "fewer lines than nothing": b'{"lines":-1}\n',
    "a page of nobody": b'{"lines":1}\n[]\n',
    "a line that is none": b'{"lines":1}\n[1]\n',
    "a line with too much": with_lines({**LINES[0], "path": "/"}),
    "lines out of order": with_lines(LINES[1], LINES[0]),
    "a line twice": with_lines(LINES[0], LINES[0]),
    "a level that is none": with_lines({**LINES[0], "level": 9}),
    "brackets without end": b'{"lines":1}\n' + b"[" * 1_000_000 + b"\n",
    "brackets without end in the head": b"[" * 1_000_000 + b"\n",
    "a number that never ends": b'{"lines":' + b"1" * 100_000 + b"}\n",
    "a page too long": with_lines(*({**LINES[0], "n": n} for n in range(1, 202))),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_answer_that_is_none(case: str) -> None:
    with pytest.raises(ValueError):
        lines_of(WRONG[case])


def test_pages_shorter_than_a_page_are_the_last() -> None:
    pages = b"".join(json.dumps([{**LINES[0], "n": n}]).encode() + b"\n" for n in range(1, 202))
    with pytest.raises(ValueError):
        lines_of(b'{"lines":40200}\n' + pages)


def test_the_work_is_found_by_its_name_in_another_process() -> None:
    assert importing.CHECK.read is examine
    assert replace(importing.CHECK) == importing.CHECK


def test_the_seals_are_those_of_the_lines() -> None:
    (seal,) = storage.sealed(from_answer(HONEST).pages())
    assert seal.lines == {4: 2}
