"""Small workbooks that cost much: each ends soon, in the right answer, within the child's limits."""

from __future__ import annotations

import resource
import zipfile
from collections.abc import AsyncIterator, Callable

import pytest

from services.reporting.rosters.usecases.importing import CHECK
from services.reporting.rosters.workbook.opening.package import TOO_MUCH
from services.reporting.rosters.workbook.opening.traits import SPREAD_OUT, TOO_LARGE, UNREADABLE
from services.reporting.rosters.workbook.reading import NotTakenOver
from shared.adapters.clock import SystemClock
from shared.adapters.quarantine.children import QuarantineChildren
from shared.ports import Perished
from tests.unit.reporting.workbooks import hostile
from tests.unit.reporting.workbooks.answers import heard
from tests.unit.reporting.workbooks.test_examining import ASKED

SECONDS = 3.0  # of the processor, the start of the child included

ENDS: dict[str, tuple[Callable[[], bytes], str]] = {
    "rows that nearly look hidden": (hostile.row_pattern, ""),
    "a row hidden without end": (hostile.endless_row, UNREADABLE),
    "ten million hidden columns, again and again": (hostile.column_ranges, "该列被隐藏"),
    "hidden columns that do not touch": (hostile.scattered_columns, ""),
    "blanks that may be unpacked": (hostile.blanks, ""),
    "blanks that may not": (hostile.too_many_blanks, SPREAD_OUT),
    "a directory that lies": (hostile.lying_directory, UNREADABLE),
    "many parts": (hostile.many_parts, TOO_MUCH),
    "a deep sheet": (hostile.deep_nesting, UNREADABLE),
    "a deep list of sheets": (hostile.deep_list, UNREADABLE),
    "a huge attribute": (hostile.huge_attribute, UNREADABLE),
    "entities": (hostile.entities, UNREADABLE),
    "entities where texts are": (hostile.entities_of_strings, UNREADABLE),
    "one sheet under many names": (hostile.many_sheets_of_one, TOO_LARGE),
    "one cell at the far corner": (hostile.far_cell, SPREAD_OUT),
    "formatted cells in 100,000 rows": (
        lambda: hostile.formatted_rows(100_000, '<row r="%d"><c r="A%d" s="1"/><c r="R%d" s="1"/></row>'),
        "",
    ),
    "formatted rows to the end of the sheet": (
        lambda: hostile.formatted_rows(1_048_576, '<row r="%d" s="1" customFormat="1" ht="14.25" customHeight="1"/>'),
        SPREAD_OUT,
    ),
    "packed by bzip2": (lambda: hostile.packed_by(zipfile.ZIP_BZIP2), UNREADABLE),
    "packed by LZMA": (lambda: hostile.packed_by(zipfile.ZIP_LZMA), UNREADABLE),
}


@pytest.fixture
async def quarantine() -> AsyncIterator[QuarantineChildren]:
    quarantine = QuarantineChildren(SystemClock())
    yield quarantine
    await quarantine.close()


async def answer_to(quarantine: QuarantineChildren, content: bytes) -> bytes:
    async def pieces() -> AsyncIterator[bytes]:
        yield content

    return await quarantine.examine(CHECK, ASKED.model_dump_json().encode(), pieces())


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("case", ENDS)
async def test_it_ends_soon_in_the_right_answer(quarantine: QuarantineChildren, case: str) -> None:
    make, sentence = ENDS[case]
    content = make()
    assert len(content) < 3_500_000
    before = processor_seconds()
    answer = await answer_to(quarantine, content)
    assert processor_seconds() - before < SECONDS
    if sentence:
        with pytest.raises(NotTakenOver) as caught:
            heard(answer)
        assert sentence in f"{caught.value} {caught.value.problems}"
    else:
        assert [line.n for page in heard(answer).pages for line in page] == [1, 2]


async def test_a_cell_at_the_far_corner_ends_its_reader_alone(quarantine: QuarantineChildren) -> None:
    with pytest.raises(Perished):
        await answer_to(quarantine, hostile.far_cell_of_old())
    assert heard(await answer_to(quarantine, hostile.packed(hostile.parts()))).notes == ()
