""" "Protect" and "read-only" of Excel encrypt with a password that nobody typed: those files open. A password that somebody
typed is asked for, and a file that asks for endless work to try one is not tried."""

from __future__ import annotations

import io
import time
from typing import Any

import olefile
import openpyxl
import pytest
from openpyxl.workbook.protection import WorkbookProtection

from services.reporting.rosters.workbook.opening.protection import LONGEST_DESCRIPTION, MOST_ROUNDS, unlocked
from services.reporting.rosters.workbook.opening.traits import ENCRYPTED, UNREADABLE
from shared.errors import Invalid
from tests.unit.reporting.workbooks.filled_in import good, saved
from tests.unit.reporting.workbooks.old_excel import OldSheet, old_workbook, streams
from tests.unit.reporting.workbooks.opening.locked import Sort, described_as, locked_by_2007, locked_xls, locked_xlsx
from tests.unit.reporting.workbooks.typed import TWO, by_xlwt, names_in, refused

SORTS: list[Sort] = ["mask", "RC4", "CryptoAPI"]
ASKED = [("工作簿 · workbook", ENCRYPTED.partition(" · ")[0])]


def test_an_xlsx_that_excel_protected() -> None:
    assert names_in(locked_xlsx(saved(good()))) == TWO


def test_an_xlsx_that_excel_2007_protected() -> None:
    assert names_in(locked_by_2007(saved(good()))) == TWO


@pytest.mark.parametrize("sort", SORTS)
def test_an_xls_that_excel_protected(sort: Sort) -> None:
    assert names_in(locked_xls(by_xlwt(), sort)) == TWO


@pytest.mark.parametrize("sort", SORTS)
def test_what_is_hidden_in_a_protected_xls_stays_known(sort: Sort) -> None:
    hidden = locked_xls(by_xlwt(shape=lambda sheet: setattr(sheet.row(7), "hidden", True)), sort)
    assert refused(hidden) == [("名册!8:8", "该行被隐藏或筛选")]


def test_a_small_xls_is_opened_too() -> None:
    """Its stream is padded only by the writer of the tests; the records are few."""
    opened = unlocked(locked_xls(old_workbook(OldSheet("a", {(0, 0): "b"})), "RC4"))
    with olefile.OleFileIO(io.BytesIO(opened)) as container:
        assert "b".encode("utf-16-le") in container.openstream("Workbook").read()


@pytest.mark.parametrize("how", [locked_xlsx, locked_by_2007])
def test_a_password_that_somebody_typed_is_asked_for(how: Any) -> None:
    assert refused(how(saved(good()), "geheim")) == ASKED


@pytest.mark.parametrize("sort", ["RC4", "CryptoAPI"])
def test_so_is_that_of_an_xls(sort: Sort) -> None:
    assert refused(locked_xls(by_xlwt(), sort, "geheim")) == ASKED


def test_the_sentence_says_how_to_save_without_one() -> None:
    assert "另存为 .xlsx" in ENCRYPTED.partition(" · ")[0] and "save it as .xlsx" in ENCRYPTED


def test_protected_sheets_and_structure_are_no_encryption() -> None:
    book = openpyxl.load_workbook(io.BytesIO(saved(good())))
    book.security = WorkbookProtection(workbookPassword="CC1A", lockStructure=True)
    book.active.protection.set_password("b")
    out = io.BytesIO()
    book.save(out)
    assert names_in(out.getvalue()) == TWO


def test_plain_files_stay_as_they_are() -> None:
    content = by_xlwt()
    assert unlocked(content) is content


# --- hostile ones -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rounds", [MOST_ROUNDS + 1, 9_999_999])
def test_endless_rounds_are_not_begun(rounds: int) -> None:
    content = described_as(locked_xlsx(saved(good())), b'spinCount="100000"', f'spinCount="{rounds}"'.encode())
    before = time.process_time()
    assert refused(content) == ASKED
    assert time.process_time() - before < 0.1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'spinCount="100000"', b'spinCount="-00001"'),
        (b'spinCount="100000"', b'spinCount="1e5   "'),
        (b'hashAlgorithm="SHA512"', b'hashAlgorithm="MD5___"'),
        (b'keyBits="256"', b'keyBits="255"'),
        (b"<keyData", b"<keyDat_"),
        (b"<encryption ", b"<encryptio_ "),
        (b"dataIntegrity", b"dataIntegrit_"),
        (b'saltValue="', b'saltValue="A'),
        (b"<?xml", b"<!xml"),
    ],
)
def test_descriptions_that_nobody_wrote(old: bytes, new: bytes) -> None:
    (problem,) = refused(described_as(locked_xlsx(saved(good())), old, new))
    assert problem[1] in (ENCRYPTED.partition(" · ")[0], UNREADABLE.partition(" · ")[0])


@pytest.mark.parametrize(
    "description",
    [b"", b"\x04\0\x04\0\x40\0\0\0", b"\x03\0\x02\0" + bytes(60), b"\x03\0\x03\0"],
)
def test_other_descriptions(description: bytes) -> None:
    with pytest.raises(Invalid):
        unlocked(streams({"EncryptionInfo": description, "EncryptedPackage": bytes(100)}))


def test_a_description_that_is_too_long_is_not_read() -> None:
    long = described_as(locked_xlsx(saved(good())), b"</encryption>", b"</encryption>" + b" " * LONGEST_DESCRIPTION)
    assert refused(long) == [("工作簿 · workbook", UNREADABLE.partition(" · ")[0])]


def test_what_a_server_locked() -> None:
    with pytest.raises(Invalid, match="文件已加密"):
        unlocked(streams({"EncryptedPackage": bytes(100)}))


def test_a_locked_package_of_something_else_is_no_workbook() -> None:
    assert refused(locked_xlsx(saved(good()).replace(b"_rels/.rels", b"_rels/.nels"))) != []


@pytest.mark.parametrize("sort", SORTS)
def test_changed_bytes_of_a_locked_xls_end_in_an_answer(sort: Sort) -> None:
    content = bytearray(locked_xls(by_xlwt(), sort))
    for place in range(512, 1024, 7):
        content[place] ^= 0xFF
        try:
            unlocked(bytes(content))
        except Invalid as error:
            assert str(error)
