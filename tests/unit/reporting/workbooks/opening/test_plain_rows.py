"""Rows that are told at a glance: the XML parser, which sees every element, must come to the same."""

from __future__ import annotations

from typing import Any
from xml.parsers.expat import ExpatError

import pytest

from services.reporting.rosters.workbook.opening.elements import SheetScan, TextsScan
from services.reporting.rosters.workbook.opening.traits import Traits
from shared.errors import Invalid

HEAD = '<?xml version="1.0"?><worksheet><sheetFormatPr defaultRowHeight="15"/><sheetData>'
FOOT = "</sheetData></worksheet>"
PLAIN = '<row r="{n}" spans="1:3" ht="30"><c r="A{n}" s="1"><v>1</v></c><c r="C{n}" t="s"><v>7</v></c></row>'


class Thorough(SheetScan):
    """Without a glance."""

    def _past_plain(self, piece: bytes, place: int) -> int:
        return place


def rows(first: int, last: int) -> str:
    return "".join(PLAIN.format(n=n) for n in range(first, last + 1))


def told(kind: type[SheetScan], sheet: bytes, size: int) -> Any:
    """All that a scan knows, or that it refuses."""
    found = Traits()
    scan = kind(found)
    try:
        for first in range(0, len(sheet), size):
            scan.feed(sheet[first : first + size])
        scan.close()
    except Invalid as error:
        return str(error)
    except (ExpatError, ValueError):
        return "damaged"
    return found, scan._row, scan._widest, scan._longest


SHEETS: dict[str, str] = {
    "no rows": "",
    "plain rows": rows(1, 5),
    "rows with gaps": rows(2, 3) + rows(7, 9),
    "hidden": rows(1, 2) + '<row r="3" hidden="1"><c r="A3"><v>1</v></c></row>' + rows(4, 5),
    "hidden, as a word": rows(1, 2) + '<row r="3" hidden="true"><c r="A3"><v>1</v></c></row>' + rows(4, 5),
    "not hidden, as a word": rows(1, 2) + '<row r="3" hidden="false"><c r="A3"><v>1</v></c></row>' + rows(4, 5),
    "of no height": rows(1, 2) + '<row r="3" ht="0"><c r="A3"><v>1</v></c></row>' + rows(4, 5),
    "of hardly any height": rows(1, 2) + '<row r="3" ht="0.5"><c r="A3"><v>1</v></c></row>',
    "an error": rows(1, 2) + '<row r="3"><c r="A3" t="e"><v>#N/A</v></c></row>' + rows(4, 5),
    "a formula": '<row r="1"><c r="A1"><f>B1</f><v>2</v></c></row>' + rows(2, 3),
    "a formula without a value": '<row r="1"><c r="A1"><f>B1</f></c></row>' + rows(2, 3),
    "a formula with 0": rows(1, 1) + '<row r="2"><c r="A2"><f>B1</f><v>0</v></c></row>' + rows(3, 3),
    "a row without a number": rows(1, 2) + "<row><c><f>1</f></c></row>" + rows(4, 4),
    "an empty row": rows(1, 2) + '<row r="3"/>' + rows(4, 4),
    "cells without values": '<row r="1"><c r="A1" s="1"/><c r="B1"></c><c r="Y1" s="2"/></row>',
    "a value left of empty cells": '<row r="1"><c r="A1"/><c r="D1"><v>1</v></c><c r="Z1" s="2"/></row>',
    "the widest of all": '<row r="1"><c r="Z1"><v>1</v></c></row><row r="2"><c r="AB2"><v>1</v></c></row>' + rows(3, 4),
    "text in its place": '<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve"> 张三 </t></is></c></row>',
    "signs that stand for others": '<row r="1"><c r="A1" t="str"><v>a &amp; b &#x5f20;</v></c></row>' + rows(2, 2),
    "rows out of order": rows(4, 5) + rows(3, 3),
    "a row twice": rows(1, 2) + rows(2, 3),
    "a row of 0": '<row r="0"><c r="A0"><v>1</v></c></row>',
    "a row with zeros in front": '<row r="01"><c r="A1"><v>1</v></c></row>' + rows(2, 2),
    "a row beyond the last": '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
    "cells out of order": '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>',
    "a cell twice": '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
    "a cell of another row": rows(1, 2) + '<row r="3"><c r="A4"><v>1</v></c></row>',
    "a cell of a longer number": '<row r="1"><c r="A11"><v>1</v></c></row>',
    "a remark between rows": rows(1, 1) + f"<!-- {rows(2, 3)} -->" + "<row><c><f>1</f></c></row>",
    "a remark that does not end": rows(1, 1) + "<!-- " + rows(2, 3),
    "a remark in a value": '<row r="1"><c r="A1"><v>1<!-- 2 --></v></c></row>',
    "a marked section": f"<![CDATA[{rows(1, 2)}]]>",
    "rows in a row": '<row r="1">' + rows(2, 3) + "</row>",
    "rows inside another element": f"<x>{rows(1, 3)}</x>",
    "a bracket too much": '<row r="1"><c r="A1"><v>]]></v></c></row>',
    "a row that breaks off": rows(1, 2) + '<row r="3"><c r="A3"><v>1',
    "a character that is none": rows(1, 1) + '<row r="2"><c r="A2" t="str"><v>\ufffe</v></c></row>',
    "a control character": '<row r="1"><c r="A1" t="str"><v>\x01</v></c></row>',
    "blanks between": rows(1, 1) + "\n  " + '<row r="2">\n<c r="A2">\n<v>1</v></c></row>\n' + rows(3, 4),
    "names with a prefix": '<x:row r="1" hidden="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>',
    "attributes of others": '<row r="1" x14ac:dyDescent="0.25" thickBot="1"><c r="A1" vm="1"><v>1</v></c></row>',
    "a filter below": rows(1, 3) + "</sheetData><autoFilter><filterColumn><filters/></filterColumn></autoFilter><x>",
}


@pytest.mark.parametrize("size", [1, 7, 300, 1 << 20])
@pytest.mark.parametrize("name", SHEETS)
def test_a_glance_says_what_the_parser_says(name: str, size: int) -> None:
    end = "</x></worksheet>" if name == "a filter below" else FOOT
    sheet = f"{HEAD}{SHEETS[name]}{end}".encode()
    assert told(SheetScan, sheet, size) == told(Thorough, sheet, 1 << 20)


def test_where_rows_without_a_height_are_hidden_a_glance_is_not_enough() -> None:
    sheet = f'<worksheet><sheetFormatPr zeroHeight="1" defaultRowHeight="0"/><sheetData><row r="1"/>{FOOT}'.encode()
    found, *_ = told(SheetScan, sheet, 1 << 20)
    assert 0 in found.hidden_rows


@pytest.mark.parametrize("wrong", [b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xe5\xbc"])
def test_a_value_that_is_no_utf_8_is_damage(wrong: bytes) -> None:
    row = b'<row r="1"><c r="A1" t="str"><v>' + wrong + b"</v></c></row>"
    sheet = HEAD.encode() + row + FOOT.encode()
    assert told(SheetScan, sheet, 1 << 20) == told(Thorough, sheet, 1 << 20) == "damaged"


def seen(monkeypatch: pytest.MonkeyPatch, kind: type[SheetScan] | type[TextsScan], part: str) -> int:
    """Elements that went through the parser."""
    count = 0
    start = kind._start

    def counted(self: Any, name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        start(self, name, attributes)

    monkeypatch.setattr(kind, "_start", counted)
    scan = kind(Traits()) if kind is SheetScan else kind()  # type: ignore[call-arg]
    content = part.encode()
    for first in range(0, len(content), 4096):
        scan.feed(content[first : first + 4096])
    scan.close()
    return count


def test_plain_rows_do_not_go_through_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(monkeypatch, SheetScan, HEAD + rows(1, 2000) + FOOT) < 1000
    assert seen(monkeypatch, SheetScan, HEAD + "<row r='1'/>" + rows(2, 2000) + FOOT) < 1000


def test_plain_texts_do_not_go_through_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = "<si><t>车工</t></si>" * 500 + "<si><t>a &amp; b</t></si>" + '<si><t xml:space="preserve"> b</t></si>' * 500
    assert seen(monkeypatch, TextsScan, f"<sst>{texts}</sst>") < 50


@pytest.mark.parametrize(
    "text", ["<si><t>\x01</t></si>", "<si><t>]]></t></si>", "<si><t>a</t>", "<si><t>\uffff</t></si>"]
)
def test_texts_that_are_damaged_are_refused(text: str) -> None:
    scan = TextsScan()
    with pytest.raises((ExpatError, ValueError)):
        scan.feed(f"<sst><si><t>车工</t></si>{text}</sst>".encode())
        scan.close()


def test_no_row_makes_a_glance_long() -> None:
    """Rows that nearly look plain, with a fault at their very end."""
    cells = "".join(f'<c r="{letter}1" s="1" t="s"><v>{"1" * 2000}</v></c>' for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    nearly = f'<row r="1">{cells}<c r="Z1" t="e"/></row>'
    assert told(SheetScan, f"{HEAD}{nearly * 100}{FOOT}".encode(), 1 << 18) == told(
        Thorough, f"{HEAD}{nearly * 100}{FOOT}".encode(), 1 << 18
    )
