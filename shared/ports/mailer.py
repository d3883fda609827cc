"""The post."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Protocol


class Mailer(Protocol):
    async def send(self, message: EmailMessage) -> None:
        """Hand one letter to the post. Raises Refused when the address is refused for good (5xx), NotYet when it is put
        off (4xx for this address), Unavailable when the post is closed for now. Sending the same Message-ID twice must not
        make two in a folder."""
        ...

    async def close(self) -> None: ...
