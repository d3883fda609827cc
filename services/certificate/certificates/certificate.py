"""A certificate: its number belongs to the qualification, an issue to a sheet of paper (rules §1.5).

Everything printed is a snapshot. What was printed never changes because a record elsewhere did.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.reporting import RosterLine
from shared.keeping.aggregate import Aggregate
from shared.words import Words

VALID = "valid"


class Issue(BaseModel):
    """One sheet of paper with this certificate on it. blank_serial: the serial (流水码) printed on the blank, if any."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    made_for: Literal["original", "replacement", "correction"]
    at: datetime
    blank_serial: str = ""
    remark: str = ""


class Issuer(BaseModel):
    """Who appraised and who issues, in the words of that day."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    body_zh: str
    body_en: str
    centre_zh: str
    centre_en: str


class Certificate(Aggregate):
    KIND: ClassVar[str] = "certificate"
    SOURCE: ClassVar[str] = "/certificate"
    WORDS: ClassVar[Words] = Words(
        "certificate",
        ("证书", "certificate"),
        states={"valid": ("有效", "valid")},
        verbs={},
    )

    state: str = VALID
    number: str
    roster: str
    n: int
    batch: str
    path: str
    producer: str
    issued_on: date
    holder: RosterLine
    issuer: Issuer
    copies: list[Issue] = Field(min_length=1)
    verify_key: str  # 96 random bits in the QR code: numbers can be guessed, this cannot

    def verify_url(self, site: str) -> str:
        """What its QR code holds and a letter links to: the page that verifies it. site: the public address of the house."""
        return f"{site.rstrip('/')}/certificate/v/{self.number}/{self.verify_key}"
