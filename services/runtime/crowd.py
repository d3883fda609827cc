"""How many visitors are connected at once: in all, and from one network. One network never takes the place of all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from enum import Enum, auto

from shared.ip_addresses import address_range

SHARE = 4  # one network has at most this part of all connections
TO_SAY_SO = 1.5  # times that number come in to be told that there is no room; whoever is beyond is cut off
_IPV4_BITS = 24  # what one holder of IPv4 addresses usually has


class Room(Enum):
    THERE_IS = auto()
    NO_MORE = auto()
    NOT_EVEN_TO_SAY_SO = auto()


class Crowd:
    """most: connections that are answered.
    is_proxy: behind such an address are many; proxies have no share, and look after their visitors themselves."""

    def __init__(self, most: int, is_proxy: Callable[[str], bool]) -> None:
        self._most, self._is_proxy = most, is_proxy
        self._all = 0
        self._by_network: Counter[str] = Counter()

    def enter(self, address: str) -> Room:
        """Whoever entered also leaves, whatever he was answered."""
        network = address_range(address, _IPV4_BITS)
        self._all += 1
        self._by_network[network] += 1
        mine = 0 if self._is_proxy(address) else self._by_network[network]
        fullness = max(self._all / self._most, mine / max(1, self._most // SHARE))
        if fullness > TO_SAY_SO:
            return Room.NOT_EVEN_TO_SAY_SO
        return Room.NO_MORE if fullness > 1 else Room.THERE_IS

    def leave(self, address: str) -> None:
        network = address_range(address, _IPV4_BITS)
        self._all -= 1
        self._by_network[network] -= 1
        if not self._by_network[network]:
            del self._by_network[network]
