"""The store on a MongoDB server, or one that speaks its protocol, through motor. Only this file knows either.

A document is `{_id, version, facts, write, body: {…}, outbox: [{n, at, exchange, key, wire, headers}], waiting_since}`.
A write sets the body and pushes onto the outbox: it never replaces the document, because the relay removes rows at the
same time, and a replacement built from an older reading would bring sent facts back. No transaction spans two documents.

`waiting_since` is the instant of the oldest row, and missing where none waits. It only makes looks cheap: what waits is
told by the outbox, so documents of releases that did not write it are found all the same.

Applied but unanswered writes: when a connection breaks, the driver (or a server that imitates MongoDB) may run a write
a second time, which then finds its own version already there. So every write leaves a mark of its own in `write`, and a
write that matches nothing first looks whether the stored mark is its own. Only if somebody wrote again in between does
the caller see Stale for a write of its own; reloading shows the effect.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from uuid import uuid4

from bson.errors import BSONError
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pymongo import ASCENDING, UpdateMany
from pymongo.errors import AutoReconnect, BulkWriteError, DuplicateKeyError, OperationFailure, PyMongoError

from shared.errors import Refused, Stale, Unavailable
from shared.keeping.gathering import Gathering
from shared.ports import GET_TOGETHER, Kind, Outgoing, Page, Record, Value, Waiting
from shared.ports.expiring import must_expire
from shared.ports.stored_body import check_body

LARGEST_OUTBOX = 400  # rows waiting in one document; more means that nobody has reached the broker for a long time
DUPLICATE_KEY = 11000
TOO_LARGE = frozenset({10334, 17419, 17420})  # a document would pass 16 MB
USER_NOT_FOUND, USER_ALREADY_THERE = 11, 51003
NOT_ALLOWED = frozenset({13, 8000})  # Unauthorized; the second is a hosted database's own
NO_SUCH_COMMAND = frozenset({59, 115})  # CommandNotFound, CommandNotSupported
AHEAD = 3  # a look into a backlog goes so much further than the last one, which took one of these
NO_SUCH_HINT = 2  # BadValue: the index to ask by is not there
TIMEOUTS: dict[str, Any] = {  # unless the URL says otherwise
    "serverSelectionTimeoutMS": 5_000,
    "connectTimeoutMS": 5_000,
    "socketTimeoutMS": 30_000,
    "waitQueueTimeoutMS": 10_000,
}

Document = dict[str, Any]
T = TypeVar("T")


class MongoStore:
    """Keeps the promises of `ports.Store`. User, password and their database come with the URL."""

    def __init__(self, url: str, database: str, kinds: Sequence[Kind]) -> None:
        self.written = asyncio.Event()
        self._kinds = {kind.name: kind for kind in kinds}
        self._sent = Gathering(self._remove_sent)
        self._horizon = ""
        """While there is a backlog: a look goes no further than this instant. Empty: it looks at all there is."""
        self._indexes: dict[str, frozenset[str]] = {}
        """Kind → names of the indexes that were there when somebody looked."""
        with self._driver():
            self._client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
                url, w="majority", journal=True, retryWrites=True, appname="jianding", **_timeouts(url)
            )
            self._database = self._client[database]

    async def get(self, kind: str, id: str) -> Record | None:
        with self._driver():
            document = await self._of(kind).find_one({"_id": id}, {"outbox": False})
        return _record(document) if document else None

    async def get_many(self, kind: str, ids: Sequence[str]) -> list[Record]:
        if len(ids) > GET_TOGETHER:
            raise ValueError(f"{len(ids)} ids at a time, more than {GET_TOGETHER}")
        if not ids:
            return []
        with self._driver():
            found = self._of(kind).find({"_id": {"$in": list(ids)}}, {"outbox": False})
            return [_record(document) for document in await found.to_list(len(ids))]

    async def add(self, kind: str, record: Record, outbox: Sequence[Outgoing] = ()) -> bool:
        self._must_be_known(kind, outbox)
        document = _document(record, outbox)
        with self._driver():
            try:
                await self._of(kind).insert_one(document)
            except DuplicateKeyError:
                if not await self._is_mine(kind, record.id, document["write"]):
                    return False
        if outbox:
            self.written.set()
        return True

    async def add_many(self, kind: str, records: Sequence[Record]) -> int:
        """After a broken connection the count may miss records that an unanswered attempt had added."""
        if not records:
            return 0
        documents = await asyncio.to_thread(lambda: [_document(record, ()) for record in records])
        with self._driver():
            try:
                return len((await self._of(kind).insert_many(documents, ordered=False)).inserted_ids)
            except BulkWriteError as error:
                report = error.details or {}
                others = [one for one in report.get("writeErrors", ()) if one.get("code") != DUPLICATE_KEY]
                if others or report.get("writeConcernErrors"):
                    raise
                return int(report.get("nInserted", 0))

    async def put(self, kind: str, record: Record, outbox: Sequence[Outgoing] = ()) -> None:
        self._must_be_known(kind, outbox)
        check_body(record.body)
        mark = uuid4().hex
        wanted: Document = {"_id": record.id, "version": record.version}
        change: Document = {
            "$set": {"body": record.body, "version": record.version + 1, "facts": record.facts, "write": mark}
        }
        if outbox:
            wanted[f"outbox.{LARGEST_OUTBOX - 1}"] = {"$exists": False}
            change["$push"] = {"outbox": {"$each": [_row(one) for one in outbox]}}
            change["$min"] = {"waiting_since": _since(outbox)}
        with self._driver():
            result = await self._of(kind).update_one(wanted, change)
            if result.matched_count == 0 and not await self._is_mine(kind, record.id, mark):
                fresh = {"_id": record.id, "version": record.version}
                if outbox and await self._of(kind).find_one(fresh, {"_id": True}):
                    raise Unavailable(
                        f"消息系统中断过久，请稍后再试 · {kind} {record.id}: the bus has been away too long", self.ping
                    )
                raise Stale
        if outbox:
            self.written.set()

    async def delete(self, kind: str, id: str, version: int) -> bool:
        must_expire(self._kinds, kind)
        with self._driver():
            wanted = {"_id": id, "version": version, "outbox.0": {"$exists": False}}
            return (await self._of(kind).delete_one(wanted)).deleted_count == 1

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
        terms = _terms(where, between)
        by = f"body.{sort}"
        if after is not None and not sort:
            terms.append({"_id": {"$gt": after[1]}})
        elif after is not None and after[0] is None:  # records without the field stand first
            terms.append({"$or": [{by: {"$ne": None}}, {"_id": {"$gt": after[1]}}]})
        elif after is not None:
            terms += [{by: {"$gte": after[0]}}, {"$or": [{by: {"$gt": after[0]}}, {"_id": {"$gt": after[1]}}]}]
        order = [(by, ASCENDING), ("_id", ASCENDING)] if sort else [("_id", ASCENDING)]

        async def ask(hint: str | None) -> list[Document]:
            found = self._of(kind).find(_all_of(terms), {"outbox": False}, hint=hint).sort(order).limit(limit + 1)
            return await found.to_list(limit + 1)

        with self._driver():
            documents = await self._by_index(kind, ask, where or {}, between[0] if between else "", sort)
        records = [_record(document) for document in documents[:limit]]
        if len(documents) <= limit or not records:
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
        async def ask(hint: str | None) -> int:
            by_index: dict[str, Any] = {"hint": hint} if hint else {}
            return int(await self._of(kind).count_documents(_all_of(_terms(where, between)), **by_index))

        with self._driver():
            return await self._by_index(kind, ask, where or {}, between[0] if between else "")

    async def pending(self, limit: int = 100) -> list[Waiting]:
        """One question for all kinds: it is asked all day long, mostly to hear that nothing waits.

        A server that does not read an index in its order sorts all it is asked for. So a look into a backlog asks only for
        what has waited since some instant not far behind the last look, and for everything where that is not enough."""
        if not self._kinds:
            return []
        waiting = await self._look(limit, self._horizon) if self._horizon else []
        if len(waiting) < limit:
            waiting = await self._look(limit)
        self._horizon = max(self._horizon, _horizon(waiting)) if len(waiting) == limit else ""
        return waiting

    async def _look(self, limit: int, until: str = "") -> list[Waiting]:
        with self._driver():
            documents = await self._of(next(iter(self._kinds))).aggregate(self._turn(limit, until)).to_list(None)
        return sorted(map(_waiting, documents), key=_age)[:limit]

    def _turn(self, limit: int, until: str = "") -> list[Document]:
        """Asked of the first kind, and through it of all."""
        first, *others = self._kinds
        along = [{"$unionWith": {"coll": kind, "pipeline": _waiting_of(kind, limit, until)}} for kind in others]
        return [*_waiting_of(first, limit, until), *along]

    async def sent(self, kind: str, id: str, upto: int) -> None:
        await self._sent.add((kind, id, upto))

    async def _remove_sent(self, removals: Sequence[tuple[str, str, int]]) -> None:
        """Many documents by one statement, which costs a server a fraction of one for each."""
        alike: dict[str, dict[int, list[str]]] = {}
        for kind, id, upto in removals:
            alike.setdefault(kind, {}).setdefault(upto, []).append(id)
        with self._driver():
            for kind, by_row in alike.items():
                changes = [UpdateMany({"_id": {"$in": ids}}, _without_sent(upto)) for upto, ids in by_row.items()]
                try:
                    await self._of(kind).bulk_write(changes, ordered=False)
                except AutoReconnect:  # no driver repeats a change of many documents; this one may be repeated
                    await self._of(kind).bulk_write(changes, ordered=False)

    async def prepare(self) -> None:
        with self._driver():
            for kind in self._kinds.values():
                # Only documents with something to send are in this index, so it stays as small as the backlog.
                await self._of(kind.name).create_index(
                    [("outbox.at", ASCENDING)],
                    name="to_send",
                    partialFilterExpression={"outbox.at": {"$exists": True}},
                )
                await self._of(kind.name).create_index(
                    [("waiting_since", ASCENDING)],
                    name="waiting_since",
                    partialFilterExpression={"waiting_since": {"$exists": True}},
                )
                await self._note_since_when(kind.name)
                for fields in kind.indexes:
                    keys = [(f"body.{field}", ASCENDING) for field in fields]
                    await self._of(kind.name).create_index([*keys, ("_id", ASCENDING)], name=_index_name(fields))
            for kind in self._kinds.values():  # once all are there, so that nobody asks without one meanwhile
                await self._drop_superseded(kind)

    async def ping(self) -> None:
        with self._driver():
            await self._database.command("ping")

    async def close(self) -> None:
        self._client.close()

    async def _by_index(
        self,
        kind: str,
        ask: Callable[[str | None], Awaitable[T]],
        where: Mapping[str, Value],
        between: str = "",
        sort: str = "",
    ) -> T:
        """Ask by the declared index, because a server may prefer another one that narrows by a field that most records share.
        Where it is not there (nobody prepared the database, or a later release dropped it) the server decides."""
        fields = self._kinds[kind].index_for(where, between, sort) if kind in self._kinds else None
        if fields is None:
            return await ask(None)
        hint, there = _index_name(fields), self._indexes.get(kind, frozenset())
        if hint not in there:
            there = self._indexes[kind] = frozenset(await self._of(kind).index_information())
        if hint not in there:
            return await ask(None)
        try:
            return await ask(hint)
        except OperationFailure as error:
            if error.code != NO_SUCH_HINT:
                raise
            self._indexes.pop(kind, None)
            return await ask(None)

    async def _note_since_when(self, kind: str) -> None:
        """Where an earlier release wrote, or sent, what waits: it knows nothing of `waiting_since`."""
        unknown = {"outbox.at": {"$exists": True}, "waiting_since": {"$exists": False}}
        await self._of(kind).update_many(unknown, [_SINCE_WHEN])
        over = {"waiting_since": {"$exists": True}, "outbox.0": {"$exists": False}}
        await self._of(kind).update_many(over, [_SINCE_WHEN])

    async def _drop_superseded(self, kind: Kind) -> None:
        """Indexes that an earlier release declared for it, and this one does not."""
        declared = {_index_name(fields) for fields in kind.indexes}
        for name in await self._of(kind.name).index_information():
            if name.startswith("by_") and name not in declared:
                with suppress(OperationFailure):  # somebody else prepares as well, and was faster
                    await self._of(kind.name).drop_index(name)

    def _of(self, kind: str) -> AsyncIOMotorCollection[Document]:
        return self._database[kind]

    def _must_be_known(self, kind: str, outbox: Sequence[Outgoing]) -> None:
        if outbox and kind not in self._kinds:
            raise ValueError(f"this store was opened without the kind {kind!r}: nobody would find its facts")

    async def _is_mine(self, kind: str, id: str, mark: str) -> bool:
        return await self._of(kind).find_one({"_id": id, "write": mark}, {"_id": True}) is not None

    @contextmanager
    def _driver(self) -> Iterator[None]:
        """Where the driver's exceptions end."""
        try:
            yield
        except BulkWriteError as error:  # its text holds whole documents, people among them
            count = len((error.details or {}).get("writeErrors", ()))
            raise Unavailable(
                f"数据库暂不可用，请稍后再试 · database: a write of many failed, code {error.code}, {count} errors",
                self.ping,
            ) from None
        except OperationFailure as error:
            if error.code in TOO_LARGE:
                raise ValueError(f"the document is too large for the database: {error}") from error
            raise Unavailable(f"数据库暂不可用，请稍后再试 · database: {error}", self.ping) from error
        except (PyMongoError, OSError) as error:
            raise Unavailable(f"数据库暂不可用，请稍后再试 · database: {error}", self.ping) from error
        except BSONError as error:
            raise ValueError(f"body: cannot be stored: {error}") from error


class MongoUsers:
    """The users of services, made by an administrator: `url` is theirs."""

    def __init__(self, url: str) -> None:
        self._client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(url, appname="jianding", **_timeouts(url))

    async def make(self, name: str, database: str, password: str) -> bool:
        """A user in its own `database`, with the right to read and write there (which includes indexes) and no other;
        one that is there gets this password and these rights. False: the server makes no users.

        Raises Unavailable, and Refused when we may not make users."""
        user = {"pwd": password, "roles": [{"role": "readWrite", "db": database}]}
        try:
            try:
                await self._command(database, {"updateUser": name, **user})
            except OperationFailure as error:
                if error.code != USER_NOT_FOUND:
                    raise
                await self._command(database, {"createUser": name, **user})
        except OperationFailure as error:
            if error.code in NO_SUCH_COMMAND:
                return False
            if error.code == USER_ALREADY_THERE:  # another provisioning made it in this moment, with the same password
                return True
            if error.code in NOT_ALLOWED:
                raise Refused(
                    f"数据库用户无权为服务建立用户 · "
                    f"the database's user may not make one for {name}: it needs the right userAdmin on {database}"
                ) from error
            raise Unavailable(f"数据库暂不可用，请稍后再试 · database: {error}") from error
        except (PyMongoError, OSError) as error:
            raise Unavailable(f"数据库暂不可用，请稍后再试 · database: {error}") from error
        return True

    async def _command(self, database: str, command: Document) -> None:
        await self._client[database].command(command)

    def close(self) -> None:
        self._client.close()


def _timeouts(url: str) -> dict[str, Any]:
    return {name: limit for name, limit in TIMEOUTS.items() if name.lower() not in url.lower()}


def _document(record: Record, outbox: Sequence[Outgoing]) -> Document:
    check_body(record.body)
    document = {
        "_id": record.id,
        "version": record.version,
        "facts": record.facts,
        "write": uuid4().hex,
        "body": record.body,
        "outbox": [_row(one) for one in outbox],
    }
    return document | {"waiting_since": _since(outbox)} if outbox else document


def _record(document: Document) -> Record:
    return Record(document["_id"], document["body"], document["version"], document["facts"])


def _row(row: Outgoing) -> Document:
    headers = [[name, value] for name, value in row.headers.items()]  # pairs, because a key may hold a full stop
    return {
        "n": row.n,
        "at": _instant(row.at),
        "exchange": row.exchange,
        "key": row.key,
        "wire": row.wire,
        "headers": headers,
    }


def _instant(at: datetime) -> str:
    """As text: the database's own dates stop at milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _since(rows: Sequence[Outgoing]) -> str:
    return _instant(min(row.at for row in rows))


def _age(waiting: Waiting) -> tuple[datetime, str, str]:
    return min(row.at for row in waiting.rows), waiting.kind, waiting.id


def _horizon(waiting: Sequence[Waiting]) -> str:
    """Where a look that found these may end next time: some of them will have gone, and others stand behind them."""
    (oldest, *_), (latest, *_) = _age(waiting[0]), _age(waiting[-1])
    return _instant(latest + AHEAD * (latest - oldest))


def _without_sent(upto: int) -> list[Document]:
    left = {"$filter": {"input": "$outbox", "cond": {"$gt": ["$$this.n", upto]}}}
    return [{"$set": {"outbox": left}}, _SINCE_WHEN]


_SINCE_WHEN: Document = {"$set": {"waiting_since": {"$ifNull": [{"$min": "$outbox.at"}, "$$REMOVE"]}}}


def _waiting_of(kind: str, limit: int, until: str) -> list[Document]:
    """Without an end any value counts: only where a query takes all of an index over arrays may a server read in its order.
    With one both ends are named: a server may look for each bound of an index apart from the other."""
    if until:
        match: Document = {"waiting_since": {"$gt": "", "$lte": until}, "outbox.0": {"$exists": True}}
    else:
        match = {"outbox.at": {"$exists": True}}
    return [
        {"$match": match},
        {"$sort": {"waiting_since" if until else "outbox.at": ASCENDING}},
        {"$limit": limit},
        {"$project": {"outbox": True, "kind": {"$literal": kind}}},
    ]


def _waiting(document: Document) -> Waiting:
    rows = sorted(map(_outgoing, document["outbox"]), key=lambda row: row.n)
    return Waiting(document["kind"], document["_id"], tuple(rows))


def _outgoing(row: Document) -> Outgoing:
    at = datetime.fromisoformat(row["at"])
    return Outgoing(row["n"], at, row["exchange"], row["key"], row["wire"], dict(row["headers"]))


def _index_name(fields: Sequence[str]) -> str:
    return "_".join(("by", *fields))


def _terms(where: Mapping[str, Value] | None, between: tuple[str, Value, Value] | None = None) -> list[Document]:
    terms: list[Document] = [{f"body.{field}": value} for field, value in (where or {}).items()]
    if between is not None:
        field, low, high = between
        terms.append({f"body.{field}": {"$gte": low, "$lt": high}})
    return terms


def _all_of(terms: list[Document]) -> Document:
    return {"$and": terms} if terms else {}
