"""Part of the world is away for a while: nothing is burnt, nothing is parked, everything goes on afterwards."""

from __future__ import annotations

import pytest

from shared.ports import Undeliverable
from shared.trade.undelivered import NO_SUCH_ADDRESS
from tests.world import books
from tests.world.house import House
from tests.world.seeding import APPROVER, DIRECT, SMALL, approve, post
from tests.world.troubles import Away, Trouble

STORES = ("reporting", "certificate", "notification")
AWAY = [
    *(Away(f"{service} store", ends_after=7) for service in STORES),
    Away("certificate store", frozenset({"put"}), ends_after=5),
    Away("notification store", frozenset({"add"}), ends_after=5),
    *(Away(f"{service} bus", frozenset({"publish"}), ends_after=7) for service in STORES),
    Away("mailer", ends_after=5),
    Away("files", ends_after=4),
    Away("workshop", ends_after=4),
]


@pytest.mark.parametrize("away", AWAY, ids=lambda away: f"{away.port} {' '.join(away.methods)}".strip())
async def test_it_waits_and_goes_on(house: House, away: Away) -> None:
    await approve(house, SMALL)
    house.troubles.append(away)
    away.on, away.refused, away.pings = True, 0, 0
    await house.run_until_quiet()
    assert away.refused > 0, "nobody noticed"
    assert not away.on
    assert house.life.attempts == 0, "an outage costs no attempt"
    await post(house, SMALL)
    await house.run_until_quiet()
    await books.are_right(house, SMALL, mailed=[SMALL])


@pytest.mark.parametrize("neighbour", ["reporting", "directory"])
async def test_a_neighbour_is_away_while_the_roster_is_taken_in(house: House, neighbour: str) -> None:
    """Without reporting there are no lines, without the directory no token to ask for them."""
    await approve(house, SMALL)
    house.closed_doors.add(neighbour)
    began = house.clock.now()
    await house.run_until_quiet(until=lambda: (house.clock.now() - began).total_seconds() > 7200)
    assert await house.messages() == {"certificate.intake": 1}
    house.closed_doors.clear()
    await house.run_until_quiet()
    assert house.life.attempts == 0
    await books.are_right(house, SMALL)


async def test_the_certificate_service_is_away_while_holders_are_written_to(house: House) -> None:
    await approve(house, SMALL)
    await house.run_until_quiet()
    await post(house, SMALL)
    house.closed_doors.add("certificate")
    began = house.clock.now()
    await house.run_until_quiet(until=lambda: (house.clock.now() - began).total_seconds() > 3600)
    house.closed_doors.clear()
    await house.run_until_quiet()
    assert house.life.attempts == 0
    await books.are_right(house, SMALL, mailed=[SMALL])


async def test_requests_succeed_while_the_bus_is_away(house: House) -> None:
    away = [Away(f"{service} bus", frozenset({"publish"})) for service in house.stores]
    house.troubles += away
    began = house.clock.now()
    await approve(house, SMALL, DIRECT)
    await house.run_until_quiet(until=lambda: (house.clock.now() - began).total_seconds() > 24 * 3600)
    waiting = await house.stores["reporting"].pending()
    assert {one.id for one in waiting} == {SMALL.id, DIRECT.id}
    assert await house.messages() == {}
    for absence in away:
        absence.on = False
    await house.run_until_quiet()
    await books.are_right(house, SMALL, DIRECT)


async def test_a_bus_that_is_away_too_long_is_told(house: House) -> None:
    """A document takes a hundred changes and more, but not without end: then the request is refused, and works again
    afterwards."""
    station = SMALL.station
    entry = {"name_en": "Station", "email": "office@example.org"}
    statuses = []
    for version in range(2, 402):  # registered, licensed
        changed = {**entry, "name_zh": f"第{version}鉴定站"}
        answer = await house.operator.ask("PUT", f"/directory/bodies/{station.code}", version, json=changed)
        statuses.append(answer.status_code)
        if answer.status_code != 200:
            break
    assert len(statuses) > 100
    assert set(statuses[:-1]) == {200} and statuses[-1] == 503
    assert answer.headers["retry-after"]
    assert answer.headers["content-type"] == "application/problem+json"
    await house.run_until_quiet()
    changed = {**entry, "name_zh": "最后鉴定站"}
    answer = await house.operator.ask("PUT", f"/directory/bodies/{station.code}", len(statuses) + 1, json=changed)
    assert answer.status_code == 200
    await house.run_until_quiet()


async def test_a_store_that_is_away_is_a_503(house: House) -> None:
    house.troubles.append(Away("reporting store"))
    answer = await house.person(APPROVER).ask("GET", SMALL.path)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.headers["retry-after"]
    house.troubles.clear()
    assert (await house.person(APPROVER).ask("GET", SMALL.path)).status_code == 200


async def test_an_address_that_the_post_refuses_is_shown_and_the_others_get_their_letters(house: House) -> None:
    """No outage but a fact: the mailing says why, nobody tries again, nothing is parked."""

    class FullMailbox(Trouble):
        async def before(self, port: str, method: str, call: int) -> None:
            if (port, method, call) == ("mailer", "send", 1):
                raise Undeliverable("550 no such mailbox", NO_SUCH_ADDRESS)

    house.troubles.append(FullMailbox())
    await approve(house, SMALL)
    await house.run_until_quiet()
    letters = await house.person(APPROVER).everything(f"/notification/mailings?about={SMALL.id}&state=no_such_address")
    assert [one["refused_because"] for one in letters] == ["550 no such mailbox"]
    sent = await house.person(APPROVER).everything(f"/notification/mailings?about={SMALL.id}&state=sent")
    assert {one["letter"] for one in [*letters, *sent]} >= {
        "production-order",
        "certificates-ready",
        "certificates-made",
    }
    assert await books.parked(house, "notification") == []
