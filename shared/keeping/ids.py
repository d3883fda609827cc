"""Computed ids: those of the machinery, and how services compute theirs (`services/<service>/ids.py`).

Ids are computed from what they identify, never drawn: a redelivered message computes the same id and meets "already
there". A format must never change, or a retry would no longer recognise its own work.
"""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

HOUSE = uuid5(NAMESPACE_URL, "urn:jianding")


def computed(kind: str, *parts: str | int) -> str:
    """kind: what it is an id of; each kind has one owner (tests/rules/test_ids.py)."""
    return str(uuid5(HOUSE, "/".join(str(part) for part in (kind, *parts))))


def fact_id(source: str, kind: str, aggregate: str, n: int) -> str:
    return f"{source}/{kind}/{aggregate}#{n:010d}"


def request_id(caller: str, idempotency_key: str) -> str:
    return computed("request", caller, idempotency_key)


def parked_id(queue: str, message: str) -> str:
    return computed("parked", queue, message)


def foreign_number_id(body: str, number: str) -> str:
    """Who presented which number: the same from the number check and from a workbook, so it is found once."""
    return computed("foreign_number", body, number)
