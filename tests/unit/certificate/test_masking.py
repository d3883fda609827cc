"""What is shown of an identity number, for every length there is."""

from __future__ import annotations

import pytest

from services.certificate.certificates.masking import masked

NUMBER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ1234"  # 30, the longest document number


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("", ""),
        ("A", "*"),
        ("AB", "**"),
        ("ABC", "***"),
        ("ABCD", "****"),
        ("ABCDE", "***DE"),
        ("ABCDEF", "****EF"),
        ("E12345678", "*******78"),
        ("ABCDEFGHIJKLMN", "************MN"),
        ("ABCDEFGHIJKLMNO", "ABCDEF*****LMNO"),
        ("99999919800101001X", "999999********001X"),
        (NUMBER, "ABCDEF********************1234"),
    ],
)
def test_an_identity_number_is_shown_as(number: str, shown: str) -> None:
    assert masked(number) == shown


@pytest.mark.parametrize("length", range(len(NUMBER) + 1))
def test_a_short_one_shows_two_characters_and_a_long_one_ten(length: int) -> None:
    shown = masked(NUMBER[:length])
    assert len(shown) == length
    assert len(shown) - shown.count("*") == (0 if length < 5 else 2 if length < 15 else 10)
    assert all(there in (real, "*") for there, real in zip(shown, NUMBER, strict=False))
