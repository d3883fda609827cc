"""What is pushed without being an entry: it has no number. Once an hour whoever has everything hears that somebody is alive."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from shared.contracts.envelope import PREFIX

HEARTBEAT = f"{PREFIX}feed.heartbeat.v1"


def heartbeat(feed: str, last: int, at: datetime) -> tuple[str, bytes]:
    """Its id, one for each hour, and its bytes. last: number of the newest entry of the feed."""
    id = f"{feed}/heartbeat/{at:%Y-%m-%dT%H}"
    return id, event(id, HEARTBEAT, feed, at, {"feedlast": last})


def event(id: str, type: str, subject: str, at: datetime, data: dict[str, Any]) -> bytes:
    """type: whole, with its prefix."""
    return written(
        {
            "specversion": "1.0",
            "id": id,
            "source": "/notification",
            "type": type,
            "subject": subject,
            "time": at.isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "data": data,
        }
    )


def written(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
