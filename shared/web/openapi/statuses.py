"""With which errors an operation can answer: read from what it takes, who may ask it, and whether a throttle holds it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from shared.memory.places import Places
from shared.memory.throttles import Throttle
from shared.register.access import Row
from shared.web.preconditions import IF_MATCH


def statuses(method: str, path: str, operation: Mapping[str, Any], row: Row, *, is_throttled: bool) -> frozenset[int]:
    """operation: as the framework documents it."""
    return frozenset(_statuses(method, path, operation, row, is_throttled))


def _statuses(method: str, path: str, operation: Mapping[str, Any], row: Row, is_throttled: bool) -> Iterator[int]:
    # Refused at the door; no parameter but the documented ones; a bug; the store or the directory away.
    yield from (400, 422, 500, 503)
    parameters = operation.get("parameters", ())
    headers = {one["name"] for one in parameters if one["in"] == "header"}
    contents = frozenset(operation.get("requestBody", {}).get("content", ()))
    # Open, but somebody may try what is not his: a password, a link, a number.
    is_guessed = is_throttled and not row.roles
    names_documents = "{" in path or "application/json" in contents or any(map(_is_asked_about, parameters))
    if row.roles or is_guessed:
        yield from (401, 403)
    if is_guessed or (row.roles and names_documents):
        yield 404
    if row.roles and (method != "GET" or names_documents):
        yield 409
    if IF_MATCH.name in headers:
        yield from (IF_MATCH.status, 412)
    if contents:
        yield 413
    if is_throttled:
        yield 429


def _is_asked_about(parameter: Mapping[str, Any]) -> bool:
    """A question that a list cannot do without names a document: `?roster=`."""
    return parameter["in"] == "query" and bool(parameter["required"])


def throttled(endpoint: Callable[..., Any]) -> bool:
    """Whether a throttle is within reach of the endpoint: it, or a function that it calls, was made around one."""
    searched: set[Callable[..., Any]] = set()
    waiting: list[object] = [endpoint]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, Throttle | Places):
            return True
        if inspect.isfunction(thing) and thing not in searched:
            searched.add(thing)
            waiting += inspect.getclosurevars(thing).nonlocals.values()
    return False
