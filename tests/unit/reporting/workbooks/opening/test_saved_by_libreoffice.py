"""Workbooks that went through LibreOffice, which no test of ours can bend: its .xls has figures as whole numbers, its own ways to
hide, and 0 for texts that it did not compute. And it opens what the tests lock, so that those are locked as Excel does it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from services.reporting.rosters.workbook.opening.biff import records
from services.reporting.rosters.workbook.opening.compound import container, read_stream
from tests.unit.reporting.workbooks.filled_in import good, saved
from tests.unit.reporting.workbooks.hostile import SHEET, packed
from tests.unit.reporting.workbooks.opening.locked import locked_by_2007, locked_xls, locked_xlsx
from tests.unit.reporting.workbooks.typed import TWO, by_xlwt, good_parts, names_in, refused, with_cell, with_text
from tests.world.engines import do_without

PATIENCE = 120  # seconds
CONDITION = '<filterColumn colId="2"><filters><filter val="张三"/></filters></filterColumn>'


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for its profile and what it writes."""
    if shutil.which("soffice") is None:
        do_without("LibreOffice", "soffice is not installed (libreoffice-calc-nogui)")
    return tmp_path_factory.mktemp("libreoffice")


def converted(office: Path, ending: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """files: by name; all in one go, because each start takes seconds. Answers by the names without their endings."""
    sources, results = office / f"to-{ending}", office / f"as-{ending}"
    sources.mkdir()
    for name, content in files.items():
        (sources / name).write_bytes(content)
    command = [
        "soffice",
        f"-env:UserInstallation={(office / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        ending,
    ]
    command += ["--outdir", str(results), *(str(sources / name) for name in files)]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    return {file.stem: file.read_bytes() for file in results.iterdir()}


def hidden(row: str) -> bytes:
    return with_text('<row r="8"', row)


@pytest.fixture(scope="module")
def old(office: Path) -> dict[str, bytes]:
    text = good_parts()[SHEET].decode()
    filtered = text.replace('<row r="8"', '<row r="8" hidden="1"').replace(
        "</sheetData>", f'</sheetData><autoFilter ref="A6:R8">{CONDITION}</autoFilter>'
    )
    return converted(
        office,
        "xls",
        {
            "good.xlsx": saved(good()),
            "formula.xlsx": with_cell("I8", '<c r="I8" t="str"><f>"第"&amp;"二厂"</f><v>第二厂</v></c>'),
            "row.xlsx": hidden('<row r="8" hidden="1"'),
            "column.xlsx": with_text("<sheetData>", '<cols><col min="9" max="9" hidden="1"/></cols><sheetData>'),
            "filter.xlsx": packed({**good_parts(), SHEET: filtered.encode()}),
            "sheet.xlsx": with_text('<sheet name="名册"', '<sheet state="hidden" name="名册"', "xl/workbook.xml"),
        },
    )


def kinds(content: bytes) -> set[int]:
    with container(content) as streams:
        return {kind for _, kind, _ in records(read_stream(streams, "Workbook", len(content)))}


def test_whole_numbers_of_an_xls_are_read(old: dict[str, bytes]) -> None:
    assert kinds(old["good"]) & {0x027E, 0x00BD}, "figures as the short records of whole numbers"
    assert names_in(old["good"]) == TWO


def test_a_text_it_did_not_compute_is_named(old: dict[str, bytes]) -> None:
    assert refused(old["formula"]) == [("名册!I8", "公式没有存储的值，或值为 0")]


@pytest.mark.parametrize("name", ["row", "filter"])
def test_rows_it_does_not_show(old: dict[str, bytes], name: str) -> None:
    assert refused(old[name]) == [("名册!8:8", "该行被隐藏或筛选")]


def test_columns_it_does_not_show(old: dict[str, bytes]) -> None:
    assert refused(old["column"]) == [("名册!I:I", "该列被隐藏")]


def test_its_own_xlsx_and_what_the_tests_lock(office: Path) -> None:
    files = {
        "good.xlsx": saved(good()),
        "agile.xlsx": locked_xlsx(saved(good())),
        "standard.xlsx": locked_by_2007(saved(good())),
        "mask.xls": locked_xls(by_xlwt(), "mask"),
        "rc4.xls": locked_xls(by_xlwt(), "RC4"),
    }
    opened = converted(office, "xlsx", files)
    assert {name: names_in(content) for name, content in opened.items()} == {
        name.partition(".")[0]: TWO for name in files
    }


def test_its_own_format_is_asked_for_as_xlsx(office: Path) -> None:
    opened = converted(office, "ods", {"good.xlsx": saved(good())})
    ((where, what),) = refused(opened["good"])
    assert where == "工作簿 · workbook" and "另存为 .xlsx" in what
