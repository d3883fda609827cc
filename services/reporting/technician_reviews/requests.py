"""What may be asked of technician reviews over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from services.reporting.technician_reviews.technician_review import ApprovalForm
from shared.text import OneLine


class ReviewEntry(ApprovalForm):
    """One approval form on paper. Ticket and name say whose it is, and must both be those of a line."""

    ticket: OneLine = Field(min_length=1, max_length=30, description="准考证号 · ticket of admission")
    name: OneLine = Field(
        min_length=1,
        max_length=60,
        description="审批表上的姓名，与名册核对 · the name on the form, held against the roster",
    )


class ReviewEntries(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reviews: list[ReviewEntry] = Field(
        min_length=1, max_length=1000, description="各考生的审批表 · the approval forms, one for each candidate"
    )


class ReviewCorrection(ApprovalForm):
    reason: OneLine = Field(
        min_length=1, max_length=500, description="更正理由，不写人名 · why it is corrected, without names of people"
    )
