"""What may be asked over HTTP about signing keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from shared.text import OneLine


class Rotation(BaseModel):
    model_config = ConfigDict(extra="forbid")
    compromised: bool = Field(
        False,
        description="旧密钥可能已外泄，其签发的令牌立即失效 · somebody else may have the old key: void what it signed at once",
    )
    reason: OneLine = Field(min_length=2, max_length=500, description="理由 · why")
