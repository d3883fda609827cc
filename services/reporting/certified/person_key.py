"""Persons by a keyed hash: the same person gives the same hash, and without the key it says nothing about anybody.

Identity numbers are few and follow a rule, so a hash without a key would be found by trying all of them."""

from __future__ import annotations

import hmac
from typing import Final

from shared.contracts.reporting import RosterLine
from shared.forms.form6.layout import RESIDENCE_PERMIT, RESIDENT_ID
from shared.trade.numbers.spelling import normalise
from shared.trade.practice import is_practice

_FINGERPRINT: Final = 12  # characters: enough to tell two keys apart, and no help in finding one


class PersonKey:
    """secret: empty where none was set; nothing can be hashed then. replaces: fingerprint of the key that it takes the
    place of, if that was on purpose. A format below must never change."""

    def __init__(self, secret: str, replaces: str = "") -> None:
        self._secret = secret.encode()
        self.replaces = replaces

    def __repr__(self) -> str:
        return "PersonKey(…)"

    @property
    def is_set(self) -> bool:
        return bool(self._secret)

    @property
    def fingerprint(self) -> str:
        """By which a key is recognised; it may be shown."""
        return self._hash("fingerprint")[:_FINGERPRINT]

    def person(self, body: str, line: RosterLine) -> str:
        """Whoever a line is about. body: of the roster; people in practice are others than those of the same documents."""
        return self._hash("person", *_who(body, line))

    def certified(self, body: str, line: RosterLine) -> str:
        """That somebody holds a level of an occupation."""
        return self._hash("certified", *_who(body, line), line.occupation, str(line.level))

    def _hash(self, *parts: str) -> str:
        """64 hex digits. Each part with its length, so that no two lists of parts are the same text."""
        if not self._secret:
            raise ValueError("no key was set")
        text = "".join(f"{len(part)}:{part}" for part in parts)
        return hmac.digest(self._secret, text.encode(), "sha256").hex()


def _who(body: str, line: RosterLine) -> tuple[str, str, str]:
    return "practice" if is_practice(body) else "real", *identity(line)


def identity(line: RosterLine) -> tuple[str, str]:
    """Kind and number of the document by which a person is known."""
    # One number, one person: a residence permit's number was taken for that of a resident ID before it had a kind of its own.
    kind = RESIDENT_ID if line.id_type == RESIDENCE_PERMIT else line.id_type
    return kind, normalise(line.id_number)
