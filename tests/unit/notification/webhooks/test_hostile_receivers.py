"""Receivers whose owners mean us harm, and addresses nobody thought of: each is a failure with a sentence, and costs nobody else
anything."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from ssl import CERT_REQUIRED, PROTOCOL_TLS_SERVER, SSLContext, create_default_context
from typing import Any

import pytest

from shared.adapters.http import receivers as adapter
from shared.adapters.http.receivers import AT_ONCE, HttpReceivers
from shared.errors import Invalid, Unavailable
from shared.ip_addresses import is_public
from tests.unit.notification.webhooks.certificate import certificate_for

NAME = "receiver.example.org"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def leading_to(*addresses: str) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    async def look_up(host: str, port: int) -> Sequence[str]:
        return addresses

    return look_up


@contextlib.asynccontextmanager
async def serving(serve: Serve, tls: SSLContext | None = None) -> AsyncIterator[int]:
    """Its port."""

    async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await serve(reader, writer)
        writer.close()

    server = await asyncio.start_server(quietly, "127.0.0.1", 0, ssl=tls)
    yield server.sockets[0].getsockname()[1]
    server.close()


@contextlib.asynccontextmanager
async def calling(**more: Any) -> AsyncIterator[HttpReceivers]:
    receivers = HttpReceivers(lambda address: True, **{"look_up": leading_to("127.0.0.1"), **more})
    yield receivers
    await receivers.close()


@pytest.mark.parametrize(
    "url",
    [
        *("https://1.2.3.999/", "https://0177.0.0.1/", "https://[v1.x]/", "https://[::1]x/", "https://x[::1]/"),
        *("https://xn--/", "https://a..b/", f"https://{'a' * 64}.example.org/", "https://%31%32%37.0.0.1/"),
    ],
)
async def test_an_address_that_nobody_can_read_is_refused_in_a_sentence(url: str) -> None:
    receivers = HttpReceivers(is_public)
    with pytest.raises(Invalid):
        await receivers.must_be_allowed(url)
    with pytest.raises(Invalid):
        await receivers.post(url, b"", {})
    await receivers.close()


async def test_the_name_that_is_looked_up_is_the_one_that_is_written() -> None:
    """Spelled out, `xn--fa-hia` is a name that older libraries take for `fass`: another host, of somebody else."""
    asked: list[str] = []

    async def look_up(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["10.0.0.1"]

    receivers = HttpReceivers(is_public, look_up)
    for host in ("xn--fa-hia.example.org", "[2606:4700::1111]"):
        with pytest.raises(Invalid):
            await receivers.must_be_allowed(f"https://{host}/")
    assert asked == ["xn--fa-hia.example.org", "2606:4700::1111"]


async def test_one_who_wants_a_certificate_of_ours(tmp_path: Path) -> None:
    """With TLS 1.3 that shows after the handshake, where the library expects nothing of the kind."""
    own, authority = certificate_for(NAME, tmp_path)
    tls = SSLContext(PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(own)
    tls.verify_mode = CERT_REQUIRED
    tls.load_verify_locations(authority)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    trusted = create_default_context(cafile=authority)
    async with serving(serve, tls) as port, calling(trusted=trusted) as receivers:
        with pytest.raises(Unavailable, match="cannot be reached"):
            await receivers.post(f"https://{NAME}:{port}/", b"{}", {})


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 40_000,
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000,
        b"HTTP/1.1 200 " + b"y" * 200_000,
        b"\x00" * 200_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
    ],
)
async def test_heads_that_are_none(head: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        await writer.drain()
        await reader.read()

    async with serving(serve) as port, calling(patience=5) as receivers:
        with pytest.raises(Unavailable, match="cannot be reached"):
            await receivers.post(f"http://{NAME}:{port}/", b"", {})


@pytest.mark.parametrize("piece", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n"])
async def test_one_who_is_about_to_answer_for_ever(piece: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        while True:
            writer.write(piece)
            await writer.drain()

    async with serving(serve) as port, calling(patience=0.3) as receivers:
        with pytest.raises(Unavailable, match="no answer within"):
            await receivers.post(f"http://{NAME}:{port}/", b"", {})


async def test_what_is_packed_is_not_unpacked() -> None:
    """A kilobyte that would be a gigabyte stays a kilobyte."""
    packed = b"no gzip at all" * 10
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(head + packed)

    async with serving(serve) as port, calling() as receivers:
        for _ in range(2):
            assert (await receivers.post(f"http://{NAME}:{port}/", b"", {})).status == 200


async def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 x\r\n\r\n")

    async with serving(serve) as port, calling() as receivers:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        assert (await receivers.post(f"http://{NAME}:{port}/", b"", {})).status == 204


async def test_one_who_takes_long_is_not_hung_up_on_for_the_sake_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "KEPT", 1)
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await may_answer.wait()
        writer.write(b"HTTP/1.1 204 x\r\n\r\n")
        await writer.drain()

    async def at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 x\r\n\r\n")
        await writer.drain()

    async with serving(slowly) as slow, serving(at_once) as quick, calling(patience=5) as receivers:
        waiting = asyncio.create_task(receivers.post(f"http://{NAME}:{slow}/", b"", {}))
        await asked.wait()
        for host in ("a.example.org", "b.example.org"):
            assert (await receivers.post(f"http://{host}:{quick}/", b"", {})).status == 204
        may_answer.set()
        assert (await waiting).status == 204
        assert len(receivers._clients) == 1


async def test_a_second_address_is_tried_where_nobody_answers_at_the_first() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 x\r\n\r\n")

    async with serving(serve) as port, calling(look_up=leading_to("127.0.0.2", "127.0.0.1")) as receivers:
        assert (await receivers.post(f"http://{NAME}:{port}/", b"", {})).status == 204


async def test_names_that_nobody_answers_for_stop_no_look_up_but_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks up for all others too has few threads, and a name server that keeps silent would take them all."""
    silent, begun = threading.Event(), threading.Semaphore(0)
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, *more: Any, **named: Any) -> Any:
        if str(host).endswith(".silent.example.org"):
            begun.release()
            silent.wait(10)
            raise OSError("nobody answers")
        return real(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    receivers = HttpReceivers(is_public, patience=5)
    hanging = [
        asyncio.create_task(receivers.must_be_allowed(f"https://{n}.silent.example.org/")) for n in range(AT_ONCE)
    ]
    try:
        async with asyncio.timeout(5):
            for _ in hanging:
                await asyncio.to_thread(begun.acquire, True, 4)
            assert await asyncio.to_thread(str, 7) == "7"
    finally:
        silent.set()
    outcomes = await asyncio.gather(*hanging, return_exceptions=True)
    assert all(isinstance(outcome, Invalid) for outcome in outcomes)
    await receivers.close()


async def test_a_name_that_nobody_answers_for_is_given_up() -> None:
    async def look_up(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    receivers = HttpReceivers(is_public, look_up, patience=0.05)
    for url in (f"https://{NAME}/", "https://other.example.org/"):
        with pytest.raises(Unavailable, match="no answer within"):
            async with asyncio.timeout(5):
                await receivers.must_be_allowed(url)
    await receivers.close()
