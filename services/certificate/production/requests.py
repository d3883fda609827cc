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


class Redraw(BaseModel):
    """Why it is drawn again; it may stay unsaid."""

    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field(
        "",
        max_length=500,
        description="重绘理由，如已安装何种字库，可不写，不写人名 · why, as which font was installed; may be empty; no names "
        "of people",
        examples=["已安装扩展B区字库"],
    )


UNSAID = Redraw()


class Receipt(BaseModel):
    """What was in the parcel."""

    model_config = ConfigDict(extra="forbid", strict=True)
    certificates: int = Field(
        ge=0,
        le=999_999,
        description="收到的证书份数，按实际清点填写 · certificates that were in it, as they were counted",
        examples=[52],
    )
