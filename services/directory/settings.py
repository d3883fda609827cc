"""What may be set for the directory alone."""

from __future__ import annotations

from pydantic import Field

from shared.access_token import LONGEST_LIFE
from shared.settings import OwnSettings


class DirectorySettings(OwnSettings):
    token_minutes: int = Field(
        15, ge=1, le=LONGEST_LIFE // 60, description="访问令牌的有效期，单位分钟 · life of an access token"
    )
    refresh_days: int = Field(
        14,
        ge=1,
        le=90,
        description="登录闲置多少天后须重新输入密码 · days after which an unused sign-in needs the password again",
    )
    key_days: int = Field(
        30, ge=1, le=365, description="令牌签名密钥多少天更换一次 · days after which tokens are signed with a new key"
    )
