"""What is told at which level, and by whom."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from shared import trace
from shared.log import OURS, fields, set_up


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, levels = list(root.handlers), {name: logging.getLogger(name).level for name in ("", *OURS)}
    yield
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def said(style: str, level: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    set_up("plan", style, level)
    with trace.working_for("c1", "/plan/x#1"):
        for name in ("services.plan", "shared.messaging.worker", "httpx", "pymongo.command"):
            for at in (logging.DEBUG, logging.INFO, logging.WARNING):
                logging.getLogger(name).log(at, "%s %s", name, logging.getLevelName(at), extra=fields(ms=3))
    return stream.getvalue().splitlines()


@pytest.mark.parametrize(("level", "ours"), [("debug", 3), ("info", 2), ("warning", 1)])
def test_the_level_is_ours_and_libraries_only_warn(level: str, ours: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Libraries tell what they send: addresses with queries, whole documents."""
    lines = [json.loads(line) for line in said("json", level, monkeypatch)]
    counted = {name: [line["from"] for line in lines].count(name) for name in ("services.plan", "httpx")}
    assert counted == {"services.plan": ours, "httpx": 1}
    assert [line["level"] for line in lines if line["from"] == "pymongo.command"] == ["warning"]
    assert {(line["correlation"], line["causation"], line["ms"]) for line in lines} == {("c1", "/plan/x#1", 3)}


def test_text_lines_name_the_correlation_too(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = said("text", "info", monkeypatch)
    assert all(line.endswith("  [c1 /plan/x#1]") for line in lines)


class Typed(BaseModel):
    name: int


@pytest.mark.parametrize("style", ["text", "json"])
def test_what_others_say_is_one_line_and_names_nobody(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail server answers on several lines and repeats the address; a library shows what it could not read."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    set_up("plan", style)
    log = logging.getLogger("services.plan")
    log.warning("451 4.2.0 <zhang.wei+1@mail.example.org> is full\r\n09:00:00 info services.plan: all is well\u2028x")
    log.warning("11010519491231002X of roster 2649053012001 at amqp://rabbitmq/core")
    typed = {"name": "张三\n09:00:00 info"}
    try:
        Typed.model_validate(typed)
    except ValueError:
        log.exception("failed")
    written = stream.getvalue()
    for word in ("zhang", "11010519491231002X", "张三"):
        assert word not in written
    assert "…@mail.example.org" in written and "2649053012001" in written and "amqp://rabbitmq/core" in written
    assert "ValidationError" in written and "test_log.py" in written, "where it happened is told"
    if style == "json":
        assert len([json.loads(line) for line in written.split("\n") if line]) == 3
    else:
        began = [line for line in written.splitlines() if not line.startswith("    ")]
        assert len(began) == 3, began
