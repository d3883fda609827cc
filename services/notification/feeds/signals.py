"""What is pushed without being an entry: it stands in no feed and has no number.

Whoever sends one more makes a class of it here or beside what sends it: the AsyncAPI document is made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.envelope import PREFIX

Way = Literal["queue", "webhook"]


class Signal(BaseModel):
    """The fields are its `data`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    TYPE: ClassVar[str]
    ABOUT: ClassVar[str]
    """When it is sent and what for, for people."""
    SUBJECT: ClassVar[str]
    """What the envelope carries as its subject."""
    WAYS: ClassVar[tuple[Way, ...]]
    """On which it is sent."""

    feedlast: int = Field(ge=0, description="事件流最后一条的序号 · number of the newest entry of the feed")


class Heartbeat(Signal):
    TYPE: ClassVar[str] = "feed.heartbeat.v1"
    ABOUT: ClassVar[str] = (
        "每小时一次，在条目都已送出时发送。`feedlast` 大于自己最后的序号，即有缺号；久未收到任何消息，即有故障。 · "
        "Once an hour to whoever was sent every entry. A `feedlast` above one's own last number is a gap; hearing nothing for "
        "longer means that something is broken."
    )
    SUBJECT: ClassVar[str] = "机构编码 · institution code"
    WAYS: ClassVar[tuple[Way, ...]] = ("queue", "webhook")


class SignalEvent(BaseModel):
    """As it is sent, in this order."""

    specversion: Literal["1.0"] = Field("1.0", description="`1.0`")
    id: str = Field(description="编号，重发时不变 · its id, the same over every resend")
    source: str = Field("/notification", description="发布的服务 · service that wrote it", examples=["/notification"])
    type: str = Field(description="信号种类 · type of the signal", examples=["cn.jianding.feed.heartbeat.v1"])
    subject: str = Field(description="所关于的机构或推送 · the body or the webhook it is about")
    time: datetime = Field(description="发送时间 · when it was made")
    datacontenttype: Literal["application/json"] = Field("application/json", description="`application/json`")
    data: dict[str, Any] = Field(description="内容，按信号种类约定 · what the type says")


def written(id: str, subject: str, at: datetime, signal: Signal) -> bytes:
    """at: in UTC."""
    event = SignalEvent(id=id, type=PREFIX + signal.TYPE, subject=subject, time=at, data=signal.model_dump(mode="json"))
    return event.model_dump_json().encode()


def heartbeat(feed: str, last: int, at: datetime) -> tuple[str, bytes]:
    """Its id, one for each hour, and its bytes. feed: institution code. last: number of the newest entry of the feed."""
    id = f"{feed}/heartbeat/{at:%Y-%m-%dT%H}"
    return id, written(id, feed, at, Heartbeat(feedlast=last))
