"""What may be asked over HTTP about signing keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from shared.text import OneLine


class Rotation(BaseModel):
    model_config = ConfigDict(extra="forbid")
    compromised: bool = Field(False, description="somebody else may have the old key: void what it signed at once")
    reason: OneLine = Field(min_length=2, max_length=500)
