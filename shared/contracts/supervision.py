"""Facts of supervision: inspections, violations, sanctions, work reports, quality bulletins."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.envelope import Fact
from shared.contracts.words import BodyPath, InstitutionCode

Measure = Literal["notice", "rectification", "suspension", "revocation"]
MEASURES: tuple[Measure, ...] = ("notice", "rectification", "suspension", "revocation")
"""The ladder of rules §4.9: 约谈/通报, 限期整改, 暂停鉴定, 取消资质."""


class InspectionPerformed(Fact):
    """An unscheduled inspection took place (R2). The body learns of it now, not before."""

    TYPE: ClassVar[str] = "inspection.performed.v1"
    inspection: str
    body: InstitutionCode
    path: BodyPath
    performed_on: date
    findings: int = Field(ge=0)
    rectify_by: date | None = Field(description="none when nothing was found")


class InspectionClosed(Fact):
    TYPE: ClassVar[str] = "inspection.closed.v1"
    inspection: str
    body: InstitutionCode
    path: BodyPath
    outcome: Literal["clean", "rectified", "escalated"]


class _SanctionFact(Fact):
    sanction: str
    body: InstitutionCode
    path: BodyPath
    branch: InstitutionCode | None = Field(description="the branch centre above the body, if there is one")
    measure: Measure
    reason: str


class SanctionConfirmed(_SanctionFact):
    """A step of the ladder is in force (R3, rules §4.9). Of a revocation: everybody carries out their part now."""

    TYPE: ClassVar[str] = "sanction.confirmed.v1"
    until: date | None = Field(description="last day of a rectification; none where there is no term")


class SanctionLifted(_SanctionFact):
    """A rectification passed, or a suspension ended."""

    TYPE: ClassVar[str] = "sanction.lifted.v1"


class SanctionCarriedOut(Fact):
    """Every service answered what it did because of a revocation. agrees: that is what was shown before it was
    confirmed."""

    TYPE: ClassVar[str] = "sanction.carried_out.v1"
    sanction: str
    body: InstitutionCode
    path: BodyPath
    centre: InstitutionCode
    effects: int
    agrees: bool


FACTS: tuple[type[Fact], ...] = (
    InspectionPerformed,
    InspectionClosed,
    SanctionConfirmed,
    SanctionLifted,
    SanctionCarriedOut,
)
