"""Whoever tries webhooks that are not theirs, or not theirs any more, gets nowhere; and no secret stands where it should not."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx
import pytest

from services.demo.cast import CENTRE
from services.notification.webhooks import keys
from services.notification.webhooks.usecases.managing import MOST
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.log import OURS
from shared.trade.roles import Role
from tests.world.fixtures import OpenHouse
from tests.world.hearing import told
from tests.world.house import House, Person
from tests.world.seeding import SMALL

HOOKS = "/notification/webhooks"
ADDRESS = "https://branch.example.org/jianding"
BRANCH = SMALL.branch
assert BRANCH is not None
CODE = BRANCH.code
OFFICER = f"demo.{CODE}.branch-officer"
OTHER = "49060001"

VERBS: tuple[tuple[str, str, Any], ...] = (
    ("PUT", "", {"address": "https://other.example.org/", "types": []}),
    ("POST", "/secret", {}),
    ("POST", "/ping", None),
    ("POST", "/replay", {"after": 0}),
    ("POST", "/disabling", {}),
    ("POST", "/enabling", None),
)


async def make(person: Person, key: str = "k", **content: Any) -> httpx.Response:
    return await person.ask("POST", HOOKS, json={"address": ADDRESS, **content}, headers={"Idempotency-Key": key})


async def machine_of(house: House, code: str, path: str) -> Person:
    await house.seed_account(f"machine-{code}", Role.BRANCH_SYSTEM, code, path)
    return house.person(f"machine-{code}")


async def end(house: House, code: str) -> None:
    """As the notification service hears of it."""
    store = house.stores["notification"]
    known = await local_copies.seek(store, BodyRegistered, code)
    assert known is not None
    revoked = told(code, known.model_copy(update={"state": "revoked"}), sequence=1000)
    await local_copies.keep(store, BodyRegistered, revoked)


async def test_nobody_but_its_body_does_anything_with_a_webhook(open_house: OpenHouse) -> None:
    house = open_house()
    officer = house.person(OFFICER)
    hook = (await make(officer)).json()
    place = f"{HOOKS}/{hook['id']}"
    stranger = await machine_of(house, OTHER, f"/{CENTRE.code}/{OTHER}/")
    station = await machine_of(house, SMALL.station.code, f"/{CENTRE.code}/{CODE}/{SMALL.station.code}/")
    above = await machine_of(house, CENTRE.code, f"/{CENTRE.code}/")
    for person, status in ((stranger, 404), (station, 404), (house.practising(OFFICER), 404), (above, 403)):
        for method, verb, content in VERBS:
            more = {} if content is None else {"json": content}
            answer = await person.ask(method, place + verb, 1, **more)
            assert answer.status_code == status, (verb, answer.text)
        for reading in ("", "/deliveries"):
            assert (await person.ask("GET", place + reading)).status_code == (200 if person is above else 404)
    assert (house.receivers.calls, len((await officer.ask("GET", place)).json()["history"])) == ([], 1)


async def test_once_its_standing_ended_a_body_calls_nobody_any_more(open_house: OpenHouse) -> None:
    house = open_house()
    officer = house.person(OFFICER)
    hook = (await make(officer)).json()
    await end(house, CODE)
    ping = await officer.ask("POST", f"{HOOKS}/{hook['id']}/ping", 1)
    assert (ping.status_code, "standing of the body ended" in ping.json()["detail"]) == (403, True)
    assert (await make(officer, "2")).status_code == 403
    assert (await officer.ask("POST", f"{HOOKS}/{hook['id']}/disabling", 1, json={})).status_code == 200
    assert (await officer.ask("POST", f"{HOOKS}/{hook['id']}/enabling", 2)).status_code == 403
    assert house.receivers.calls == []


@pytest.mark.parametrize(("verb", "content"), [("secret", {}), ("replay", {"after": 0}), ("disabling", {})])
async def test_of_two_at_the_same_time_one_has_its_way(open_house: OpenHouse, verb: str, content: Any) -> None:
    house = open_house()
    officer = house.person(OFFICER)
    hook = (await make(officer)).json()
    place = f"{HOOKS}/{hook['id']}"
    both = await asyncio.gather(*(officer.ask("POST", f"{place}/{verb}", 1, json=content) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [200, 412]
    assert len((await officer.ask("GET", place)).json()["history"]) == 2


async def test_many_at_the_same_time_find_no_more_room_than_one_after_the_other(open_house: OpenHouse) -> None:
    house = open_house()
    officer = house.person(OFFICER)
    answers = await asyncio.gather(*(make(officer, f"k{n}") for n in range(MOST + 5)))
    assert sorted(answer.status_code for answer in answers) == [201] * MOST + [422] * 5
    assert len((await officer.ask("GET", HOOKS)).json()["items"]) == MOST


async def test_a_secret_stands_in_no_refusal_no_log_and_no_audit(
    open_house: OpenHouse, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    house = open_house()
    officer, own = house.person(OFFICER), keys.drawn()
    hook = (await make(officer, secret=own)).json()
    core = own.removeprefix("whsec_")
    refused = [
        await make(officer, "2", secret=own + "!" * 300),
        await make(officer, "3", secret="whsec_密" + core),
        await make(officer, "4", secret=core),
        await make(officer, "5", secrets=own),
        await make(officer, "6", secret={"of": own}),
        await make(officer, "7", secret=[own]),
        await officer.ask("POST", f"{HOOKS}/{hook['id']}/secret", 1, json={"secret": own[:20]}),
        await officer.ask("POST", f"{HOOKS}/{hook['id']}/secret?secret={core}", 1, json={}),
    ]
    assert [answer.status_code for answer in refused] == [422] * len(refused)
    told_anywhere = [answer.text for answer in refused] + [
        line.getMessage() for line in caplog.records if line.name.startswith(OURS)
    ]
    told_anywhere.append((await officer.ask("GET", f"{HOOKS}/{hook['id']}")).text)
    told_anywhere.append((await officer.ask("GET", HOOKS)).text)
    assert not [text for text in told_anywhere if core[:16] in text]
