"""IP addresses as they are compared and counted."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

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


Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]

NOT_OF_THE_WORLD = tuple(
    ip_network(one)
    for one in (
        *(
            "192.0.0.0/24",
            "192.88.99.0/24",
            "3fff::/20",
            "5f00::/16",
        ),  # IANA: for special purposes; no Python knows all
        "168.63.129.16/32",  # inside one large cloud the place where a machine asks for its own secrets
    )
)


def networks(written: str) -> Networks:
    """Comma-separated. Raises ValueError."""
    return tuple(ip_network(part.strip()) for part in written.split(",") if part.strip())


def lies_in(written: str, among: Networks) -> bool:
    address = read(written)
    return address is not None and any(address in network for network in among)


def is_public(written: str) -> bool:
    """Whether an address lies in no network of somebody's own: not private, nor of this machine or link, nor for many or
    nobody; nor one of IPv6 that stands for such a one of IPv4 (6to4, Teredo), nor what translates into one (NAT64)."""
    address = read(written)
    return address is not None and all(_is_public(one) for one in (address, *_standing_for(address)))


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address.is_site_local:
        return False
    if any(address in network for network in NOT_OF_THE_WORLD):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _standing_for(address: Address) -> list[Address]:
    if isinstance(address, IPv4Address):
        return []
    return [one for one in (address.sixtofour, *(address.teredo or ())) if one is not None]


def is_this_machine(host: str) -> bool:
    """Whether nobody but this machine reaches it. Names are not looked up: any but `localhost` is elsewhere."""
    if host.rstrip(".").lower() == "localhost":
        return True
    address = read(host.strip("[]"))
    return address is not None and address.is_loopback
