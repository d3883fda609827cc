"""A workbook read and checked against its session, as one piece of work for a child process: a question and the bytes of
the workbook in, the answer out, in a form that runs nothing. A file that took the child over may answer what it likes, so
everything in an answer is looked at.

An answer is the pages of lines, a row of JSON for each line, and then a row that says what was found: whether they count.
Two line breaks end each of these parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from services.reporting.rosters.workbook.findings import MOST_LISTED, Correction
from services.reporting.rosters.workbook.heading import Heading
from services.reporting.rosters.workbook.opening.traits import TOO_LARGE, UNREADABLE
from services.reporting.rosters.workbook.reading import WHOLE_WORKBOOK, NotTakenOver, Reading
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


_Page = TypeAdapter(list[RosterLine])
_Line = TypeAdapter(RosterLine)

END: Final = b"\n\n"
FOUND: Final = b"."
"""What was found begins so, and a page does not."""


# --- in the child ---------------------------------------------------------------------------------------------------------


def examine(question: bytes, content: bytes) -> Iterator[bytes]:
    """Whatever the bytes are, an answer. Busy for about a second per 10,000 rows; a page is said as soon as it is full."""
    asked = Question.model_validate_json(question)
    names = {(item.occupation, item.level): (item.occupation_zh, item.occupation_en) for item in asked.items}
    reading = Reading(asked.rules, asked.held_on, names)
    unplanned: dict[tuple[str, int], None] = {}
    count, page = 0, list[bytes]()
    try:
        for line in reading.lines(content):
            count += 1
            if (line.occupation, line.level) not in names:
                unplanned[line.occupation, line.level] = None
                continue
            page.append(_Line.dump_json(line))
            if len(page) == LINES_PER_PAGE:
                yield _page(page)
                page = []
        compare(reading.heading, asked, unplanned)
    except Invalid as error:
        foreign = list(error.foreign[:MOST_FOREIGN]) if isinstance(error, NotTakenOver) else []
        yield _end(_Found(detail=str(error), problems=list(error.problems), foreign=foreign))
    except MemoryError:
        yield _end(_Found(detail=TOO_LARGE, problems=[Problem(WHOLE_WORKBOOK, TOO_LARGE)]))
    else:
        if page:
            yield _page(page)
        yield _end(_Found(notes=list(reading.notes), lines=count))


def _page(lines: list[bytes]) -> bytes:
    return b"\n".join(lines) + END


def _end(found: _Found) -> bytes:
    return FOUND + found.model_dump_json(exclude_defaults=True).encode() + END


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


class Answer:
    """An answer on its way: each page is looked at when it is there, and handed to `take`, with its text as it is sealed and
    stored: the canonical JSON of its lines, one a row. Nothing of it counts before `ended`. Whoever shares the process has its
    turn between two pages."""

    def __init__(self, take: Callable[[Sequence[RosterLine], bytes], None]) -> None:
        self._take = take
        self._said = bytearray()
        """Not looked at yet: the beginning of a page, or of what was found."""
        self._count = 0
        self._found: _Found | None = None

    def hear(self, piece: bytes) -> None:
        """Raises ValueError for anything that `examine` does not write."""
        place = max(len(self._said) - 1, 0)
        self._said += piece
        while (end := self._said.find(END, place)) >= 0:
            part = bytes(self._said[:end])
            del self._said[: end + len(END)]
            place = 0
            self._look_at(part)
        if len(self._said) > (LONGEST_FOUND if self._said.startswith(FOUND) else LONGEST_PAGE):
            raise ValueError("a part without end")

    def ended(self) -> tuple[Correction, ...]:
        """The corrections made while reading. Raises NotTakenOver with everything that is wrong with the workbook, ValueError
        for anything that `examine` does not write."""
        found = self._found
        if found is None or self._said:
            raise ValueError("no answer, or one cut off")
        if found.detail:
            raise NotTakenOver(found.detail, found.problems, tuple(found.foreign))
        if not found.lines or found.lines != self._count:
            raise ValueError("other lines than were counted")
        return tuple(found.notes)

    def _look_at(self, part: bytes) -> None:
        if self._found is not None:
            raise ValueError("more than an answer")
        if part.startswith(FOUND):
            self._found = _Found.model_validate_json(part[len(FOUND) :])
            return
        rows = part.split(b"\n")
        if len(rows) > LINES_PER_PAGE or self._count % LINES_PER_PAGE:
            raise ValueError("a page too long, or behind the last one")
        as_list = b"[%b]" % b",".join(rows)
        lines = _Page.validate_json(as_list)
        if len(lines) != len(rows) or _Page.dump_json(lines) != as_list:
            raise ValueError("another spelling than the canonical one")
        if any(line.n != n for n, line in enumerate(lines, self._count + 1)):
            raise ValueError("lines out of their order")
        self._count += len(lines)
        self._take(lines, part + b"\n")


def unreadable(sentence: str = UNREADABLE) -> NotTakenOver:
    return NotTakenOver(sentence, [Problem(WHOLE_WORKBOOK, sentence)])
