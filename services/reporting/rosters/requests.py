"""What may be asked of rosters over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from services.reporting.rosters.roster import Attendance
from shared.text import OneLine


class NewRoster(BaseModel):
    model_config = ConfigDict(extra="forbid")
    session: OneLine = Field(
        min_length=1,
        max_length=60,
        examples=["49053012-2026-001"],
        description="已批准的鉴定批次号 · id of an approved session",
    )
    attendance: Attendance = Field(description="考试人数 · heads of the session")


class RosterEntry(BaseModel):
    """What may change besides the lines before the roster is submitted."""

    model_config = ConfigDict(extra="forbid")
    attendance: Attendance = Field(description="考试人数 · heads of the session")
