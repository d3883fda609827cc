"""The overprint against the typesetter's own pages: the same characters, at the same places, in the same grey."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from ctypes import c_double
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from fontTools.ttLib import TTFont
from PIL import ImageChops
from pypdf import PdfReader

from services.certificate.production.drawing.overprint import page as pages
from services.certificate.production.drawing.overprint.case import case
from services.certificate.production.drawing.overprint.form import typeset
from services.certificate.production.drawing.places import NUMBER_PLACE, PLACES, QR
from services.certificate.production.drawing.print_file import draw
from services.certificate.production.drawing.qr import MASK
from services.certificate.production.drawing.sheet import WATERMARK_PLACE, Sheet, words
from shared.contracts.words import LEVEL_NAMES
from tests.unit.certificate.test_drawing import LONG, PRACTICE, SHEET, UNBREAKABLE, numbered
from tests.unit.certificate.test_glyphs import PRIVATE, tiny_font

MM = 72 / 25.4
NEAR = 0.05  # pt
GREY = 1  # of 255
SHARPNESS = 2.5  # pixels a point: 180 dpi

NAMES = (
    *("王", "欧阳震华", "买买提·艾力", "阿卜杜热西提·阿卜杜克热木·吐尔逊江", "买··提", "·艾力", "艾力·", "李Anna·王"),
    *("㛃䶮𫖯", "〇一", "\ufa0e兀", "兀嗀", "张２", "“引号”", "（括号）"),
    *("Anna-Maria O'Neill", "AVATAR Töpfer fi ffl", "François Dünné", "a_#*`~^", "1/2 (3)", "99-王(王)-A"),
    *("两 词", "两  词 ", " 先空", "W" * 25, "Iii" * 20, "王" * 17, "王" * 18),
)
FIELDS = (
    {"employer": "", "education": ""},
    {"employer": "北京ABC(中国)有限公司 No.3", "education": "大学专科"},
    {"employer": "某某厂（第二分厂）、热处理车间", "education": "高中/中专"},
    {"id_type": "港澳居民来往内地通行证", "id_number": "H1234567890"},
    {"id_type": "护照", "id_number": "E-12345678 (AV)"},
    {"occupation_zh": "数控车工（加工中心）", "occupation_en": "CNC lathe operator (machining centre), Type A/B"},
    {"occupation_en": "Tool & die maker — “AV” To. We, Yo."},
    {"theory": 100.0, "practical": 59.996, "review": 88.25, "grade": "excellent"},
    {"theory": 0.0, "practical": 7.5, "review": None, "grade": "pass"},
    {"blank_serial": "A0041234", "remark": "补发"},
    {"blank_serial": "A-0041 234/5", "remark": "原证书于2026年2月11日作废"},
    {"remark": "补发。原证书已作废，本证书沿用原编号。"},
    {"query_site": "jianding.example.cn:8443/look-up"},
    {"query_site": "鉴定.example.cn"},
    {"issued_on": date(2026, 12, 31), "birth": date(1970, 10, 10), "sex": "女"},
    {"sex": "未说明"},
    {"issuer_en": "Station 012 (AV), To. We-Yo", "centre_zh": "机械工业职业技能鉴定指导中心(北京)"},
    {"certificate_no": PRACTICE},
)
VARIED: dict[str, Sheet] = {
    "usual": SHEET,
    "long": LONG,
    "unbreakable": UNBREAKABLE,
    "long, practised": replace(LONG, certificate_no=PRACTICE),
    **{f"name {name}": replace(SHEET, name=name) for name in NAMES},
    **{f"{n} {', '.join(fields)}": replace(SHEET, **fields) for n, fields in enumerate(FIELDS)},  # type: ignore[arg-type]
    **{f"level {level}": replace(SHEET, level=level) for level in LEVEL_NAMES},
}


def typesetters(sheets: Sequence[Sheet], folder: Path | None = None) -> bytes:
    """The same sheets, every page drawn by the typesetter as a whole; without QR codes, of which it knows nothing."""
    asked: list[dict[str, Any]] = []
    for sheet in sheets:
        printed = words(sheet)
        mark = {WATERMARK_PLACE: printed[WATERMARK_PLACE]} if WATERMARK_PLACE in printed else {}
        places = {place: printed[place] for place in PLACES}
        asked.append({"form": True, "number": printed[NUMBER_PLACE], "words": places, **mark})
    return typeset(asked, max(sheet.issued_on for sheet in sheets), folder)


@pytest.fixture(scope="module")
def both() -> tuple[pypdfium2.PdfDocument, pypdfium2.PdfDocument]:
    sheets = list(VARIED.values())
    return pypdfium2.PdfDocument(draw(sheets)), pypdfium2.PdfDocument(typesetters(sheets))


def characters(page: Any) -> dict[str, list[tuple[float, float]]]:
    """Where each character begins, in pt."""
    text = page.get_textpage()
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for n in range(text.count_chars()):
        x, y = c_double(), c_double()
        character = chr(pypdfium2.raw.FPDFText_GetUnicode(text, n))
        pypdfium2.raw.FPDFText_GetCharOrigin(text, n, x, y)
        if not character.isspace():
            found[character].append((x.value, y.value))
    return found


def greys(page: Any) -> Any:
    picture = page.render(scale=SHARPNESS, grayscale=True).to_pil()
    sides = (QR.x - 1, QR.y - 1, QR.x + QR.side + 1, QR.y + QR.side + 1)
    picture.paste(255, tuple(int(side * MM * SHARPNESS) for side in sides))
    return picture


@pytest.mark.parametrize("n", range(len(VARIED)), ids=list(VARIED))
def test_every_character_is_where_the_typesetter_sets_it(both: tuple[Any, Any], n: int) -> None:
    ours, theirs = (characters(file[n]) for file in both)
    assert {character: len(places) for character, places in ours.items()} == {
        character: len(places) for character, places in theirs.items()
    }
    for character, places in theirs.items():
        left = ours[character]
        for x, y in places:
            nearest = min(left, key=lambda place: max(abs(place[0] - x), abs(place[1] - y)))
            assert max(abs(nearest[0] - x), abs(nearest[1] - y)) <= NEAR, (character, nearest, (x, y))
            left.remove(nearest)


@pytest.mark.parametrize("n", range(len(VARIED)), ids=list(VARIED))
def test_the_page_looks_as_the_typesetter_draws_it(both: tuple[Any, Any], n: int) -> None:
    ours, theirs = (greys(file[n]) for file in both)
    apart = ImageChops.difference(ours, theirs).histogram()
    assert sum(apart[GREY + 1 :]) == 0, {grey: pixels for grey, pixels in enumerate(apart) if pixels}


@pytest.mark.parametrize("length", [1, 60, 120, 300])
def test_every_module_of_the_qr_code_is_on_the_page(length: int) -> None:
    """Exactly its square, with clean edges: dark and light, nothing between but at the border of a pixel."""
    address = "https://jianding.example.cn/" + "a" * length
    code = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=MASK)
    modules = memoryview(code.to_image(add_quiet_zones=False))  # type: ignore[arg-type]
    rows, columns = modules.shape or (0, 0)
    page = pypdfium2.PdfDocument(draw([replace(SHEET, verify_url=address)]))[0]
    picture = page.render(scale=8, grayscale=True).to_pil()
    side = QR.side * MM * 8 / columns
    for row in range(rows):
        for column in range(columns):
            x, y = QR.x * MM * 8 + (column + 0.5) * side, QR.y * MM * 8 + (row + 0.5) * side
            assert picture.getpixel((int(x), int(y))) == modules[row, column], (row, column)


def test_words_that_fit_are_set_here_and_others_by_the_typesetter() -> None:
    """Else the comparison above would compare the typesetter with itself."""
    left = {
        place for place, text in words(SHEET).items() if place in PLACES and pages.placed(place, text, None) is None
    }
    assert left == set()
    assert pages.number(SHEET.certificate_no, None) is not None
    here = {name for name in NAMES if pages.placed("name", name, None)}
    assert here >= {"王", "买买提·艾力", "㛃䶮𫖯", "Anna-Maria O'Neill", "王" * 17}
    assert not here & {"“引号”", "（括号）", "买··提", "·艾力", "\ufa0e兀", "W" * 25, "王" * 18}


@pytest.mark.parametrize("place", PLACES)
def test_no_place_is_too_low_for_one_line_of_its_size(place: str) -> None:
    """The typesetter would take a smaller size than we do."""
    assert PLACES[place].size <= PLACES[place].height * MM


def test_a_page_does_not_depend_on_its_neighbours() -> None:
    alone, among = (pypdfium2.PdfDocument(draw(sheets)) for sheets in ([LONG], [numbered(1), LONG, UNBREAKABLE]))
    assert ImageChops.difference(greys(alone[0]), greys(among[1])).getbbox() is None


def test_the_file_keeps_what_marks_the_typesetters_as_an_archive_file() -> None:
    """All of it but identity and number of pages, which are the file's own. Not proven: that a validator accepts it."""
    ours, other = (PdfReader(io.BytesIO(draw(sheets))) for sheets in ([LONG, SHEET], [SHEET, LONG]))
    theirs = PdfReader(io.BytesIO(typesetters([LONG, SHEET])))
    assert ours.metadata == theirs.metadata
    for mark in ("/Lang", "/ViewerPreferences"):
        assert ours.root_object[mark] == theirs.root_object[mark]
    intent, their_intent = (reader.root_object["/OutputIntents"][0] for reader in (ours, theirs))
    assert intent.keys() == their_intent.keys()
    assert intent["/DestOutputProfile"].get_data() == their_intent["/DestOutputProfile"].get_data()
    told, told_of_theirs, told_of_other = (
        reader.root_object["/Metadata"].get_data().decode() for reader in (ours, theirs, other)
    )
    identity, their_identity = (str(reader.trailer["/ID"][0]) for reader in (ours, theirs))
    assert told == told_of_theirs.replace(their_identity, identity)
    assert "<xmpTPg:NPages>2</" in told
    assert told != told_of_other


def test_every_font_of_the_file_is_in_it_and_copies_as_text() -> None:
    for page in PdfReader(io.BytesIO(draw([SHEET, LONG]))).pages:
        drawings = [drawing.get_object()["/Resources"] for drawing in page["/Resources"]["/XObject"].values()]
        for resources in (page["/Resources"], *drawings):
            for font in resources.get("/Font", {}).values():
                descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
                assert "/FontFile3" in descriptor or "/FontFile2" in descriptor
                assert "/ToUnicode" in font.get_object()


# --- fonts of an operator --------------------------------------------------------------------------------------------


def same_as_the_typesetters(sheets: list[Sheet], folder: Path) -> None:
    ours, theirs = (pypdfium2.PdfDocument(file) for file in (draw(sheets, folder), typesetters(sheets, folder)))
    for n in range(len(sheets)):
        test_every_character_is_where_the_typesetter_sets_it((ours, theirs), n)
        test_the_page_looks_as_the_typesetter_draws_it((ours, theirs), n)


def test_truetype_fonts_are_set_too(tmp_path: Path) -> None:
    tiny_font(tmp_path / "own.ttf", "House Song", "周")
    assert pages.placed("name", SHEET.name, tmp_path) is not None
    same_as_the_typesetters([SHEET], tmp_path)


def test_characters_of_one_form_are_copied_as_themselves(tmp_path: Path) -> None:
    """On one page, and on two pages of one file."""
    tiny_font(tmp_path / "own.ttf", "House Song", "周文" + PRIVATE)
    sheets = [
        replace(SHEET, name="周", employer="文"),
        replace(SHEET, name="周文"),
        replace(SHEET, name="文" + PRIVATE),
    ]
    same_as_the_typesetters(sheets, tmp_path)


def test_of_a_family_the_regular_face_is_taken(tmp_path: Path) -> None:
    """Not the first of the folder."""
    for name, weight, characters_ in (("a-bold.ttf", 700, "周文"), ("b-regular.ttf", 400, "周")):
        with TTFont(tiny_font(tmp_path / name, "House Song", characters_)) as font:
            font["OS/2"].usWeightClass = weight
            font.save(tmp_path / name)
    assert case(tmp_path).fonts[0].characters == {"周"}
    same_as_the_typesetters([SHEET], tmp_path)


def test_what_no_page_can_name_is_left_to_the_typesetter(tmp_path: Path) -> None:
    tiny_font(tmp_path / "own.ttf", "House Song", "周")
    case(tmp_path).fonts[0].__dict__["can_be_set"] = False
    assert pages.placed("name", SHEET.name, tmp_path) is None
    same_as_the_typesetters([SHEET], tmp_path)
