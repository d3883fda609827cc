"""What a visitor may take of a process: time, room and size. Through real sockets; the time is that of the test."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvloop
from fastapi import Request

from services.runtime.connection import Connection, Patience
from services.runtime.serving import KEEP_ALIVE_SECONDS
from shared.web.app import not_found_app
from shared.web.edge.wellformed import HEADER_LIMIT
from tests.world.eventually import eventually
from tests.world.sockets import Served, served

PATIENCE = Patience()
LONG = 5_000_000  # bytes: more than the machine takes on its way to somebody who does not read


@pytest.fixture(scope="module", params=[asyncio.DefaultEventLoopPolicy, uvloop.EventLoopPolicy])
def event_loop_policy(request: pytest.FixtureRequest) -> asyncio.AbstractEventLoopPolicy:
    """Processes serve on libuv's loop; everything else, and all other tests, run on Python's own."""
    policy: asyncio.AbstractEventLoopPolicy = request.param()
    return policy


@pytest.fixture
def at_leisure() -> asyncio.Event:
    """Until then the application does not read on."""
    return asyncio.Event()


@pytest.fixture
async def there(at_leisure: asyncio.Event) -> AsyncIterator[Served]:
    app = not_found_app()

    @app.put("/upload")
    async def upload(request: Request) -> int:
        await at_leisure.wait()
        return len(await request.body())

    @app.put("/late")
    async def late() -> str:
        await at_leisure.wait()
        return "without having read anything"

    @app.post("/length")
    async def length(content: dict[str, Any]) -> int:
        return len(content["text"])

    @app.get("/long")
    async def long() -> str:
        return "x" * LONG

    async with served(app) as found:
        yield found


class Visitor:
    """One connection, and what the server knows of it."""

    def __init__(self, there: Served, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self._there, self._sent = reader, writer, there, 0
        self.now = asyncio.get_running_loop().time()

    @classmethod
    async def of(cls, there: Served) -> Visitor:
        visitor = cls(there, *await there.open())
        await eventually(lambda: visitor.connection)
        visitor.later(0)
        return visitor

    @property
    def connection(self) -> Connection | None:
        own = self.writer.get_extra_info("sockname")
        return next((one for one in self._there.connections if one.client == own), None)

    async def send(self, content: bytes) -> None:
        self.writer.write(content)
        self._sent += len(content)
        await eventually(lambda: self.connection is None or self.connection._received == self._sent)
        self.later(0)

    def later(self, seconds: float) -> None:
        """The server looks at all its connections once these seconds have passed."""
        self.now += seconds
        self._there.web.look(self.now)

    @property
    def is_let_stay(self) -> bool:
        return self.connection is not None and not self.connection.transport.is_closing()

    async def answer(self) -> tuple[int, dict[str, Any]]:
        """Status and content; the connection is over then."""
        head, _, content = (await asyncio.wait_for(self.reader.read(), 10)).partition(b"\r\n\r\n")
        assert b"application/problem+json" in head and b"nosniff" in head
        return int(head.split()[1]), json.loads(content)


async def test_answers_are_not_held_back(there: Served) -> None:
    visitor = await Visitor.of(there)
    assert visitor.connection
    accepted = visitor.connection.transport.get_extra_info("socket")
    assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("begun", [b"", b"GET /heal", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: a"])
async def test_half_a_head_is_waited_for_and_not_for_ever(there: Served, begun: bytes) -> None:
    visitor = await Visitor.of(there)
    await visitor.send(begun)
    visitor.later(PATIENCE.header)
    assert visitor.is_let_stay
    visitor.later(0.1)
    if begun:
        status, told = await visitor.answer()
        assert (status, told["status"]) == (408, 408)
    assert await visitor.reader.read() == b""


async def test_a_head_that_trickles_in_gains_no_time(there: Served) -> None:
    visitor = await Visitor.of(there)
    for letter in b"GET /healthz HTTP/1.1":
        await visitor.send(bytes([letter]))
        visitor.later(PATIENCE.header / 20)
    assert (await visitor.answer())[0] == 408


async def test_a_body_may_be_slow_and_may_not_stand_still(there: Served) -> None:
    visitor = await Visitor.of(there)
    await visitor.send(
        b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 40013\r\n\r\n"
    )
    await visitor.send(b'{"text": "' + b"x" * 20_000)
    visitor.later(PATIENCE.still + 20)
    assert visitor.is_let_stay, "one second more for each KB"
    visitor.later(1)
    assert (await visitor.answer())[0] == 408
    visitor = await Visitor.of(there)
    await visitor.send(
        b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n"
    )
    visitor.later(PATIENCE.still)
    await visitor.send(b'{"text": "')
    visitor.later(0)
    await visitor.send(b'xxxxxxxxxxxxx"}')
    assert (await visitor.reader.readline()).startswith(b"HTTP/1.1 200")


async def test_whoever_is_made_to_wait_loses_no_time(there: Served, at_leisure: asyncio.Event) -> None:
    visitor = await Visitor.of(there)
    length = 300_000
    visitor.writer.write(
        b"PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % length + b"x" * (length - 1)
    )
    await eventually(lambda: visitor.connection and visitor.connection.flow and visitor.connection.flow.read_paused)
    visitor.later(0)
    visitor.later(PATIENCE.still * 100)
    assert visitor.is_let_stay
    at_leisure.set()
    visitor.writer.write(b"x")
    assert (await visitor.reader.readline()).startswith(b"HTTP/1.1 200")


async def test_requests_close_upon_each_other_are_not_taken_for_one(there: Served) -> None:
    visitor = await Visitor.of(there)
    for _ in range(5):
        await visitor.send(b"HEAD /none HTTP/1.1\r\n")
        visitor.later(PATIENCE.header / 2)
        visitor.writer.write(b"Host: x\r\n\r\n")
        visitor._sent += len(b"Host: x\r\n\r\n")
        assert (await visitor.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 404")
    assert visitor.is_let_stay


async def test_every_request_of_a_kept_connection_has_its_own_time(there: Served) -> None:
    visitor = await Visitor.of(there)
    for _ in range(5):
        await visitor.send(b"GET /none HTTP/1.1\r\n")
        visitor.later(PATIENCE.header - 1)
        await visitor.send(b"Host: x\r\n\r\n")
        head = await visitor.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 404")
        length = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
        await visitor.reader.readexactly(int(length.partition(b":")[2]))
        visitor.later(PATIENCE.header + KEEP_ALIVE_SECONDS)
        assert visitor.is_let_stay, "idle connections have a limit of their own"


async def test_what_still_comes_after_the_answer_is_not_taken_for_long(there: Served) -> None:
    visitor = await Visitor.of(there)
    await visitor.send(b"POST /none HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert (await visitor.reader.readline()).startswith(b"HTTP/1.1 404")
    await visitor.send(b"5\r\nhello\r\n")
    visitor.later(PATIENCE.header + 1)
    assert not visitor.is_let_stay


async def test_whoever_sends_too_much_reads_why(there: Served) -> None:
    visitor = await Visitor.of(there)
    visitor.writer.write(b"PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % LONG)
    visitor.writer.write(b"x" * LONG)
    await visitor.writer.drain()
    assert (await visitor.reader.readuntil(b"}")).startswith(b"HTTP/1.1 413")
    visitor.writer.write(b"GET /none HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await visitor.reader.readline()).startswith(b"HTTP/1.1 404")


async def test_whoever_does_not_read_his_answer_is_left(there: Served) -> None:
    visitor = await Visitor.of(there)
    visitor.writer.transport.pause_reading()  # type: ignore[attr-defined]
    await visitor.send(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
    await eventually(lambda: visitor.connection and visitor.connection.transport.get_write_buffer_size())
    visitor.later(0)
    visitor.later(PATIENCE.still)
    assert visitor.is_let_stay
    visitor.later(0.1)
    await eventually(lambda: visitor.connection is None)


@pytest.mark.parametrize("pieces", [1, 5])
async def test_a_large_head_is_refused_however_it_comes(there: Served, pieces: int) -> None:
    """Also one that never ends."""
    visitor = await Visitor.of(there)
    head = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * (HEADER_LIMIT * 4) + b"\r\n\r\n"
    for n in range(max(1, pieces - 1)):
        if visitor.is_let_stay:
            await visitor.send(head[len(head) * n // pieces : len(head) * (n + 1) // pieces])
    assert (await visitor.answer())[0] == 431


async def test_an_application_that_answers_too_late_is_not_heard_and_makes_no_noise(
    there: Served, at_leisure: asyncio.Event, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = await Visitor.of(there)
    await visitor.send(b"PUT /late HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nx")
    at_leisure.set()
    visitor.later(PATIENCE.still + 1)
    assert (await visitor.answer())[0] == 408
    await eventually(lambda: not there.web.server_state.tasks)
    assert not [record for record in caplog.records if record.exc_info]


async def test_connections_are_looked_at_at_every_turn_of_the_server_and_it_leaves_at_once(
    there: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[float] = []
    monkeypatch.setattr(there.web, "look", looked.append)
    turn = asyncio.create_task(there.web.main_loop())
    await eventually(lambda: looked)
    there.web.leave()
    await turn
    assert b"date" in dict(there.web.server_state.default_headers)


async def test_an_answer_to_head_has_no_content(there: Served, caplog: pytest.LogCaptureFixture) -> None:
    visitor = await Visitor.of(there)
    await visitor.send(b"HEAD /none HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
    head, _, content = (await visitor.reader.read()).partition(b"\r\n\r\n")
    assert (head[9:12], content) == (b"400", b"")
    assert not [record for record in caplog.records if record.exc_info]


async def test_too_many_are_told_and_others_are_let_in() -> None:
    """A network's share of 8 is 2; without trusted proxies this machine is a visitor like others."""
    async with served(not_found_app(), connections=8, trusted_proxies="192.0.2.1") as there:
        visitors = [await Visitor.of(there) for _ in range(3)]
        reader, _ = await there.open()
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b"", "whoever is beyond is not even told"
        for visitor in visitors:
            await visitor.send(b"GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answers = [await visitor.reader.read() for visitor in visitors]
        assert [answer[9:12] for answer in answers] == [b"404", b"404", b"503"]
        assert (
            b"retry-after: 5" in answers[2] and b"application/problem+json" in answers[2] and b"nosniff" in answers[2]
        )
        await eventually(lambda: not there.connections)
        assert b" 404 " in await there.ask(b"GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET /healthz\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nBad name: y\r\n\r\n", 400),
        (b"GET /healthz HTTP/3.0\r\nHost: x\r\n\r\n", 505),
        (b"POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"GET http://elsewhere.example/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"POST /length HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\nContent-Length: 0\r\n\r\n", 417),
    ],
)
async def test_what_cannot_be_read_is_refused_as_a_problem(there: Served, sent: bytes, status: int) -> None:
    visitor = await Visitor.of(there)
    await visitor.send(sent)
    assert (await visitor.answer())[0] == status


async def test_strangers_do_not_fill_the_log(there: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="services.runtime")
    caplog.set_level("WARNING", logger="uvicorn")
    before = len(caplog.records)
    for sent in (
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade, close\r\nUpgrade: h2c\r\n\r\n",
    ):
        await there.ask(sent)
    assert caplog.records[before:] == []


async def test_a_body_that_breaks_after_the_answer_ends_the_connection_quietly(
    there: Served, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = await Visitor.of(there)
    await visitor.send(b"POST /none HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert (await visitor.reader.readline()).startswith(b"HTTP/1.1 404")
    await visitor.send(b"zz\r\n")
    assert b" 400 " not in await visitor.reader.read()
    assert not [record for record in caplog.records if record.exc_info]
