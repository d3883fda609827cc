"""Whoever guesses is stopped; whoever holds a certificate in their hands is answered, whatever others do
(docs/decisions/0027-wrong-guesses.md)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from services.certificate.verification.usecases.guesses import DAY, EVERYWHERE
from shared.contracts.reporting import RosterLine
from tests.world.fixtures import OpenHouse
from tests.world.house import House
from tests.world.seeding import CLERK, SMALL, approve, lines_of

LIMIT = 3
HERE, THERE = "198.51.100.7", "203.0.113.9"
OF_ONE_NUMBER: dict[str, Any] = {
    "wrong_guesses_per_number": LIMIT,
    "wrong_guesses_per_address": 5000,
    "verifications_per_minute": 1_000_000,
}


@dataclass
class Counter:
    """Where people ask, each from an address; what there is to ask about."""

    house: House
    line: RosterLine
    number: str
    page: str
    others: dict[str, RosterLine]

    @property
    def unknown(self) -> str:
        """A number of the same register that was not given out."""
        return f"{self.number[:11]}09999"

    @asynccontextmanager
    async def sitting_at(self, address: str) -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(app=self.house.door, client=(address, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
            yield client

    async def ask(self, address: str = HERE, number: str = "", **proof: str) -> httpx.Response:
        async with self.sitting_at(address) as client:
            return await client.post("/certificate/verifications", json={"number": number or self.number, **proof})

    async def scan(self, address: str = HERE, page: str = "") -> httpx.Response:
        async with self.sitting_at(address) as client:
            return await client.get(page or self.page)

    async def guess(self, tries: int, address: str = HERE, number: str = "", **proof: str) -> list[int]:
        """Statuses of wrong guesses: of names, unless the proof says otherwise."""
        wrong = proof or {"name": "别人"}
        return [(await self.ask(address, number, **wrong)).status_code for _ in range(tries)]

    async def is_answered(self, address: str = HERE, number: str = "", **proof: str) -> bool:
        answer = await self.ask(address, number, **proof)
        assert answer.status_code in (200, 429), answer.text
        assert answer.status_code == 429 or answer.json()["outcome"] == "valid"
        return answer.status_code == 200

    @property
    def name(self) -> dict[str, str]:
        return {"name": self.line.name}

    @property
    def tail(self) -> dict[str, str]:
        return {"id_last": self.line.id_number[-4:]}

    @property
    def both(self) -> dict[str, str]:
        return self.name | self.tail


async def a_counter(house: House) -> Counter:
    await approve(house, SMALL)
    await house.run_until_quiet()
    made = await house.person(CLERK).everything(f"/certificate/certificates?roster={SMALL.id}")
    holders = await house.person("notification").everything(f"/certificate/holders?roster={SMALL.id}")
    first, *others = [one["number"] for one in sorted(made, key=lambda one: one["n"])]
    line, *lines = lines_of(SMALL)
    page = next(one["verify_url"] for one in holders if first in one["verify_url"])
    path = page.removeprefix("https://certificates.example.org")
    return Counter(house, line, first, path, dict(zip(others, lines, strict=True)))


@pytest.fixture
async def counter(open_house: OpenHouse) -> Counter:
    return await a_counter(open_house(**OF_ONE_NUMBER))


@pytest.fixture
async def by_address(open_house: OpenHouse) -> Counter:
    """Where the limit of one address is reached before that of a number."""
    return await a_counter(
        open_house(wrong_guesses_per_number=100, wrong_guesses_per_address=LIMIT, verifications_per_minute=1_000_000)
    )


@pytest.fixture
async def by_minute(open_house: OpenHouse) -> Counter:
    return await a_counter(open_house(verifications_per_minute=LIMIT))


async def test_wrong_guesses_at_one_number_are_refused_for_the_rest_of_the_day(counter: Counter) -> None:
    assert await counter.guess(LIMIT + 2) == [200] * LIMIT + [429] * 2
    counter.house.clock.advance(3600)
    assert (await counter.guess(1)) == [429]
    counter.house.clock.advance(DAY)
    assert await counter.guess(LIMIT + 2) == [200] * LIMIT + [429] * 2


@pytest.mark.parametrize("seconds", [-DAY, DAY])
async def test_whoever_sets_the_clock_gives_nobody_another_day(counter: Counter, seconds: float) -> None:
    await counter.guess(LIMIT)
    counter.house.clock.set_by(seconds)
    assert await counter.guess(1) == [429]
    assert await counter.is_answered(**counter.name)


async def test_a_refusal_says_what_is_enough_and_when(counter: Counter) -> None:
    await counter.guess(LIMIT)
    refused = await counter.ask(name="别人")
    assert "scan the code" in refused.json()["detail"]
    assert int(refused.headers["Retry-After"]) == DAY / LIMIT


async def test_the_last_characters_alone_are_not_enough_after_guesses(counter: Counter) -> None:
    """There are ten thousand of them: the right ones may have been found by trying."""
    assert await counter.is_answered(**counter.tail)
    assert await counter.guess(LIMIT + 1, id_last="0000") == [200] * LIMIT + [429]
    assert not await counter.is_answered(**counter.tail)
    assert await counter.is_answered(THERE, **counter.tail), "from elsewhere they are"


async def test_who_holds_the_certificate_is_answered_whatever_others_guessed(counter: Counter) -> None:
    """Also when those others sit behind the same address."""
    await counter.guess(LIMIT * 100)
    await counter.guess(LIMIT + 2, id_last="0000")
    for address in (HERE, THERE):
        assert await counter.is_answered(address, **counter.name)
        assert await counter.is_answered(address, **counter.both)
        page = await counter.scan(address)
        assert page.status_code == 200
        assert counter.line.name in page.text
        for number, line in counter.others.items():
            assert await counter.is_answered(address, number, id_last=line.id_number[-4:])


async def test_names_with_wrong_characters_are_no_way_around(counter: Counter) -> None:
    await counter.guess(LIMIT, name="别人", id_last="0000")
    assert not await counter.is_answered(**counter.tail)
    assert await counter.is_answered(**counter.name)
    assert await counter.is_answered(**counter.both)
    refused = await counter.ask(name=counter.line.name, id_last="0000")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) == DAY / LIMIT, "of several limits the one that lasts longest"


async def test_from_many_addresses_the_last_characters_are_not_found_either(counter: Counter) -> None:
    for n in range(EVERYWHERE):
        assert await counter.guess(LIMIT, f"192.0.2.{n}", id_last="0000") == [200] * LIMIT
    assert not await counter.is_answered(THERE, **counter.tail)
    assert await counter.is_answered(THERE, **counter.name)
    assert (await counter.scan(THERE)).status_code == 200


@pytest.mark.parametrize("proof", [{"name": "别人"}, {"id_last": "0000"}, {"name": "别人", "id_last": "0000"}], ids=str)
async def test_one_address_guesses_at_many_numbers_so_often_and_no_more(
    by_address: Counter, proof: dict[str, str]
) -> None:
    counter = by_address
    for n in range(LIMIT):
        assert await counter.guess(1, number=f"{counter.number[:11]}0900{n}", **proof) == [200]
    assert await counter.guess(1, number=counter.unknown) == [429]
    assert not await counter.is_answered(**counter.tail)
    assert await counter.is_answered(THERE, **counter.tail)
    assert await counter.is_answered(**counter.name)
    assert (await counter.scan()).status_code == 200


async def test_right_answers_are_not_counted(counter: Counter) -> None:
    for proof in (counter.tail, counter.name, counter.both):
        for _ in range(LIMIT * 3):
            assert await counter.is_answered(**proof)
    assert await counter.guess(LIMIT + 1, id_last="0000") == [200] * LIMIT + [429]


async def test_a_thousand_questions_at_once_are_no_way_around(counter: Counter) -> None:
    answers = await asyncio.gather(*(counter.ask(id_last=f"{n:04d}") for n in range(50)))
    assert sorted(one.status_code for one in answers) == [200] * LIMIT + [429] * (50 - LIMIT)


@pytest.mark.parametrize("proof", [{"name": "别人"}, {"id_last": "0000"}, {"name": "别人", "id_last": "0000"}], ids=str)
async def test_a_refusal_does_not_say_whether_the_number_is_there(counter: Counter, proof: dict[str, str]) -> None:
    told = []
    for number in (counter.number, counter.unknown):
        answers = [await counter.ask(number=number, **proof) for _ in range(LIMIT + 1)]
        told.append(
            [(one.status_code, one.headers.get("Retry-After"), one.text.replace(number, "…")) for one in answers]
        )
    assert told[0] == told[1]
    assert told[0][-1][0] == 429


async def test_an_ipv6_address_counts_with_its_whole_network(counter: Counter) -> None:
    for n in range(LIMIT):
        assert await counter.guess(1, f"2001:db8:0:1::{n}") == [200]
    assert await counter.guess(1, "2001:db8:0:1:ffff::1") == [429]
    assert await counter.guess(1, "2001:db8:0:2::1") == [200]


async def test_in_a_minute_only_wrong_look_ups_are_throttled(by_minute: Counter) -> None:
    """The pages of QR codes too; nobody behind the address waits for it."""
    counter = by_minute
    forged = f"{counter.page[:-1]}{'A' if counter.page[-1] != 'A' else 'B'}"
    scans = [(await counter.scan(page=forged)).status_code for _ in range(LIMIT + 2)]
    assert scans == [200] * LIMIT + [429] * 2
    assert await counter.guess(1) == [429]
    for _ in range(LIMIT * 2):
        assert (await counter.scan()).status_code == 200
        assert await counter.is_answered(**counter.name)
    assert (await counter.scan(THERE, forged)).status_code == 200
    counter.house.clock.advance(60)
    assert (await counter.scan(page=forged)).status_code == 200
