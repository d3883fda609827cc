"""The queue before the password hashes: who gets the next place, who is turned away, and what its bounds are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from services.directory.accounts.fair_queue import PER_ACCOUNT, PER_RANGE, FairQueue, Place, Rank
from shared.errors import Unavailable

KNOWN, NEW, WRONG = Rank


class Hand:
    """Works on what is submitted when the test says so, the oldest first."""

    def __init__(self) -> None:
        self.begun: list[tuple[Future[Any], Callable[[], Any]]] = []

    def __call__(self, work: Callable[[], Any], /) -> Future[Any]:
        promised: Future[Any] = Future()
        self.begun.append((promised, work))
        return promised

    def finish(self) -> None:
        promised, work = self.begun.pop(0)
        try:
            result = work()
        except ValueError as error:
            promised.set_exception(error)
        else:
            promised.set_result(result)


class Line:
    """A queue driven by hand, and the order in which it worked."""

    def __init__(self, at_once: int = 1, room: int = 1000) -> None:
        self.hand, self.worked = Hand(), list[str]()
        self.queue = FairQueue(at_once, room, self.hand)

    async def ask(self, name: str, rank: Rank = NEW, range: str = "", account: str = "a") -> asyncio.Task[None]:
        """range: another one for each asker, unless it is given."""
        place = Place(rank, range or name, account)
        asked = asyncio.create_task(self.queue.take(place, self.worked.append, name))
        await asyncio.sleep(0)
        return asked

    async def finish_all(self) -> list[str]:
        while self.hand.begun:
            self.hand.finish()
        await asyncio.sleep(0)
        return self.worked


async def turned_away(asked: asyncio.Task[None]) -> bool:
    for _ in range(5):  # turns of the loop until whoever waits has heard of it
        await asyncio.sleep(0)
    return asked.done() and isinstance(asked.exception(), Unavailable)


async def test_as_many_at_a_time_as_there_are_places() -> None:
    line = Line(at_once=2)
    asked = [await line.ask(name) for name in "abcd"]
    assert (len(line.hand.begun), line.queue.waiting) == (2, 2)
    line.hand.finish()
    assert (len(line.hand.begun), line.queue.waiting) == (2, 1)
    assert await line.finish_all() == list("abcd")
    await asyncio.gather(*asked)
    assert line.queue.waiting == 0
    again = [await line.ask(name) for name in "efg"]
    assert (len(line.hand.begun), line.queue.waiting) == (2, 1), "no place was lost"
    await line.finish_all()
    await asyncio.gather(*again)


async def test_ranges_by_turns_and_accounts_in_each() -> None:
    line = Line()
    for name, range, account in (
        ("begins", "x", "x"),
        ("a1", "a", "1"),
        ("a1 again", "a", "1"),
        ("a2", "a", "2"),
        ("a1 once more", "a", "1"),
        ("b", "b", "1"),
        ("b again", "b", "1"),
        ("c", "c", "1"),
    ):
        await line.ask(name, range=range, account=account)
    assert await line.finish_all() == ["begins", "a1", "b", "c", "a2", "b again", "a1 again", "a1 once more"]


async def test_whoever_was_right_goes_first_and_nobody_starves() -> None:
    line = Line()
    await line.ask("begins")
    for rank in (WRONG, NEW, KNOWN):
        for n in range(4):
            await line.ask(f"{rank.name} {n}", rank)
    order = [name.split()[0] for name in await line.finish_all()][1:]
    assert order == ["KNOWN", "NEW", "KNOWN", "NEW", "KNOWN", "WRONG", "KNOWN", "NEW", "NEW", "WRONG", "WRONG", "WRONG"]


async def test_one_account_and_one_range_have_so_many_places_and_no_more() -> None:
    line = Line()
    await line.ask("begins")
    asked = [await line.ask(f"a {n}", range="r", account="a") for n in range(PER_ACCOUNT + 1)]
    assert [await turned_away(task) for task in asked] == [False] * PER_ACCOUNT + [True]
    others = [await line.ask(f"b {n}", range="r", account=f"b {n}") for n in range(PER_RANGE - PER_ACCOUNT)]
    assert not any([await turned_away(task) for task in others])
    newcomer = await line.ask("c", range="r", account="c")
    assert not await turned_away(newcomer), "one of those who have many gives way"
    assert [await turned_away(task) for task in asked[:PER_ACCOUNT]] == [False] * (PER_ACCOUNT - 1) + [True]
    assert line.queue.waiting == PER_RANGE
    assert not await turned_away(await line.ask("elsewhere")), "another range is not concerned"


async def test_a_full_queue_turns_away_those_who_have_most_places() -> None:
    line = Line(room=4)
    await line.ask("begins")
    crowd = [await line.ask(f"a {n}", range="a", account=str(n)) for n in range(3)]
    await line.ask("b", range="b")
    assert await turned_away(await line.ask("a 3", range="a", account="3")), "not the one who has most himself"
    assert not await turned_away(await line.ask("c", range="c"))
    assert [await turned_away(task) for task in crowd] == [False, False, True], "the last that came"
    assert not await turned_away(await line.ask("d", range="d"))
    assert [await turned_away(task) for task in crowd[:2]] == [False, True]
    assert await turned_away(await line.ask("e", range="e")), "all have one: who comes last goes"
    assert line.queue.waiting == 4
    assert await line.finish_all() == ["begins", "a 0", "b", "c", "d"]


async def test_a_full_queue_turns_away_those_who_were_wrong_first() -> None:
    line = Line(room=2)
    await line.ask("begins")
    wrong = [await line.ask(f"wrong {n}", WRONG) for n in range(2)]
    new = [await line.ask(f"new {n}", NEW, range="new", account=str(n)) for n in range(2)]
    assert all([await turned_away(task) for task in wrong])
    assert await turned_away(await line.ask("wrong", WRONG))
    known = [await line.ask(f"known {n}", KNOWN) for n in range(2)]
    assert all([await turned_away(task) for task in new])
    assert await turned_away(await line.ask("known", KNOWN))
    assert await line.finish_all() == ["begins", "known 0", "known 1"]
    assert not any([await turned_away(task) for task in known])


async def test_who_gave_up_waiting_leaves_the_place_to_another() -> None:
    line = Line(room=2)
    await line.ask("begins")
    first, second = await line.ask("a"), await line.ask("b")
    assert await turned_away(await line.ask("c"))
    first.cancel()
    await asyncio.wait([first])
    assert line.queue.waiting == 1
    assert not await turned_away(await line.ask("d"))
    assert await line.finish_all() == ["begins", "b", "d"]
    await second


async def test_who_gives_up_while_it_is_worked_on_keeps_the_place_until_the_end() -> None:
    """The thread goes on, and with it the memory that the hash takes."""
    line = Line()
    begins, waits = await line.ask("begins"), await line.ask("waits")
    begins.cancel()
    await asyncio.wait([begins])
    assert (len(line.hand.begun), line.queue.waiting) == (1, 1)
    await line.finish_all()
    await waits
    assert line.queue.waiting == 0


async def test_what_goes_wrong_gives_its_place_to_the_next() -> None:
    line = Line(room=1)
    for _ in range(5):
        asked = asyncio.create_task(line.queue.take(Place(NEW, "a", "a"), int, "x"))
        await asyncio.sleep(0)
        line.hand.finish()
        with pytest.raises(ValueError, match="invalid literal"):
            await asked
    assert line.queue.waiting == 0


async def test_in_threads_of_its_own() -> None:
    queue = FairQueue(2, room=2)
    assert await asyncio.gather(*(queue.take(Place(NEW, "a", "a"), int, str(n)) for n in range(4))) == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="invalid literal"):
        await queue.take(Place(NEW, "a", "a"), int, "x")
