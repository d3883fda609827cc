"""Receivers of webhooks over HTTP. A name is looked up once a call, and what was found is what is connected to: one that leads
elsewhere a moment later leads nobody there (docs/decisions/0048-webhooks.md)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from ssl import SSLContext, create_default_context

import httpx

from shared.errors import Invalid, Problem, Unavailable
from shared.ports.others.receivers import Answered

PATIENCE = 20.0  # seconds for the whole call
KEPT = 100  # hosts with an open connection
READING = 1.0  # seconds for the rest of an answer
DIGITS_OF_SHORT = 4  # of its length in bytes
IDLE = 5.0  # seconds a connection is kept for the next entry
AT_ONCE = 32  # names looked up at the same time
TRIED = 4  # addresses of one name

FORBIDDEN = "推送地址不能使用 · this address cannot be used"

LookUp = Callable[[str, int], Awaitable[Sequence[str]]]


class _Names:
    """Looks names up in threads of its own. Whose name server keeps silent holds such a thread for half a minute; of those that
    the process has for its files and for the names of its database, broker and neighbours, there are only a few."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, "names of receivers")

    async def look_up(self, host: str, port: int) -> Sequence[str]:
        """Raises OSError, UnicodeError."""
        asking = self._threads.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(one[4][0]) for one in await asyncio.wrap_future(asking)))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Client(httpx.AsyncClient):
    """calls: under way at this moment."""

    calls = 0


class HttpReceivers:
    """may_be_called: judges an address, as it is written. trusted: whose certificates count; default: the usual."""

    def __init__(
        self,
        may_be_called: Callable[[str], bool],
        look_up: LookUp | None = None,
        patience: float = PATIENCE,
        trusted: SSLContext | None = None,
    ) -> None:
        self._names = _Names()
        self._may_be_called, self._look_up = may_be_called, look_up or self._names.look_up
        self._patience, self._trusted = patience, trusted
        # One client a host: a connection that was verified for one name never carries what is for another at the same address.
        self._clients: OrderedDict[tuple[str, bytes, int | None], _Client] = OrderedDict()

    async def must_be_allowed(self, url: str) -> None:
        async with self._in_time():
            await self._allowed_addresses(_read(url))

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Answered:
        asked = _read(url)
        try:
            async with self._in_time():
                addresses = await self._allowed_addresses(asked)
                return await self._call(asked, addresses, content, headers)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Unavailable(f"无法连接 · cannot be reached: {type(error).__name__}") from error

    async def close(self) -> None:
        self._names.close()
        while self._clients:
            await self._clients.popitem()[1].aclose()

    @contextlib.asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """Raises Unavailable."""
        try:
            async with asyncio.timeout(self._patience):
                yield
        except TimeoutError as error:
            raise Unavailable(
                f"{self._patience:g} 秒内没有应答 · no answer within {self._patience:g} seconds"
            ) from error

    async def _call(
        self, asked: httpx.URL, addresses: Sequence[str], content: bytes, headers: Mapping[str, str]
    ) -> Answered:
        *first, last = addresses[:TRIED]
        async with self._client(asked) as client:
            for address in first:
                with contextlib.suppress(httpx.ConnectError):  # nothing was sent yet
                    return await self._call_at(client, asked, address, content, headers)
            return await self._call_at(client, asked, last, content, headers)

    async def _call_at(
        self, client: _Client, asked: httpx.URL, address: str, content: bytes, headers: Mapping[str, str]
    ) -> Answered:
        own = {"host": asked.netloc.decode("ascii"), "user-agent": "Jianding-Webhooks/1", **headers}
        request = client.build_request(
            "POST",
            asked.copy_with(host=address),
            content=content,
            headers=own,
            extensions={"sni_hostname": asked.raw_host.decode("ascii")},
        )
        answer = await client.send(request, stream=True)
        try:
            await _read_if_short(answer)
        finally:
            await answer.aclose()
        return Answered(answer.status_code, answer.headers.get("retry-after", "")[:100])

    @contextlib.asynccontextmanager
    async def _client(self, asked: httpx.URL) -> AsyncIterator[_Client]:
        """That of the host; at the end the oldest that nobody is calling with are closed."""
        place = (asked.scheme, asked.raw_host, asked.port)
        client = self._clients.get(place) or self._new_client()
        self._clients[place] = client
        self._clients.move_to_end(place)
        client.calls += 1
        try:
            yield client
        finally:
            client.calls -= 1
            idle = [place for place, one in self._clients.items() if not one.calls]
            for old in [self._clients.pop(place) for place in idle[: max(0, len(self._clients) - KEPT)]]:
                await old.aclose()

    def _new_client(self) -> _Client:
        if self._trusted is None:
            self._trusted = create_default_context()
        return _Client(
            verify=self._trusted,
            follow_redirects=False,
            trust_env=False,  # a proxy would look up the name once more
            timeout=httpx.Timeout(self._patience),
            limits=httpx.Limits(keepalive_expiry=IDLE),
        )

    async def _allowed_addresses(self, asked: httpx.URL) -> Sequence[str]:
        """All that the name leads to, each of them judged. Raises Invalid."""
        # As it is written: spelled out, an international name may be encoded as another one by who looks it up.
        host = asked.raw_host.decode("ascii")
        try:
            found = await self._look_up(host, asked.port or (443 if asked.scheme == "https" else 80))
        except (OSError, UnicodeError) as error:
            raise _wrong(f"查不到主机 {host} · {host} cannot be found") from error
        if not found or not all(self._may_be_called(address) for address in found):
            raise _wrong(
                f"{host} 指向内部网络，不予推送 · {host} leads into a network that is not open to the world, and is not called"
            )
        return found


def _read(url: str) -> httpx.URL:
    """Raises Invalid."""
    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        raise _wrong("不是完整的网址 · is not a whole URL") from error


async def _read_if_short(answer: httpx.Response) -> None:
    """What it says besides its status is of no interest, but a connection carries the next entry only once it was read. Who
    says more, or says it slowly, is hung up on: the status counts."""
    length = answer.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and len(length) <= DIGITS_OF_SHORT:
        with contextlib.suppress(TimeoutError, httpx.HTTPError):
            async with asyncio.timeout(READING):
                async for _ in answer.aiter_raw():
                    pass


def _wrong(what: str) -> Invalid:
    return Invalid(FORBIDDEN, [Problem("/address", what)])
