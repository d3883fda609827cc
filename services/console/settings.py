"""What may be set for the console alone."""

from __future__ import annotations

from pydantic import Field

from shared.settings import OwnSettings


class ConsoleSettings(OwnSettings):
    session_hours: int = Field(
        12,
        ge=1,
        le=72,
        description="网页登录多少小时不用即须重新登录 · hours without a page after which somebody signs in anew in the browser",
    )
