"""The post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


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

    def __post_init__(self) -> None:
        if not self.message_id:
            raise ValueError("a letter without Message-ID cannot be recognised when it is sent again")


class Mailer(Protocol):
    async def send(self, letter: ReadyLetter) -> None:
        """Hand one letter to the post. Raises Refused when the address is refused for good (5xx), NotYet when it is put
        off (4xx for this address), Unavailable when the post is closed for now. Sending the same Message-ID twice must not
        make two in a folder."""
        ...

    async def close(self) -> None: ...
