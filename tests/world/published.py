"""What leaves for branch centres is what the AsyncAPI document says: whoever receives in tests holds every message against it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema_rs

from services.runtime.asyncapi.document import document
from shared.contracts.envelope import PREFIX


def must_be_published(way: str, content: bytes | str) -> None:
    """way: the channel of the document on which it came: `feed`, `queue` or `webhook`. Raises AssertionError."""
    told = json.loads(content)
    type_ = str(told["type"]).removeprefix(PREFIX)
    known = _document()["channels"][way]["messages"]
    assert type_ in known, f"the AsyncAPI document does not say that {told['type']} comes by {way}"
    wrong = [f"{error.instance_path}: {error.message}" for error in _validator(type_).iter_errors(told)]
    assert not wrong, f"{told['type']} by {way} is not as the AsyncAPI document says: {wrong}"


@cache
def _document() -> Any:
    return document()


@cache
def _validator(type_: str) -> Any:
    components = _document()["components"]
    return jsonschema_rs.Draft202012Validator({**components["messages"][type_]["payload"], "components": components})
