"""The store in one SQLite file: documents as JSON text, their outbox rows in a second table, one local transaction."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from pydantic_core import from_json

from shared.adapters.sqlite import asking
from shared.adapters.sqlite.tables import Tables
from shared.errors import Stale, Unavailable
from shared.ports import GET_TOGETHER, Kind, Outgoing, Page, Record, Value, Waiting
from shared.ports.expiring import must_expire
from shared.ports.stored_body import check_body

LARGEST_OUTBOX = 400  # rows waiting in one document; more means that nobody has reached the broker for a long time

_TABLES = (
    "CREATE TABLE IF NOT EXISTS document (kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,"
    " facts INTEGER NOT NULL, body TEXT NOT NULL, UNIQUE (kind, id))",
    "CREATE TABLE IF NOT EXISTS outbox (kind TEXT NOT NULL, id TEXT NOT NULL, n INTEGER NOT NULL, at TEXT NOT NULL,"
    " exchange TEXT NOT NULL, key TEXT NOT NULL, wire TEXT NOT NULL, headers TEXT NOT NULL,"
    " PRIMARY KEY (kind, id, n)) WITHOUT ROWID",
    # Whose turn it is, read from its beginning: a look costs what it finds, however much waits behind that.
    "CREATE INDEX IF NOT EXISTS outbox_turn ON outbox (at, kind, id)",
)


class SqliteStore:
    """Keeps the promises of `ports.Store`. Several processes may use the same file."""

    def __init__(self, path: Path, kinds: Sequence[Kind]) -> None:
        self.written = asyncio.Event()
        self._kinds = {kind.name: kind for kind in kinds}
        indexes = [asking.index_made(kind.name, fields) for kind in self._kinds.values() for fields in kind.indexes]
        self._tables = Tables(path, [*_TABLES, *indexes], self.ping, superseded=self._superseded)

    async def get(self, kind: str, id: str) -> Record | None:
        def question(connection: sqlite3.Connection) -> Record | None:
            row = connection.execute(
                "SELECT id, body, version, facts FROM document WHERE kind = ? AND id = ?", (kind, id)
            ).fetchone()
            return _record(row) if row else None

        return await self._tables.glance(question)

    async def get_many(self, kind: str, ids: Sequence[str]) -> list[Record]:
        def question(connection: sqlite3.Connection) -> list[Record]:
            # One value for all of them: a statement takes a limited number.
            rows = connection.execute(
                "SELECT id, body, version, facts FROM document WHERE kind = ? AND id IN (SELECT value FROM json_each(?))",
                (kind, wanted),
            )
            return [_record(row) for row in rows]

        wanted = json.dumps(_asked_together(ids))
        return await self._tables.read(question) if ids else []

    async def add(self, kind: str, record: Record, outbox: Sequence[Outgoing] = ()) -> bool:
        self._must_be_known(kind, outbox)
        values = _values(kind, record)

        def change(connection: sqlite3.Connection) -> bool:
            added = connection.execute(f"{_ADD} ON CONFLICT DO NOTHING", values).rowcount == 1
            if added:
                connection.executemany(_ADD_ROW, _rows(kind, record.id, outbox))
            return added

        added = await self._tables.write(change)
        if added and outbox:
            self.written.set()
        return added

    async def add_many(self, kind: str, records: Sequence[Record]) -> int:
        def change(connection: sqlite3.Connection) -> int:
            # The bodies become text here, in the writer's thread: thousands of them would hold up the event loop.
            values = [_values(kind, record) for record in records]
            return connection.executemany(f"{_ADD} ON CONFLICT DO NOTHING", values).rowcount if values else 0

        return await self._tables.write(change)

    async def put(self, kind: str, record: Record, outbox: Sequence[Outgoing] = ()) -> None:
        self._must_be_known(kind, outbox)
        body = _text(record.body)

        def change(connection: sqlite3.Connection) -> None:
            changed = connection.execute(
                "UPDATE document SET body = ?, version = version + 1, facts = ?"
                " WHERE kind = ? AND id = ? AND version = ?",
                (body, record.facts, kind, record.id, record.version),
            ).rowcount
            if not changed:
                raise Stale
            if not outbox:
                return
            waiting = connection.execute("SELECT count(*) FROM outbox WHERE kind = ? AND id = ?", (kind, record.id))
            if waiting.fetchone()[0] >= LARGEST_OUTBOX:
                raise Unavailable(
                    f"消息系统中断过久，请稍后再试 · {kind} {record.id}: the bus has been away too long", self.ping
                )
            connection.executemany(_ADD_ROW, _rows(kind, record.id, outbox))

        await self._tables.write(change)
        if outbox:
            self.written.set()

    async def delete(self, kind: str, id: str, version: int) -> bool:
        must_expire(self._kinds, kind)

        def change(connection: sqlite3.Connection) -> bool:
            removed = connection.execute(
                "DELETE FROM document WHERE kind = ? AND id = ? AND version = ?"
                " AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.kind = document.kind AND outbox.id = document.id)",
                (kind, id, version),
            )
            return removed.rowcount == 1

        return await self._tables.write(change)

    async def find(
        self,
        kind: str,
        where: Mapping[str, Value] | None = None,
        *,
        between: tuple[str, Value, Value] | None = None,
        sort: str = "",
        after: tuple[Value, str] | None = None,
        limit: int = 100,
    ) -> Page:
        known, where = self._kind(kind), where or {}
        parts = asking.finding(known, where, between, sort, after)
        is_one = limit == 1 and between is None and asking.is_in_order(known, tuple(where), sort)
        ask = self._tables.glance if is_one else self._tables.read

        def question(connection: sqlite3.Connection) -> list[Any]:
            rows: list[Any] = []
            for part in parts:
                rows += connection.execute(f"{part.text} LIMIT {limit + 1 - len(rows):d}", part.values)
                if len(rows) > limit:
                    break
            return rows

        rows = await ask(question)
        records = [_record(row) for row in rows[:limit]]
        if len(rows) <= limit or not records:
            return Page(records, None)
        last = records[-1]
        return Page(records, (cast(Value, last.body.get(sort)) if sort else last.id, last.id))

    async def count(
        self,
        kind: str,
        where: Mapping[str, Value] | None = None,
        *,
        between: tuple[str, Value, Value] | None = None,
    ) -> int:
        counted = asking.counting(self._kind(kind), where or {}, between)
        return int(
            await self._tables.read(
                lambda connection: connection.execute(counted.text, counted.values).fetchone()[0],
            )
        )

    async def pending(self, limit: int = 100) -> list[Waiting]:
        def question(connection: sqlite3.Connection) -> list[Waiting]:
            found: dict[tuple[str, str], Waiting] = {}
            # Rows, not documents, and no LIMIT: reading ends where enough documents were met.
            for kind, id in connection.execute(
                "SELECT kind, id FROM outbox INDEXED BY outbox_turn ORDER BY at, kind, id"
            ):
                if (kind, id) not in found:
                    found[kind, id] = Waiting(kind, id, _waiting_rows(connection, kind, id))
                    if len(found) == limit:
                        break
            return list(found.values())

        return await self._tables.read(question)

    async def sent(self, kind: str, id: str, upto: int) -> None:
        await self._tables.write(
            lambda connection: (
                connection.execute("DELETE FROM outbox WHERE kind = ? AND id = ? AND n <= ?", (kind, id, upto)).rowcount
            )
        )

    async def prepare(self) -> None:
        await self._tables.prepare()

    async def ping(self) -> None:
        await self._tables.read(lambda connection: connection.execute("SELECT 1 FROM document LIMIT 1").fetchone())
        await self._tables.prove()

    async def close(self) -> None:
        await self._tables.close()

    def _kind(self, name: str) -> Kind:
        """Of one that this store was opened without no index is known, and none is counted on."""
        return self._kinds.get(name) or Kind(name)

    def _superseded(self, connection: sqlite3.Connection) -> list[str]:
        """Indexes that an earlier release declared for a kind of ours, and this one does not."""
        there = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'document'")
        declared = {asking.index_name(kind.name, fields) for kind in self._kinds.values() for fields in kind.indexes}
        return [name for (name,) in there if name.partition("_by_")[0] in self._kinds and name not in declared]

    def _must_be_known(self, kind: str, outbox: Sequence[Outgoing]) -> None:
        if outbox and kind not in self._kinds:  # a store on a server would look for facts in the known kinds only
            raise ValueError(f"this store was opened without the kind {kind!r}: nobody would find its facts")


def _asked_together(ids: Sequence[str]) -> list[str]:
    if len(ids) > GET_TOGETHER:
        raise ValueError(f"{len(ids)} ids at a time, more than {GET_TOGETHER}")
    return list(ids)


_ADD = "INSERT INTO document (kind, id, version, facts, body) VALUES (?, ?, ?, ?, ?)"
_ADD_ROW = "INSERT INTO outbox (kind, id, n, at, exchange, key, wire, headers) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


def _values(kind: str, record: Record) -> tuple[str, str, int, int, str]:
    return kind, record.id, record.version, record.facts, _text(record.body)


def _rows(kind: str, id: str, outbox: Iterable[Outgoing]) -> list[tuple[Any, ...]]:
    return [
        (
            kind,
            id,
            row.n,
            row.at.astimezone(UTC).isoformat(timespec="microseconds"),
            row.exchange,
            row.key,
            row.wire,
            json.dumps(row.headers),
        )
        for row in outbox
    ]


def _waiting_rows(connection: sqlite3.Connection, kind: str, id: str) -> tuple[Outgoing, ...]:
    rows = connection.execute(
        "SELECT n, at, exchange, key, wire, headers FROM outbox WHERE kind = ? AND id = ? ORDER BY n", (kind, id)
    )
    return tuple(
        Outgoing(n, datetime.fromisoformat(at), exchange, key, wire, json.loads(headers))
        for n, at, exchange, key, wire, headers in rows
    )


def _text(body: dict[str, Any]) -> str:
    check_body(body)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _record(row: tuple[str, str, int, int]) -> Record:
    id, body, version, facts = row
    # Values would be remembered in the process beyond the record; the names of fields are always the same.
    return Record(id, from_json(body, cache_strings="keys"), version, facts)
