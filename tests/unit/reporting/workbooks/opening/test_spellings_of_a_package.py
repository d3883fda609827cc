"""The same workbook, spelled by other programs: names of parts, relations, encodings, texts. It is read as Excel reads it, or
refused; nothing in it gets lost."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

import pytest

from services.reporting.rosters.workbook.opening.package import NO_WORKBOOK, PACKED
from services.reporting.rosters.workbook.opening.traits import UNREADABLE, UNUSUAL
from tests.unit.reporting.workbooks.hostile import SHEET, packed
from tests.unit.reporting.workbooks.typed import (
    STRINGS,
    TWO,
    good_parts,
    names_in,
    refused,
    with_cell,
    with_parts,
    with_text,
)

RELATIONS = "xl/_rels/workbook.xml.rels"
HIDDEN = [("名册!8:8", "该行被隐藏或筛选")]
REFUSED = [("工作簿 · workbook", UNUSUAL.partition(" · ")[0])]
DAMAGED = [("工作簿 · workbook", UNREADABLE.partition(" · ")[0])]

Change = Callable[[str, bytes], tuple[str, bytes]]

STRICT = (
    (b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/"),
    (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
)


def strict(name: str, part: bytes) -> tuple[str, bytes]:
    for old, new in STRICT:
        part = part.replace(old, new)
    return name, part


def other_names(name: str, part: bytes) -> tuple[str, bytes]:
    """All in a folder of another name, and the texts in a part of another name."""
    part = part.replace(b'"xl/', b'"book/').replace(b"sharedStrings.xml", b"texts.xml")
    return name.replace("xl/", "book/").replace("sharedStrings", "texts"), part


def other_prefix(name: str, part: bytes) -> tuple[str, bytes]:
    return name, part.replace(b"xmlns:r=", b"xmlns:ns1=").replace(b" r:id=", b" ns1:id=")


def target(old: str, new: str) -> Change:
    def change(name: str, part: bytes) -> tuple[str, bytes]:
        return name, part.replace(old.encode(), new.encode()) if name == RELATIONS else part

    return change


SPELLINGS: dict[str, Change] = {
    "capitals": lambda name, part: (name.upper(), part),
    "backslashes": lambda name, part: (name.replace("/", "\\"), part),
    "slash in front": lambda name, part: ("/" + name, part),
    "strict": strict,
    "other names": other_names,
    "other prefix": other_prefix,
    "absolute": target('"worksheets/', '"/xl/worksheets/'),
    "backslash in a relation": target('"worksheets/', '"worksheets\\'),
    "dot": target('"worksheets/', '"./worksheets/'),
    "up and down": target('"worksheets/', '"../xl/worksheets/'),
    "from the root": target('"worksheets/', '"xl/worksheets/'),
    "another case": target('"worksheets/sheet', '"Worksheets/Sheet'),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_parts_and_relations(spelling: str) -> None:
    change = SPELLINGS[spelling]
    assert names_in(with_parts(change)) == TWO

    def hidden(name: str, part: bytes) -> tuple[str, bytes]:
        return change(name, part.replace(b'<row r="8"', b'<row r="8" hidden="1"'))

    assert refused(with_parts(hidden)) == HIDDEN


def test_a_sheet_that_is_missing() -> None:
    assert refused(packed({name: part for name, part in good_parts().items() if name != SHEET})) == DAMAGED


def test_a_sheet_without_a_relation() -> None:
    assert refused(with_text('r:id="rId1"', 'r:id="rId99"', "xl/workbook.xml")) == DAMAGED


def test_two_sheets_of_one_name_keep_their_own_traits() -> None:
    """No program writes this; the hidden row is that of the first, which is named."""
    second = SHEET.replace("1.xml", "2.xml")
    parts = dict(good_parts())
    parts[second] = parts[SHEET]
    parts[SHEET] = parts[SHEET].replace(b'<row r="8"', b'<row r="8" hidden="1"')
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"</sheets>", '<sheet name="名册" sheetId="2" r:id="rId9"/></sheets>'.encode()
    )
    parts[RELATIONS] = re.sub(
        rb'<Relationship Id="rId1"([^>]*)sheet1.xml"/>',
        rb'\g<0><Relationship Id="rId9"\1sheet2.xml"/>',
        parts[RELATIONS],
    )
    assert HIDDEN[0] in refused(packed(parts))


@pytest.mark.parametrize("part", [SHEET, STRINGS, "xl/workbook.xml", RELATIONS])
@pytest.mark.parametrize(
    ("said", "written"),
    [("UTF-16", "utf-16"), ("UTF-16", "utf-8"), ("gb2312", "gb18030"), ("UTF-8", "utf-8-sig"), ("Big5", "big5")],
)
def test_encodings(part: str, said: str, written: str) -> None:
    text = good_parts()[part].decode()
    try:
        encoded = text.replace("UTF-8", said, 1).encode(written)
    except UnicodeEncodeError:  # Big5 has none of the simplified characters
        encoded = text.encode()
    assert names_in(packed({**good_parts(), part: encoded})) == TWO


def test_utf_16_without_a_mark() -> None:
    for written in ("utf-16-le", "utf-16-be"):
        assert names_in(packed({**good_parts(), SHEET: good_parts()[SHEET].decode().encode(written)})) == TWO


@pytest.mark.parametrize("said", ["utf-7", "rot13", "unicode_escape", "idna", "x" * 39])
def test_encodings_of_no_workbook(said: str) -> None:
    assert (
        refused(packed({**good_parts(), STRINGS: good_parts()[STRINGS].replace(b"UTF-8", said.encode(), 1)})) == DAMAGED
    )


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="C8" t="str"><v>王五</v></c>',
        '<c r="C8" t="str"><f>A1</f><v>王五</v></c>',
        '<c r="C8" t="str"><v>王&#x4E94;</v></c>',
        '<c r="C8" t="inlineStr"><is><t xml:space="preserve">王五</t></is></c>',
        '<c r="C8" t="inlineStr"><is><r><t>王</t></r><r><rPr><b/></rPr><t>五</t></r></is></c>',
        '<c r="C8" t="inlineStr"><is><t>王五</t><rPh sb="0" eb="2"><t>WANGWU</t></rPh></is></c>',
        "<c t='inlineStr'><is><t>王五</t></is></c>",
    ],
)
def test_texts_in_cells(cell: str) -> None:
    assert names_in(with_cell("C8", cell)) == ["张三", "王五"]


@pytest.mark.parametrize(
    "text",
    [
        '<t>李四</t><rPh sb="0" eb="2"><t>LISI</t></rPh><phoneticPr fontId="1"/>',
        '<r><t>李</t></r><r><rPr><sz val="9"/></rPr><t>四</t></r><rPh sb="0" eb="2"><t>LISI</t></rPh>',
        '<r><rPr><strike/></rPr><t xml:space="preserve">李</t></r><r><t>四</t></r>',
        "<!-- a remark beside the text --><t>李四</t>",
    ],
)
def test_shared_texts(text: str) -> None:
    """What is written above characters to say how they sound is no part of a name."""
    assert names_in(with_text("<t>李四</t>", text, STRINGS)) == TWO


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="I8" t="str"><v><![CDATA[第二厂]]></v></c>',  # the parser of cells leaves these out
        '<c r="I8" t="inlineStr"><is><t>第<!-- a remark -->二厂</t></is></c>',
        '<c r="I8" t="inlineStr"><is><t>第<?a remark?>二厂</t></is></c>',
        '<c r="I9" t="str"><v>第二厂</v></c>',  # a cell of another row
        '<c r="H8" t="str"><v>第二厂</v></c>',  # again the column before
        '<c r="I8" t="str"><v>第二厂</v></c><c r="I8" t="str"><v>第三厂</v></c>',
        '<c r="i8" t="str"><v>第二厂</v></c>',
        '<c r="$I$8" t="str"><v>第二厂</v></c>',
        '<c r="8" t="str"><v>第二厂</v></c>',
    ],
)
def test_cells_that_readers_would_read_in_different_ways(cell: str) -> None:
    assert refused(with_cell("I8", cell)) == REFUSED


@pytest.mark.parametrize("row", ['<row r="7"', '<row r="6"', '<row r="0"', '<row r=" 9x"', '<row r="1048577"'])
def test_rows_out_of_order_or_twice(row: str) -> None:
    assert refused(with_text('<row r="8"', row)) == REFUSED


def test_a_dimension_that_lies_is_not_believed() -> None:
    for lie in ("A1:B2", "A1", "A1:XFD1048576"):
        assert names_in(with_text("<dimension[^>]*>", f'<dimension ref="{lie}"/>')) == TWO


def test_days_since_1904() -> None:
    parts = dict(good_parts())
    parts["xl/workbook.xml"] = re.sub(rb"<workbookPr[^>]*>", b'<workbookPr date1904="true"/>', parts["xl/workbook.xml"])
    text = parts[SHEET].decode()
    serials = set(re.findall(r'<c r="(?:B4|E7|E8)" s="1"><v>(\d+)</v>', text))
    assert len(serials) == 2
    for serial in serials:
        text = text.replace(f"<v>{serial}</v>", f"<v>{int(serial) - 1462}</v>")
    assert names_in(packed({**parts, SHEET: text.encode()})) == TWO


def test_a_folder_with_a_workbook_in_it_is_none() -> None:
    assert refused(packed({"名册/名册.xlsx": packed(good_parts())})) == [
        ("工作簿 · workbook", PACKED.partition(" · ")[0])
    ]
    assert refused(packed({"a.txt": b""})) == [("工作簿 · workbook", NO_WORKBOOK.partition(" · ")[0])]


def test_a_workbook_within_a_workbook_does_no_harm() -> None:
    embedded = posixpath.join("xl/embeddings", "Microsoft_Excel_Sheet1.xlsx")
    assert names_in(packed({**good_parts(), embedded: packed(good_parts())})) == TWO
