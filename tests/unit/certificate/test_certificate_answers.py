"""What is shown of a certificate: never what opens it to a stranger, nor what only its holder's letters need."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.certificate.certificates.answers import mailed_holder, shown
from services.certificate.certificates.certificate import Certificate, Issue, Issuer
from services.certificate.verification.answers import answer_about
from services.certificate.verification.outcomes import Outcome
from tests.world.seeding import a_line

EMAIL, KEY = "holder@example.org", "the-key-of-the-code"
CERTIFICATE = Certificate(
    id="c",
    number="2649053012400001",
    roster="49053012-2026-001",
    n=1,
    batch="49053012-2026-001-b0000",
    path="/49000001/49050001/49053012/",
    producer="49050001",
    issued_on=date(2026, 4, 3),
    holder=a_line(1).model_copy(update={"email": EMAIL}),
    issuer=Issuer(body_zh="示例鉴定站", body_en="Example", centre_zh="示例中心", centre_en="Example"),
    copies=[Issue(made_for="original", at=datetime(2026, 4, 3, tzinfo=UTC))],
    verify_key=KEY,
)


@pytest.mark.parametrize("state", ["valid", "voided"])
def test_a_list_shows_the_certificate_and_none_of_its_secrets(state: str) -> None:
    answer = shown(CERTIFICATE, state)
    text = answer.model_dump_json()
    for secret in (KEY, EMAIL, CERTIFICATE.holder.id_number):
        assert secret not in text
    assert (answer.state, answer.number, answer.holder.name) == (state, CERTIFICATE.number, CERTIFICATE.holder.name)
    assert (answer.id_number[:6], answer.id_number[-4:]) == (
        CERTIFICATE.holder.id_number[:6],
        CERTIFICATE.holder.id_number[-4:],
    )


def test_neither_does_a_verification() -> None:
    text = answer_about(
        CERTIFICATE, Outcome.VALID, is_posted=True, at=datetime(2026, 4, 4, tzinfo=UTC)
    ).model_dump_json()
    for secret in (KEY, EMAIL, CERTIFICATE.holder.id_number):
        assert secret not in text


def test_a_letter_to_the_holder_needs_the_address_and_not_the_identity_number() -> None:
    holder = mailed_holder(CERTIFICATE, "https://example.org/")
    assert (holder.email, holder.verify_url) == (EMAIL, f"https://example.org/certificate/v/{CERTIFICATE.number}/{KEY}")
    assert CERTIFICATE.holder.id_number not in holder.model_dump_json()
