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
from services.reporting.rosters.workbook.examining import Question, examine
from services.reporting.rosters.workbook.findings import Correction
from services.reporting.rosters.workbook.opening.traits import TOO_LARGE
from services.reporting.rosters.workbook.reading import NotTakenOver
from services.reporting.rosters.workbook.rules import Rules
from shared.contracts.plan import PlannedItem
from shared.contracts.reporting import PageSeal, RosterLine, seal_lines
from shared.forms.form6.writing import write
from tests.unit.reporting.workbooks.answers import heard
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
    return b"".join(examine(ASKED.model_copy(update=changes).model_dump_json().encode(), content))


def refusal(answer: bytes) -> NotTakenOver:
    with pytest.raises(NotTakenOver) as caught:
        heard(answer)
    return caught.value


def lines_of(answer: bytes) -> list[RosterLine]:
    return [line for page in heard(answer).pages for line in page]


def test_the_lines_come_back_with_the_names_of_the_plan() -> None:
    names = {"occupation_zh": "车工（批准）", "occupation_en": "turner"}
    assert lines_of(answer_to(saved(good()))) == [a_line(n).model_copy(update=names) for n in (1, 2)]


@pytest.mark.parametrize("count", [199, 200, 201, 400])
def test_they_come_in_pages(count: int) -> None:
    answer = answer_to(write([a_sheet(*(a_line(n) for n in range(1, count + 1)))]))
    pages = list(heard(answer).pages)
    assert [line.n for page in pages for line in page] == list(range(1, count + 1))
    assert [len(page) for page in pages[:-1]] == [200] * (len(pages) - 1)


def test_corrections_come_along() -> None:
    assert heard(answer_to(saved(good({"C7": " 张三"})))).notes == (
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
    (note,) = heard(answer_to(saved(good({"B4": "2026年3月1日"})))).notes
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

    monkeypatch.setattr(examining.Reading, "lines", full)
    assert str(refusal(answer_to(b""))) == TOO_LARGE


def test_more_than_anybody_reads_is_counted_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "MOST_LISTED", 1)
    error = refusal(answer_to(saved(good({"C7": "1", "C8": "2", "D8": "中"}))))
    assert str(error).startswith("名册有 3 处问题")
    assert [problem.where for problem in error.problems] == ["名册!C7", "工作簿 · workbook"]
    assert error.problems[1].what == "另有 2 处未列出 · 2 more are not listed"


# --- answers of a child that a file took over ------------------------------------------------------------------------------

HONEST = answer_to(saved(good()))
PAGE, LAST = (part + b"\n\n" for part in HONEST.split(b"\n\n")[:2])
LINES = [json.loads(line) for line in PAGE.splitlines()[:2]]


def page_of(*lines: dict[str, Any]) -> bytes:
    return b"\n".join(canonical(line) for line in lines) + b"\n\n"


def canonical(line: dict[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()


def found(**said: Any) -> bytes:
    return b"." + json.dumps(said).encode() + b"\n\n"


def numbered(first: int, last: int) -> list[dict[str, Any]]:
    return [{**LINES[0], "n": n} for n in range(first, last + 1)]


WRONG: dict[str, bytes] = {
    "nothing": b"",
    "no end": LAST[:-1],
    "a pickle": pickle.dumps([1]),
    "no text": b".\xff\xfe\x00\n\n",
    "a list": b".[]\n\n",
    "neither lines nor a refusal": b".{}\n\n",
    "pages without what was found": PAGE,
    "pages that were counted and are not there": LAST,
    "pages that were not counted": PAGE + found(lines=1),
    "a page behind what was found": LAST + PAGE,
    "more behind what was found": HONEST + PAGE,
    "twice what was found": HONEST + LAST,
    "something behind the end": HONEST + b"{",
    "cut off": HONEST[:-2],
    "more in what was found": PAGE + found(lines=2, path="/"),
    "a number for a sentence": found(detail=1),
    "problems that are none": found(detail="x", problems=["y"]),
    "a problem with too much": found(detail="x", problems=[{"where": "a", "what": "b", "fix": "c", "d": "e"}]),
    "foreign numbers without end": found(detail="x", foreign=["1"] * 1001),
    "more problems than are listed": found(detail="x", problems=[{"where": "a", "what": "b", "fix": ""}] * 10_002),
    "found without end": b'.{"detail":"' + b"x" * examining.LONGEST_FOUND,
    "a page without end": b" " * examining.LONGEST_PAGE + b" ",
    "fewer lines than nothing": found(lines=-1),
    "a page of nobody": b"\n\n" + found(lines=1),
    "a line that is none": b"1\n\n" + found(lines=1),
    "two lines in a row": canonical(LINES[0]) + b"," + canonical(LINES[1]) + b"\n\n" + found(lines=2),
    "a line with too much": page_of({**LINES[0], "path": "/"}) + found(lines=1),
    "a line in another spelling": page_of(LINES[0]).replace(b',"name"', b', "name"') + found(lines=1),
    "a line in another order": page_of(dict(reversed(LINES[0].items()))) + found(lines=1),
    "a line with something twice": page_of(LINES[0]).replace(b"{", b'{"n":1,') + found(lines=1),
    "lines out of order": page_of(LINES[1], LINES[0]) + found(lines=2),
    "a line twice": page_of(LINES[0], LINES[0]) + found(lines=2),
    "a level that is none": page_of({**LINES[0], "level": 9}) + found(lines=1),
    "brackets without end": b"[" * 1_000_000 + b"\n\n" + found(lines=1),
    "brackets without end in what was found": b"." + b"[" * 1_000_000 + b"\n\n",
    "a number that never ends": b'.{"lines":' + b"1" * 100_000 + b"}\n\n",
    "a page too long": page_of(*numbered(1, 201)) + found(lines=201),
    "a page behind the last one": page_of(*numbered(1, 2)) + page_of(*numbered(3, 4)) + found(lines=4),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_answer_that_is_none(case: str) -> None:
    with pytest.raises(ValueError):
        lines_of(WRONG[case])


@pytest.mark.parametrize("size", [1, 2, 7, 4096])
def test_wherever_an_answer_is_cut_it_says_the_same(size: int) -> None:
    honest = page_of(*numbered(1, 200)) + page_of(*numbered(201, 203)) + found(lines=203)
    whole, cut = heard(honest), heard(honest, size)
    assert (cut.pages, cut.texts, cut.notes) == (whole.pages, whole.texts, whole.notes)
    assert [len(page) for page in whole.pages] == [200, 3]


def test_the_work_is_found_by_its_name_in_another_process() -> None:
    assert importing.CHECK.read is examine
    assert replace(importing.CHECK) == importing.CHECK


def test_the_text_of_a_page_is_what_is_sealed() -> None:
    ((page,), (text,)) = heard(HONEST).pages, heard(HONEST).texts
    assert (text, storage.lines_of(text)) == (storage.text_of(page), page)
    assert storage.sealed(page, text) == PageSeal(seal=seal_lines(page), lines={4: 2})
