"""Whoever may read no more is cut off within a minute, in every way there is; the feed goes on without a gap."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from services.demo.cast import CENTRE
from services.directory.bodies.body import Body
from services.notification.feeds.api import SNAPSHOT
from services.notification.queues.usecases.filling import Filler
from services.notification.webhooks.usecases.delivering import MACHINE_CLOSED
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies, repository
from shared.trade.roles import Role
from shared.web.tokens import REFRESH
from tests.world.branches import PaperBranches
from tests.world.eventually import eventually
from tests.world.fixtures import OpenHouse
from tests.world.hearing import told
from tests.world.house import House, Person
from tests.world.seeding import AGAIN, CLERK, SMALL, approve

AMQP = "amqp://notification:secret@broker.example.org/core"
BRANCH = SMALL.producer.code
assert SMALL.branch is not None and AGAIN.branch is not None
assert BRANCH == SMALL.branch.code == AGAIN.branch.code
OFFICER = f"demo.{BRANCH}.branch-officer"
MACHINE = "east.system"
FEED, HOOKS, QUEUES = "/notification/feed", "/notification/webhooks", "/notification/queues"
MINUTE = 60.0


async def opened_machine(house: House) -> tuple[Person, str]:
    """With its secret."""
    content = {"id": MACHINE, "name": "业务系统", "body": BRANCH}
    made = await house.person(CLERK).create("/directory/machines", content, "machine")
    return house.person(MACHINE), made["secret"]


async def sign_in(house: House, secret: str) -> int:
    form = {"grant_type": "client_credentials", "client_id": MACHINE, "client_secret": secret}
    return (await house.client.post("/directory/tokens", data=form)).status_code


async def ways_of(machine: Person) -> list[str]:
    """Everything that it reads."""
    production = f"/certificate/productions/{SMALL.id}"
    (batch, *_) = await machine.everything(f"/certificate/batches?roster={SMALL.id}")
    made = [production, f"/certificate/batches?roster={SMALL.id}", f"/certificate/batches/{batch['id']}"]
    files = [f"/certificate/batches/{batch['id']}/print-file"]
    return [FEED, f"{FEED}/position", *SNAPSHOT, *made, *files, "/notification/mailings", HOOKS, QUEUES]


async def statuses(machine: Person, ways: list[str]) -> dict[str, int]:
    return {way: (await machine.ask("GET", way)).status_code for way in ways}


async def waiting_poll(house: House, person: Person) -> asyncio.Task[httpx.Response]:
    """From the end of the feed, under way."""
    last = (await person.get(f"{FEED}/position"))["id"]
    poll = asyncio.create_task(person.ask("GET", FEED, params={"lastEventId": last, "timeout": 25_000}))
    await eventually(lambda: house.clock.sleepers)
    return poll


async def in_time(house: House, poll: asyncio.Task[httpx.Response]) -> httpx.Response:
    """Seconds pass until it is answered."""
    while not poll.done():
        await eventually(lambda: house.clock.sleepers or poll.done())
        house.clock.advance(1)
    return await poll


async def becomes(house: House, state: str) -> None:
    """Notification hears of it, as by its queue."""
    store = house.stores["notification"]
    known = await local_copies.seek(store, BodyRegistered, BRANCH)
    assert known is not None
    await local_copies.keep(
        store, BodyRegistered, told(BRANCH, known.model_copy(update={"state": state}), sequence=1000)
    )


async def test_a_closed_machine_is_out_everywhere(open_house: OpenHouse) -> None:
    house, branches = open_house(bus=AMQP), PaperBranches()
    machine, secret = await opened_machine(house)
    await machine.create(HOOKS, {"address": "https://branch.example.org/", "after": 0}, "hook")
    await machine.create(QUEUES, {}, "queue")
    filler = Filler(house.stores["notification"], house.clock, branches, house.neighbours["notification"], "one")
    house.pushing = True
    await approve(house, SMALL)
    await house.run_until_quiet()
    await house.run_until_quiet(until=lambda: len(house.receivers.calls) > 10)
    await filler.look()
    before, ways = len(house.receivers.calls), await ways_of(machine)
    assert set((await statuses(machine, ways)).values()) == {200}
    assert (list(branches.passwords), await sign_in(house, secret)) == ([BRANCH], 200)
    last = (await machine.get(f"{FEED}/position"))["feednumber"]

    await house.person(CLERK).step(f"/directory/accounts/{MACHINE}", "closing", json={"reason": "停用"})
    house.clock.advance(MINUTE)
    assert set((await statuses(machine, ways)).values()) == {401}
    parcel = {"carrier": "中国邮政EMS", "parcel": "EA123456789CN"}
    posted = await machine.ask("POST", f"/certificate/productions/{SMALL.id}/parcel", 1, json=parcel)
    assert (posted.status_code, await sign_in(house, secret)) == (401, 401)
    await filler.look()
    assert (branches.passwords, branches.queues) == ({}, {})
    await approve(house, AGAIN)
    await house.run_until_quiet()
    assert len(house.receivers.calls) == before
    (hook,) = (await house.person(OFFICER).get(HOOKS))["items"]
    assert (hook["state"], hook["history"][-1]["reason"]) == ("disabled", MACHINE_CLOSED)
    more = await house.person(OFFICER).get(f"{FEED}?lastEventId={BRANCH}/{last}")
    assert [entry["feednumber"] for entry in more] == list(range(last + 1, last + 1 + len(more))) != []


async def test_a_machine_that_waits_when_it_is_closed(open_house: OpenHouse) -> None:
    """At worst it asked when what was ended had just been looked up, and begins to wait as late as it can."""
    house = open_house()
    machine, _ = await opened_machine(house)
    assert (await machine.ask("GET", FEED)).status_code == 200
    await house.person(CLERK).step(f"/directory/accounts/{MACHINE}", "closing", json={"reason": "停用"})
    closed_at = house.clock.monotonic()
    house.clock.advance(REFRESH - 1)
    await in_time(house, await waiting_poll(house, machine))
    assert (await machine.ask("GET", FEED)).status_code == 401
    assert house.clock.monotonic() - closed_at < MINUTE


@pytest.mark.parametrize("state", ["revoked", "struck_off"])
async def test_a_body_that_waits_when_its_standing_ends_gets_nothing_more(open_house: OpenHouse, state: str) -> None:
    house = open_house()
    officer = house.person(OFFICER)
    poll = await waiting_poll(house, officer)
    last = (await officer.get(f"{FEED}/position"))["feednumber"]
    await becomes(house, state)
    await approve(house, AGAIN)
    await house.run_until_quiet()
    answer = await in_time(house, poll)
    assert (answer.status_code, "standing of the body ended" in answer.text) == (403, True)
    assert (await officer.ask("GET", FEED)).status_code == 403
    above = house.person(CLERK)
    assert (await above.ask("GET", FEED)).status_code == 200
    head = await house.stores["notification"].get("feed", BRANCH)
    assert head is not None and head.body["last"] > last, "it goes on counting"


async def test_a_suspended_body_reads_on(open_house: OpenHouse) -> None:
    house = open_house()
    poll = await waiting_poll(house, house.person(OFFICER))
    await becomes(house, "suspended")
    await approve(house, AGAIN)
    await house.run_until_quiet()
    answer = await in_time(house, poll)
    assert (answer.status_code, answer.json()[0]["type"]) == (200, "cn.jianding.roster.approved.v1")


async def test_a_test_call_tells_nothing_of_a_closed_feed(open_house: OpenHouse) -> None:
    house = open_house()
    officer = house.person(OFFICER)
    hook = await officer.create(HOOKS, {"address": "https://branch.example.org/"}, "hook")
    await becomes(house, "revoked")
    assert (await officer.ask("POST", f"{HOOKS}/{hook['id']}/ping", 1)).status_code == 403
    assert house.receivers.calls == []


async def test_a_machine_of_a_body_that_was_struck_off_in_that_moment_never_signs_in(open_house: OpenHouse) -> None:
    """Opened while the body was being struck off, which asks for closed accounts first."""
    house = open_house()
    _, secret = await opened_machine(house)
    assert await sign_in(house, secret) == 200
    await struck_off(house)
    assert await sign_in(house, secret) == 401
    asked: dict[str, Any] = await house.person("notification").get(f"/directory/machines/{MACHINE}")
    assert asked == {"open": False}


async def struck_off(house: House) -> None:
    body = await repository.load(house.stores["directory"], Body, BRANCH)
    right = body.model_copy(update={"id": "49070001"})
    by = Actor("demo.approver", "批准人", CENTRE.code, f"/{CENTRE.code}/", frozenset({Role.CENTRE_APPROVER}))
    body.strike_off(by, house.clock.now(), "重复登记", right, [])
    await repository.save(house.stores["directory"], body)
