"""What notification alone can be told."""

from __future__ import annotations

from pydantic import Field

from shared.settings import OwnSettings


class NotificationSettings(OwnSettings):
    mail_from: str = Field(
        "鉴定中心 <no-reply@jianding.example>", description="所有信函的发件人 · sender of all letters"
    )
    feed_days: int = Field(
        0,
        ge=0,
        description="事件流条目的内容保留多少天，0 为永久；此后只留编号、事件种类和所述文档 · days for which entries of "
        "feeds keep their data, 0 for ever; later only number, type and document are left",
    )
