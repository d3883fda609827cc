"""Published contracts only grow: frozen schemas, golden examples, strict writing, tolerant reading."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import shared.contracts
from shared.contracts import FACTS, Envelope
from shared.contracts.certificate import Holder
from shared.contracts.freeze import breaches, freeze, schema_of
from shared.contracts.reporting import RosterLine, seal_lines
from shared.errors import Unreadable

FOLDER = Path(shared.contracts.__file__).parent
# What tells of one person: a line of a roster and a holder, without what they share with everybody of their trade.
OF_THE_TRADE = {"occupation", "occupation_zh", "occupation_en", "level", "certificate"}
PERSONAL = ({*RosterLine.model_fields, *Holder.model_fields} - OF_THE_TRADE) | {"phone", "mobile", "address", "photo"}


def example(type_: str) -> str:
    return (FOLDER / "examples" / f"{type_}.json").read_text(encoding="utf-8").rstrip("\n")


def published(type_: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((FOLDER / "schemas" / f"{type_}.json").read_text(encoding="utf-8"))
    return schema


def fields(schema: Any) -> Iterator[str]:
    """Names of the fields of a schema, at every depth."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield from schema["properties"]
        for part in schema.values():
            yield from fields(part)


def keys(content: Any) -> Iterator[str]:
    match content:
        case dict():
            yield from content
            for part in content.values():
                yield from keys(part)
        case list():
            for part in content:
                yield from keys(part)


@pytest.mark.parametrize("type_", FACTS)
def test_a_published_contract_never_shrinks(type_: str) -> None:
    assert breaches(published(type_), schema_of(FACTS[type_])) == []


@pytest.mark.parametrize("type_", FACTS)
def test_the_published_schema_is_up_to_date(type_: str) -> None:
    assert published(type_) == schema_of(FACTS[type_]), "run: make schemas"


@pytest.mark.parametrize("type_", FACTS)
def test_the_golden_example_is_read_and_written_to_the_same_bytes(type_: str) -> None:
    text = example(type_)
    envelope = Envelope.read(text)
    fact = FACTS[type_].from_data(envelope.data)
    assert envelope.fact_type == type_
    # Of fields that came later, an old message has none: only what it holds must come out as it went in.
    written = fact.model_dump(mode="json", exclude_unset=True)
    assert envelope.model_copy(update={"data": written}).wire() == text


@pytest.mark.parametrize("type_", FACTS)
def test_no_fact_holds_a_person(type_: str) -> None:
    """Names of bodies are public; people stay off the bus, also inside lists. The one mailbox is an office's."""
    of_an_office = {"email"} if type_ == "body.registered.v1" else set()
    assert PERSONAL & (set(fields(published(type_))) | set(keys(Envelope.read(example(type_)).data))) == of_an_office


@pytest.mark.parametrize("type_", FACTS)
def test_unknown_fields_are_ignored_when_read_and_refused_when_written(type_: str) -> None:
    known = Envelope.read(example(type_)).data
    data = {**known, "new_in_a_later_release": 1}
    assert FACTS[type_].from_data(data) == FACTS[type_].from_data(known)
    with pytest.raises(ValidationError):
        FACTS[type_](**data)


def test_unknown_fields_inside_a_list_are_ignored_when_read_and_refused_when_written() -> None:
    plan = FACTS["session_plan.approved.v1"]
    data = copy.deepcopy(Envelope.read(example(plan.TYPE)).data)
    data["items"][0]["new_in_a_later_release"] = 1
    assert plan.from_data(data) == plan.from_data(Envelope.read(example(plan.TYPE)).data)
    with pytest.raises(ValidationError):
        plan(**data)


def test_the_seal_of_a_line_stays_what_it_was() -> None:
    """Rosters approved in earlier releases are checked against it. A field more, and none of them would fit any longer."""
    line = RosterLine(
        n=1,
        ticket="49053012202600140001",
        name="测试甲",
        sex="男",
        birth=date(1990, 3, 1),
        id_type="身份证",
        id_number="999999199003010012",
        education="大专",
        employer="示例公司",
        occupation="6-04-01-01",
        occupation_zh="车工",
        occupation_en="turner (lathe operator)",
        level=4,
        theory=86.5,
        practical=90.0,
        grade="good",
    )
    assert seal_lines([line]) == "sha256:086a40c14f9e88d361b60c030229dd138f5a67d6404d0e6994e7226f47457c3b"


def test_every_type_has_its_files_and_no_file_is_left_over() -> None:
    for kind in ("schemas", "examples"):
        assert {path.stem for path in (FOLDER / kind).glob("*.json")} == set(FACTS)


def test_the_seal_and_the_producer_of_an_approval_are_checked_when_read() -> None:
    data = Envelope.read(example("roster.approved.v1")).data
    for field, wrong in (("seal", "sha256:short"), ("producer", "branch"), ("path", "49000001")):
        with pytest.raises(Unreadable):
            FACTS["roster.approved.v1"].from_data({**data, field: wrong})


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda schema: schema["properties"].pop("seal"), "/properties/seal: gone"),
        (lambda schema: schema["required"].append("new"), "/properties/new: now required"),
        (lambda schema: schema["required"].remove("seal"), "/properties/seal: no longer required"),
        (lambda schema: schema["properties"]["seal"].update(type="integer"), "/properties/seal/type"),
        (lambda schema: schema["properties"]["seal"].update(maxLength=80), "/properties/seal/maxLength"),
    ],
)
def test_what_is_no_addition_is_noticed(change: object, complaint: str) -> None:
    old = published("roster.approved.v1")
    new = copy.deepcopy(old)
    change(new)  # type: ignore[operator]
    assert any(breach.startswith(complaint) for breach in breaches(old, new))


@pytest.mark.parametrize("kinds", [["centre", "branch"], ["centre", "branch", "station", "institute"]])
def test_choices_neither_shrink_nor_grow(kinds: list[str]) -> None:
    """Old messages hold every old word; old readers know no new one."""
    old = published("body.registered.v1")
    new = copy.deepcopy(old)
    new["properties"]["kind"]["enum"] = kinds
    assert [breach.split(":")[0] for breach in breaches(old, new)] == ["/properties/kind/enum"]


def test_what_lists_hold_is_watched_too() -> None:
    old = published("session_plan.approved.v1")
    new = copy.deepcopy(old)
    del new["$defs"]["PlannedItem"]["properties"]["heads"]
    assert "/$defs/PlannedItem/properties/heads: gone" in breaches(old, new)


def test_words_about_a_contract_may_change() -> None:
    old = published("roster.approved.v1")
    new = copy.deepcopy(old)
    new["description"] = new["properties"]["seal"]["description"] = "put better"
    assert breaches(old, new) == []


def test_an_optional_field_is_an_addition() -> None:
    old = published("roster.approved.v1")
    new = copy.deepcopy(old)
    new["properties"]["note"] = {"type": "string", "default": ""}
    assert breaches(old, new) == []


def test_freezing_twice_writes_nothing(tmp_path: Path) -> None:
    for kind in ("schemas", "examples"):
        (tmp_path / kind).mkdir()
        for path in (FOLDER / kind).glob("*.json"):
            (tmp_path / kind / path.name).write_bytes(path.read_bytes())
    assert freeze(tmp_path, FACTS) == ([], [])


def test_freezing_refuses_a_change_and_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    approved = FACTS["roster.approved.v1"]
    for kind in ("schemas", "examples"):
        (tmp_path / kind).mkdir()
    (tmp_path / "examples" / f"{approved.TYPE}.json").write_text(example(approved.TYPE), encoding="utf-8")
    other = published(approved.TYPE)
    other["properties"]["sealed_by"] = {"type": "string"}
    before = json.dumps(other)
    schema = tmp_path / "schemas" / f"{approved.TYPE}.json"
    schema.write_text(before, encoding="utf-8")
    _, refused = freeze(tmp_path, {approved.TYPE: approved})
    assert refused == [f"schemas/{approved.TYPE}.json: /properties/sealed_by: gone"]
    assert schema.read_text(encoding="utf-8") == before


def test_freezing_never_rewrites_the_content_of_an_example(tmp_path: Path) -> None:
    """Only its layout: one written by hand becomes the bytes of the wire."""
    approved = FACTS["roster.approved.v1"]
    (tmp_path / "examples").mkdir()
    by_hand = tmp_path / "examples" / f"{approved.TYPE}.json"
    by_hand.write_text(json.dumps(json.loads(example(approved.TYPE)), indent=4), encoding="utf-8")
    freeze(tmp_path, {approved.TYPE: approved})
    assert by_hand.read_text(encoding="utf-8") == example(approved.TYPE) + "\n"
