"""Whom we call over HTTP, and whom never: receivers on real sockets behind names that tests look up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext, create_default_context

import pytest

from shared.adapters.http.receivers import HttpReceivers
from shared.errors import Invalid, Unavailable
from shared.ip_addresses import is_public, lies_in, networks
from tests.unit.notification.webhooks.certificate import certificate_for

NAME = "receiver.example.org"
LOOPBACK = networks("127.0.0.0/8")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def open_for_tests(address: str) -> bool:
    return is_public(address) or lies_in(address, LOOPBACK)


class Names:
    """What is looked up, one answer after the other; the last stays."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.left, self.asked = list(answers), 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]


class Receiver:
    """What it was sent, connection by connection."""

    def __init__(self, answer: bytes) -> None:
        self.answer, self.heads, self.connections, self.port = answer, list[str](), 0, 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length"))
                self.heads.append(head + (await reader.readexactly(length)).decode())
                if not self.answer:
                    await reader.read()  # hangs
                writer.write(self.answer)
                await writer.drain()
        writer.close()


@pytest.fixture
async def receiver_of() -> AsyncIterator[Callable[..., object]]:
    servers: list[asyncio.Server] = []

    async def started(answer: bytes = OK, tls: SSLContext | None = None) -> Receiver:
        receiver = Receiver(answer)
        servers.append(await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls))
        receiver.port = servers[-1].sockets[0].getsockname()[1]
        return receiver

    yield started
    for server in servers:
        server.close()


@contextlib.asynccontextmanager
async def calling(
    names: Names, patience: float = 20.0, trusted: SSLContext | None = None
) -> AsyncIterator[HttpReceivers]:
    receivers = HttpReceivers(open_for_tests, names, patience, trusted)
    yield receivers
    await receivers.close()


async def test_the_name_is_in_the_request_and_the_address_is_where_it_goes(receiver_of: Callable[..., object]) -> None:
    receiver = await receiver_of()  # type: ignore[misc]
    names = Names(["127.0.0.1"])
    async with calling(names) as receivers:
        for _ in range(2):
            url = f"http://{NAME}:{receiver.port}/hook?a=1"
            answered = await receivers.post(url, b'{"x":1}', {"webhook-id": "49050001/1", "content-type": "a/b"})
            assert answered.status == 200
    assert receiver.heads[0].startswith("POST /hook?a=1 HTTP/1.1\r\n")
    assert f"host: {NAME}:{receiver.port}\r\n" in receiver.heads[0].lower()
    assert "webhook-id: 49050001/1\r\n" in receiver.heads[0].lower()
    assert receiver.heads[0].endswith('{"x":1}')
    assert (receiver.connections, names.asked) == (1, 2), "the connection is kept, and the name looked up each time"


@pytest.mark.parametrize("inside", [["10.0.0.1"], ["::1"], ["93.184.216.34", "169.254.169.254"], []])
async def test_a_name_that_leads_inside(inside: list[str]) -> None:
    async with calling(Names(inside)) as receivers:
        for asking in (receivers.must_be_allowed(f"https://{NAME}/"), receivers.post(f"https://{NAME}/", b"", {})):
            with pytest.raises(Invalid) as refused:
                await asking
            assert "内部网络" in refused.value.problems[0].what


async def test_a_name_that_leads_inside_at_the_second_look_up_only(receiver_of: Callable[..., object]) -> None:
    """What was looked up is what is connected to; what it leads to a moment later is asked at the next call, and refused."""
    receiver = await receiver_of()  # type: ignore[misc]
    async with calling(Names(["127.0.0.1"], ["10.0.0.1"])) as receivers:
        url = f"http://{NAME}:{receiver.port}/"
        await receivers.must_be_allowed(url)
        with pytest.raises(Invalid):
            await receivers.post(url, b"", {})
    assert receiver.connections == 0


async def test_addresses_written_as_numbers_are_judged_too() -> None:
    receivers = HttpReceivers(is_public)
    for host in ("127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:10.0.0.1]", "localhost"):
        with pytest.raises(Invalid):
            await receivers.must_be_allowed(f"https://{host}/")
    await receivers.close()


@pytest.mark.parametrize("status", [204, 302, 410, 429, 500])
async def test_an_answer_is_an_answer_and_no_redirect_is_followed(
    status: int, receiver_of: Callable[..., object]
) -> None:
    elsewhere = await receiver_of()  # type: ignore[misc]
    head = f"HTTP/1.1 {status} x\r\nLocation: http://127.0.0.1:{elsewhere.port}/\r\nRetry-After: 7\r\n"
    receiver = await receiver_of((head + "Content-Length: 0\r\n\r\n").encode())  # type: ignore[misc]
    async with calling(Names(["127.0.0.1"])) as receivers:
        answered = await receivers.post(f"http://{NAME}:{receiver.port}/", b"", {})
    assert (answered.status, answered.retry_after, elsewhere.connections) == (status, "7", 0)


async def test_a_receiver_that_hangs(receiver_of: Callable[..., object]) -> None:
    receiver = await receiver_of(b"")  # type: ignore[misc]
    async with calling(Names(["127.0.0.1"]), patience=0.2) as receivers:
        with pytest.raises(Unavailable, match="no answer within"):
            await receivers.post(f"http://{NAME}:{receiver.port}/", b"", {})


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 99999999\r\n\r\n" + b"x" * 100_000,
        b"Content-Length: 99\r\n\r\nslow",
        b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
    ],
)
async def test_an_answer_without_end_takes_no_longer_than_its_head(
    receiver_of: Callable[..., object], rest: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.adapters.http.receivers.READING", 0.1)
    receiver = await receiver_of(b"HTTP/1.1 200 OK\r\n" + rest)  # type: ignore[misc]
    async with calling(Names(["127.0.0.1"]), patience=5) as receivers:
        assert (await receivers.post(f"http://{NAME}:{receiver.port}/", b"", {})).status == 200


async def test_nobody_is_there(receiver_of: Callable[..., object]) -> None:
    receiver = await receiver_of(b"no HTTP at all\r\n\r\n")  # type: ignore[misc]
    async with calling(Names(["127.0.0.1"])) as receivers:
        for port in (receiver.port, 1):
            with pytest.raises(Unavailable, match="cannot be reached"):
                await receivers.post(f"http://{NAME}:{port}/", b"", {})


async def test_the_certificate_is_that_of_the_name_and_not_of_the_address(
    receiver_of: Callable[..., object], tmp_path: Path
) -> None:
    own, authority = certificate_for(NAME, tmp_path)
    server = SSLContext(PROTOCOL_TLS_SERVER)
    server.load_cert_chain(own)
    receiver = await receiver_of(OK, server)  # type: ignore[misc]
    trusted = create_default_context(cafile=authority)
    async with calling(Names(["127.0.0.1"]), trusted=trusted) as receivers:
        assert (await receivers.post(f"https://{NAME}:{receiver.port}/", b"", {})).status == 200
        with pytest.raises(Unavailable):
            await receivers.post(f"https://other.example.org:{receiver.port}/", b"", {})
        with pytest.raises(Unavailable):
            await receivers.post(f"https://127.0.0.1:{receiver.port}/", b"", {})
    assert len(receiver.heads) == 1
