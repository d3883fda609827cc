"""What may be asked over HTTP about passwords and the letters that open a way to a new one."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

Given = Annotated[SecretStr, Field(max_length=200)]


class PasswordChange(BaseModel):
    """From the old one to a new one, also from an initial one."""

    model_config = ConfigDict(extra="forbid")
    account: str = Field(max_length=64, description="账号 · account")
    old: Given = Field(description="现用密码，初始密码也可 · the present password, also an initial one")
    new: Given = Field(description="新密码 · the new password")


class ResetRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    account: str = Field(max_length=64, description="账号 · account")


class Redemption(BaseModel):
    """The token of the link in the letter, and the new password."""

    model_config = ConfigDict(extra="forbid")
    token: str = Field(max_length=2000, description="信中链接所带的令牌 · the token in the link of the letter")
    password: Given = Field(description="新密码 · the new password")
