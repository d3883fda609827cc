"""Several containers of one service behind one name: which of them a request goes to."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import count
from socket import SOCK_STREAM, gaierror
from typing import Final

import httpx

from shared import ip_addresses

log = logging.getLogger(__name__)

LOOK_AGAIN: Final = 5.0  # seconds after which a name is looked up anew: a container may have come or gone

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host name and port → its addresses. Raises OSError."""


async def by_name(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@dataclass(frozen=True, slots=True)
class _Known:
    addresses: tuple[str, ...]
    at: float


class Replicas:
    """The addresses of a service take turns. Left to the system, every request would go to the same one of them, because it
    puts addresses into an order of its own."""

    def __init__(self, lookup: Lookup = by_name) -> None:
        self._lookup = lookup
        self._known: dict[str, _Known] = {}
        self._turn = count()

    async def of(self, base: str) -> list[httpx.URL]:
        """base: address of a service. Where to ask, one after the other as long as nobody is there; the first is another one each
        time. A name that leads nowhere is given back as it is, and so is an https address, whose certificate is for the name."""
        url = httpx.URL(base)
        if url.scheme != "http" or ip_addresses.read(url.host) is not None:
            return [url]
        addresses = await self._addresses(url)
        first = next(self._turn) % len(addresses) if addresses else 0
        return [url.copy_with(host=address) for address in (*addresses[first:], *addresses[:first])] or [url]

    def leave_out(self, base: str, place: httpx.URL) -> None:
        """Nobody was there: not asked again before the name is looked up anew."""
        host = httpx.URL(base).host
        if known := self._known.get(host):
            left = tuple(address for address in known.addresses if address != place.host)
            self._known[host] = _Known(left, known.at if left else -math.inf)

    async def _addresses(self, url: httpx.URL) -> tuple[str, ...]:
        now = asyncio.get_running_loop().time()
        known = self._known.get(url.host)
        if known is None or now - known.at > LOOK_AGAIN:
            try:
                found = await self._lookup(url.host, url.port or 80)
            except gaierror as error:
                log.info("%s: %s", url.host, error)
                found = ()
            known = self._known[url.host] = _Known(tuple(dict.fromkeys(found)), now)
        return known.addresses
