"""What may be asked about calendars over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from shared.text import OneLine


class NewCalendar(BaseModel):
    """A calendar of one's own body."""

    model_config = ConfigDict(extra="forbid")
    label: OneLine = Field(
        "",
        max_length=60,
        description="用在何处，便于日后辨认，可以为空 · where it is used, to tell it from others; may be empty",
        examples=["办公室公用日历"],
    )


class CalendarRevocation(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field("", max_length=200, description="理由，可以为空 · why; may be empty")
