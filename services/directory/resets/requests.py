"""What may be asked over HTTP about passwords and the letters that open a way to a new one."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

Given = Annotated[SecretStr, Field(max_length=200)]


class PasswordChange(BaseModel):
    """From the old one to a new one, also from an initial one."""

    model_config = ConfigDict(extra="forbid")
    account: str = Field(max_length=64)
    old: Given
    new: Given


class ResetRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    account: str = Field(max_length=64)


class Redemption(BaseModel):
    """The token of the link in the letter, and the new password."""

    model_config = ConfigDict(extra="forbid")
    token: str = Field(max_length=2000)
    password: Given
