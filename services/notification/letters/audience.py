"""Which letter of a fact goes to whom: pure functions over what its service declares (shared.register.letters).

Bodies are written to at their official mailbox, people at theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.register.letters import TO_PEOPLE, Letter, Who

_MANY = (*TO_PEOPLE, "bodies")


def bodies_to_write_to(letters: Sequence[Letter], data: Mapping[str, Any]) -> list[tuple[Letter, str]]:
    """(letter, code of the body) pairs of a fact; left out are people, and a branch centre where there is none. Where it is told
    to the holder of an account, no body is written to."""
    if data.get("account"):
        return []
    rows = [letter for letter in letters if letter.who not in _MANY and not data.get(letter.unless)]
    return [(letter, str(data[letter.who])) for letter in rows if data[letter.who] is not None]


def letter_to(letters: Sequence[Letter], who: Who) -> Letter | None:
    """The letter to `holders`, to the `account` or to all `bodies`, where the fact makes one."""
    return next((letter for letter in letters if letter.who == who), None)
