"""Published contracts only grow: frozen schemas, golden examples, strict writing, tolerant reading."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from pydantic import ValidationError

import shared.contracts
from shared.contracts import FACTS, Envelope
from shared.contracts.freeze import breaches, freeze, schema_of
from shared.errors import Unreadable

FOLDER = Path(shared.contracts.__file__).parent
PERSONAL = {"name", "id_number", "birth", "sex", "phone", "mobile", "address", "photo"}


def example(type_: str) -> str:
    return (FOLDER / "examples" / f"{type_}.json").read_text(encoding="utf-8").rstrip("\n")


def published(type_: str) -> dict[str, object]:
    schema: dict[str, object] = json.loads((FOLDER / "schemas" / f"{type_}.json").read_text(encoding="utf-8"))
    return schema


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
    assert envelope.model_copy(update={"data": fact.model_dump(mode="json")}).wire() == text


@pytest.mark.parametrize("type_", FACTS)
def test_no_fact_holds_a_person(type_: str) -> None:
    """Names of bodies are public; people stay off the bus."""
    assert PERSONAL.isdisjoint(FACTS[type_].model_fields)


@pytest.mark.parametrize("type_", FACTS)
def test_unknown_fields_are_ignored_when_read_and_refused_when_written(type_: str) -> None:
    data = {**Envelope.read(example(type_)).data, "new_in_a_later_release": 1}
    assert FACTS[type_].from_data(data)
    with pytest.raises(ValidationError):
        FACTS[type_](**data)


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
    ],
)
def test_what_is_no_addition_is_noticed(change: object, complaint: str) -> None:
    old = published("roster.approved.v1")
    new = copy.deepcopy(old)
    change(new)  # type: ignore[operator]
    assert any(breach.startswith(complaint) for breach in breaches(old, new))


def test_an_optional_field_is_an_addition() -> None:
    old = published("roster.approved.v1")
    new = copy.deepcopy(old)
    new["properties"]["note"] = {"type": "string", "default": ""}  # type: ignore[index]
    assert breaches(old, new) == []


def test_freezing_twice_writes_nothing(tmp_path: Path) -> None:
    for kind in ("schemas", "examples"):
        (tmp_path / kind).mkdir()
        for path in (FOLDER / kind).glob("*.json"):
            (tmp_path / kind / path.name).write_bytes(path.read_bytes())
    assert freeze(tmp_path, FACTS) == ([], [])
