"""The files of a bulletin are drawn in child processes that end, and what a download gives was drawn before."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest

from services.supervision.bulletins import files, pdf
from services.supervision.bulletins.usecases import drawing
from shared.adapters.child_processes import ChildProcesses
from shared.errors import Invalid, Unavailable
from shared.ports.workshop import ChildDied
from tests.unit.supervision.test_bulletin import published, rows


@pytest.fixture
async def workshop() -> AsyncIterator[ChildProcesses]:
    children = ChildProcesses(1)
    yield children
    await children.close()


async def test_a_child_draws_the_same_bytes_and_its_refusals_come_back(workshop: ChildProcesses) -> None:
    bulletin = published()
    found = await drawing.drawn(workshop, bulletin, files.NAMES, None)
    assert list(found) == list(files.NAMES)
    assert found["pdf_2"] == files.draw(bulletin, "pdf_2", None)
    assert found["xlsx"] == files.draw(bulletin, "xlsx", None)
    assert found["pdf"] == pdf.joined(found["pdf_1"], found["pdf_2"])
    with pytest.raises(Invalid, match="no font has it"):
        await drawing.drawn(workshop, published(summary="张\U0002ceaf工"), ["pdf"], None)


async def test_a_child_that_dies_is_no_fault_of_whoever_asked() -> None:
    class Killed:
        async def apart(self, work: Callable[..., Any], *given: Any) -> Any:
            raise ChildDied

    killed: Any = Killed()
    with pytest.raises(Unavailable, match="not drawn to its end"):
        await drawing.drawn(killed, published(), ["xlsx"], None)


async def test_only_what_is_asked_for_is_drawn() -> None:
    works: list[tuple[str, Any]] = []

    class Noting:
        async def apart(self, work: Callable[..., Any], *given: Any) -> bytes:
            works.append((work.__name__, given[1]))
            return b"drawn"

    noting: Any = Noting()
    assert await drawing.drawn(noting, published(), ["pdf_2"], None) == {"pdf_2": b"drawn"}
    assert works == [("draw", "pdf_2")]
    works.clear()
    assert list(await drawing.drawn(noting, published(), ["pdf"], None)) == ["pdf"]
    assert works == [("draw", "pdf_1"), ("draw", "pdf_2"), ("join", b"drawn")]


@pytest.mark.parametrize("lines", [8, 30])
def test_each_copy_begins_on_the_front_of_a_sheet(lines: int) -> None:
    bulletin = published(rows(lines))
    first, second = (pdf.draw(bulletin, copy) for copy in pdf.MARKS)
    whole = pypdf.PdfReader(BytesIO(pdf.joined(first, second)))
    alone = len(pypdf.PdfReader(BytesIO(first)).pages)
    begins = alone + alone % 2
    assert len(whole.pages) == begins + alone
    assert "（二）" in whole.pages[begins].extract_text()
    assert {tuple(round(side) for side in page.mediabox) for page in whole.pages} == {(0, 0, 595, 842)}


def test_both_copies_in_one_file_still_say_that_they_are_to_be_kept(tmp_path: Path) -> None:
    """PDF/A-2b: the mark, the description of colours and an id of the file."""
    bulletin = published()
    whole = pypdf.PdfReader(BytesIO(pdf.joined(pdf.draw(bulletin, "1"), pdf.draw(bulletin, "2"))))
    root: Any = whole.trailer["/Root"]
    marked = root["/Metadata"].get_data().decode()
    assert "/Filter" not in root["/Metadata"]
    assert "<pdfaid:part>2</pdfaid:part>" in marked
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in marked
    assert root["/OutputIntents"]
    assert whole.trailer["/ID"]
    assert "职业技能鉴定质量通报" in str(whole.metadata and whole.metadata.title)
