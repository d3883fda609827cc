"""What may be asked of production over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from shared.text import OneLine


class Parcel(BaseModel):
    """What was posted."""

    model_config = ConfigDict(extra="forbid")
    carrier: OneLine = Field(
        min_length=2, max_length=40, description="承运单位 · who carries it", examples=["中国邮政EMS"]
    )
    parcel: str = Field(
        pattern=r"^[A-Za-z0-9-]{6,40}$", description="快递单号 · number of the parcel", examples=["EA123456789CN"]
    )
