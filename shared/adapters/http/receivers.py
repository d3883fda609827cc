"""Receivers of webhooks over HTTP. A name is looked up once a call, and what was found is what is connected to: one that leads
elsewhere a moment later leads nobody there (docs/decisions/0048-webhooks.md)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from ssl import SSLContext, create_default_context

import httpx

from shared.errors import Invalid, Problem, Unavailable
from shared.ports.others.receivers import Answered

PATIENCE = 20.0  # seconds for the whole call
KEPT = 100  # hosts with an open connection
READING = 1.0  # seconds for the rest of an answer
DIGITS_OF_SHORT = 4  # of its length in bytes
IDLE = 5.0  # seconds a connection is kept for the next entry

FORBIDDEN = "推送地址不能使用 · this address cannot be used"

LookUp = Callable[[str, int], Awaitable[Sequence[str]]]


async def look_up(host: str, port: int) -> Sequence[str]:
    """Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class HttpReceivers:
    """may_be_called: judges an address, as it is written. trusted: whose certificates count; default: the usual."""

    def __init__(
        self,
        may_be_called: Callable[[str], bool],
        look_up: LookUp = look_up,
        patience: float = PATIENCE,
        trusted: SSLContext | None = None,
    ) -> None:
        self._may_be_called, self._look_up, self._patience, self._trusted = may_be_called, look_up, patience, trusted
        # One client a host: a connection that was verified for one name never carries what is for another at the same address.
        self._clients: OrderedDict[tuple[str, str, int | None], httpx.AsyncClient] = OrderedDict()

    async def must_be_allowed(self, url: str) -> None:
        await self._allowed_addresses(httpx.URL(url))

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Answered:
        asked = httpx.URL(url)
        try:
            async with asyncio.timeout(self._patience):
                addresses = await self._allowed_addresses(asked)
                return await self._call(asked, addresses[0], content, headers)
        except TimeoutError as error:
            raise Unavailable(
                f"{self._patience:g} 秒内没有应答 · no answer within {self._patience:g} seconds"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(f"无法连接 · cannot be reached: {type(error).__name__}") from error

    async def close(self) -> None:
        while self._clients:
            await self._clients.popitem()[1].aclose()

    async def _call(self, asked: httpx.URL, address: str, content: bytes, headers: Mapping[str, str]) -> Answered:
        client = await self._client(asked)
        pinned = asked.copy_with(host=address)
        own = {"host": asked.netloc.decode("ascii"), "user-agent": "Jianding-Webhooks/1", **headers}
        request = client.build_request(
            "POST", pinned, content=content, headers=own, extensions={"sni_hostname": asked.raw_host.decode("ascii")}
        )
        answer = await client.send(request, stream=True)
        try:
            await _read_if_short(answer)
        finally:
            await answer.aclose()
        return Answered(answer.status_code, answer.headers.get("retry-after", "")[:100])

    async def _client(self, asked: httpx.URL) -> httpx.AsyncClient:
        place = (asked.scheme, asked.host, asked.port)
        if place not in self._clients:
            if self._trusted is None:
                self._trusted = create_default_context()
            self._clients[place] = httpx.AsyncClient(
                verify=self._trusted,
                follow_redirects=False,
                trust_env=False,  # a proxy would look up the name once more
                timeout=httpx.Timeout(self._patience),
                limits=httpx.Limits(keepalive_expiry=IDLE),
            )
        self._clients.move_to_end(place)
        while len(self._clients) > KEPT:
            await self._clients.popitem(last=False)[1].aclose()
        return self._clients[place]

    async def _allowed_addresses(self, asked: httpx.URL) -> Sequence[str]:
        """All that the name leads to, each of them judged. Raises Invalid."""
        try:
            found = await self._look_up(asked.host, asked.port or (443 if asked.scheme == "https" else 80))
        except (OSError, UnicodeError) as error:
            raise _wrong(f"查不到主机 {asked.host} · {asked.host} cannot be found") from error
        if not found or not all(self._may_be_called(address) for address in found):
            raise _wrong(
                f"{asked.host} 指向内部网络，不予推送 · {asked.host} leads into a network that is not open to the world, and is "
                "not called"
            )
        return found


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
