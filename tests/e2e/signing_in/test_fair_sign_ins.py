"""Junk at the door keeps nobody out: sign-ins, machines and new passwords while others guess. Hashes are computed when the
test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from threading import Semaphore
from typing import Any

import httpx
import pytest

from services.demo.cast import STATIONS
from services.directory.accounts import hashing
from services.directory.accounts.account import Account
from services.directory.provisioning import seed_machines
from shared.keeping import repository
from tests.world.doors import letters, link_in
from tests.world.eventually import eventually
from tests.world.house import CHEAP, PASSWORD, House
from tests.world.seeding import APPROVER, CLERK

HEAD = STATIONS[0].account("station_head")
DRAWN = "yvC0_w7OQ2dV-ak8rTnB5LxZe1mHsJ4u"
JUNK_FROM, JUNK_EACH, RIGHT_ONES = 60, 5, 12


class Hand:
    """Lets hashes be computed, so many as it is told."""

    def __init__(self) -> None:
        self._gate, self.computed = Semaphore(0), 0

    def fits(self, password_hash: str, password: str) -> bool:
        if hashing.is_fast(password_hash):
            return FITS(password_hash, password)
        self._gate.acquire()
        self.computed += 1
        return FITS(password_hash, password)

    def let_go(self, hashes: int) -> None:
        self._gate.release(hashes)


FITS = hashing.fits


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_hasher", CHEAP)
    monkeypatch.setattr(hashing, "NOBODY", CHEAP.hash("nobody has this password"))


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hand]:
    by_hand = Hand()
    monkeypatch.setattr(hashing, "fits", by_hand.fits)
    yield by_hand
    by_hand.let_go(10_000)


async def post(house: House, path: str, address: str, **content: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app=house.door, client=(address, 1), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
        return await client.post(path, **content)


async def sign_in(house: House, address: str, account: str, password: str = PASSWORD) -> int:
    form = {"grant_type": "password", "username": account, "password": password}
    return (await post(house, "/directory/tokens", address, data=form)).status_code


async def machine(house: House, address: str, account: str, secret: str) -> int:
    form = {"grant_type": "client_credentials", "client_id": account, "client_secret": secret}
    return (await post(house, "/directory/tokens", address, data=form)).status_code


async def junk(house: House) -> list[asyncio.Task[int]]:
    """From everywhere, at known and unknown accounts."""
    asked = [
        asyncio.create_task(sign_in(house, f"198.51.100.{n}", HEAD if turn % 2 else f"nobody.{turn}", "guess"))
        for turn in range(JUNK_EACH)
        for n in range(JUNK_FROM)
    ]
    await eventually(lambda: any(task.done() for task in asked))
    return asked


async def test_junk_from_sixty_addresses_keeps_nobody_out(bare_house: House, hand: Hand) -> None:
    guesses = await junk(bare_house)
    right = [
        asyncio.create_task(sign_in(bare_house, f"192.0.2.{n}", account))
        for n, account in enumerate([CLERK, APPROVER, STATIONS[1].account("station_head")] * (RIGHT_ONES // 3))
    ]

    async def all_answered() -> bool:
        hand.let_go(1)
        return all(task.done() for task in right)

    await eventually(all_answered, within=60, every=0.005)
    assert [task.result() for task in right] == [200] * RIGHT_ONES
    assert not all(task.done() for task in guesses), "and before the junk was through"
    hand.let_go(10_000)
    assert {await task for task in guesses} == {401, 503}


async def test_our_services_never_wait_behind_people(bare_house: House, hand: Hand) -> None:
    """No hash is computed in this test before its last line."""
    store = bare_house.stores["directory"]
    hand.let_go(1)
    await seed_machines(store, bare_house.clock, {"plan": DRAWN})
    guesses = await junk(bare_house)
    for address in ("192.0.2.1", "198.51.100.7"):
        assert await machine(bare_house, address, "plan", DRAWN) == 200
    wrong = asyncio.create_task(machine(bare_house, "192.0.2.2", "plan", "x" * 40))
    hand.let_go(10_000)
    assert await wrong == 401
    await asyncio.gather(*guesses)


async def test_whoever_tries_a_machines_name_or_shares_its_address_does_not_slow_it_down(bare_house: House) -> None:
    await seed_machines(bare_house.stores["directory"], bare_house.clock, {"plan": DRAWN})
    tried = [await machine(bare_house, "192.0.2.1", "plan", "x" * 40) for _ in range(22)]
    assert tried == [401] * 20 + [429] * 2
    assert await machine(bare_house, "192.0.2.1", "plan", DRAWN) == 200
    for n in range(240):
        await machine(bare_house, "192.0.2.1", f"nobody.{n}", "x")
    assert await machine(bare_house, "192.0.2.1", "reporting", PASSWORD) == 429
    assert await machine(bare_house, "192.0.2.1", "plan", DRAWN) == 200


async def test_a_machine_that_asks_all_the_time_is_slowed_down_itself(bare_house: House) -> None:
    await seed_machines(bare_house.stores["directory"], bare_house.clock, {"plan": DRAWN, "reporting": DRAWN + "2"})
    asked = [await machine(bare_house, f"192.0.2.{n % 9}", "plan", DRAWN) for n in range(241)]
    assert asked == [200] * 240 + [429]
    assert await machine(bare_house, "192.0.2.1", "reporting", DRAWN + "2") == 200


async def test_a_wrong_secret_takes_as_long_whatever_there_is(bare_house: House, hand: Hand) -> None:
    hand.let_go(1)
    await seed_machines(bare_house.stores["directory"], bare_house.clock, {"plan": DRAWN})
    before = hand.computed
    for n, account in enumerate(("plan", "nobody.at.all", HEAD, "reporting")):
        asked = asyncio.create_task(machine(bare_house, "192.0.2.1", account, "x" * 40))
        hand.let_go(1)
        assert await asked == 401
        assert hand.computed - before == n + 1, account


async def test_machines_with_secrets_of_an_earlier_release_do_not_wait_behind_people_either(
    bare_house: House, hand: Hand
) -> None:
    guesses = await junk(bare_house)
    asked = asyncio.create_task(machine(bare_house, "192.0.2.1", "reporting", PASSWORD))
    await eventually(lambda: (hand.let_go(1), asked.done())[1], within=60, every=0.005)
    assert await asked == 200
    assert not all(task.done() for task in guesses)
    hand.let_go(10_000)
    await asyncio.gather(*guesses)


@pytest.mark.parametrize("grant", ["password", "client_credentials", "refresh_token"])
async def test_a_field_that_is_not_needed_makes_no_guess_look_like_somebody_elses(
    bare_house: House, grant: str
) -> None:
    """The throttle counts by account and address: whoever names another account beside it gained a new count each time."""
    fields = {"username": HEAD, "password": "x", "client_id": "plan", "client_secret": "x", "refresh_token": "a.b.c"}
    spare = {"password": "client_id", "client_credentials": "username", "refresh_token": "username"}[grant]
    statuses = []
    for n in range(22):
        form = {**fields, "grant_type": grant, spare: f"other.{n}"}
        statuses.append((await post(bare_house, "/directory/tokens", "192.0.2.1", data=form)).status_code)
    assert statuses == [401] * 20 + [429] * 2


async def test_an_ipv6_visitor_has_one_range_and_one_count(bare_house: House) -> None:
    statuses = [await sign_in(bare_house, f"2001:db8:1:2::{n:x}", HEAD, "x") for n in range(22)]
    assert statuses == [401] * 20 + [429] * 2
    assert await sign_in(bare_house, "2001:db8:1:3::1", HEAD, "x") == 401


async def test_new_passwords_get_their_place_too(bare_house: House, hand: Hand) -> None:
    """Changed by whoever knows the old one, and by the link of a letter, while others guess."""
    hand.let_go(20)  # for the tokens of the services that write the letter
    await bare_house.client.post("/directory/password-resets", json={"account": HEAD})
    await bare_house.run_until_quiet()
    (letter,) = letters(bare_house, "account-reset")
    reset_token = httpx.URL(link_in(letter)).params["token"]
    guesses = await junk(bare_house)
    change = {"account": CLERK, "old": PASSWORD, "new": "another good one"}
    changed = asyncio.create_task(post(bare_house, "/directory/passwords", "192.0.2.1", json=change))
    redemption = {"token": reset_token, "password": "yet another good one"}
    redeemed = asyncio.create_task(
        post(bare_house, "/directory/password-resets/redemption", "192.0.2.2", json=redemption)
    )
    await eventually(lambda: (hand.let_go(1), changed.done() and redeemed.done())[1], within=60, every=0.005)
    for answer in (changed.result(), redeemed.result()):
        assert answer.status_code == 204, answer.text
    assert not all(task.done() for task in guesses)
    hand.let_go(10_000)
    await asyncio.gather(*guesses)
    assert (await repository.load(bare_house.stores["directory"], Account, HEAD)).epoch == 1
