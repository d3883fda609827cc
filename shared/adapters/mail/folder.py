"""The post of one machine: every letter becomes an `.eml` file that any mail program opens."""

from __future__ import annotations

import asyncio
import hashlib
import re
from pathlib import Path

from shared.durable import Refusals, write_durably
from shared.errors import Unavailable
from shared.ports import ReadyLetter


class MailFolder:
    """A letter sent twice lies in the folder once, also where it was planned at another time the second time, as after a
    restored backup: the end of a name, which is made of its Message-ID alone, is looked for first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: dict[str, str] | None = None
        """Names of files by their ends; listed once, for listing a folder of thousands takes longer than a letter."""
        self._refusals = Refusals(path)

    async def send(self, letter: ReadyLetter) -> None:
        """Raises Unavailable when the folder takes nothing."""
        try:
            with self._refusals.noted():
                await asyncio.to_thread(self._write, file_name(letter), letter.content)
        except OSError as error:
            raise Unavailable(f"信函文件夹无法写入 · the mail folder takes no letters: {error}", self.ping) from error

    async def ping(self) -> None:
        """Raises Unavailable while the folder takes no letters."""
        try:
            await asyncio.to_thread(self._refusals.prove)
        except OSError as error:
            raise Unavailable(f"{self._path} 无法写入 · takes no letters: {error.strerror}", self.ping) from error

    def _write(self, name: str, content: bytes) -> None:
        if self._names is None:
            there = self._path.iterdir() if self._path.is_dir() else ()
            self._names = {_end(file.name): file.name for file in there}
        write_durably(self._path / self._names.setdefault(_end(name), name), content)

    async def close(self) -> None:
        """Nothing is held open."""


def file_name(letter: ReadyLetter) -> str:
    """When, which letter, to whom, and last what tells apart two of a second: 20260403-170000_certificates-mailed_office@…_1f2e….
    In the order in which they were written when sorted by name. Each part is plain ASCII, whatever the letter says."""
    number = hashlib.sha256(letter.message_id.encode()).hexdigest()[:12]
    parts = (f"{letter.planned_at:%Y%m%d-%H%M%S}", _plain(letter.letter), _plain(letter.to), number)
    return "_".join(part for part in parts if part) + ".eml"


def _end(name: str) -> str:
    return name.rpartition("_")[2]


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.@-]+", "-", text).strip("-.")[:80]
