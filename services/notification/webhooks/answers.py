"""What webhooks show; a secret in the answer to its making only."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from shared.keeping.answers import Answer, DocumentAnswer


class WebhookAnswer(DocumentAnswer):
    body: str = Field(description="所属机构编码 · institution code of the body whose it is")
    path: str = Field(description="所属机构及其上级，中心在前 · that body and everything above it, Centre first")
    address: str = Field(description="推送到的网址 · URL that is called")
    types: list[str] = Field(description="只推送这些种类的条目，空为全部 · only entries of these types; empty: all")
    machine: str = Field(
        description="登记它的机器账号，该账号关闭时随之停用；由工作人员登记或恢复的为空 · the machine's account that made it, "
        "and with which it ends; empty where an officer made or enabled it"
    )
    old_secret_until: datetime | None = Field(
        description="旧密钥同时签名至何时，没有旧密钥为空 · until when the secret before signs as well; null: there is none"
    )
    cursor: int = Field(description="已推送到第几条 · number of the last entry that was delivered or passed over")
    lag: int = Field(description="尚有几条未推送 · how many entries of the feed follow that one")
    failures: int = Field(description="连续失败的次数 · how many attempts failed since the last that went well")
    failing_since: datetime | None = Field(
        description="自何时起失败，正常时为空 · since when nothing went well; null while it does"
    )
    last_error: str = Field(
        description="最近一次失败的原因，正常时为空 · why the last attempt failed; empty while all goes well"
    )
    retry_at: datetime | None = Field(
        description="何时再试，正常时为空 · when it is tried again; null while all goes well"
    )


class SecretAnswer(WebhookAnswer):
    """With the secret, which nobody can look up later."""

    secret: str = Field(description="签名密钥，只显示这一次 · its secret, shown this once")


class AttemptAnswer(Answer):
    """One call of a receiver."""

    at: datetime = Field(description="时间 · when")
    message: str = Field(description="消息编号，即 `webhook-id` · id of the message, its `webhook-id`")
    n: int | None = Field(
        description="条目的序号，心跳和测试为空 · number of the entry; null for a heartbeat or a test"
    )
    status: int | None = Field(description="应答的状态码，没有应答为空 · status of the answer; null: there was none")
    error: str = Field(description="失败的原因，成功为空 · why it failed; empty: it went well")
    milliseconds: int = Field(description="用时，毫秒 · how long it took, in milliseconds")


class AttemptsAnswer(Answer):
    """The newest first."""

    items: list[AttemptAnswer] = Field(description="最近的推送，最新的在前 · the last attempts, newest first")
