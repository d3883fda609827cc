"""IP addresses as they are compared and counted."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

IPV6_RANGE = 64  # bits: what one connection is given, so that whoever has one has 2^64 addresses
REMEMBERED = 1024  # of the last askers, each of whom asks several times
LONGEST = 64  # characters; the longest textual IPv6 address has 45


def read(written: str) -> IPv4Address | IPv6Address | None:
    """None for what is no address. One of IPv4 inside IPv6 is that of IPv4; a zone, which is the name of a network card, is left
    out."""
    try:
        address = ip_address(written.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(REMEMBERED)
def address_range(written: str, ipv4_bits: int = 32) -> str:
    """Who counts as one: the holder of an IPv4 address (with fewer bits, of a network), or of the /64 of an IPv6 one. What is no
    address counts as it is written, cut short: whoever counts remembers it."""
    address = read(written)
    if address is None:
        return written[:LONGEST]
    bits = ipv4_bits if address.version == 4 else IPV6_RANGE
    return str(ip_network((address, bits), strict=False))
