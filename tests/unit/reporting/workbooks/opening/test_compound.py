"""Containers of .xls files, honest and hostile ones: nobody's numbers are believed before they are compared."""

from __future__ import annotations

import contextlib
import random
import struct
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from services.reporting.rosters.workbook.opening.compound import MOST_ENTRIES, open_compound
from services.reporting.rosters.workbook.opening.traits import (
    ENCRYPTED,
    MOST_ERRORS,
    TOO_LARGE,
    UNREADABLE,
    Spans,
    Traits,
)
from shared.errors import Invalid
from tests.unit.reporting.workbooks.old_excel import (
    END,
    OldSheet,
    compound,
    crowded_compound,
    old_workbook,
    record,
    small_compound,
    workbook_stream,
)

HIDDEN = OldSheet("名册", {(7, 16): b"\x2a", (1, 1): "a"}, hidden_rows=(6,), hidden_columns=(7,))
TRAITS = [Traits(Spans([6]), Spans([7]), {(7, 16)})]
NO_WORKBOOK = "这不是 Excel 工作簿 · this is not an Excel workbook"
BOF, EOF = record(0x0809, bytes(16)), record(0x000A, b"")


@contextlib.contextmanager
def costs_little(content: bytes) -> Iterator[None]:
    """Memory within a small multiple of the file; what is endless would not come back at all."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < 1_000_000 + 20 * len(content)
    finally:
        tracemalloc.stop()


def with_numbers(content: bytes, *numbers: tuple[int, int]) -> bytes:
    """numbers: (place, new unsigned integer of four bytes)."""
    changed = bytearray(content)
    for place, number in numbers:
        struct.pack_into("<I", changed, place, number)
    return bytes(changed)


@pytest.mark.parametrize("name", ["Workbook", "WORKBOOK", "Book"])
def test_the_stream_of_a_workbook_is_found(name: str) -> None:
    assert open_compound(compound(name, workbook_stream(HIDDEN))) == TRAITS


def test_a_small_workbook_lies_in_the_mini_stream() -> None:
    assert open_compound(small_compound("Workbook", workbook_stream(HIDDEN))) == TRAITS


def test_a_large_workbook_needs_tables_of_tables() -> None:
    stream = workbook_stream(HIDDEN) + record(0x00EC, bytes(8000)) * 1100  # drawings, 8.8 MB: more than 109 tables
    assert open_compound(compound("Workbook", stream)) == TRAITS


DIRECTORY = struct.unpack_from("<I", old_workbook(HIDDEN), 48)[0] * 512 + 512
SIZE, KIND = DIRECTORY + 128 + 120, DIRECTORY + 128 + 64
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a stream of 4 GB that runs in a circle": (
        lambda: with_numbers(old_workbook(HIDDEN), (SIZE, 0xFFFFFFFF), (len(old_workbook(HIDDEN)) - 512, 0)),
        UNREADABLE,
    ),
    "a stream whose size is olefile's word for unknown": (
        lambda: with_numbers(old_workbook(HIDDEN), (SIZE, 0x7FFFFFFF)),
        UNREADABLE,
    ),
    "a directory that runs in a circle": (
        lambda: with_numbers(old_workbook(HIDDEN), (48, 0), (len(old_workbook(HIDDEN)) - 512, 0)),
        NO_WORKBOOK,
    ),
    "tables of tables that run in a circle": (
        lambda: with_numbers(old_workbook(HIDDEN), (44, 0xFFFFFFFF), (68, 0), (72, (2**32 - 110) // 127 + 1)),
        UNREADABLE,
    ),
    "four thousand million tables of the mini stream": (
        lambda: with_numbers(small_compound("Workbook", workbook_stream(HIDDEN)), (64, 0xFFFFFFFF)),
        UNREADABLE,
    ),
    "sectors of 2^65535 bytes": (lambda: with_numbers(old_workbook(HIDDEN), (30, 0x0006FFFF)), UNREADABLE),
    "a folder of that name": (
        lambda: with_numbers(old_workbook(HIDDEN), (KIND, 0xFFFF0001)),
        NO_WORKBOOK,
    ),
    "more streams than any workbook has": (lambda: crowded_compound(MOST_ENTRIES + 5000), UNREADABLE),
    "more sheets than any workbook has": (
        lambda: compound(
            "Workbook",
            BOF + b"".join(record(0x0085, struct.pack("<IBBBB", n, 0, 0, 1, 0)) for n in range(5000)) + EOF,
        ),
        TOO_LARGE,
    ),
    "an endless rain of errors": (
        lambda: compound(
            "Workbook",
            BOF
            + b"".join(
                record(0x0205, struct.pack("<HHHBB", n % 65536, n // 65536, 0, 42, 1))
                for n in range(MOST_ERRORS + 5000)
            ),
        ),
        TOO_LARGE,
    ),
    "a record that is too short": (lambda: compound("Workbook", BOF + record(0x0085, b"\0")), UNREADABLE),
    "encrypted records": (lambda: old_workbook(HIDDEN, encrypted=True), ENCRYPTED),
    "nothing after the name": (lambda: old_workbook(HIDDEN)[:8], UNREADABLE),
    "a header alone": (lambda: old_workbook(HIDDEN)[:512], UNREADABLE),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_container_ends_in_invalid_and_costs_little(case: str) -> None:
    make, sentence = HOSTILE[case]
    content = make()
    with costs_little(content), pytest.raises(Invalid) as caught:
        open_compound(content)
    assert str(caught.value) == sentence


def test_as_many_streams_as_are_allowed_cost_little() -> None:
    content = crowded_compound(MOST_ENTRIES - 1)
    with costs_little(content), pytest.raises(Invalid, match="not an Excel workbook"):
        open_compound(content)


def test_streams_in_one_long_line_end_in_invalid() -> None:
    """Each stands to the left of the one before: olefile walks this by recursion."""
    listing = bytearray(crowded_compound(3000))
    for n in range(3001):
        left = 512 + n * 128 + 68
        struct.pack_into("<III", listing, left, n + 1 if n else END + 1, END + 1, 1 if n == 0 else END + 1)
    with pytest.raises(Invalid, match="cannot be read"):
        open_compound(bytes(listing))


def test_changed_bytes_end_in_invalid_or_in_traits_and_cost_little() -> None:
    chance = random.Random(19970101)
    originals = [old_workbook(HIDDEN), small_compound("Workbook", workbook_stream(HIDDEN))]
    numbers = [0, 1, 0x7FFFFFFF, 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF]
    for n in range(400):
        content = bytearray(originals[n % 2])
        for _ in range(chance.randint(1, 6)):
            # Mostly the header, and the last sectors with the directory and the tables.
            near = chance.choice([512, len(content)])
            place = near - 4 * chance.randint(1, min(near, 2048) // 4 - 2)
            struct.pack_into("<I", content, place, chance.choice([*numbers, chance.randrange(2**32)]))
        content[:8] = originals[0][:8]
        with costs_little(bytes(content)):
            try:
                assert isinstance(open_compound(bytes(content)), list)
            except Invalid as error:
                assert str(error)
