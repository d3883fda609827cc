#!/usr/bin/env python3
"""分中心业务系统订阅示例：单个文件，只需 httpx（走队列时另需 aio-pika） · how a branch centre's own software subscribes.

One file that runs as it is, with httpx alone (by queue also aio-pika); docs/branch-centres.md explains it. Copy it and put
your own work into `effect`.

    BRANCH_SECRET=… python branch_consumer.py --url https://certificates.example.org --account east.system

It keeps what it knows and how far it has read in one SQLite file, and writes both in one transaction. So it may be killed at
any moment: what an entry does is done exactly once. Away for any time, it goes on behind the last entry it has.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import random
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

Entry = dict[str, Any]

FEED = "/notification/feed"
WAIT = 25_000  # milliseconds that the house holds a request while there is nothing new
LONGEST_PAUSE = 60.0  # seconds between two attempts while the house is away
CONNECTING = 30.0  # seconds that the broker may take
QUEUE_PAUSE = 10.0  # seconds between two attempts to read the queue
SILENCE = 3900.0  # seconds: a heartbeat comes every hour, so after this long the queue or the connection is broken
AWAY = frozenset({429, 502, 503, 504})


def effect(db: sqlite3.Connection, entry: Entry) -> None:
    """此处换成自己的业务：与游标在同一事务中 · YOUR WORK GOES HERE. It is called once for each entry that is news about its
    document, in order, inside the transaction that moves the cursor: write with `db` and nothing is done twice or lost.
    What leaves this file (a letter, another system), note here and do afterwards, with `entry["id"]` as its key."""
    print(entry["id"], entry["type"].removeprefix("cn.jianding."), entry["subject"], flush=True)


class Stop(Exception):
    """Nothing that time would mend. The sentence says what to do."""


class Gap(Exception):
    """Entries between the cursor and this one did not come."""


# --- what is kept -------------------------------------------------------------------------------------------------------


class Ledger:
    """document: the newest of each document that the house told, by the id that all its facts have in front. cursor: how far
    the feed was read; none before the first start."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("CREATE TABLE IF NOT EXISTS cursor (feed TEXT PRIMARY KEY, last INTEGER NOT NULL)")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS document (id TEXT PRIMARY KEY, sequence INTEGER NOT NULL, type TEXT, data TEXT)"
        )

    def cursor(self) -> tuple[str, int] | None:
        found: tuple[str, int] | None = self._db.execute("SELECT feed, last FROM cursor").fetchone()
        return found

    def begin(self, feed: str, last: int, documents: Mapping[str, Entry]) -> None:
        """The snapshot and where it fits to, at once: killed in between, one begins anew."""
        with self._transaction() as db:
            rows = [(id, 0, "", json.dumps(shown, ensure_ascii=False)) for id, shown in documents.items()]
            db.executemany("INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?)", rows)
            db.execute("INSERT INTO cursor VALUES (?, ?)", (feed, last))

    def apply(self, entry: Entry) -> None:
        """Once, in order: what was there already, and what is older than what is known, changes nothing. Raises Gap."""
        n = entry["feednumber"]
        document, _, sequence = entry["factid"].rpartition("#")
        with self._transaction() as db:
            _, last = db.execute("SELECT feed, last FROM cursor").fetchone()
            if n <= last:
                return
            if n > last + 1:
                raise Gap(f"缺第 {last + 1} 至 {n - 1} 条 · entries {last + 1} to {n - 1} did not come")
            known = db.execute("SELECT sequence FROM document WHERE id = ?", (document,)).fetchone()
            if known is None or known[0] < int(sequence):
                data = json.dumps(entry.get("data"), ensure_ascii=False)  # the house may keep old entries without
                db.execute(
                    "INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?)",
                    (document, int(sequence), entry["type"], data),
                )
                effect(db, entry)
            db.execute("UPDATE cursor SET last = ?", (n,))

    @contextlib.contextmanager
    def _transaction(self) -> Any:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()


# --- the house ----------------------------------------------------------------------------------------------------------


class House:
    """Signs in, and again when the token ended; waits while the house is away or asks to be asked less often."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        account: str,
        secret: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client, self._account, self._secret, self._sleep = client, account, secret, sleep
        self._token = ""

    async def get(self, path: str, **query: Any) -> Any:
        """What it answers. Raises Stop."""
        attempt, fresh = 0, False
        while True:
            if not self._token:
                self._token, fresh = await self._sign_in(), True
            headers = {"Authorization": f"Bearer {self._token}"}
            answer = await self._patiently(attempt, "GET", path, params=query, headers=headers)
            if answer is None:
                attempt, fresh = attempt + 1, False  # a token may end while one waits
            elif answer.is_success:
                return answer.json()
            elif answer.status_code == 401 and not fresh:
                self._token = ""
            else:
                raise Stop(f"{path}: {answer.status_code} {said(answer)}")

    async def _sign_in(self) -> str:
        form = {"grant_type": "client_credentials", "client_id": self._account, "client_secret": self._secret}
        attempt = 0
        while True:
            answer = await self._patiently(attempt, "POST", "/directory/tokens", data=form)
            if answer is not None:
                if answer.is_success:
                    return str(answer.json()["access_token"])
                raise Stop(f"未能登录，请核对机器账号和密钥 · could not sign in: {answer.status_code} {said(answer)}")
            attempt += 1

    async def _patiently(self, attempt: int, method: str, path: str, **content: Any) -> httpx.Response | None:
        """None: it was away; the pause is over, ask again."""
        wanted = ""
        try:
            answer = await self._client.request(method, path, **content)
            if answer.status_code not in AWAY:
                return answer
            why, wanted = str(answer.status_code), answer.headers.get("Retry-After", "")
        except httpx.TransportError as error:
            why = type(error).__name__
        pause = (
            float(wanted)
            if wanted.isdigit()
            else min(LONGEST_PAUSE, 2.0 ** min(attempt, 10)) * random.uniform(0.5, 1.0)
        )
        print(
            f"暂无应答，{pause:.0f} 秒后再试 · no answer ({why}), again in {pause:.0f} s", file=sys.stderr, flush=True
        )
        await self._sleep(pause)
        return None


def said(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
        return " ".join([str(problem["detail"]), *(str(one["what"]) for one in problem.get("errors", ()))])
    except (ValueError, KeyError, TypeError):
        return answer.text[:200]


# --- the two ways -------------------------------------------------------------------------------------------------------


class Consumer:
    def __init__(self, house: House, ledger: Ledger) -> None:
        self._house, self._ledger = house, ledger

    async def begin(self) -> tuple[str, int]:
        """Where it goes on; at the first start: where the feed stands, then the lists, so that nothing lies in between."""
        known = self._ledger.cursor()
        if known is None:
            position = await self._house.get(f"{FEED}/position")
            feed = position["id"].rpartition("/")[0]
            documents: dict[str, Entry] = {}
            for one in position["lists"]:
                async for item in self._everything(one["address"]):
                    documents[one["factid"] + item["id"]] = item
            self._ledger.begin(feed, position["feednumber"], documents)
            known = (feed, position["feednumber"])
            print(
                f"现有 {len(documents)} 份文档，自第 {known[1]} 条之后读起 · {len(documents)} documents are there",
                flush=True,
            )
        return known

    async def _everything(self, address: str) -> Any:
        after = ""
        while True:
            page = await self._house.get(address, limit=500, **({"after": after} if after else {}))
            for item in page["items"]:
                yield item
            if not page["next"]:
                return
            after = page["next"]

    async def catch_up(self, milliseconds: int = 0) -> int:
        """One page of the feed; how many entries. Raises Gap, Stop."""
        feed, last = await self.begin()
        page = await self._house.get(FEED, lastEventId=f"{feed}/{last}", timeout=milliseconds)
        for entry in page:
            self._ledger.apply(entry)
        return len(page)

    async def to_the_end(self) -> None:
        while await self.catch_up():
            pass

    async def follow(self) -> None:
        """The feed, for ever."""
        while True:
            await self.catch_up(WAIT)

    async def take(self, body: bytes, headers: Mapping[str, Any]) -> None:
        """One message of the queue. The queue may lose, the feed does not: what is missing is read there. An entry that was
        read there already changes nothing. A heartbeat has no number; it comes when the queue was given everything."""
        entry = json.loads(body)
        if "feednumber" not in entry:
            known = self._ledger.cursor()
            if known is None or int(headers.get("feedlast") or 0) > known[1]:
                await self.to_the_end()
            return
        try:
            self._ledger.apply(entry)
        except Gap as gap:
            print(f"{gap}：改读事件流 · read from the feed", file=sys.stderr, flush=True)
            await self.to_the_end()

    async def follow_queue(self, url: str) -> None:
        """The queue of one's own body, for ever; while it cannot be read (not open yet, a new password, the broker away): the
        feed, so that nothing waits for it. Raises Stop."""
        import aio_pika

        logging.getLogger("aiormq").setLevel(logging.CRITICAL)  # what ends a connection is said below, in one line
        broken = (OSError, RuntimeError, asyncio.TimeoutError, aio_pika.exceptions.AMQPError)
        feed, _ = await self.begin()
        while True:
            await self.to_the_end()
            try:
                await self._read_queue(url, f"branch.{feed}")
                why = "连接中断 · the connection ended"
            except broken as problem:
                why = str(problem) or type(problem).__name__
            except asyncio.CancelledError:  # the driver may say so that a connection broke
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                why = "连接中断 · the connection ended"
            print(
                f"队列读不到，先读事件流 · the queue cannot be read, so the feed is: {why}", file=sys.stderr, flush=True
            )
            until = time.monotonic() + QUEUE_PAUSE
            while (left := until - time.monotonic()) > 0:
                await self.catch_up(min(WAIT, round(left * 1000)))

    async def _read_queue(self, url: str, name: str) -> None:
        """Acknowledged after the effect, so what was in hand when this died comes again. Nothing is declared, for one may not.
        Returns or raises when the connection ends."""
        import aio_pika

        connection = await aio_pika.connect(url, timeout=CONNECTING)
        ended = asyncio.Event()  # who waits for a message is not always told by the driver that none will come
        connection.close_callbacks.add(lambda *_: ended.set())
        try:
            channel = await connection.channel()
            channel.close_callbacks.add(lambda *_: ended.set())
            await channel.set_qos(100)
            queue = await channel.get_queue(name, ensure=False)
            print(f"已接通队列 · reading the queue {name}", file=sys.stderr, flush=True)
            reading = asyncio.ensure_future(self._take_each(queue))
            waiting = asyncio.ensure_future(ended.wait())
            await asyncio.wait({reading, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if not reading.done():
                reading.cancel()
            await asyncio.wait({reading}, timeout=CONNECTING)
            if reading.done() and not reading.cancelled():
                reading.result()
        finally:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(connection.close(), CONNECTING)

    async def _take_each(self, queue: Any) -> None:
        async with queue.iterator(timeout=SILENCE) as messages:
            async for message in messages:
                await self.take(message.body, message.headers)
                await message.ack()


async def run(chosen: argparse.Namespace, secret: str) -> None:
    ledger = Ledger(chosen.data)
    async with httpx.AsyncClient(base_url=chosen.url.rstrip("/"), timeout=60) as client:
        consumer = Consumer(House(client, chosen.account, secret), ledger)
        try:
            if chosen.once:
                await consumer.to_the_end()
            elif chosen.queue:
                await consumer.follow_queue(chosen.queue)
            else:
                await consumer.follow()
        finally:
            ledger.close()


def main() -> int:
    parser = argparse.ArgumentParser(description="分中心业务系统订阅示例 · a branch centre's own software")
    parser.add_argument("--url", required=True, help="系统地址 · address of the house")
    parser.add_argument("--account", required=True, help="机器账号 · machine account; its secret: BRANCH_SECRET")
    parser.add_argument("--data", type=Path, default=Path("branch.sqlite"), help="数据文件 · SQLite file")
    parser.add_argument("--queue", default="", help="amqps://…/branches，走队列 · read one's own queue")
    parser.add_argument("--once", action="store_true", help="读到末尾即止 · read to the end, then stop")
    chosen = parser.parse_args()
    secret = os.environ.get("BRANCH_SECRET", "")
    if not secret:
        parser.error("请以 BRANCH_SECRET 给出密钥 · give the secret as BRANCH_SECRET")
    try:
        asyncio.run(run(chosen, secret))
    except (Stop, Gap) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
