"""What is answered to whoever signs in, and what every service must know of ended access."""

from __future__ import annotations

from pydantic import Field

from shared.keeping.answers import Answer


class TokenAnswer(Answer):
    """RFC 6749 answer of the token endpoint."""

    access_token: str = Field(description="访问令牌 · the access token")
    token_type: str = Field("Bearer", description="令牌类型 · type of the token")
    expires_in: int = Field(description="有效时间，以秒计 · seconds until it ends")
    refresh_token: str | None = Field(
        None,
        description="刷新令牌，仅个人账号有，只能使用一次 · "
        "for people: exchange it once, with grant_type=refresh_token",
    )
    scope: str = Field(
        "",
        description="练习时为 `training`，所办一切不具效力 · `training`: this sign-in practises, and nothing it does counts",
    )


class EndedAccessAnswer(Answer):
    """Tokens that end before their time, as far back as a token lives."""

    accounts: dict[str, int] = Field(
        description="账号及其终止次数，次数较小的令牌一律失效 · account → its epoch; tokens of an earlier epoch are void"
    )
    sign_ins: list[str] = Field(description="已终止的登录 · sign-ins that were ended")
