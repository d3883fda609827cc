"""What the certificate service declares: its collections and their indexes."""

from __future__ import annotations

from services.certificate.certificates.certificate import Certificate
from services.certificate.numbers.number_register import NumberRegister
from services.certificate.production.batch import Batch
from services.certificate.production.production import Production
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.ports import Kind
from shared.procedure import windup

KINDS: tuple[Kind, ...] = (
    Kind(Certificate.KIND, indexes=(("roster", "n"), ("batch", "n"), ("number",))),
    Kind(Batch.KIND, indexes=(("roster", "page"), ("roster", "state"), ("state", "numbered_at"))),
    Kind(Production.KIND, indexes=(("path",), ("body",))),
    Kind(NumberRegister.KIND),
    windup.KIND,
    *local_copies.kinds(BodyRegistered),
)
