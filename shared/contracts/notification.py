"""Facts of the notification service."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field
from typing_extensions import Doc

from shared.contracts.envelope import Fact
from shared.contracts.words import ConcernedBody, ConcernedPath


class MailingPlanned(Fact):
    """One letter to one address is due. The address stays in the mailing; the bus carries its id only."""

    TYPE: ClassVar[str] = "mailing.planned.v1"
    ABOUT: ClassVar[str] = (
        "应向一个地址寄出一封信函。地址只保存在寄信记录中。 · One letter to one address is due. The address "
        "itself stays in the mailing."
    )
    SUBJECT: ClassVar[str] = "寄信记录的编号 · id of the mailing"
    mailing: Annotated[str, Doc("寄信记录的编号 · id of the mailing")]
    letter: Annotated[str, Doc("信函的名称 · name of the letter")]


class MailingFailed(Fact):
    """A letter will never arrive. The address stays in the mailing."""

    TYPE: ClassVar[str] = "mailing.failed.v1"
    ABOUT: ClassVar[str] = (
        "一封信函未能送达，不再自动重试；机构的公务邮箱不能收信时，据此标记。收信地址只保存在寄信记录中。 · A letter could not "
        "be delivered and is tried no more; an official mailbox that takes no letters is flagged by it. The address itself "
        "stays in the mailing."
    )
    SUBJECT: ClassVar[str] = "寄信记录的编号 · id of the mailing"
    mailing: Annotated[str, Doc("寄信记录的编号 · id of the mailing")]
    letter: Annotated[str, Doc("信函的名称 · name of the letter")]
    body: ConcernedBody
    path: ConcernedPath
    cause: str = Field(
        description="原因：`no_such_address` 收信地址不存在、`not_accepting` 收信邮箱拒收、`failed` 技术原因 · why: "
        "`no_such_address` the address does not exist, `not_accepting` the mailbox takes nothing, `failed` a technical reason"
    )


class WebhookFailing(Fact):
    """A webhook could not be called for a day, or said that it is gone: its body is written to."""

    TYPE: ClassVar[str] = "webhook.failing.v1"
    ABOUT: ClassVar[str] = (
        "推送地址已连续一天推送失败，或其接收方应答 410（已停止使用）而被停用。每次失败只发布一件。 · A webhook could not be "
        "delivered to for a day, or was disabled because its receiver answered 410 (gone). Once for each failure."
    )
    SUBJECT: ClassVar[str] = "推送地址的编号 · id of the webhook"
    webhook: Annotated[str, Doc("推送地址的编号 · id of the webhook")]
    body: ConcernedBody
    path: ConcernedPath
    since: date = Field(description="自何日起失败（中国日期） · day in China since which it fails")
    status: int | None = Field(
        description="最近一次应答的状态码；没有应答的为空 · status of the last answer; none where nobody answered"
    )
    stopped: bool = Field(description="是否已停用，不再推送 · whether it was disabled, and is called no more")
    host: str = Field(
        default="",
        description=(
            "推送地址的主机名；早先版本的事件中为空 · name of the host that is called; empty in facts of earlier releases"
        ),
    )


FACTS: tuple[type[Fact], ...] = (MailingPlanned, MailingFailed, WebhookFailing)
