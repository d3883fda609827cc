"""Logging: one line an event, with the chain of custody. Payloads and names of people are never logged.

A line may bring fields of its own, for collectors: `log.info("…", extra=fields(status=200))`.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import Any

from shared import trace

OURS = ("services", "shared", "__main__")
"""Whose lines go by the level of the settings. Libraries speak from warnings on, whatever the level: below it some of
them tell what they send, and with it people's names."""
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}
_FIELDS = "jianding_fields"
_PERSONS = re.compile(
    r"[\w.+%-]+(?=@[\w-]+\.)|(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])|(?<=input_value=).+?(?=, input_type=)", re.S
)
"""What says who somebody is and may stand in the words of others, as a mail server's or a library's: mailboxes, numbers of
resident IDs, what was typed."""
_MAYBE_PERSONS = re.compile(r"@|\d{17}|input_value=")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""With them a text would look like several lines, each of them from whoever wrote it."""


def fields(**given: object) -> dict[str, Any]:
    """What a JSON line says besides its text, as `extra` of a logging call. Ids, numbers and fixed words only."""
    return {_FIELDS: given}


class Lines(logging.Formatter):
    """service: what every line is said to come from. as_json: one object a line, else text for a terminal."""

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
            "text": _of_nobody(record.getMessage()),
            "correlation": now.correlation,
            "causation": now.causation,
        }
        if record.exc_info:
            line["error"] = _of_nobody(self.formatException(record.exc_info))
        if self._as_json:
            said = {key: value for key, value in line.items() if value}
            return json.dumps(said | getattr(record, _FIELDS, {}), ensure_ascii=False)
        tail = f"  [{' '.join(part for part in (now.correlation, now.causation) if part)}]" if now.correlation else ""
        error = "".join(f"\n    {_on_one_line(part)}" for part in line.get("error", "").split("\n") if part)
        text = _on_one_line(line["text"])
        return f"{line['at'][11:19]} {line['level']:<7} {self._service} {record.name}: {text}{tail}{error}"


def _of_nobody(text: str) -> str:
    """Where nothing begins one of them is looked for first: every line comes by here, and hardly any holds one."""
    return _PERSONS.sub("…", text) if _MAYBE_PERSONS.search(text) else text


def _on_one_line(text: str) -> str:
    return _BREAKS.sub(lambda found: ascii(found.group())[1:-1], text)


def set_up(service: str, style: str = "text", level: str = "info") -> None:
    """style: text, or json. level: one of LEVELS."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(service, style == "json"))
    # No line tells them, and every line would ask for them.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for ours in OURS:
        logging.getLogger(ours).setLevel(LEVELS[level])
    # It warns of every form that cannot be read: a log that strangers fill.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
