"""Headers that some requests cannot do without, and what is answered when one is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needed:
    """sentence: what is said to whoever sent none."""

    name: str
    status: int
    sentence: str


IF_MATCH = Needed("If-Match", 428, "请带上读取时的 ETag · send If-Match with the ETag you last read")
IDEMPOTENCY_KEY = Needed(
    "Idempotency-Key", 400, "新建请求须带 Idempotency-Key · creating needs an Idempotency-Key header"
)


def first_missing(names: Iterable[str]) -> Needed | None:
    """names: of the headers that are missing."""
    missing = frozenset(names)
    return next((one for one in (IF_MATCH, IDEMPOTENCY_KEY) if one.name in missing), None)
