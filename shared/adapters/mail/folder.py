"""The post of one machine: every letter becomes an `.eml` file that any mail program opens."""

from __future__ import annotations

import asyncio
import hashlib
import re
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from shared.durable import Refusals, write_durably
from shared.errors import Unavailable


class MailFolder:
    """The name of the file is made from the Message-ID: a letter sent twice lies in the folder once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._refusals = Refusals(path)

    async def send(self, message: EmailMessage) -> None:
        """Raises Unavailable when the folder takes nothing; ValueError for a letter without Message-ID (a bug)."""
        message_id = str(message["Message-ID"] or "").strip()
        if not message_id:
            raise ValueError("a letter without Message-ID cannot be recognised when it is sent again")
        content = message.as_bytes(policy=SMTP)
        try:
            with self._refusals.noted():
                await asyncio.to_thread(write_durably, self._path / file_name(message_id), content)
        except OSError as error:
            raise Unavailable(f"信函文件夹无法写入 · the mail folder takes no letters: {error}", self.ping) from error

    async def ping(self) -> None:
        """Raises Unavailable while the folder takes no letters."""
        try:
            await asyncio.to_thread(self._refusals.prove)
        except OSError as error:
            raise Unavailable(f"{self._path} 无法写入 · takes no letters: {error.strerror}", self.ping) from error

    async def close(self) -> None:
        """Nothing is held open."""


def file_name(message_id: str) -> str:
    """Readable, and different for different ids even where only unusual characters tell them apart."""
    readable = re.sub(r"[^A-Za-z0-9.@_-]+", "-", message_id.strip("<>")).strip("-.")[:80]
    return f"{readable}-{hashlib.sha256(message_id.encode()).hexdigest()[:8]}.eml"
