"""The post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.errors import NotYet, Refused
from shared.trade.undelivered import FAILED, NO_SUCH_ADDRESS, NOT_ACCEPTING, Cause, cause_of

__all__ = [
    "FAILED",
    "NOT_ACCEPTING",
    "NO_SUCH_ADDRESS",
    "Cause",
    "Mailer",
    "PutOff",
    "ReadyLetter",
    "Undeliverable",
    "cause_of",
]


class Undeliverable(Refused):
    """Refused for good (5xx). The sentence has no address in it, for it ends up in logs."""

    def __init__(self, detail: str, cause: Cause = FAILED) -> None:
        super().__init__(detail)
        self.cause = cause


class PutOff(NotYet):
    """This one letter shall come again later (4xx); the post is open for the others.

    wait: seconds until then, where that is our own restraint and no answer of the server's: it counts as no try. 0: as the
    sender thinks fit."""

    def __init__(self, detail: str, cause: Cause = FAILED, wait: float = 0) -> None:
        super().__init__(detail)
        self.cause = cause
        self.wait = wait


@dataclass(frozen=True, slots=True)
class ReadyLetter:
    """A letter as it goes out: written once, in bytes, so that no mailer takes it apart again. Raises ValueError without
    Message-ID (a bug): it could not be recognised when it is sent again."""

    message_id: str
    """With its angle brackets; the same for each repeat of the letter."""
    sender: str
    to: str
    """Both bare addresses, as on an envelope."""
    letter: str
    """Which letter it is; a name in plain ASCII."""
    planned_at: datetime
    """In the time zone of those who read it."""
    content: bytes
    """The message of RFC 5322, lines ended by CRLF; beyond ASCII only where an address is (RFC 6532)."""
    bulk: bool = False
    """One of very many: it never keeps one that is not waiting."""

    def __post_init__(self) -> None:
        if not self.message_id:
            raise ValueError("a letter without Message-ID cannot be recognised when it is sent again")


class Mailer(Protocol):
    async def send(self, letter: ReadyLetter) -> None:
        """Hand one letter to the post. Raises Undeliverable when it is refused for good (5xx), PutOff when it is put off
        (4xx for this letter), Unavailable when the post is closed for now. Sending the same Message-ID twice must not
        make two in a folder."""
        ...

    async def close(self) -> None: ...
