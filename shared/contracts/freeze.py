"""The published contracts as files: `schemas/<type>.json` and `examples/<type>.json`. `python -m shared.contracts.freeze`

Adds what is missing, lets a schema grow by optional fields, and refuses every other change of what is published:
a queue, a parked message or somebody's ledger may still hold facts of the old shape, and somebody may still read them
with the old contract. An example is never changed: it is a message that was sent once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shared.contracts import FACTS, Envelope, Fact
from shared.errors import Unreadable

HERE = Path(__file__).parent
DIALECT = "https://json-schema.org/draft/2020-12/schema"
NOTES = frozenset({"title", "description", "examples", "$schema", "$id"})
"""What may be worded anew at any time: it tells people something, and readers nothing."""

Schema = dict[str, Any]


def schema_of(fact: type[Fact]) -> Schema:
    """What `data` of this fact holds. Open: whoever checks messages with it must let unknown fields pass, as we do."""
    opened = open_to_more(fact.model_json_schema())
    return {"$schema": DIALECT, "$id": f"urn:jianding:fact:{fact.TYPE}", **opened}


def open_to_more(schema: Any) -> Any:
    """Without the strictness of writers."""
    match schema:
        case dict():
            return {
                name: open_to_more(part)
                for name, part in schema.items()
                if not (name == "additionalProperties" and part is False)
            }
        case list():
            return [open_to_more(part) for part in schema]
    return schema


def breaches(published: Schema, now: Schema, at: str = "") -> list[str]:
    """What keeps `now` from being a mere addition to `published`: one sentence each, empty if nothing does.

    A new field must be optional, for old facts lack it. A field that was always there must stay so, for old readers
    count on it. Choices neither shrink nor grow: an old reader takes a word it does not know for an unreadable message.
    """
    return list(_breaches(published, now, at))


def _breaches(published: Mapping[str, Any], now: Mapping[str, Any], at: str) -> Iterator[str]:
    for name in dict.fromkeys((*published, *now)):
        if name in NOTES:
            continue
        old, new, place = published.get(name), now.get(name), f"{at}/{name}"
        match name:
            case "properties" | "$defs":
                yield from _missing_or_changed(old or {}, new or {}, place)
            case "required":
                for field in sorted(set(old or ()) ^ set(new or ())):
                    yield f"{at}/properties/{field}: {'no longer required' if field in (old or ()) else 'now required'}"
            case _ if isinstance(old, dict) and isinstance(new, dict):
                yield from _breaches(old, new, place)
            case "enum" if set(old or ()) == set(new or ()):
                continue
            case _ if _without_notes(old) != _without_notes(new):
                yield f"{place}: {json.dumps(old, ensure_ascii=False)} became {json.dumps(new, ensure_ascii=False)}"


def _missing_or_changed(published: Mapping[str, Any], now: Mapping[str, Any], at: str) -> Iterator[str]:
    for name, old in published.items():
        if name not in now:
            yield f"{at}/{name}: gone"
        else:
            yield from _breaches(old, now[name], f"{at}/{name}")


def _without_notes(schema: Any) -> Any:
    match schema:
        case dict():
            return {name: _without_notes(part) for name, part in schema.items() if name not in NOTES}
        case list():
            return [_without_notes(part) for part in schema]
    return schema


def freeze(folder: Path, facts: Mapping[str, type[Fact]]) -> tuple[list[str], list[str]]:
    """Bring `folder` up to date. Returns (files written, refusals); what is refused stays as it was."""
    written: list[str] = []
    refused: list[str] = []
    for kind in ("schemas", "examples"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        strays = {path.stem for path in (folder / kind).glob("*.json")} - facts.keys()
        refused += [f"{kind}/{stray}.json: no fact has this type any more" for stray in sorted(strays)]
    for type_, fact in facts.items():
        _freeze_schema(folder / "schemas" / f"{type_}.json", schema_of(fact), written, refused)
        _settle_example(folder / "examples" / f"{type_}.json", fact, written, refused)
    return written, refused


def _freeze_schema(path: Path, now: Schema, written: list[str], refused: list[str]) -> None:
    published = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    if published == now:
        return
    broken = breaches(published, now) if published else []
    if broken:
        refused += [f"schemas/{path.name}: {breach}" for breach in broken]
        return
    path.write_text(json.dumps(now, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    written.append(f"schemas/{path.name}")


def _settle_example(path: Path, fact: type[Fact], written: list[str], refused: list[str]) -> None:
    """A new example may be written by hand in any layout; it is kept as the bytes of the wire."""
    if not path.exists():
        refused.append(f"examples/{path.name}: missing; write one whole message of this type there, made-up content")
        return
    text = path.read_text(encoding="utf-8")
    try:
        envelope = Envelope.read(text)
        if envelope.fact_type != fact.TYPE:
            refused.append(f"examples/{path.name}: is a {envelope.fact_type}")
            return
        fact.from_data(envelope.data)
    except Unreadable as error:
        refused.append(f"examples/{path.name}: {error}")
        return
    if (settled := envelope.wire() + "\n") != text:
        path.write_text(settled, encoding="utf-8")
        written.append(f"examples/{path.name}")


def main() -> int:
    written, refused = freeze(HERE, FACTS)
    for line in written:
        print(f"written  {line}")
    for line in refused:
        print(f"REFUSED  {line}", file=sys.stderr)
    if refused:
        print("A change that is no addition is a new version of the fact: docs/events.md.", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
