"""Who holds a certificate can prove it however the name is typed, now or when the certificate was stored."""

from __future__ import annotations

import hmac

import pytest

from services.certificate.certificates.certificate import Certificate
from services.certificate.verification.proof import is_holder
from tests.unit.certificate.test_certificate_answers import CERTIFICATE

DOTS = "·•‧∙・．.。"


def named(name: str) -> Certificate:
    return CERTIFICATE.model_copy(update={"holder": CERTIFICATE.holder.model_copy(update={"name": name})})


@pytest.mark.parametrize("stored", DOTS)
@pytest.mark.parametrize("typed", DOTS)
def test_every_dot_of_a_name_fits_every_other(stored: str, typed: str) -> None:
    assert is_holder(named(f"买买提{stored}艾力"), f"买买提{typed}艾力", "")


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("张⽂", "张文"),
        ("张文", "张⽂"),
        ("张\u3164三", "张三"),
        ("张\u200b三", "张 三"),
        ("Nu\u0301n\u0303ez", "Núñez"),
        ("Li Ming", "ＬＩＭＩＮＧ"),
        ("Аnna", "Anna"),
        ("\uf90a三", "金三"),
    ],
)
def test_a_certificate_stored_in_another_spelling_is_verified(stored: str, typed: str) -> None:
    assert is_holder(named(stored), typed, "")


@pytest.mark.parametrize(
    ("stored", "typed"), [("张三", "张四"), ("张三", "\u3164"), ("\u3164", "\u3164"), ("买买提·艾力", "买买提")]
)
def test_another_name_or_none_proves_nothing(stored: str, typed: str) -> None:
    assert not is_holder(named(stored), typed, "")


def test_an_empty_letter_beside_the_right_digits_proves_nothing() -> None:
    assert is_holder(CERTIFICATE, "", CERTIFICATE.holder.id_number[-4:])
    assert not is_holder(CERTIFICATE, "\u3164", CERTIFICATE.holder.id_number[-4:])


def test_names_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compare = hmac.compare_digest
    compared: list[tuple[bytes, bytes]] = []

    def watched(known: bytes, given: bytes) -> bool:
        compared.append((known, given))
        return compare(known, given)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    assert is_holder(named("张⽂"), "张文", "")
    assert compared == [("张文".encode(), "张文".encode())]
