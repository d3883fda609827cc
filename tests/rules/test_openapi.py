"""Whoever reads the document of a service understands every field, in Chinese, and knows what comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.openapi.operations import OPERATIONS, Operation

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SHAPES = ("type", "enum", "const", "anyOf", "oneOf", "allOf")
Schema = Mapping[str, Any]


def ways(operation: Operation, schema: Schema) -> Iterator[Schema]:
    """The schema, and what it stands for: references and alternatives."""
    yield schema
    for way in ([{"$ref": schema["$ref"]}] if "$ref" in schema else []) + [*schema.get("anyOf", ())]:
        yield from ways(operation, operation.resolved(way))


def is_described(operation: Operation, field: Schema) -> bool:
    return any(CHINESE.search(one.get("description", "")) for one in ways(operation, field))


def inside(operation: Operation, schema: Schema, place: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Fields without a description, at any depth."""
    if "$ref" in schema:
        if schema["$ref"] in seen:
            return
        seen |= {schema["$ref"]}
        place = schema["$ref"].rpartition("/")[2]
        schema = operation.resolved(schema)
    for name, field in schema.get("properties", {}).items():
        if not is_described(operation, field):
            yield f"{place}.{name}"
        yield from inside(operation, field, f"{place}.{name}", seen)
    for deeper in deeper_in(schema):
        yield from inside(operation, deeper, place, seen)


def deeper_in(schema: Schema) -> Iterator[Schema]:
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield schema[name]
    for name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        yield from schema.get(name, ())


def untyped(operation: Operation, schema: Schema, place: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Places where anything may come."""
    if "$ref" in schema:
        if schema["$ref"] in seen:
            return
        seen |= {schema["$ref"]}
        schema = operation.resolved(schema)
    more = schema.get("additionalProperties")
    if "x-typed-in" in schema:  # another document says
        return
    is_anything = schema.get("type") == "object" and not schema.get("properties") and not isinstance(more, dict)
    if is_anything or not any(shape in schema for shape in SHAPES) or more == {}:
        yield place
    for name, field in schema.get("properties", {}).items():
        yield from untyped(operation, field, f"{place}.{name}", seen)
    for deeper in deeper_in(schema):
        yield from untyped(operation, deeper, place, seen)


def contents(part: Schema) -> Iterator[tuple[str, Schema]]:
    for kind, content in part.get("content", {}).items():
        yield kind, content.get("schema", {})


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_field_is_described_in_chinese(operation: Operation) -> None:
    undescribed = [
        f"{one['in']} {one['name']}"
        for one in operation.document.get("parameters", ())
        if not is_described(operation, one) and not is_described(operation, one["schema"])
    ]
    for _, schema in contents(operation.document.get("requestBody", {})):
        undescribed += inside(operation, schema, "request")
    for answer in operation.answers().values():
        for _, schema in contents(answer):
            undescribed += inside(operation, schema, "answer")
    assert undescribed == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_answer_is_typed(operation: Operation) -> None:
    """Bytes and pages have no fields, and some answers no content at all."""
    found = [
        f"{status} {kind} {place}"
        for status, answer in operation.answers().items()
        for kind, schema in contents(answer)
        if "json" in kind
        for place in untyped(operation, schema, "answer")
    ]
    assert found == []
