"""Headers and properties that the driver cannot read must not cost the connection.

The driver ends the whole connection over a table that is nested too deeply, an instant beyond the year 9999, or a name
that is no text. The broker then gives the message back, and it ends the next connection: with it every consumer of the
process stands still, for ever once the message is parked. Each of these values says how long it is, so here it is left
out, and the message arrives without it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from pamqp import decode

log = logging.getLogger(__name__)

Decoder = Callable[[bytes], tuple[int, Any]]

LENGTHS: dict[str, Callable[[bytes], int]] = {
    "table": lambda value: 4 + int.from_bytes(value[:4]),
    "shortstr": lambda value: 1 + int.from_bytes(value[:1]),
    "timestamp": lambda value: 8,
}
EMPTY: dict[str, Any] = {"table": {}, "shortstr": "", "timestamp": None}


def leave_them_out() -> None:
    """For every connection of this process; doing it twice is harmless."""
    for kind, length in LENGTHS.items():
        reads: Any = decode.METHODS[kind]
        if not isinstance(reads, _Lenient):
            decode.METHODS[kind] = _Lenient(kind, reads, length)


class _Lenient:
    def __init__(self, kind: str, reads: Decoder, length: Callable[[bytes], int]) -> None:
        self._kind, self._reads, self._length = kind, reads, length

    def __call__(self, value: bytes) -> tuple[int, Any]:
        try:
            return self._reads(value)
        except Exception as error:
            taken = self._length(value)
            if taken > len(value):  # then the frame itself is broken
                raise
            log.warning("a %s of a message is left out: %s", self._kind, type(error).__name__)
            return taken, EMPTY[self._kind]
