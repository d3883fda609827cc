"""A long bulletin is set in parts, and nobody who reads it can tell but by the tables that begin on pages of their own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pypdf
import pytest

from services.supervision.bulletins import pdf as bulletin_pdf
from services.supervision.bulletins.bulletin import Bulletin
from services.supervision.figures.figures import Counted, Figures, Place, rows_of

CENTRE, PATH = "49000001", "/49000001/"
AT = datetime(2026, 4, 20, 1, 0, tzinfo=UTC)
STATIONS = 120
FRONT, BACK = 28 * 72 / 25.4, 26 * 72 / 25.4  # points from the left edge to the text: 28 mm are for the binding


def bulletin(stations: int) -> Bulletin:
    places = [Place(body=CENTRE, path=PATH, name_zh="示例中心", name_en="Example Centre", branch=False)]
    counted = []
    for n in range(stations):
        code = f"49053{n:03d}"
        path = f"{PATH}{code}/"
        places.append(Place(body=code, path=path, name_zh=f"示例第{n}站", name_en=f"Station {n}", branch=False))
        counted.append(Counted(code, path, Figures(sessions=n + 1, sanctions={"rectification": 1})))
    blank: dict[str, Any] = {
        "id": "2026-Q1",
        "quarter": "2026-Q1",
        "body": CENTRE,
        "path": PATH,
        "summary": "一切正常。",
    }
    return Bulletin(**blank, rows=rows_of(places, counted), cut_at=AT, compiled_by="clerk")


@pytest.fixture(scope="module")
def drawn() -> tuple[list[dict[str, Any]], bytes]:
    """What was set, part by part, and what came of it."""
    parts: list[dict[str, Any]] = []
    patch = pytest.MonkeyPatch()
    of = bulletin_pdf._typesetter

    class Listening:
        def set(self, content: str) -> bytes:
            parts.append(json.loads(content))
            return of(None).set(content)

    with patch.context() as patched:
        patched.setattr(bulletin_pdf, "_typesetter", lambda folder: Listening())
        return parts, bulletin_pdf.draw(bulletin(STATIONS), "1")


def text_of(content: bytes) -> list[str]:
    pages = pypdf.PdfReader(BytesIO(content)).pages
    return ["".join((page.extract_text() or "").split()) for page in pages]


def test_the_typesetter_has_one_long_table_at_a_time(drawn: tuple[list[dict[str, Any]], bytes]) -> None:
    """Its memory grows with what it sets at once."""
    long = [[table["n"] for table in part["tables"] if len(table["lines"]) > bulletin_pdf.LONG] for part in drawn[0]]
    assert long == [[1], [2], [3], [4], [5], [7]]
    assert [part["opens"] for part in drawn[0]] == [True, *[False] * 5]
    assert [part["closes"] for part in drawn[0]] == [*[False] * 5, True]


def test_pages_are_numbered_on_and_none_is_empty(drawn: tuple[list[dict[str, Any]], bytes]) -> None:
    pages = text_of(drawn[1])
    assert [n for n, page in enumerate(pages, 1) if page.count(f"—{n}—") != 1] == []
    assert [n for n, page in enumerate(pages[:-1], 1) if "机构Body" not in page] == []
    assert {part["page"] % 2 for part in drawn[0]} == {0, 1}, "no part begins on a back"


def test_everything_stands_in_it_once_and_in_order(drawn: tuple[list[dict[str, Any]], bytes]) -> None:
    pages = text_of(drawn[1])
    text = "".join(pages)
    titles = ["一、政策", *(f"{'二三四五六七八'[n]}、" for n in range(7))]
    places = [text.index(title) for title in titles]
    assert places == sorted(places)
    assert [text.count(title) for title in titles] == [1] * len(titles)
    assert {text.count(f"示例第{n}站") for n in range(STATIONS)} == {6}
    assert text.count("各分中心、鉴定站") == text.count("（成文日期为发布之日）") == 1
    assert "各分中心、鉴定站" in pages[0]
    assert "（成文日期为发布之日）" in pages[-1]


def test_the_binding_is_on_the_inner_side_of_every_page(drawn: tuple[list[dict[str, Any]], bytes]) -> None:
    """A table's lines begin where the margin ends."""
    for n, page in enumerate(pypdf.PdfReader(BytesIO(drawn[1])).pages, 1):
        lefts: list[float] = []

        def found(operator: bytes, given: Any, current: Any, *_: Any, lefts: list[float] = lefts) -> None:
            if operator == b"m":
                lefts.append(float(given[0]) * current[0] + current[4])

        page.extract_text(visitor_operand_before=found)
        assert min(lefts) == pytest.approx(FRONT if n % 2 else BACK, abs=0.5), n


def test_it_has_the_marks_of_one_document(drawn: tuple[list[dict[str, Any]], bytes]) -> None:
    root = pypdf.PdfReader(BytesIO(drawn[1])).trailer["/Root"]
    assert "<pdfaid:part>2</pdfaid:part>" in root["/Metadata"].get_data().decode()
    assert root["/OutputIntents"]
    assert len(root["/Pages"].get_object()["/Kids"]) == root["/Pages"].get_object()["/Count"]
    assert bulletin_pdf.draw(bulletin(STATIONS), "1") == drawn[1]


def test_tables_that_are_not_long_follow_one_another() -> None:
    assert "三、" in text_of(bulletin_pdf.draw(bulletin(3), "1"))[1]
