"""What may be asked, and is answered, over HTTP about tokens."""

from __future__ import annotations

from pydantic import BaseModel, Field

TRAINING = "training"  # the only scope there is: to practise


class Token(BaseModel):
    """RFC 6749 answer of the token endpoint."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = Field(description="seconds")
    refresh_token: str | None = Field(None, description="for people: exchange it once, with grant_type=refresh_token")
    scope: str = Field("", description="`training`: this sign-in practises, and nothing it does counts")
