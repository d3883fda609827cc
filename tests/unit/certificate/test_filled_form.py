"""The filled form 6: what is on which page, what stands there, and that it is always the same (rules §3 附表六, R5)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pypdfium2
import pytest

from services.certificate.certificates.certificate import Certificate, Issue, Issuer
from services.certificate.filled_forms.drawing import paging, pdf, workbook
from services.certificate.filled_forms.drawing.words import PRACTICE_MARK, Copies
from services.certificate.filled_forms.filled_form import KEYS, Counting, FilledForm, Heading, Line, Volume, line_of
from shared.errors import Invalid
from shared.forms.form6.layout import COLUMNS
from tests.world.seeding import TECHNICIAN, TURNER, a_line

MM = 72 / 25.4
ISSUER = Issuer(body_zh="示例鉴定站", body_en="Station", centre_zh="示例中心", centre_en="Centre")
HEADING = Heading(
    roster="49053012-2026-001",
    session="49053012-2026-001",
    body="49053012",
    body_zh="示例鉴定站",
    branch="49050001",
    branch_zh="示例分中心",
    centre="49000001",
    centre_zh="示例中心",
    held_on=date(2026, 4, 3),
    issued_on=date(2026, 4, 8),
    lines=0,
)
LONG = {
    "name": "阿卜杜热西提·阿卜杜克热木·吐尔逊江·麦麦提依明",
    "id_type": "外国人永久居留身份证",
    "id_number": "W" * 40,
    "education": "大学专科(高等职业教育)毕业",
    "employer": "某某省某某市高端装备制造产业园区重型精密机械加工与热处理联合有限责任公司第三分公司",
    "remark": "补发。原成绩单于二〇二六年二月十一日声明遗失，详见附件",
    "ticket": "9" * 30,
}


def certificate(n: int, **holder: Any) -> Certificate:
    line = a_line(n, TECHNICIAN if n > 30 else TURNER).model_copy(update=holder)
    issues = [
        Issue(made_for="original", at=datetime(2026, 4, 8, tzinfo=UTC), blank_serial="A0041", remark=line.remark),
        Issue(made_for="replacement", at=datetime(2027, 4, 8, tzinfo=UTC), blank_serial="B9999", remark="补发"),
    ]
    return Certificate(
        id=str(n),
        number=f"26490530124{n:05d}",
        roster=HEADING.roster,
        n=n,
        batch="b",
        path="/49000001/49050001/49053012/",
        producer="49050001",
        issued_on=HEADING.issued_on,
        holder=line,
        issuer=ISSUER,
        copies=issues,
        verify_key="k",
    )


def form_of(certificates: Sequence[Certificate], heading: Heading = HEADING) -> FilledForm:
    counting = Counting()
    counting.take(certificates)
    return counting.form(replace(heading, lines=counting.lines))


def lines_of(certificates: Sequence[Certificate], stretch: paging.Stretch) -> list[Line]:
    volume, begin = stretch.volume, stretch.first - 1
    its = [
        one for one in certificates if (one.holder.occupation, one.holder.level) == (volume.occupation, volume.level)
    ]
    return [line_of(one, n) for n, one in enumerate(its[begin : begin + stretch.lines], stretch.first)]


def paper(certificates: Sequence[Certificate], copies: Copies = "1", heading: Heading = HEADING) -> bytes:
    form = form_of(certificates, heading)
    pages = [(page, lines_of(certificates, page.stretch)) for page in paging.files_of(form.volumes)[0]]
    return pdf.draw(form, pages, copies, None)


def book(certificates: Sequence[Certificate], copy: str = "1", heading: Heading = HEADING) -> Any:
    form = form_of(certificates, heading)
    lines = [(one.volume, lines_of(certificates, one)) for one in paging.workbooks_of(form.volumes)[0]]
    return openpyxl.load_workbook(io.BytesIO(workbook.write(form, lines, copy)))


def texts_of(file: bytes) -> list[str]:
    return [str(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(file)]


# --- pages and files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lines", [1, 10, 11, 18, 19, 28, 29, 36, 37, 200, 10_000])
def test_every_line_stands_on_one_page_and_the_last_has_room_for_the_seals(lines: int) -> None:
    pages = paging.pages_of(Volume(1, "6-04-01-01", "车工", 4, 1, lines))
    stood = [n for page in pages for n in range(page.stretch.first, page.stretch.first + page.stretch.lines)]
    assert stood == list(range(1, lines + 1))
    assert all(0 < page.stretch.lines <= paging.FULL for page in pages)
    assert pages[-1].stretch.lines <= paging.LAST
    assert [page.is_last for page in pages] == [False] * (len(pages) - 1) + [True]
    assert {(page.of, page.number) for page in pages} == {(len(pages), n) for n in range(1, len(pages) + 1)}


def test_no_file_holds_more_than_the_container_has_room_for() -> None:
    volumes = [Volume(1, "a", "甲", 4, 1, 60_000), Volume(2, "b", "乙", 3, 60_001, 40_000)]
    files, books = paging.files_of(volumes), paging.workbooks_of(volumes)
    assert max(map(len, files)) == paging.PAGES_PER_FILE
    assert sum(page.stretch.lines for pages in files for page in pages) == 100_000
    assert {sum(one.lines for one in some) for some in books} == {paging.LINES_PER_WORKBOOK}
    assert sum(one.lines for some in books for one in some) == 100_000


# --- what it says --------------------------------------------------------------------------------------------------


def test_all_columns_of_the_form_but_the_address() -> None:
    assert list(KEYS) == [column.key for column in COLUMNS if column.key != "email"]


def test_the_first_sheet_counts_whatever_was_made_later() -> None:
    line = dict(zip(KEYS, line_of(certificate(1, remark="免试理论"), 1), strict=True))
    assert (line["blank_serial"], line["remark"]) == ("A0041", "免试理论")


@pytest.mark.parametrize(
    "other",
    [
        [certificate(1), certificate(2, name="张三")],
        [certificate(2), certificate(1)],
        [certificate(1)],
        [certificate(1), certificate(31)],
    ],
    ids=["another name", "another order", "a line less", "another occupation"],
)
def test_whatever_is_printed_counts_in_the_hash(other: list[Certificate]) -> None:
    assert form_of(other).seal != form_of([certificate(1), certificate(2)]).seal


def test_so_does_the_heading() -> None:
    assert form_of([certificate(1)], replace(HEADING, held_on=date(2026, 4, 4))).seal != form_of([certificate(1)]).seal


def test_each_volume_begins_anew_and_ends_with_total_signatures_and_seals() -> None:
    pages = texts_of(paper([certificate(n) for n in range(1, 36)]))
    assert [page.count("本册合计") for page in pages] == [0, 0, 1, 1]
    first, *_, last, other = pages
    assert "第 1 册 共 2 册" in first and "第 1 页 共 3 页" in first and "车工（6-04-01-01）" in first
    assert "本册合计 30 人（各册共计 35 人）" in last and "第 3 页 共 3 页" in last
    for words in ("制表人（签字）", "审核人（签字）", "鉴定站（盖章）", "分中心（盖章）", "中心（盖章）", "示例分中心"):
        assert words in last, words
    assert "第 2 册 共 2 册" in other and "本册合计 5 人" in other and "2026年4月8日" in other


def test_long_texts_get_smaller_and_stay_whole_and_inside_the_table() -> None:
    file = paper([certificate(1, **LONG), certificate(2)])
    page = pypdfium2.PdfDocument(file)[0]
    text = page.get_textpage()
    said = "".join(text.get_text_range().split())
    for word in LONG.values():
        assert word in said, word
    for n in range(text.count_chars()):
        x0, y0, x1, _ = text.get_charbox(n)
        if x1 > x0:
            assert x0 >= 12.5 * MM and x1 <= 284.5 * MM, text.get_text_range(n, 1)
            assert y0 > 3 * MM


def test_both_copies_differ_in_their_marks_alone() -> None:
    one, two = texts_of(paper([certificate(1)], "both"))
    assert (one.count("附表六（一）"), two.count("附表六（二）")) == (1, 1)
    assert one.replace("（一）", "（二）").replace("之一", "之二") == two


def test_the_same_form_gives_the_same_bytes_whatever_was_drawn_between() -> None:
    some = [certificate(n) for n in range(1, 4)]
    before = paper(some)
    paper([certificate(7)])
    assert paper(some) == before


def test_characters_without_glyph_are_named_by_certificate() -> None:
    with pytest.raises(Invalid, match="字库所无") as caught:
        paper([certificate(1), certificate(2, name="张\U0002ceaf")])
    assert [(one.where, "U+2CEAF" in one.what) for one in caught.value.problems] == [("2649053012400002", True)]
    assert book([certificate(2, name="张\U0002ceaf")]).worksheets[0]["C6"].value == "张\U0002ceaf"


@pytest.mark.parametrize(("body", "marked"), [("49053012", False), ("99053012", True)])
def test_what_was_practised_says_so_on_every_page_and_sheet(body: str, marked: bool) -> None:
    some, heading = [certificate(1), certificate(31)], replace(HEADING, body=body)
    assert [PRACTICE_MARK in page for page in texts_of(paper(some, "both", heading))] == [marked] * 4
    sheets = book(some, "1", heading).worksheets
    assert [
        (sheet["D1"].value == PRACTICE_MARK, PRACTICE_MARK in str(sheet.oddFooter.left.text)) for sheet in sheets
    ] == [(marked, marked)] * 2


# --- the workbook --------------------------------------------------------------------------------------------------


def test_numbers_are_texts_scores_are_figures_and_nothing_is_a_formula() -> None:
    (sheet,) = book([certificate(1, employer="=1+1")]).worksheets
    values = {cell.value: cell.data_type for cell in sheet[6]}
    assert values["2649053012400001"] == "s" and values["=1+1"] == "s" and values[90.5] == "n"


def test_a_sheet_per_volume_that_prints_on_a4_across() -> None:
    sheets = book([certificate(1), certificate(31)], "2").worksheets
    assert [sheet.title for sheet in sheets] == ["车工-四级", "机修钳工-二级"]
    for sheet in sheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet["A1"].value == "附表六（二）"
        assert "&P" in sheet.oddFooter.center.text
