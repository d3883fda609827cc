"""The drawing room: what stands on the page (rules §1.5, §3), that it is always the same."""

from __future__ import annotations

import io
import pickle
from collections.abc import AsyncIterator
from ctypes import c_uint
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from services.certificate.production.drawing import qr
from services.certificate.production.drawing.print_file import MOST_SHEETS, draw
from services.certificate.production.drawing.sheet import WATERMARK, Sheet, score, words
from services.certificate.production.drawing.specimen import SPECIMEN
from shared.adapters.child_processes import ChildProcesses
from shared.errors import Invalid

MM = 72 / 25.4

SHEET = Sheet(
    certificate_no="2649053012400037",
    name="周文彬",
    sex="男",
    birth=date(1988, 2, 3),
    id_type="居民身份证",
    id_number="99999919880203001X",
    education="高中",
    employer="某某重型机器厂第二分厂",
    occupation_zh="车工",
    occupation_en="Lathe operator",
    level=4,
    theory=86.0,
    practical=90.5,
    review=None,
    grade="good",
    issued_on=date(2026, 3, 5),
    issuer_zh="机械工业职业技能鉴定某某分中心012站",
    issuer_en="Station 012 of the Branch Centre",
    centre_zh="机械工业职业技能鉴定指导中心",
    centre_en="Machinery Industry Occupational Skill Appraisal Guidance Centre",
    verify_url="https://jianding.example.cn/certificate/v/2649053012400037/k7Qm2xV9aT",
    query_site="jianding.example.cn",
)
LONG = replace(
    SHEET,
    name="阿卜杜热西提·阿卜杜克热木·吐尔逊江·麦麦提依明",
    education="大学专科(高等职业教育)毕业",
    id_type="港澳居民来往内地通行证(回乡证)",
    employer="某某省某某市高端装备制造产业园区重型精密机械加工与热处理联合有限责任公司第三分公司",
    occupation_zh="数控机床装调维修工(加工中心操作与调试方向)(高速铁路机车车辆专用)",
    occupation_en="Numerical control machine tool installation, adjustment, maintenance and repair worker",
    issuer_zh="机械工业职业技能鉴定某某某某某分中心第012国家职业技能鉴定站(试点)",
    issuer_en="Station 012 of the Branch Centre for Occupational Skill Appraisal of the Machinery Industry of Hunan",
    level=1,
    review=88.25,
    grade="excellent",
    blank_serial="A0041234567890123",
    remark="补发。原证书已于2026年2月11日在《某某日报》声明遗失作废,本证书沿用原证书编号;发现使用原证书者请与发证机关核实。",
)
UNBREAKABLE = replace(
    SHEET,
    name="Wolfeschlegelsteinhausenbergerdorff" * 3,
    employer="Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 4,
    id_number="9" * 90,
    blank_serial="A" * 40,
    query_site="very-long-host-name." * 8 + "cn",
    remark="超长备注" * 100,
)


def text_of(pdf: bytes, page: int = 0) -> str:
    return str(pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range()).replace("\r\n", "\n")


def numbered(n: int) -> Sheet:
    number = f"26490530124{n:05}"
    return replace(SHEET, certificate_no=number, verify_url=f"https://jianding.example.cn/v/{number}/k7Qm2xV9aT")


# --- what stands on the page ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("sheet", [SHEET, replace(SHEET, name="买买提·艾力"), replace(SHEET, name="㛃䶮𫖯", sex="女")])
def test_every_word_of_the_sheet_can_be_copied_from_the_page(sheet: Sheet) -> None:
    page = text_of(draw([sheet]))
    for place, word in words(sheet).items():
        assert word in page, place


PRACTICE = "2699053012400037"


@pytest.mark.parametrize("sheet", [SHEET, LONG], ids=["usual", "long"])
def test_a_practice_page_says_what_it_is(sheet: Sheet) -> None:
    """By its number alone, over everything else, also beside real ones; a real page says nothing of the kind."""
    practised = replace(sheet, certificate_no=PRACTICE)
    file = draw([sheet, practised, sheet])
    assert [WATERMARK in text_of(file, page) for page in range(3)] == [False, True, False]
    for place, word in words(SHEET).items():
        if sheet is SHEET and place != "certificate_no":
            assert word in text_of(file, 1), place


def test_the_mark_goes_from_corner_to_corner() -> None:
    page = pypdfium2.PdfDocument(draw([replace(SHEET, certificate_no=PRACTICE)]))[0]
    text = page.get_textpage()
    start = text.get_text_range().index(WATERMARK)
    boxes = [text.get_charbox(n) for n in range(start, start + len(WATERMARK))]
    boxes = [box for box in boxes if box[2] > box[0]]
    assert min(box[0] for box in boxes) < 30 * MM and max(box[2] for box in boxes) > 180 * MM
    assert min(box[1] for box in boxes) < 60 * MM and max(box[3] for box in boxes) > 237 * MM


def test_long_words_are_wrapped_and_shrunk_but_complete() -> None:
    page = text_of(draw([LONG])).replace("\n", "").replace(" ", "")
    for place, word in words(LONG).items():
        assert word.replace(" ", "") in page, place


@pytest.mark.parametrize("sheet", [SHEET, LONG, UNBREAKABLE], ids=["usual", "long", "unbreakable"])
def test_no_word_leaves_its_place(sheet: Sheet) -> None:
    page = pypdfium2.PdfDocument(draw([sheet]))[0]
    text = page.get_textpage()
    left, right = 28 * MM, 182 * MM
    for n in range(text.count_chars()):
        x0, y0, x1, y1 = text.get_charbox(n)
        if x1 > x0:
            assert left - 1 <= x0 and x1 <= right + 1, f"{text.get_text_range(n, 1)!r} at {x0 / MM:.1f} mm"
            assert y0 > 13 * MM and y1 < 284 * MM


def test_place_beside_the_photo_stays_free() -> None:
    text = pypdfium2.PdfDocument(draw([UNBREAKABLE]))[0].get_textpage()
    photo = text.get_text_bounded(left=156 * MM, right=183 * MM, top=(297 - 74) * MM, bottom=(297 - 111) * MM)
    assert photo.split() == ["照片", "Photo", "25", "×", "35", "mm"]


def test_the_number_is_copied_as_sixteen_digits_by_more_than_one_reader() -> None:
    pdf = draw([SHEET])
    assert "2649053012400037" in text_of(pdf)
    assert "2649053012400037" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_the_number_changes_its_colour_with_each_group_that_means_something() -> None:
    """Also in grey, and on white: contrasts of WCAG 2, 3 to 1 between neighbours, 4.5 to 1 on paper."""
    text = pypdfium2.PdfDocument(draw([SHEET]))[0].get_textpage()
    start = text.get_text_range().index(SHEET.certificate_no)
    runs = [
        (colour, "".join(digit for _, digit in run))
        for colour, run in groupby(
            ((colour_of(text, start + n), digit) for n, digit in enumerate(SHEET.certificate_no)), lambda one: one[0]
        )
    ]
    assert [digits for _, digits in runs] == ["26", "49", "05", "3", "012", "4", "00037"]
    (ink, blue) = {luminance(colour) for colour, _ in runs[:2]}
    assert {luminance(colour) for colour, _ in runs} == {ink, blue}
    dark, light = sorted((ink, blue))
    assert (light + 0.05) / (dark + 0.05) > 3
    assert 1.05 / (light + 0.05) > 4.5


def colour_of(text: Any, n: int) -> tuple[int, ...]:
    parts = [c_uint() for _ in range(4)]
    assert pypdfium2.raw.FPDFText_GetFillColor(text, n, *parts)
    return tuple(part.value for part in parts[:3])


def luminance(colour: tuple[int, ...]) -> float:
    linear = [part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scale", [1.5, 4])
def test_the_qr_code_on_the_page_is_the_address_to_verify(scale: float) -> None:
    picture = pypdfium2.PdfDocument(draw([SHEET]))[0].render(scale=scale).to_pil()
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [SHEET.verify_url]


def test_scores_grade_level_and_empty_places_are_printed_as_the_rules_want() -> None:
    printed = words(SHEET)
    assert (printed["theory"], printed["practical"], printed["review"]) == ("86", "90.5", "--")
    assert printed["level_zh"] == "四级/中级工"
    assert printed["grade"] == "良好 Good"
    assert (printed["blank_serial"], printed["remark"]) == ("--", "--")
    assert (printed["issued_zh"], printed["issued_iso"]) == ("2026年3月5日", "2026-03-05")


@pytest.mark.parametrize(("points", "printed"), [(0.0, "0"), (100.0, "100"), (59.996, "59.996"), (88.25, "88.25")])
def test_scores_have_no_idle_decimals(points: float, printed: str) -> None:
    assert score(points) == printed


def test_a_qr_code_cannot_hold_everything() -> None:
    with pytest.raises(Invalid):
        qr.path("x" * 5000)


# --- the file ------------------------------------------------------------------------------------------------------


def test_one_page_per_sheet_in_their_order_up_to_a_full_batch() -> None:
    sheets = [numbered(n) for n in range(1, MOST_SHEETS + 1)]
    pages = pypdfium2.PdfDocument(draw(sheets))
    assert len(pages) == 200
    assert pages.get_page_size(0) == pytest.approx((210 * MM, 297 * MM), abs=0.5)
    for n, sheet in enumerate(sheets):
        assert sheet.certificate_no in pages[n].get_textpage().get_text_range()


@pytest.mark.parametrize("sheets", [[], [SHEET] * (MOST_SHEETS + 1)], ids=["none", "too many"])
def test_a_print_file_holds_one_to_two_hundred(sheets: list[Sheet]) -> None:
    with pytest.raises(Invalid, match="1 to 200"):
        draw(sheets)


def test_the_file_is_an_archive_file_dated_with_the_latest_issue_and_has_only_our_fonts() -> None:
    reader = PdfReader(io.BytesIO(draw([SHEET, replace(SHEET, issued_on=date(2026, 4, 1))])))
    xmp = reader.root_object["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in xmp and "<pdfaid:conformance>B</pdfaid:conformance>" in xmp
    assert reader.metadata is not None and str(reader.metadata["/CreationDate"]).startswith("D:20260401")
    fonts = {font.get_object()["/BaseFont"] for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    assert fonts and all("CJK" in name for name in fonts), fonts


def test_the_same_sheets_give_the_same_bytes_whatever_was_drawn_between() -> None:
    first = draw([SHEET, LONG])
    draw([numbered(7)])
    assert draw([SHEET, LONG]) == first


@pytest.fixture
async def workshop() -> AsyncIterator[ChildProcesses]:
    children = ChildProcesses(1)
    yield children
    await children.close()


async def test_another_process_gives_the_same_bytes(workshop: ChildProcesses) -> None:
    sheets = (*(numbered(n) for n in range(1, 21)), LONG, UNBREAKABLE)
    assert await workshop.do(draw, sheets, None) == draw(sheets)


async def test_refusals_come_back_from_another_process_as_they_are(workshop: ChildProcesses) -> None:
    with pytest.raises(Invalid) as caught:
        await workshop.do(draw, (replace(SHEET, name="\ue000"),), None)
    assert len(caught.value.problems) == 1


def test_characters_without_glyph_are_refused_and_named_by_certificate() -> None:
    with pytest.raises(Invalid, match=r"2649053012400037.*U\+2CEAF") as caught:
        draw([numbered(1), replace(SHEET, name="张\U0002ceaf", employer="\ue000厂")])
    assert [(problem.where, problem.what.partition(" · ")[0].split("(")[1]) for problem in caught.value.problems] == [
        ("2649053012400037", "U+2CEAF)"),
        ("2649053012400037", "U+E000)"),
    ]


def test_the_specimen_has_every_place_filled_and_is_void() -> None:
    """It is drawn when a process starts, so that everything is loaded."""
    assert all(words(SPECIMEN)[place] for place in words(SHEET) if words(SHEET)[place])
    assert words(SPECIMEN)["watermark"] == WATERMARK
    assert draw([SPECIMEN]).startswith(b"%PDF")


def test_sheets_travel_between_processes() -> None:
    assert pickle.loads(pickle.dumps(LONG)) == LONG


def test_the_compiler_never_sees_what_a_name_tries_to_say() -> None:
    """Words are values, not markup: nothing in a name is executed or shortened."""
    name = "#panic(1)*_$\\ -- [x]"
    assert name in text_of(draw([replace(SHEET, name=name)]))
