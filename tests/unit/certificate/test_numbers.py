"""The register of sequences: blocks, granted once for ever, never wrapped round."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.certificate.ids import register_id
from services.certificate.numbers.number_register import LAST, NumberRegister
from shared.errors import Invalid, Refused
from shared.trade.numbers.certificate_number import CertificateNumber, compose


def a_register(next_: int = 1, year: int = 2026) -> NumberRegister:
    id = register_id(year, "49053012", 4)
    return NumberRegister(id=id, year=year, institution="49053012", level=4, next=next_)


def test_blocks_follow_one_another() -> None:
    register = a_register()
    assert [register.grant(f"r{n}", count) for n, count in enumerate((30, 1, 12))] == [
        (1, True),
        (31, True),
        (32, True),
    ]
    assert register.next == 44
    assert register.granted == {"r0": (1, 30), "r1": (31, 1), "r2": (32, 12)}


def test_a_second_grant_gives_the_same_block() -> None:
    register = a_register()
    register.grant("r1", 30)
    register.grant("r2", 5)
    before = register.model_dump()
    assert register.grant("r1", 30) == (1, False)
    assert register.model_dump() == before


@pytest.mark.parametrize(("next_", "count"), [(LAST, 1), (1, LAST), (LAST - 9, 10)])
def test_the_last_number_is_given(next_: int, count: int) -> None:
    register = a_register(next_)
    assert register.grant("r", count) == (next_, True)
    assert register.next == LAST + 1


@pytest.mark.parametrize(("next_", "count"), [(LAST + 1, 1), (LAST, 2), (1, LAST + 1), (LAST - 9, 11)])
def test_what_does_not_fit_is_refused_as_a_whole(next_: int, count: int) -> None:
    register = a_register(next_)
    with pytest.raises(Refused, match=f"{LAST - next_ + 1} left of 00001-99999"):
        register.grant("r", count)
    assert (register.next, register.granted) == (next_, {})


def test_a_smaller_roster_still_fits_after_a_refusal() -> None:
    register = a_register(LAST - 1)
    with pytest.raises(Refused):
        register.grant("large", 3)
    assert register.grant("small", 2) == (LAST - 1, True)


def test_every_year_institution_and_level_counts_from_one() -> None:
    registers = {
        register_id(year, body, level) for year in (2026, 2027) for body in ("49053012", "49053013") for level in (5, 4)
    }
    assert len(registers) == 8
    assert a_register(year=2027).grant("r", 1) == (1, True)


@given(st.lists(st.integers(1, 3000), max_size=60), st.lists(st.integers(0, 59), max_size=60))
def test_blocks_never_overlap_and_leave_no_gap(counts: list[int], repeated: list[int]) -> None:
    register = a_register()
    given_: dict[str, tuple[int, int]] = {}
    for n, count in enumerate(counts):
        if register.next + count - 1 > LAST:
            break
        first, _ = register.grant(f"r{n}", count)
        given_[f"r{n}"] = (first, count)
        for again in repeated:
            if again <= n:
                assert register.grant(f"r{again}", counts[again])[0] == given_[f"r{again}"][0]
    taken = sorted(number for first, count in given_.values() for number in (first, first + count - 1))
    edges = [number for first, count in given_.values() for number in (first, first + count - 1)]
    assert edges == taken
    assert register.next == 1 + sum(count for _, count in given_.values())


@pytest.mark.parametrize("sequence", [0, -1, LAST + 1, 100_000])
def test_a_number_beyond_the_sequence_is_never_composed(sequence: int) -> None:
    with pytest.raises(Refused):
        compose(2026, "49053012", 4, sequence)


@pytest.mark.parametrize("year", [26, 999, 10_000])
def test_a_year_has_four_digits(year: int) -> None:
    assert (compose(1000, "49053012", 4, 1)[:2], compose(9999, "49053012", 4, 1)[:2]) == ("00", "99")
    with pytest.raises(Invalid, match="四位"):
        compose(year, "49053012", 4, 1)


@given(st.integers(2004, 2099), st.integers(1, 5), st.integers(1, LAST))
def test_what_is_composed_is_read_back(year: int, level: int, sequence: int) -> None:
    number = compose(year, "49053012", level, sequence)
    read = CertificateNumber.parse(number)
    assert len(number) == 16
    assert (read.year2, read.institution, read.level, read.sequence) == (
        f"{year % 100:02d}",
        "49053012",
        level,
        sequence,
    )
