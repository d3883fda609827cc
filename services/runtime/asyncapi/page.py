"""The AsyncAPI document as a page for people: Chinese first, one file, nothing fetched from anywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from services.notification.feeds.signals import Signal
from services.runtime.asyncapi.document import SIGNALS, read_facts
from services.runtime.catalogue import REGISTER
from shared.contracts.envelope import Fact, Reader
from shared.words import Pair

Json = dict[str, Any]


def of(document: Json, readers: Mapping[Reader, Pair]) -> str:
    """readers: what those are called in whose feeds a fact stands."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["coded"] = _coded
    facts = set(read_facts())
    services = {
        service: [_event(document, fact, readers) for fact in one.facts if fact in facts]
        for service, one in REGISTER.declared.items()
    }
    return environment.get_template("page.html").render(
        info={**document["info"], "description": _halves(document["info"]["description"])},
        channels=[{**one, **_said(one)} for one in document["channels"].values()],
        entry=_fields(document, document["components"]["schemas"]["Entry"]),
        services={service: events for service, events in services.items() if events},
        signal=_fields(document, document["components"]["schemas"]["Signal"]),
        signals=[_shown(document, signal) for signal in SIGNALS],
    )


def _event(document: Json, fact: type[Fact], readers: Mapping[Reader, Pair]) -> Json:
    return {**_shown(document, fact), "readers": [readers[reader] for reader in fact.READERS]}


def _shown(document: Json, told: type[Fact] | type[Signal]) -> Json:
    message = document["components"]["messages"][told.TYPE]
    return {
        "type": told.TYPE,
        "about": _halves(told.ABOUT),
        "subject": _halves(told.SUBJECT),
        "fields": _fields(document, document["components"]["schemas"][told.TYPE]),
        "example": json.dumps(message["examples"][0]["payload"], ensure_ascii=False, indent=2),
    }


def _fields(document: Json, schema: Json) -> list[Json]:
    required = set(schema.get("required", ()))
    return [
        {
            "name": name,
            "kind": _kind(document, field),
            "always": name in required,
            "meaning": _halves(field["description"]),
        }
        for name, field in schema["properties"].items()
    ]


def _kind(document: Json, field: Json) -> str:
    """Its form in a word or two."""
    if "$ref" in field:
        return _kind(document, document["components"]["schemas"][field["$ref"].rpartition("/")[2]])
    if "anyOf" in field:
        return " | ".join(dict.fromkeys(_kind(document, one) for one in field["anyOf"]))
    if "enum" in field:
        return " | ".join(str(one) for one in field["enum"])
    if field.get("type") == "array":
        return f"[{_kind(document, field['items'])}]"
    return str(field.get("format") or field.get("type") or field.get("const", ""))


def _said(channel: Json) -> Json:
    return {"title": _halves(channel["title"]), "description": _halves(channel["description"])}


def _coded(text: str) -> Markup:
    """What stands between backticks is code."""
    parts = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(part) if n % 2 else part for n, part in enumerate(parts))


def _halves(text: str) -> Pair:
    """Of "中文 · English". Where there is but one of them, it is said twice by nobody."""
    chinese, _, english = text.partition(" · ")
    return chinese, english
