"""Who counts as one, for throttles and for the number of connections."""

from __future__ import annotations

import pytest

from shared.ip_addresses import LONGEST, address_range


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:FFFF:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::7", "2001:db8:1:3::/64"),
        ("::1", "::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("::ffff:cb00:7107", "203.0.113.7/32"),
        ("fe80::1%eth0", "fe80::/64"),
        ("fe80::2%25wlan0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
        ("203.0.113.7:4711", "203.0.113.7:4711"),
        ("2001:db8::g", "2001:db8::g"),
    ],
)
def test_an_address_counts_as(address: str, counts_as: str) -> None:
    assert address_range(address) == counts_as


def test_what_is_no_address_is_remembered_cut_short() -> None:
    assert address_range("x" * 100_000) == "x" * LONGEST


def test_a_network_of_ipv4_has_fewer_bits() -> None:
    assert address_range("::ffff:203.0.113.7", 24) == address_range("203.0.113.250", 24) == "203.0.113.0/24"
    assert address_range("2001:db8:1:2::7", 24) == "2001:db8:1:2::/64"
