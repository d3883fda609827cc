"""Logging: one line an event, with the chain of custody. Payloads and names of people are never logged."""

from __future__ import annotations

import json
import logging
import sys

from shared import trace


class _Lines(logging.Formatter):
    def __init__(self, service: str, as_json: bool) -> None:
        super().__init__()
        self._service, self._as_json = service, as_json

    def format(self, record: logging.LogRecord) -> str:
        now = trace.current()
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "service": self._service,
            "from": record.name,
            "text": record.getMessage(),
            "correlation": now.correlation,
            "causation": now.causation,
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        if self._as_json:
            return json.dumps({key: value for key, value in line.items() if value}, ensure_ascii=False)
        tail = f"  [{now.causation or now.correlation}]" if now.correlation else ""
        error = f"\n{line['error']}" if "error" in line else ""
        return f"{line['at'][11:19]} {line['level']:<7} {self._service} {record.name}: {line['text']}{tail}{error}"


def set_up(service: str, style: str = "text", level: int = logging.INFO) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(service, style == "json"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "aiormq", "aio_pika", "fontTools", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It warns of every form that cannot be read: a log that strangers fill.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
