"""Verification under load, from many kept connections, beside a bare FastAPI server that makes one read for each answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import socket
import statistics
import time
from collections.abc import Iterator
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from services.bench import drawing_alone, home
from services.bench.row import Figure, Place, Row
from services.certificate.certificates.certificate import Certificate, Issue, Issuer
from services.certificate.production.batch import PRODUCED, Batch
from services.certificate.production.production import READY, Production
from services.demo.main import started
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.reporting import LINES_PER_PAGE
from shared.keeping.aggregate import Aggregate
from shared.ports import Kind, Record

CONNECTIONS = 50
ASKED = 3_000  # of each turn, at the most
TIMES = 3
ROSTER = "2026-49053012-1"
PATH = "/certificate/verifications"


def measure(place: Place, size: int) -> list[Figure]:
    """size: certificates stored."""
    own = place.folder / "house"
    own.mkdir()
    with started(own) as house:
        certificates = asyncio.run(_fill(Place(own), size))
        step = max(1, size // ASKED)
        bodies = [json.dumps({"number": number, "name": name}).encode() for number, name in certificates[::step]]
        with _peer(place.folder / "peer.sqlite", [number for number, _ in certificates[::step]]) as peer:
            return asyncio.run(_compared(int(house.url.rpartition(":")[2]), peer, bodies))


async def _compared(ours: int, peer: int, bodies: list[bytes]) -> list[Figure]:
    rates: dict[int, list[float]] = {ours: [], peer: []}
    for turn in range(TIMES + 1):
        for port, found in rates.items():
            taken = await _load(port, bodies)
            if turn:
                found.append(taken)
    most, floor = (statistics.median(rates[port]) for port in (ours, peer))
    waits = sorted(await _paced(ours, bodies, most / 2))
    return [
        Figure("核验 · verifications", most, "/s", floor, "FastAPI 加一次读取 · bare FastAPI and one read"),
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
    """Seconds of each answer, from the moment at which it was to be asked, at so many a second."""
    waits: list[float] = []
    left, begun = enumerate(bodies), time.perf_counter()

    async def visitor() -> None:
        async with _Visitor(port) as one:
            for n, body in left:
                due = begun + n / rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                await one.ask(body)
                waits.append(time.perf_counter() - due)

    await asyncio.gather(*(visitor() for _ in range(min(CONNECTIONS, len(bodies)))))
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


async def _fill(place: Place, size: int) -> list[tuple[str, str]]:
    """Number and name of each. A session, drawn and not posted yet, of as many pages as it takes."""
    persons = drawing_alone.lines(min(size, 2_000))
    made: list[Record] = []
    asked: list[tuple[str, str]] = []
    at, day = home.now(), date(2026, 3, 2)
    issuer = Issuer(body_zh="示例站", body_en="Example Station", centre_zh="示例中心", centre_en="Example Centre")
    common = {"path": f"/{home.CENTRE}/49050001/49053012/", "producer": home.CENTRE}
    model = Certificate(
        id="model",
        number="",
        roster=ROSTER,
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
    for n in range(1, size + 1):
        number = f"26{49053001 + n // 99_999}4{n % 99_999 + 1:05d}"
        holder = holders[n % len(holders)]
        id, page = f"{ROSTER}-{n:07d}", f"{ROSTER}-{n // LINES_PER_PAGE:04d}"
        told = {"id": id, "number": number, "n": n, "batch": page, "holder": holder}
        made.append(Record(id, model.body | told))
        asked.append((number, holder["name"]))
    pages = range(size // LINES_PER_PAGE + 1)
    batch = {"roster": ROSTER, "state": PRODUCED, "certificates": LINES_PER_PAGE, "drawn": LINES_PER_PAGE} | common
    of_pages = [Batch.model_validate(batch | {"id": f"{ROSTER}-{n:04d}", "page": n, "numbered_at": at}) for n in pages]
    making = {"body": "49053012", "approved_on": day, "certificates": size, "batches": len(pages)} | common
    production = Production.model_validate(making | {"id": ROSTER, "state": READY})
    async with home.store_of(place, "certificate") as store:
        await home.fill(store, Certificate.KIND, made)
        await home.fill(store, Batch.KIND, [_stored(one) for one in of_pages])
        await home.fill(store, Production.KIND, [_stored(production)])
    return asked


def _stored(what: Aggregate) -> Record:
    record = what.as_record()
    return Record(record.id, record.body)


@contextlib.contextmanager
def _peer(file: Path, numbers: list[str]) -> Iterator[int]:
    """The port of the bare server, in a process of its own, with the same server's fastest loop and parser."""
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe()
    process = context.Process(target=_serve, args=(its, file, numbers), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _serve(told: Connection, file: Path, numbers: list[str]) -> None:
    store = SqliteStore(file, (Kind("answer"),))

    async def fill() -> None:
        await store.prepare()
        await home.fill(store, "answer", [Record(one, {"number": one, "outcome": "valid"}) for one in numbers])

    asyncio.run(fill())
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(CONNECTIONS)
    told.send(listening.getsockname()[1])
    config = uvicorn.Config(_app(store), lifespan="off", log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


class _Question(BaseModel):
    number: str
    name: str


class _Answer(BaseModel):
    number: str
    outcome: str


def _app(store: SqliteStore) -> FastAPI:
    app = FastAPI()

    @app.post(PATH)
    async def verify(question: _Question) -> _Answer:
        found = await store.get("answer", question.number)
        assert found is not None
        return _Answer(**found.body)

    return app


ROW = Row(
    what="核验 · verification",
    goal="≥ 0.5；半速时 p99 · p99 at half our rate ≤ 50 ms",
    sizes=(62_500, 250_000, 1_000_000),
    quick=6_250,
    tiny=60,
    measure=measure,
)
