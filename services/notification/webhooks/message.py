"""What a receiver is sent: the bytes of an entry as they are, a heartbeat, a test; and the headers of each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from services.notification.feeds import signals
from services.notification.feeds.entry import Entry, entry_id
from services.notification.feeds.signals import Signal, Way
from services.notification.webhooks.keys import signature

LARGEST = 20_000  # bytes; what is larger goes without its data, which the feed has
CONTENT_TYPE = "application/cloudevents+json"


class Ping(Signal):
    TYPE: ClassVar[str] = "webhook.ping.v1"
    ABOUT: ClassVar[str] = (
        "测试推送：有人以 `POST /notification/webhooks/{id}/ping` 要求时发送一次。 · "
        "A test: sent once when somebody asks for it with `POST /notification/webhooks/{id}/ping`."
    )
    SUBJECT: ClassVar[str] = "推送的编号 · id of the webhook"
    WAYS: ClassVar[tuple[Way, ...]] = ("webhook",)

    feed: str = Field(description="机构编码 · institution code of the body whose feed is pushed")


@dataclass(frozen=True, slots=True)
class Message:
    """n: number of the entry; none for what is none. The id stays the same over every attempt."""

    id: str
    n: int | None
    content: bytes


def of_entry(entry: Entry, site: str) -> Message:
    """site: our public address, without a slash at its end."""
    content = entry.wire.encode()
    if len(content) >= LARGEST:
        before = entry_id(entry.feed, entry.n - 1)
        thin = json.loads(entry.without_data().wire)
        thin["dataref"] = f"{site}/notification/feed?lastEventId={before}&limit=1"
        content = json.dumps(thin, ensure_ascii=False, separators=(",", ":")).encode()
    return Message(entry.id, entry.n, content)


def type_of(entry: Entry) -> str:
    return str(json.loads(entry.wire)["type"])


def heartbeat(feed: str, last: int, at: datetime) -> Message:
    """Once an hour to whoever has everything: a reader that hears nothing for longer knows that something is broken."""
    id, content = signals.heartbeat(feed, last, at)
    return Message(id, None, content)


def ping(feed: str, webhook: str, last: int, at: datetime) -> Message:
    id = f"{webhook}/ping/{at:%Y-%m-%dT%H-%M-%S-%f}"
    return Message(id, None, signals.written(id, webhook, at, Ping(feed=feed, feedlast=last)))


def headers(message: Message, keys: Sequence[bytes], last: int, at: datetime) -> dict[str, str]:
    """last: number of the newest entry of the feed, so that a gap shows. keys: each of them signs."""
    timestamp = int(at.timestamp())
    return {
        "content-type": CONTENT_TYPE,
        "webhook-id": message.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(key, message.id, timestamp, message.content) for key in keys),
        "feedlast": str(last),
    }
