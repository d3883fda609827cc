"""Who counts as one, for throttles and for the number of connections; and which addresses are open to the world."""

from __future__ import annotations

import pytest

from shared.ip_addresses import LONGEST, address_range, is_public, lies_in, networks


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


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34", "1.1.1.1"])
def test_addresses_that_are_open_to_the_world(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.0.3", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1"),  # this machine
        *("10.1.2.3", "172.16.0.1", "192.168.1.1", "::ffff:10.0.0.1", "fc00::1", "fd12::1", "fec0::1"),  # private
        *("169.254.169.254", "fe80::1", "fe80::1%eth0", "::ffff:169.254.169.254"),  # of the link: metadata of clouds
        *("0.0.0.0", "::", "0.1.2.3", "100.64.0.1", "192.0.2.1", "198.18.0.1", "240.0.0.1", "255.255.255.255"),
        *("192.0.0.192", "192.0.0.8", "192.88.99.1", "168.63.129.16", "::ffff:168.63.129.16", "3fff::1", "5f00::1"),
        *("224.0.0.1", "239.1.1.1", "ff02::1", "ff0e::1"),  # many at once
        *(
            "2002:7f00:1::",
            "2002:a00:1::",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "::7f00:1",
            "2001:0:1::1",
        ),  # in disguise
        *("", "localhost", "2130706433", "0x7f000001", "10.1"),  # no addresses
    ],
)
def test_addresses_that_are_not(address: str) -> None:
    assert not is_public(address)


def test_what_lies_in_the_networks_of_a_setting() -> None:
    own = networks("10.1.2.0/24, fd12::/16")
    assert [lies_in(one, own) for one in ("10.1.2.9", "::ffff:10.1.2.9", "fd12::7", "10.1.3.9", "fd13::7", "x")] == [
        *(True, True, True),
        *(False, False, False),
    ]
    assert networks("") == ()
