"""The tables of one user of a shared file: there before the first question, whoever asks first."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from shared.adapters.sqlite.file import SqliteFile
from shared.errors import Unavailable

T = TypeVar("T")


class Tables:
    """statements: repeatable, `IF NOT EXISTS`. ping: tells whoever had to wait that the file answers again."""

    def __init__(self, file: SqliteFile, statements: Sequence[str], ping: Callable[[], Awaitable[None]]) -> None:
        self._file = file
        self._statements = tuple(statements)
        self._ping = ping
        self._there = False

    async def prepare(self) -> None:
        """Raises Unavailable."""

        def change(connection: sqlite3.Connection) -> None:
            for statement in self._statements:
                connection.execute(statement)

        await self._file.write(change)
        self._there = True

    async def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Raises Unavailable."""
        return await self._ask(self._file.read, question)

    async def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Raises Unavailable, and what `change` raises."""
        return await self._ask(self._file.write, change)

    async def _ask(
        self,
        ask: Callable[[Callable[[sqlite3.Connection], T]], Awaitable[T]],
        work: Callable[[sqlite3.Connection], T],
    ) -> T:
        try:
            if not self._there:
                await self.prepare()
            return await ask(work)
        except Unavailable as error:
            error.ping = self._ping
            raise
