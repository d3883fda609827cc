"""What may be asked about webhooks over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from shared.text import OneLine

Secret = Annotated[
    SecretStr | None,
    Field(
        max_length=200,
        description="签名密钥：`whsec_` 加 24 至 64 个字节的 Base64；为空则由系统生成 · secret: `whsec_` and 24 to 64 bytes in "
        "base64; null: we draw one",
    ),
]


class WebhookEntry(BaseModel):
    """What may change in a webhook."""

    model_config = ConfigDict(extra="forbid")
    address: str = Field(
        max_length=500,
        description="推送到的网址，以 `https://` 开头，不得指向内部网络 · URL that is called: https, and in no private network",
        examples=["https://branch.example.org/jianding"],
    )
    types: list[Annotated[str, Field(max_length=100)]] = Field(
        default_factory=list,
        max_length=100,
        description="只推送这些种类的条目，写法同条目的 `type`；为空则全部推送 · only entries of these types, as in their "
        "`type`; empty: all",
        examples=[["cn.jianding.roster.approved.v1"]],
    )


class NewWebhook(WebhookEntry):
    """A webhook of one's own body."""

    secret: Secret = None
    after: int | None = Field(
        None,
        ge=0,
        lt=10**15,
        description="从第几条之后开始，0 为从头；为空则只推送此后的条目 · number of the entry behind which it begins, 0: from "
        "the beginning; null: only what comes from now on",
    )


class NewSecret(BaseModel):
    model_config = ConfigDict(extra="forbid")
    secret: Secret = None


class Replay(BaseModel):
    """Where it goes on."""

    model_config = ConfigDict(extra="forbid")
    after: int = Field(
        ge=0,
        lt=10**15,
        description="从第几条之后继续，0 为从头；不得超过最后一条 · number of the entry behind which it goes on, 0: from the "
        "beginning; no further than the newest one",
    )


class Disabling(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: OneLine = Field("", max_length=200, description="理由，可以为空 · why; may be empty")
