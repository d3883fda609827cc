"""What a verification may find."""

from __future__ import annotations

from enum import StrEnum

from services.certificate.certificates.certificate import Certificate
from services.certificate.production.batch import Batch
from services.certificate.production.production import VOIDED, Production


class Outcome(StrEnum):
    VALID = "valid"
    BEING_MADE = "being_made"  # approved and numbered; it is not drawn yet
    VOID = "void"  # voided before it was issued (rules §4.10)
    NO_MATCH = "no_match"


SENTENCES = {
    Outcome.VALID: "证书有效 · the certificate is valid",
    Outcome.BEING_MADE: "资格已批准，证书制作中 · approved, the certificate is being made",
    Outcome.VOID: "证书已作废 · the certificate is void",
    Outcome.NO_MATCH: "没有与所填信息一致的证书 · no certificate fits what was entered",
}
NO_SUCH_CODE = "没有与此二维码一致的证书 · no certificate fits this code"
"""Where a code was scanned: nobody entered anything."""


def outcome_of(certificate: Certificate, batch: Batch | None, production: Production | None) -> Outcome:
    if production is not None and production.state == VOIDED:
        return Outcome.VOID
    drawn = batch is not None and batch.has_drawn(certificate.id)
    return Outcome.VALID if drawn else Outcome.BEING_MADE
