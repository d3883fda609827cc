"""A sheet of nobody, with something in every place: what drawing it loads, drawing others needs."""

from __future__ import annotations

from datetime import date
from typing import Final

from services.certificate.production.drawing.sheet import Sheet

SPECIMEN: Final = Sheet(
    certificate_no="2699000000400000",  # of the practice tree: wherever it came out, it would say that it is void
    name="样张",
    sex="男",
    birth=date(1988, 2, 3),
    id_type="居民身份证",
    id_number="000000000000000000",
    education="高中",
    employer="样张",
    occupation_zh="车工",
    occupation_en="Lathe operator",
    level=4,
    theory=86.0,
    practical=90.5,
    review=None,
    grade="good",
    issued_on=date(2026, 3, 5),
    issuer_zh="样张",
    issuer_en="Specimen",
    centre_zh="样张",
    centre_en="Specimen",
    verify_url="https://localhost/certificate/v/2699000000400000/k7Qm2xV9aT",
    query_site="localhost",
    blank_serial="00000000",
    remark="样张",
)
