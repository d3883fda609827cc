"""Verification under load, from many kept connections, beside a bare FastAPI server on the same loop and parser that makes one
read for each answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import socket
import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from multiprocessing.connection import Connection
from typing import Any

import uvicorn
import uvloop
from fastapi import FastAPI
from pydantic import BaseModel

from services.bench import drawing_alone, home
from services.bench.row import Figure, Place, Row
from services.certificate.certificates.certificate import Certificate, Issue, Issuer
from services.certificate.production.batch import PRODUCED, Batch
from services.certificate.production.production import MAILED, READY, Production
from services.demo.main import started
from services.runtime import wiring
from shared.contracts.reporting import LINES_PER_PAGE
from shared.keeping.aggregate import Aggregate
from shared.ports import Kind, Record

CONNECTIONS = 50
ASKED = 3_000  # of each turn, at the most
TIMES = 3
POSTED, WAITING = "2026-49053012-1", "2026-49053012-2"
"""Rosters: whoever verifies holds a certificate in their hands, so it was posted; of one that was not, more has to be read."""
PATH = "/certificate/verifications"


def measure(place: Place, size: int) -> list[Figure]:
    """size: certificates stored."""
    own = Place(place.folder / "house", place.store)
    own.folder.mkdir()
    with started(own.folder, home.settings(own).store) as house:
        asked = asyncio.run(_fill(own, size))
        numbers = [number for of_roster in asked.values() for number, _ in of_roster]
        posted, waiting = (
            [json.dumps({"number": number, "name": name}).encode() for number, name in asked[roster]]
            for roster in (POSTED, WAITING)
        )
        with (
            _peer(Place(place.folder / "peer", place.store), numbers) as peer,
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            return runner.run(_compared(int(house.url.rpartition(":")[2]), peer, posted, waiting))


async def _compared(ours: int, peer: int, posted: list[bytes], waiting: list[bytes]) -> list[Figure]:
    """ours, peer: ports. posted, waiting: questions about certificates that are, and are not, posted."""
    asked = [(ours, posted), (ours, waiting), (peer, posted)]
    rates: list[list[float]] = [[] for _ in asked]
    for turn in range(TIMES + 1):
        for (port, bodies), found in zip(asked, rates, strict=True):
            taken = await _load(port, bodies)
            if turn:
                found.append(taken)
    most, unposted, floor = map(statistics.median, rates)
    waits = sorted(await _paced(ours, posted, most / 2))
    beside = "FastAPI 加一次读取 · bare FastAPI and one read"
    return [
        Figure("核验 · verifications", most, "/s", floor, beside),
        Figure("尚未寄发的证书 · of certificates that are not posted yet", unposted, "/s", floor, beside),
        Figure(
            "半速时 p99 · p99 at half our rate",
            waits[len(waits) * 99 // 100] * 1000,
            "ms",
            None,
            "目标为绝对值 · absolute",
        ),
    ]


async def _load(port: int, bodies: list[bytes]) -> float:
    """Answers a second when nobody waits between two questions."""
    left = iter(bodies)

    async def visitor() -> None:
        async with _Visitor(port) as one:
            for body in left:
                await one.ask(body)

    before = time.perf_counter()
    await asyncio.gather(*(visitor() for _ in range(min(CONNECTIONS, len(bodies)))))
    return len(bodies) / (time.perf_counter() - before)


async def _paced(port: int, bodies: list[bytes], rate: float) -> list[float]:
    """Seconds of each answer, from the moment at which it was to be asked, at so many a second. The connections are there
    before the first."""
    waits: list[float] = []
    async with contextlib.AsyncExitStack() as stack:
        visitors = [await stack.enter_async_context(_Visitor(port)) for _ in range(min(CONNECTIONS, len(bodies)))]
        left, begun = enumerate(bodies), time.perf_counter()

        async def asks(visitor: _Visitor) -> None:
            for n, body in left:
                due = begun + n / rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                await visitor.ask(body)
                waits.append(time.perf_counter() - due)

        await asyncio.gather(*map(asks, visitors))
    return waits


class _Visitor(contextlib.AbstractAsyncContextManager["_Visitor"]):
    """A kept connection, with as little work as can be on this side."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> _Visitor:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def ask(self, body: bytes) -> None:
        """Raises SystemExit for anything but an answer that the certificate is valid."""
        head = f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Type: application/json\r\n"
        self._writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answered = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answered.partition(b"content-length:")[2].partition(b"\r\n")[0])
        content = await self._reader.readexactly(length)
        if b'"valid"' not in content:
            raise SystemExit(f"没有核验 · verified nothing: {content.decode(errors='replace')}")


async def _fill(place: Place, size: int) -> dict[str, list[tuple[str, str]]]:
    """Number and name of those that are asked about, by roster. Two rosters of as many pages as it takes, both drawn."""
    persons = drawing_alone.lines(min(size, 2_000))
    asked: dict[str, list[tuple[str, str]]] = {POSTED: [], WAITING: []}
    step = max(1, size // (2 * ASKED))
    at, day = home.now(), date(2026, 3, 2)
    issuer = Issuer(body_zh="示例站", body_en="Example Station", centre_zh="示例中心", centre_en="Example Centre")
    common = {"path": f"/{home.CENTRE}/49050001/49053012/", "producer": home.CENTRE}
    model = Certificate(
        id="model",
        number="",
        roster="",
        n=1,
        batch="",
        issued_on=day,
        holder=persons[0],
        issuer=issuer,
        copies=[Issue(made_for="original", at=at)],
        verify_key="0123456789abcdef",
        **common,
    ).as_record()
    holders = [person.model_dump(mode="json") for person in persons]

    def made(n: int) -> Record:
        number = f"26{49053001 + n // 99_999}4{n % 99_999 + 1:05d}"
        holder = holders[n % len(holders)]
        roster = POSTED if n <= size // 2 else WAITING
        id, page = f"{roster}-{n:07d}", f"{roster}-{n // LINES_PER_PAGE:04d}"
        if n % step == 0:
            asked[roster].append((number, holder["name"]))
        told = {"id": id, "number": number, "roster": roster, "n": n, "batch": page, "holder": holder}
        return Record(id, model.body | told)

    pages = range(size // LINES_PER_PAGE + 1)
    batch = {"state": PRODUCED, "certificates": LINES_PER_PAGE, "drawn": LINES_PER_PAGE, "numbered_at": at} | common
    of_pages = [
        Batch.model_validate(batch | {"id": f"{roster}-{n:04d}", "roster": roster, "page": n})
        for roster in asked
        for n in pages
    ]
    making = {"body": "49053012", "approved_on": day, "certificates": size, "batches": len(pages)} | common
    productions = [
        Production.model_validate(making | {"id": roster, "state": state})
        for roster, state in ((POSTED, MAILED), (WAITING, READY))
    ]
    async with home.store_of(place, "certificate") as store:
        for first in range(1, size + 1, home.AT_ONCE):  # never all of them in memory
            await home.fill(
                store, Certificate.KIND, [made(n) for n in range(first, min(first + home.AT_ONCE, size + 1))]
            )
        await home.fill(store, Batch.KIND, [_stored(one) for one in of_pages])
        await home.fill(store, Production.KIND, [_stored(one) for one in productions])
    return asked


def _stored(what: Aggregate) -> Record:
    record = what.as_record()
    return Record(record.id, record.body)


@contextlib.contextmanager
def _peer(place: Place, numbers: list[str]) -> Iterator[int]:
    """The port of the bare server, in a process of its own, on the loop and with the parser of ours."""
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe()
    process = context.Process(target=_serve, args=(its, place, numbers), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _serve(told: Connection, place: Place, numbers: list[str]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_answering(told, place, numbers))


async def _answering(told: Connection, place: Place, numbers: list[str]) -> None:
    answers = {one: {"number": one, "outcome": "valid"} for one in numbers}
    read = await (_from_server if place.store else _from_file)(place, answers)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(CONNECTIONS)
    told.send(listening.getsockname()[1])
    config = uvicorn.Config(_app(read), http="h11", lifespan="off", log_config=None, access_log=False)
    await uvicorn.Server(config).serve(sockets=[listening])


_Read = Callable[[str], Awaitable[dict[str, Any]]]


async def _from_file(place: Place, answers: dict[str, dict[str, Any]]) -> _Read:
    """As little as SQLite can be asked with."""
    place.folder.mkdir()
    database = sqlite3.connect(place.folder / "answers.sqlite")
    database.execute("CREATE TABLE answer (number TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID")
    database.executemany("INSERT INTO answer VALUES (?, ?)", [(one, json.dumps(answers[one])) for one in answers])
    database.commit()

    async def read(number: str) -> dict[str, Any]:
        (body,) = database.execute("SELECT body FROM answer WHERE number = ?", (number,)).fetchone()
        found: dict[str, Any] = json.loads(body)
        return found

    return read


async def _from_server(place: Place, answers: dict[str, dict[str, Any]]) -> _Read:
    """By its id, through the driver that ours has."""
    store = wiring.open_store(home.settings(place), "peer", (Kind("answer"),))
    await store.prepare()
    await home.fill(store, "answer", [Record(one, answers[one]) for one in answers])

    async def read(number: str) -> dict[str, Any]:
        found = await store.get("answer", number)
        assert found is not None
        return found.body

    return read


class _Question(BaseModel):
    number: str
    name: str


class _Answer(BaseModel):
    number: str
    outcome: str


def _app(read: _Read) -> FastAPI:
    app = FastAPI()

    @app.post(PATH)
    async def verify(question: _Question) -> _Answer:
        return _Answer(**await read(question.number))

    return app


ROW = Row(
    what="核验 · verification",
    goal="≥ 0.5（服务器存储 ≥ 0.4）；半速时 p99 ≤ 50 ms · on a database server ≥ 0.4; p99 at half our rate ≤ 50 ms",
    sizes=(62_500, 250_000, 1_000_000),
    quick=6_250,
    tiny=60,
    measure=measure,
    servers=True,
)
