"""What notification alone can be told."""

from __future__ import annotations

from pydantic import Field

from shared.settings import OwnSettings


class NotificationSettings(OwnSettings):
    mail_from: str = Field(
        "鉴定中心 <no-reply@jianding.example>", description="所有信函的发件人 · sender of all letters"
    )
