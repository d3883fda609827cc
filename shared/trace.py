"""The chain of custody: which request or event the running code works for. Ends up in envelopes and in every log line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trace:
    correlation: str = ""
    causation: str = ""


_current: ContextVar[Trace] = ContextVar("trace", default=Trace())  # noqa: B039 - frozen, so sharing the default is safe


def readable(correlation: str) -> str:
    """What may travel in headers and logs; empty for anything else that a caller made up."""
    return correlation if re.fullmatch(r"[A-Za-z0-9._:-]{1,100}", correlation) else ""


def current() -> Trace:
    return _current.get()


@contextmanager
def working_for(correlation: str, causation: str = "") -> Iterator[None]:
    token = _current.set(Trace(correlation, causation))
    try:
        yield
    finally:
        _current.reset(token)
