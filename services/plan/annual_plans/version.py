"""One approved version of an annual plan: kept for good, also when the next one has taken its place."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from shared.contracts.plan import PlannedItem


class Version(BaseModel):
    """number: 1, and one more for each amendment that was approved. reason: why it was amended; empty of the first.

    Who prepared, submitted and endorsed it, as the form itself had it then."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    number: int
    items: list[PlannedItem]
    reason: str = ""
    prepared_by: str
    submitted_by: str
    endorsed_by: str
    approved_by: str
    approver: str
    """Name of who approved it."""
    approved_at: datetime
