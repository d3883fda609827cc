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
    icp: str = Field(
        "", max_length=60, description="页脚的 `ICP` 备案号；为空不显示 · ICP record number in the footer; empty: none"
    )
    police_record: str = Field(
        "",
        max_length=60,
        description="页脚的公安联网备案号；为空不显示 · record number of the public security organ in the footer; empty: none",
    )
    help_line: str = Field(
        "",
        max_length=120,
        description="每页的联系方式（电话、工作时间）；为空不显示 · whom to ask, on each page (telephone, hours); empty: none",
    )
