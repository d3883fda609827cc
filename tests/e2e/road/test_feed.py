"""What a branch centre's software sees of the road: everything that concerns its subtree, in its feed, by numbers."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from services.demo.cast import BRANCHES, CENTRE
from services.notification.feeds.api import READERS
from shared.contracts.envelope import Envelope
from shared.trade.roles import Role
from tests.world.eventually import eventually
from tests.world.fixtures import OpenHouse
from tests.world.house import House, Person
from tests.world.seeding import AGAIN, APPROVER, SMALL, approve, post

FEED = "/notification/feed"


async def entries(person: Person, last: str = "", **more: Any) -> list[Envelope]:
    """To the end, page by page, with the numbers looked at."""
    found: list[Envelope] = []
    while True:
        answer = await ask(person, last, **more)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/cloudevents-batch+json"
        page = [Envelope.model_validate(entry) for entry in answer.json()]
        if not page:
            if found:
                assert answer.headers["feedlast"] == found[-1].id.rpartition("/")[2]
            return found
        found, last = found + page, page[-1].id


async def ask(person: Person, last: str = "", **more: Any) -> httpx.Response:
    return await person.ask("GET", FEED, params={"lastEventId": last, **more})


async def in_time(house: House, waiting: asyncio.Task[httpx.Response]) -> httpx.Response:
    """Seconds pass until it is answered."""
    while not waiting.done():
        await eventually(lambda: house.clock.sleepers or waiting.done())
        house.clock.advance(1)
    return await waiting


def types(found: list[Envelope], subject: str) -> list[str]:
    return [entry.fact_type for entry in found if entry.subject == subject]


def at(planned: Any, role: str) -> str:
    return str(planned.station.account(role))


async def machine_of(house: House, code: str) -> Person:
    await house.seed_account(f"machine-{code}", Role.BRANCH_SYSTEM, code, f"/{CENTRE.code}/{code}/")
    return house.person(f"machine-{code}")


async def test_the_road_stands_in_the_feeds_of_whom_it_concerns(open_house: OpenHouse) -> None:
    house = open_house()
    assert SMALL.branch is not None
    await approve(house, SMALL)
    await house.run_until_quiet()
    await post(house, SMALL)
    await house.run_until_quiet()
    branch = await machine_of(house, SMALL.branch.code)
    others = next(body for body in BRANCHES if body.code != SMALL.branch.code)
    for person in (house.person(at(SMALL, "station_clerk")), branch, house.person(APPROVER)):
        found = await entries(person, limit=7)
        body = found[0].id.partition("/")[0]
        assert [entry.id for entry in found] == [f"{body}/{n}" for n in range(1, len(found) + 1)]
        steps = [one for one in types(found, SMALL.id) if not one.startswith("session_plan")]
        assert steps[:3] == ["roster.submitted.v1", "roster.endorsed.v1", "roster.approved.v1"]
        assert {"certificates.ready.v1", "certificates.mailed.v1"} <= set(steps)
        told = {entry.fact_type for entry in found}
        assert not told & {"foreign_number.found.v1", "mailing.planned.v1", "batch.numbered.v1", "training.due.v1"}
        assert not any(one.startswith("directory_duty.") for one in told), "some are of one person"
        assert ("batch.produced.v1" in told) is (body == SMALL.producer.code)
        assert all("@example.org" not in entry.wire() or entry.fact_type == "body.registered.v1" for entry in found)
    elsewhere = await entries(await machine_of(house, others.code))
    assert SMALL.id not in {entry.subject for entry in elsewhere}
    assert all(
        entry.data["path"].startswith(f"/{CENTRE.code}/{others.code}/") for entry in elsewhere if "path" in entry.data
    )


async def test_whoever_waits_gets_what_comes(open_house: OpenHouse) -> None:
    house = open_house()
    assert AGAIN.branch is not None
    branch = await machine_of(house, AGAIN.branch.code)
    last = (await entries(branch))[-1].id
    waiting = asyncio.create_task(ask(branch, last, timeout=25_000))
    await eventually(lambda: house.clock.sleepers)
    await approve(house, AGAIN)
    await house.run_until_quiet()
    answer = await in_time(house, waiting)
    assert answer.json()[0]["type"] == "cn.jianding.roster.approved.v1"

    last = (await entries(branch))[-1].id
    waiting = asyncio.create_task(ask(branch, last, timeout=25_000))
    began = house.clock.monotonic()
    answer = await in_time(house, waiting)
    assert 25 <= house.clock.monotonic() - began <= 27
    assert (answer.status_code, answer.json()) == (200, [])


async def test_nobody_waits_on_all_connections_at_once(open_house: OpenHouse) -> None:
    house = open_house()
    machine, other = await machine_of(house, "49050001"), await machine_of(house, "49060001")
    last = (await entries(machine))[-1].id
    waiting = [asyncio.create_task(ask(machine, last, timeout=25_000)) for _ in range(READERS)]
    await eventually(lambda: house.clock.sleepers == READERS)
    refused = await asyncio.wait_for(ask(machine, last, timeout=25_000), 20)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    assert (await ask(other)).status_code == 200
    assert all([(await in_time(house, one)).status_code == 200 for one in waiting])
    assert (await ask(machine, last)).status_code == 200


@pytest.mark.parametrize(
    ("last", "sentence"),
    [
        ("17", "应为读到的最后一条的"),
        ("49050001/x", "应为读到的最后一条的"),
        ("49050001/-1", "应为读到的最后一条的"),
        ("49050001/01", "应为读到的最后一条的"),
        ("49050001/", "应为读到的最后一条的"),
        ("/1", "应为读到的最后一条的"),
        ("/", "应为读到的最后一条的"),
        ("49050001/1/", "应为读到的最后一条的"),
        ("49050001/1 ", "应为读到的最后一条的"),
        ("49050001/+1", "应为读到的最后一条的"),
        ("49050001/1_0", "应为读到的最后一条的"),
        ("49050001/²", "应为读到的最后一条的"),
        ("49050001/heartbeat/1", "是 49050001/heartbeat 的条目"),
        ("49050001\x00/1", "条目"),
        ("99050001/1", "是 99050001 的条目"),
        ("4905000１/1", "的条目"),
        ("49050001/١", "应为读到的最后一条的"),
        ("49050001/" + "9" * 60, "应为读到的最后一条的"),
        ("49050001/99999", "尚无此条"),
        ("49000001/1", "是 49000001 的条目"),
    ],
)
async def test_a_cursor_that_is_none(open_house: OpenHouse, last: str, sentence: str) -> None:
    house = open_house()
    answer = await ask(await machine_of(house, "49050001"), last)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["where"], sentence in error["what"]) == ("/lastEventId", True), error
    beginning = await ask(await machine_of(house, "49050001"), "49050001/0")
    assert beginning.json()[0]["id"] == "49050001/1"


async def test_practice_has_feeds_of_its_own(open_house: OpenHouse) -> None:
    house = open_house()
    practising = await entries(house.practising(at(SMALL, "station_clerk")))
    assert {entry.id[:2] for entry in practising} == {"99"}
    assert {entry.data["path"][:3] for entry in practising} == {"/99"}


async def test_whoever_belongs_to_no_body_has_none(open_house: OpenHouse) -> None:
    house = open_house()
    assert (await ask(house.operator)).status_code == 403
