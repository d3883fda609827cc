"""A file with the tables that its user needs: made before they are first asked, whoever asks first."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from shared.adapters.sqlite.file import SqliteFile
from shared.errors import Unavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Column:
    """One that files of earlier releases lack. definition: its type, and what the rows that are there get."""

    table: str
    name: str
    definition: str


class Tables:
    """statements: make the tables, and do nothing where they are there. ping: what tells a paused worker that the file is
    back. superseded: names the indexes that are there and of no use any more. Raises Unavailable as `SqliteFile.open`."""

    def __init__(
        self,
        path: Path,
        statements: Sequence[str],
        ping: Callable[[], Awaitable[None]],
        added: Sequence[Column] = (),
        superseded: Callable[[sqlite3.Connection], Sequence[str]] = lambda _: (),
    ) -> None:
        self.file = SqliteFile.open(path)
        self._statements, self._ping, self._added, self._superseded = statements, ping, added, superseded
        self._prepared = False
        self._closed = False

    async def prepare(self) -> None:
        """Raises Unavailable."""

        def change(connection: sqlite3.Connection) -> None:
            for statement in self._statements:
                connection.execute(statement)
            for column in self._added:
                present = connection.execute(f"SELECT name FROM pragma_table_info('{column.table}')").fetchall()
                if (column.name,) not in present:
                    connection.execute(f"ALTER TABLE {column.table} ADD COLUMN {column.name} {column.definition}")
            for index in self._superseded(connection):
                connection.execute(f"DROP INDEX {index}")

        await self.file.write(change)
        self._prepared = True

    async def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Raises Unavailable, with the ping."""
        return await self._ask(self.file.read, question)

    async def glance(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """As `SqliteFile.glance`. Raises Unavailable, with the ping."""
        return await self._ask(self.file.glance, question)

    async def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Raises Unavailable, with the ping, and what `change` raises."""
        return await self._ask(self.file.write, change)

    async def prove(self) -> None:
        """For a ping: that writing works, if the last write did not. Raises Unavailable, with the ping."""
        try:
            await self.file.prove()
        except Unavailable as error:
            error.ping = self._ping
            raise

    async def close(self) -> None:
        """Closing twice is harmless."""
        if not self._closed:
            self._closed = True
            await self.file.close()

    async def _ask(
        self,
        ask: Callable[[Callable[[sqlite3.Connection], T]], Awaitable[T]],
        work: Callable[[sqlite3.Connection], T],
    ) -> T:
        try:
            if not self._prepared:
                await self.prepare()
            return await ask(work)
        except Unavailable as error:
            error.ping = self._ping
            raise
