"""Passwords: what one must be like, that only it fits its hash, and that hashes wait for their turn."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest

from services.directory.accounts import hashing
from shared.errors import Invalid, Unavailable


@pytest.mark.parametrize("password", ["short", "a" * 201, "my-zhou.ning-1", "ZHOU.NING 2026"])
def test_passwords_that_are_no_good(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        hashing.must_be_good(password, "zhou.ning", "/new")
    assert {problem.where for problem in refusal.value.problems} == {"/new"}


def test_a_hash_fits_its_password_only() -> None:
    known = hashing.hashed("right password")
    assert hashing.fits(known, "right password")
    assert not hashing.fits(known, "wrong password")
    assert not hashing.fits("no hash at all", "right password")


async def test_who_comes_when_too_many_wait_is_turned_away() -> None:
    queue, go_on = hashing.Queue(1, room=2), Event()
    first, second, third = (asyncio.create_task(queue.take(go_on.wait, 10)) for _ in range(3))
    await asyncio.sleep(0)
    assert queue.waiting == 2
    with pytest.raises(Unavailable):
        await queue.take(int)
    third.cancel()
    await asyncio.wait([third])
    assert queue.waiting == 1, "who gave up waiting leaves room for another"
    go_on.set()
    assert (await first, await second, await queue.take(int)) == (True, True, 0)
    assert queue.waiting == 0


async def test_what_goes_wrong_leaves_the_queue_too() -> None:
    queue = hashing.Queue(1, room=1)
    for _ in range(5):
        with pytest.raises(ValueError, match="invalid literal"):
            await queue.take(int, "x")
    assert queue.waiting == 0


async def test_all_sign_ins_wait_in_one_queue() -> None:
    go_on = Event()
    asked = [asyncio.create_task(hashing.slowly(go_on.wait, 10)) for _ in range(hashing.AT_ONCE + hashing.WAITING)]
    await asyncio.sleep(0)
    assert hashing.queue.waiting == hashing.WAITING
    with pytest.raises(Unavailable):
        await hashing.slowly(hashing.fits, hashing.NOBODY, "x")
    go_on.set()
    await asyncio.gather(*asked)
    assert hashing.queue.waiting == 0
