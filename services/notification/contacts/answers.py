"""What the list of flagged mailboxes shows."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from services.notification.contacts.contact import Contact
from shared.keeping.answers import Answer, DocumentAnswer
from shared.words import choices

State = Literal["flagged", "in_order"]


class ContactAnswer(DocumentAnswer):
    state: State = Field(description=choices("状态", "state", Contact.WORDS.states))
    body: str = Field(description="机构编码 · institution code of the body")
    deputy: bool = Field(description="是否为代理联系人的邮箱 · whether it is the mailbox of its deputy")
    path: str = Field(description="该机构及其上级，中心在前 · that body and everything above it, Centre first")
    email: str = Field(description="不能收信的公务信箱 · official mailbox that takes no letters")
    cause: str = Field(
        description="`no_such_address` 收信地址不存在、`not_accepting` 收信邮箱拒收 · `no_such_address`: there is no such "
        "address; `not_accepting`: it takes nothing"
    )
    because: str = Field(description="邮件服务器所述原因 · what the mail server said")
    mailing: str = Field(description="未送达的信函编号 · id of the letter that failed")
    flagged_at: datetime = Field(description="标记时间 · when it was flagged")


class ContactCount(Answer):
    flagged: int = Field(description="本机构及下级中，公务信箱不能收信的机构数 · bodies whose mailbox takes no letters")
