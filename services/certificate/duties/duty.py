"""The duties about certificates: their kind, and the rows of what is owed."""

from __future__ import annotations

from typing import ClassVar

from shared.contracts.certificate import (
    CertificateDutyMarked,
    CertificateDutyOpened,
    CertificateDutyReckoned,
    CertificateDutySettled,
    CertificatesMailed,
    CertificatesReady,
    CertificatesVoided,
    ProductionReceived,
)
from shared.procedure.duties.duty import Duty, Facts, duty_words
from shared.register.duties import DutyRow
from shared.words import Words

PRODUCTION = DutyRow("production", "为名册编号、制作证书", "number and draw the certificates of a roster", "R4.2")
POSTING = DutyRow("posting", "打印并寄发证书", "print and post the certificates of a roster", "R4.2")
RECEIPT = DutyRow("receipt", "清点并登记收到的证书", "count and enter the certificates that arrived", "R4.2")
ROWS = (PRODUCTION, POSTING, RECEIPT)
TYPES = tuple(fact.TYPE for fact in (CertificatesReady, CertificatesMailed, ProductionReceived, CertificatesVoided))
"""After each of them somebody may owe something else."""


class CertificateDuty(Duty):
    KIND: ClassVar[str] = "certificate_duty"
    SOURCE: ClassVar[str] = "/certificate"
    WORDS: ClassVar[Words] = duty_words(KIND, "证书办理任务", "duty about certificates")
    FACTS: ClassVar[Facts] = Facts(
        CertificateDutyOpened, CertificateDutyReckoned, CertificateDutyMarked, CertificateDutySettled
    )
