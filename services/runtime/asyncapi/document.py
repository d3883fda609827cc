"""The AsyncAPI 3.0 document: three ways to one and the same entry, a message for every fact that has readers, and one for every
signal, which is pushed without being an entry."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from typing_extensions import Doc

from services.notification.feeds.answers import EntryAnswer
from services.notification.feeds.api import LONGEST_WAIT, PAGE
from services.notification.feeds.entry import Entry
from services.notification.feeds.readers import feeds_named_by, is_for_all_below
from services.notification.feeds.signals import Heartbeat, Signal, SignalEvent, heartbeat
from services.notification.webhooks.message import LARGEST, Ping, ping
from services.runtime.catalogue import REGISTER
from shared.contracts.envelope import PREFIX, Envelope, Fact
from shared.contracts.freeze import open_to_more

Json = dict[str, Any]

FEED_ADDRESS = "/notification/feed"
SCHEMAS = "#/components/schemas"
EXAMPLES = Path(__file__).parents[3] / "shared" / "contracts" / "examples"
A_BRANCH = "49050001"
"""Whose feed the examples stand in, where it may read of them."""
NEWEST = 17
"""Number of the newest entry there."""
_AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)

SIGNALS: Mapping[type[Signal], bytes] = {
    Heartbeat: heartbeat(A_BRANCH, NEWEST, _AT)[1],
    Ping: ping(A_BRANCH, "9b2f6c1e", NEWEST, _AT).content,
}
"""Each with what is sent."""

VERSION = "1"
"""Of the contracts together: they grow by optional fields, and what changes otherwise is another type beside the old one."""

ABOUT = (
    "分中心业务系统可订阅的事件。三种方式取得的条目逐字节相同：按序号读事件流（HTTP），读本机构的队列（AMQP），或由本系统推送（Webhook）。"
    "事件流是记录，其余两种由它推送。用法见 docs/branch-centres.zh-CN.md。 · "
    "What a branch centre's own software may subscribe to. "
    "Three ways to the same bytes: the feed by numbers (HTTP), the queue of one's own body (AMQP), or pushed (webhook). The feed "
    "is the record, the others push from it. How to use it: docs/branch-centres.md."
)
FEEDLAST: Json = {
    "type": "object",
    "properties": {
        "feedlast": {
            "type": "integer",
            "minimum": 0,
            "description": "事件流最后一条的序号，据此即知是否缺号 · "
            "number of the newest entry of the feed: a gap shows without asking",
        }
    },
}
DATAREF: Json = {
    "type": "string",
    "format": "uri",
    "description": f"只出现在推送中：条目达 {LARGEST} 字节的不带 `data`，到此地址读取 · by webhook only: an entry of {LARGEST} "
    "bytes or more comes without `data`, which is read at this address",
}


def document() -> Json:
    facts = read_facts()
    schemas: Json = {}
    entry = _hoisted(EntryAnswer.model_json_schema(ref_template=f"{SCHEMAS}/{{model}}"), schemas)
    entry["properties"]["dataref"] = DATAREF
    schemas["Entry"] = {**entry, "title": "Entry", "description": "事件流的一条：CloudEvents 1.0 · one entry of a feed"}
    sent = _hoisted(open_to_more(SignalEvent.model_json_schema(ref_template=f"{SCHEMAS}/{{model}}")), schemas)
    sent["required"] = list(sent["properties"])
    schemas["Signal"] = {**sent, "title": "Signal", "description": "不是条目，没有序号 · no entry: it has no number"}
    messages = {fact.TYPE: _message(fact, schemas) for fact in facts}
    messages |= {signal.TYPE: _signal_message(signal, schemas) for signal in SIGNALS}
    channels = _channels()
    for name, channel in channels.items():
        here = [*(fact.TYPE for fact in facts), *(signal.TYPE for signal in SIGNALS if name in signal.WAYS)]
        channel["messages"] = {type_: {"$ref": f"#/components/messages/{type_}"} for type_ in here}
    return {
        "asyncapi": "3.0.0",
        "id": "urn:cn:jianding:feeds",
        "info": {
            "title": "鉴定：分中心订阅的事件 · Jianding: events for branch centres",
            "version": VERSION,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": _servers(),
        "channels": channels,
        "operations": _operations(),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "messages": messages,
            "securitySchemes": _security_schemes(),
        },
    }


def read_facts() -> tuple[type[Fact], ...]:
    """Those that stand in some feed, service by service."""
    return tuple(fact for one in REGISTER.declared.values() for fact in one.facts if fact.READERS)


def meaning_of(field: FieldInfo) -> str:
    """What people are told about a field of a fact: said for the page alone, or in the schema too."""
    sentences = [one.documentation for one in field.metadata if isinstance(one, Doc)]
    return sentences[-1] if sentences else field.description or ""


def example_of(fact: type[Fact]) -> Json:
    """The published example of a fact as an entry of a feed."""
    event = Envelope.read((EXAMPLES / f"{fact.TYPE}.json").read_text(encoding="utf-8"))
    feeds = feeds_named_by(fact, event.data)
    feed = A_BRANCH if A_BRANCH in feeds or is_for_all_below(fact) else feeds[0]
    example: Json = json.loads(Entry.of(feed, NEWEST, event).wire)
    return example


# --- messages and schemas -----------------------------------------------------------------------------------------------


def _message(fact: type[Fact], schemas: Json) -> Json:
    data = _hoisted(open_to_more(fact.model_json_schema(ref_template=f"{SCHEMAS}/{{model}}")), schemas)
    for name, field in fact.model_fields.items():
        data["properties"][name] = {**data["properties"][name], "description": meaning_of(field)}
    _add(schemas, fact.TYPE, data)
    return _of_type(fact.TYPE, fact.ABOUT, fact.SUBJECT, "Entry", example_of(fact))


def _signal_message(signal: type[Signal], schemas: Json) -> Json:
    schema = signal.model_json_schema(ref_template=f"{SCHEMAS}/{{model}}")
    _add(schemas, signal.TYPE, _hoisted(open_to_more(schema), schemas))
    return _of_type(signal.TYPE, signal.ABOUT, signal.SUBJECT, "Signal", json.loads(SIGNALS[signal]))


def _of_type(type_: str, about: str, subject: str, envelope: str, example: Json) -> Json:
    """envelope: the schema that the message has whatever its type."""
    return {
        "name": PREFIX + type_,
        "title": type_,
        "summary": about,
        "description": f"主体 · subject: {subject}",
        "contentType": "application/cloudevents+json",
        "headers": FEEDLAST,
        "payload": {
            "allOf": [
                {"$ref": f"{SCHEMAS}/{envelope}"},
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": PREFIX + type_},
                        "data": {"$ref": f"{SCHEMAS}/{type_}"},
                    },
                },
            ]
        },
        "examples": [{"name": type_, "payload": example}],
    }


def _hoisted(schema: Json, schemas: Json) -> Json:
    """Without `$defs`: what stood there stands in `schemas`, where the whole document refers to it."""
    for name, part in schema.pop("$defs", {}).items():
        _add(schemas, name, part)
    return schema


def _add(schemas: Json, name: str, schema: Json) -> None:
    """Raises ValueError where two contracts call different things by one name."""
    if schemas.setdefault(name, schema) != schema:
        raise ValueError(f"two schemas are called {name}")


def references(part: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    match part:
        case dict():
            for name, inner in part.items():
                if name == "$ref" and isinstance(inner, str):
                    yield inner
                else:
                    yield from references(inner)
        case list():
            for inner in part:
                yield from references(inner)


# --- the three ways -----------------------------------------------------------------------------------------------------


def _servers() -> Json:
    return {
        "house": {
            "host": "certificates.example.org",
            "protocol": "https",
            "description": "本系统的地址 · address of the house",
            "security": [{"$ref": "#/components/securitySchemes/machine"}],
        },
        "broker": {
            "host": "broker.example.org:5671",
            "pathname": "/branches",
            "protocol": "amqps",
            "description": "消息服务器的 `branches` 虚拟主机：各机构只能读自己的队列 · virtual host `branches` of the broker: a "
            "body reads its own queue, and nothing else",
            "security": [{"$ref": "#/components/securitySchemes/queue"}],
        },
    }


def _security_schemes() -> Json:
    return {
        "machine": {
            "type": "oauth2",
            "description": "机器账号，见 POST /directory/tokens · machine account",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "https://certificates.example.org/directory/tokens",
                    "availableScopes": {},
                }
            },
        },
        "queue": {"type": "userPassword", "description": "申请队列时取得 · given once, when the queue was asked for"},
    }


def _channels() -> dict[str, Json]:
    return {
        "feed": {
            "address": FEED_ADDRESS,
            "title": "事件流 · the feed",
            "description": "按序号读取，序号不间断，永久保留；条目以数组取得 · "
            "by numbers without a gap, which stay for good; entries come as an array "
            "(application/cloudevents-batch+json)",
            "servers": [{"$ref": "#/servers/house"}],
        },
        "queue": {
            "address": "branch.{code}",
            "title": "本机构的队列 · the queue of one's own body",
            "description": "长度和时间有限，可能丢失；缺号到事件流补读 · "
            "limited in length and age, so it may lose: what is missing is read "
            "from the feed",
            "parameters": {"code": {"description": "机构编码 · institution code", "examples": [A_BRANCH]}},
            "servers": [{"$ref": "#/servers/broker"}],
            "bindings": {
                "amqp": {
                    "is": "queue",
                    "queue": {"name": "branch.{code}", "durable": True, "exclusive": False, "vhost": "/branches"},
                    "bindingVersion": "0.3.0",
                }
            },
        },
        "webhook": {
            "address": None,
            "title": "推送 · webhook",
            "description": "按 Standard Webhooks 1.0 签名推送到所登记的地址 · "
            "posted to the address one registered, signed as Standard "
            "Webhooks 1.0 has it (webhook-id, webhook-timestamp, webhook-signature)",
        },
    }


def _operations() -> Json:
    return {
        "readFeed": {
            "action": "send",
            "channel": {"$ref": "#/channels/feed"},
            "title": "读事件流 · read the feed",
            "summary": "自 `lastEventId` 之后读起 · what follows `lastEventId`, or waits for it",
            "bindings": {"http": {"method": "GET", "query": _query(), "bindingVersion": "0.3.0"}},
        },
        "readQueue": {
            "action": "send",
            "channel": {"$ref": "#/channels/queue"},
            "title": "读队列 · read the queue",
            "summary": "办完再确认；重复的按序号舍去 · acknowledge after the effect, drop repeats by their number",
        },
        "receiveWebhook": {
            "action": "send",
            "channel": {"$ref": "#/channels/webhook"},
            "title": "接收推送 · receive a webhook",
            "summary": "先核对签名；办完再答 2xx · check the signature first, answer 2xx after the effect",
            "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
        },
    }


def _query() -> Mapping[str, Any]:
    return {
        "type": "object",
        "properties": {
            "lastEventId": {
                "type": "string",
                "description": "已读到的最后一条的 `id` · `id` of the last entry one has",
                "examples": [f"{A_BRANCH}/{NEWEST}"],
            },
            "timeout": {
                "type": "integer",
                "minimum": 0,
                "maximum": LONGEST_WAIT,
                "description": "没有新条目时最多等候的毫秒数 · milliseconds to wait where there is nothing new yet",
            },
            "limit": {
                "type": "integer",
                "minimum": 1,
                "maximum": PAGE,
                "description": "最多几条 · how many entries at most",
            },
        },
    }
