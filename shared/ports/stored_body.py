"""What a stored body may hold, so that a record kept in SQLite and one kept in MongoDB read back the same."""

from __future__ import annotations

from typing import Any

LARGEST_INT = 2**63 - 1  # the widest integer both databases keep exactly

_PLAIN = frozenset((str, float, bool, type(None)))


def check_body(content: Any, where: str = "body") -> None:
    """JSON values only, integers of 64 bits, keys without `.` and `$` (they are operators in MongoDB).

    Raises ValueError: a body that breaks this is a bug of ours, not a state of the world.
    """
    match content:
        case None | bool() | float() | str():
            return
        case int():
            if not -LARGEST_INT - 1 <= content <= LARGEST_INT:
                raise ValueError(f"{where}: {content} does not fit into 64 bits")
        case dict():
            for key, value in content.items():
                if not isinstance(key, str) or "." in key or "$" in key or "\0" in key:
                    raise ValueError(f"{where}: the key {key!r} cannot be stored")
                if type(value) not in _PLAIN:  # most are: a call for each would take longer than making the text
                    check_body(value, f"{where}/{key}")
        case list() | tuple():
            for value in content:
                check_body(value, where)
        case _:
            raise ValueError(f"{where}: {type(content).__name__} cannot be stored")
