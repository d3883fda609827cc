"""A workbook read and checked against its session, as one piece of work for a child process: a question and the bytes of
the workbook in, the answer out, in a form that runs nothing. A file that took the child over may answer what it likes, so
everything in an answer is looked at.

An answer is a row of JSON that says what was found, and, for a workbook without problems, a row for each page of lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.reporting.rosters.workbook.findings import MOST_LISTED, Correction
from services.reporting.rosters.workbook.heading import Heading
from services.reporting.rosters.workbook.opening.traits import TOO_LARGE, UNREADABLE
from services.reporting.rosters.workbook.reading import WHOLE_WORKBOOK, NotTakenOver, read_lines
from services.reporting.rosters.workbook.rules import Rules
from shared.contracts.plan import PlannedItem
from shared.contracts.reporting import LINES_PER_PAGE, RosterLine
from shared.errors import Invalid, Problem

MOST_FOREIGN: Final = 1000  # a use is made of fewer
# Bytes. Each is read in one go, in which nobody else of the process has a turn.
LONGEST_FOUND: Final = 16 * 1024 * 1024
LONGEST_PAGE: Final = 2 * 1024 * 1024


class Question(BaseModel):
    """What the workbook should be: the session's station, number, day, and planned occupations and levels."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    rules: Rules
    body: str
    session: str
    held_on: date
    items: tuple[PlannedItem, ...]


class _Found(BaseModel):
    """detail: the sentence of a refusal; empty: none. lines: how many follow."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)
    detail: str = ""
    problems: list[Problem] = Field([], max_length=MOST_LISTED + 1)
    foreign: list[str] = Field([], max_length=MOST_FOREIGN)
    notes: list[Correction] = Field([], max_length=MOST_LISTED + 1)
    lines: int = Field(0, ge=0)


_Page = TypeAdapter(Annotated[list[RosterLine], Field(min_length=1, max_length=LINES_PER_PAGE)])


# --- in the child ---------------------------------------------------------------------------------------------------------


def examine(question: bytes, content: bytes) -> bytes:
    """Whatever the bytes are, an answer. Busy for about two seconds per 10,000 rows."""
    asked = Question.model_validate_json(question)
    pages = _Pages(asked)
    try:
        heading, notes = read_lines(content, asked.rules, pages.take, asked.held_on)
        compare(heading, asked, pages.unplanned)
    except Invalid as error:
        foreign = list(error.foreign[:MOST_FOREIGN]) if isinstance(error, NotTakenOver) else []
        return _row(_Found(detail=str(error), problems=list(error.problems), foreign=foreign))
    except MemoryError:
        return _row(_Found(detail=TOO_LARGE, problems=[Problem(WHOLE_WORKBOOK, TOO_LARGE)]))
    return b"".join([_row(_Found(notes=list(notes), lines=pages.count)), *pages.finished()])


def _row(found: _Found) -> bytes:
    return found.model_dump_json(exclude_defaults=True).encode() + b"\n"


class _Pages:
    """Lines with the session's names of occupations, as rows of the answer: a quarter of what they take as objects."""

    def __init__(self, asked: Question) -> None:
        self._planned = {(item.occupation, item.level): item for item in asked.items}
        self._page: list[RosterLine] = []
        self._rows: list[bytes] = []
        self.count = 0
        self.unplanned: dict[tuple[str, int], None] = {}

    def take(self, line: RosterLine) -> None:
        self.count += 1
        item = self._planned.get((line.occupation, line.level))
        if item is None:
            self.unplanned[line.occupation, line.level] = None
            return
        names = {"occupation_zh": item.occupation_zh, "occupation_en": item.occupation_en}
        self._page.append(line.model_copy(update=names))
        if len(self._page) == LINES_PER_PAGE:
            self._end_page()

    def finished(self) -> list[bytes]:
        if self._page:
            self._end_page()
        return self._rows

    def _end_page(self) -> None:
        self._rows.append(_Page.dump_json(self._page) + b"\n")
        self._page = []


def compare(heading: Heading, asked: Question, unplanned: Iterable[tuple[str, int]]) -> None:
    """Raises Invalid when the workbook is of another session."""
    wrong: list[Problem] = []
    if heading.institution != asked.body:
        wrong.append(Problem("机构编码", f"{heading.institution} 不是本站 · is not this station, {asked.body}"))
    if heading.session != asked.session:
        wrong.append(Problem("鉴定批次", f"{heading.session} 不是本批次 · is not this session, {asked.session}"))
    for occupation, level in unplanned:
        wrong.append(
            Problem(
                f"{occupation} / {level}",
                "不在批准的鉴定计划中 · is not in the approved session plan",
                "核对职业编码和等级 · compare occupation and level",
            )
        )
    if wrong:
        raise Invalid("名册与批次不符 · the workbook does not belong to this session", wrong)


# --- in the service -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PassedLines:
    """The lines of a workbook without problems. They stay the bytes they came as, a tenth of what they take as objects,
    and are read page by page, so that whoever shares the process has its turn between two pages.

    notes: the corrections made while reading."""

    notes: tuple[Correction, ...]
    _answer: bytes
    _starts: Sequence[int]

    def pages(self) -> Iterator[list[RosterLine]]:
        """At most LINES_PER_PAGE lines each, numbered from 1 over all of them. Raises ValueError for what is none."""
        n = 0
        for start, end in zip(self._starts, self._starts[1:], strict=False):
            page = _Page.validate_json(self._answer[start:end])
            if any(line.n != place for place, line in enumerate(page, n + 1)) or n % LINES_PER_PAGE:
                raise ValueError("lines out of their order")
            n += len(page)
            yield page


def from_answer(answer: bytes) -> PassedLines:
    """Raises NotTakenOver with everything that is wrong with the workbook, ValueError for anything that `examine` does
    not write; the lines themselves are looked at when they are read."""
    end = answer.find(b"\n", 0, LONGEST_FOUND) + 1
    if not end:
        raise ValueError("no answer")
    found = _Found.model_validate_json(answer[:end])
    if found.detail:
        raise NotTakenOver(found.detail, found.problems, tuple(found.foreign))
    starts = [end]
    while end < len(answer):
        end = answer.find(b"\n", end, end + LONGEST_PAGE) + 1
        if not end:
            raise ValueError("an answer cut off, or a page too long")
        starts.append(end)
    if not found.lines or len(starts) - 1 != -(-found.lines // LINES_PER_PAGE):
        raise ValueError("other pages than were counted")
    return PassedLines(tuple(found.notes), answer, starts)


def unreadable(sentence: str = UNREADABLE) -> NotTakenOver:
    return NotTakenOver(sentence, [Problem(WHOLE_WORKBOOK, sentence)])
