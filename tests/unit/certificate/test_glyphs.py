"""Which characters can be printed, and which fonts are asked: rare characters never become boxes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from services.certificate.production.drawing.glyphs import missing_in
from services.certificate.production.drawing.overprint.form import TEMPLATE
from services.certificate.production.drawing.print_file import draw
from shared.drawing import fonts
from shared.drawing.fonts import RARE, WHEEL_FILES, font_files, library
from shared.drawing.glyphs import missing, named
from shared.drawing.typesetter import Typesetter
from shared.errors import Unavailable
from tests.unit.certificate.test_drawing import SHEET

PRIVATE = "\ue000"


@pytest.mark.parametrize("name", ["周文彬", "㛃䶮𫖯", "买买提·艾力", "Anna-Maria O'Neill", "张２", "--", ""])
def test_usual_and_rare_names_can_be_printed(name: str) -> None:
    assert missing(name) == []


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("张\U0002ceaf", ["\U0002ceaf"]),
        (f"{PRIVATE}\U0002ebf0{PRIVATE}", [PRIVATE, "\U0002ebf0"]),
        ("王\t小\n二\x00", ["\t", "\n", "\x00"]),
        ("王\u200b二", ["\u200b"]),
        ("王\ud842", ["\ud842"]),
        ("🐂", ["🐂"]),
        ("葛\ufe0f", ["葛\ufe0f"]),
        ("\ufe0f", ["\ufe0f"]),
    ],
    ids=[
        "extension E",
        "private use, once each",
        "controls",
        "invisible",
        "half",
        "emoji",
        "variant",
        "selector alone",
    ],
)
def test_what_no_font_has_is_named_once_and_in_order(text: str, lacking: list[str]) -> None:
    assert missing(text) == lacking


def test_every_place_of_the_sheet_is_checked() -> None:
    assert missing_in(SHEET) == []
    for place in ("name", "id_type", "employer", "education", "occupation_zh", "issuer_zh", "blank_serial", "remark"):
        assert missing_in(replace(SHEET, **{place: PRIVATE})) == [PRIVATE], place


def test_names_of_characters_help_who_sees_no_glyph() -> None:
    assert named("龘") == "龘 (U+9F98)"
    assert named("\x00") == "? (U+0000)"
    assert named("葛\U000e0100") == "葛\U000e0100 (U+845B U+E0100)"


# --- fonts -----------------------------------------------------------------------------------------------------------


def tiny_font(path: Path, family: str, characters: str) -> Path:
    """A font of one square glyph for the characters."""
    pen = TTGlyphPen(None)
    for n, point in enumerate([(100, 0), (100, 800), (900, 800), (900, 0)]):
        pen.lineTo(point) if n else pen.moveTo(point)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap({ord(character): "square" for character in characters})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "square": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "square": (1000, 100)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family.replace(" ", "")})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120)
    builder.setupPost()
    path.parent.mkdir(parents=True, exist_ok=True)
    builder.save(path)
    return path


def test_the_wheel_gives_exactly_its_two_free_fonts() -> None:
    assert tuple(path.name for path in font_files()) == WHEEL_FILES
    assert library().families == ["Noto Serif CJK SC", "Noto Sans CJK SC"]


def test_the_operators_fonts_come_first_and_rare_ones_last(tmp_path: Path) -> None:
    tiny_font(tmp_path / "own.ttf", "House Song", "车工")
    tiny_font(tmp_path / RARE / "gaps.ttf", "House Rare", PRIVATE + "车")
    (tmp_path / "readme.txt").write_text("not a font")
    assert library(tmp_path).families == ["House Song", "Noto Serif CJK SC", "Noto Sans CJK SC", "House Rare"]


def test_a_rare_font_fills_the_gap_and_is_printed(tmp_path: Path) -> None:
    tiny_font(tmp_path / RARE / "gaps.ttf", "House Rare", PRIVATE)
    sheet = replace(SHEET, name=f"张{PRIVATE}")
    assert missing_in(sheet) == [PRIVATE]
    assert missing_in(sheet, tmp_path) == []
    page = pypdfium2.PdfDocument(draw([sheet], tmp_path))[0].get_textpage()
    assert f"张{PRIVATE}" in page.get_text_range()


def test_an_operators_folder_without_fonts_stops_the_drawing(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(Unavailable, match="no font files in"):
            font_files(folder)


def test_a_broken_font_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no font at all")
    with pytest.raises(Unavailable, match=r"broken\.ttf"):
        library(tmp_path)


def test_fonts_that_lack_the_printed_form_stop_the_drawing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_font(tmp_path / "own.ttf", "House Song", "张")
    monkeypatch.setattr(fonts, "_in_wheel", list)
    monkeypatch.setattr(fonts, "_in_system", list)
    with pytest.raises(Unavailable, match="lack characters of the printed form"):
        Typesetter(TEMPLATE, "print_file", tmp_path)


def test_the_systems_fonts_are_used_only_without_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = font_files()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    installed = tmp_path / "fonts" / "noto"
    installed.mkdir(parents=True)
    for path in wheel:
        (installed / path.name).symlink_to(path)
    assert font_files.__wrapped__() == wheel
    monkeypatch.setattr(fonts, "_in_wheel", list)
    assert font_files.__wrapped__() == tuple(installed / name for name in WHEEL_FILES)


def test_without_any_font_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_in_wheel", list)
    monkeypatch.setattr(fonts, "_in_system", list)
    with pytest.raises(Unavailable, match=r"requirements-files\.txt"):
        font_files.__wrapped__()
