"""How many are connected at once, and that one network leaves room for all others."""

from __future__ import annotations

import pytest

from services.runtime.crowd import Crowd, Room

PROXY = "192.0.2.1"


def crowd() -> Crowd:
    """Of 16: a network's share is 4, and 2 more are told."""
    return Crowd(16, lambda address: address == PROXY)


@pytest.mark.parametrize(
    "addresses",
    [
        [f"198.51.100.{n}" for n in range(7)],
        [f"2001:db8:0:1::{n}" for n in range(7)],
        [f"::ffff:198.51.100.{n}" for n in range(7)],
        ["no address"] * 7,
    ],
)
def test_one_network_has_a_quarter(addresses: list[str]) -> None:
    full = crowd()
    found = [full.enter(address) for address in addresses]
    assert found == [Room.THERE_IS] * 4 + [Room.NO_MORE] * 2 + [Room.NOT_EVEN_TO_SAY_SO]
    assert full.enter("203.0.113.9") is Room.THERE_IS, "another network"
    for address in addresses:
        full.leave(address)
    assert full.enter(addresses[0]) is Room.THERE_IS


def test_all_together_have_the_whole_and_a_proxy_no_share() -> None:
    full = crowd()
    found = [full.enter(PROXY) for _ in range(16)]
    assert found == [Room.THERE_IS] * 16
    assert [full.enter(f"203.0.113.{n}") for n in range(2)] == [Room.NO_MORE] * 2
    assert [full.enter(PROXY) for _ in range(7)] == [Room.NO_MORE] * 6 + [Room.NOT_EVEN_TO_SAY_SO]


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        ("198.51.100.1", "198.51.100.254", "198.51.101.1"),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::1", "2001:db8:0:2::1"),
        ("::ffff:198.51.100.1", "198.51.100.254", "::ffff:198.51.101.1"),
        ("no address", "no address", "another one"),
    ],
)
def test_how_far_a_network_goes(one: str, same: str, other: str) -> None:
    full = crowd()
    for _ in range(4):
        assert full.enter(one) is Room.THERE_IS
    assert full.enter(same) is Room.NO_MORE
    assert full.enter(other) is Room.THERE_IS


def test_a_small_house_lets_everybody_in_once() -> None:
    """A quarter of three is less than one."""
    small = Crowd(3, lambda _: False)
    assert [small.enter("198.51.100.1"), small.enter("203.0.113.1")] == [Room.THERE_IS] * 2


def test_nothing_is_remembered_of_who_has_left() -> None:
    full = crowd()
    for n in range(50):
        full.enter(f"203.0.{n}.1")
    for n in range(50):
        full.leave(f"203.0.{n}.1")
    assert not full._by_network
    assert [full.enter(PROXY) for _ in range(17)] == [Room.THERE_IS] * 16 + [Room.NO_MORE]
