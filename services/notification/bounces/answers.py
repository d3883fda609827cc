"""What the list of mails that nobody understood shows."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from shared.keeping.answers import DocumentAnswer


class BounceAnswer(DocumentAnswer):
    """Nothing of what stands in the mail: anybody can have written it."""

    uid: int = Field(description="邮箱中的编号（IMAP UID） · its number in the mailbox (IMAP UID)")
    because: str = Field(description="为何不能自动登记 · why it could not be recorded by itself")
    read_at: datetime = Field(description="读取时间 · when it was read")
