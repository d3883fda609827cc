"""How a question to the store becomes statements: by the index that the kind declares for it, each a walk along that index
from one place to another, so that an answer costs what it holds, however many records there are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shared.ports import Kind, Value

_COLUMNS = "id, body, version, facts"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHAPES = 1024
"""Questions of one shape differ in their values only, and there are as many shapes as places in the code that ask."""


@dataclass(frozen=True, slots=True)
class Statement:
    """text: without its LIMIT."""

    text: str
    values: list[Value]


def index_name(kind: str, fields: Sequence[str]) -> str:
    return "_".join((_name(kind), "by", *fields))


def index_made(kind: str, fields: Sequence[str]) -> str:
    columns = ", ".join(_field(field) for field in fields)
    name = index_name(kind, fields)
    return f"CREATE INDEX IF NOT EXISTS {name} ON document ({columns}, id) WHERE kind = '{_name(kind)}'"


def counting(kind: Kind, where: Mapping[str, Value], between: tuple[str, Value, Value] | None) -> Statement:
    terms, values = _equal(where)
    bounds = _bounds(between)
    source = _source(kind, tuple(where), between[0] if between else "")
    parts = (f"SELECT count(*) FROM {source}", *terms, *(term for term, _ in bounds))
    return Statement(" AND ".join(parts), [*values, *(value for _, value in bounds)])


def finding(
    kind: Kind,
    where: Mapping[str, Value],
    between: tuple[str, Value, Value] | None,
    sort: str,
    after: tuple[Value, str] | None,
) -> list[Statement]:
    """One after the other until there are enough rows: a page that begins behind a record has first what is left of those
    with the same sort value, then the others. In one condition, SQLite would walk through all it has shown already."""
    source = _source(kind, tuple(where), between[0] if between else "", sort)
    by = _field(sort) if sort else "id"

    def statement(bounds: Sequence[tuple[str, Value]], order: str, unbound: str = "") -> Statement:
        terms, values = _equal(where)
        terms += [term for term, _ in bounds] + ([unbound] if unbound else [])
        values += [value for _, value in bounds]
        return Statement(f"SELECT {_COLUMNS} FROM {' AND '.join((source, *terms))} ORDER BY {order}", values)

    bounds = _bounds(between)
    in_order = f"{by}, id" if sort else "id"
    if after is None:
        return [statement(bounds, in_order)]
    value, id = after
    if not sort:
        return [statement([*bounds, ("id > ?", id)], in_order)]
    if value is None:  # records without the field stand first
        first = statement([*bounds, ("id > ?", id)], "id", f"{by} IS NULL")
        return [first, statement(bounds, in_order, f"{by} IS NOT NULL")]
    if between is None or between[0] != sort:
        same, others = bounds, bounds
    else:  # one bound at each end only: of two, SQLite walks from either
        _, low, high = between
        if _rank(value) < _rank(low):
            return [statement(bounds, in_order)]
        if _rank(value) >= _rank(high):
            return []
        same, others = [], [(f"{by} < ?", high)]
    return [
        statement([*same, (f"{by} = ?", value), ("id > ?", id)], "id"),
        statement([*others, (f"{by} > ?", value)], in_order),
    ]


@lru_cache(_SHAPES)
def is_in_order(kind: Kind, where: tuple[str, ...], sort: str) -> bool:
    """Whether an index holds just the records with these values, in the order asked for: then the first of them is where it
    leads to, however many there are."""
    index = kind.index_for(where, "", sort) or ()
    return bool(index) and {*index[: len(where)]} == {*where} and index[len(where) :] == ((sort,) if sort else ())


@lru_cache(_SHAPES)
def _source(kind: Kind, where: tuple[str, ...], between: str = "", sort: str = "") -> str:
    """`INDEXED BY`, because a kind may be nearly all of the file or next to nothing, and SQLite keeps no account of it: it
    would take the index that begins with the kind, read all its records and sort them."""
    index = kind.index_for(where, between, sort)
    if index is None:
        return f"document WHERE likely(kind = '{_name(kind.name)}')"
    return f"document INDEXED BY {index_name(kind.name, index)} WHERE kind = '{_name(kind.name)}'"


def _equal(where: Mapping[str, Value]) -> tuple[list[str], list[Value]]:
    return [f"{_field(field)} = ?" for field in where], list(where.values())


def _bounds(between: tuple[str, Value, Value] | None) -> list[tuple[str, Value]]:
    if between is None:
        return []
    field, low, high = between
    return [(f"{_field(field)} >= ?", low), (f"{_field(field)} < ?", high)]


def _rank(value: Value) -> tuple[bool, Value]:
    """As SQLite orders them: numbers before text."""
    return isinstance(value, str), value


def _name(name: str) -> str:
    """Names become part of the statement, because an index is chosen only if the query spells the same expression."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name of a kind or a field: {name!r}")
    return name


@lru_cache(_SHAPES)
def _field(name: str) -> str:
    return f"json_extract(body, '$.{_name(name)}')"
