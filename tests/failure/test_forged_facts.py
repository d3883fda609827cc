"""Facts that somebody made up: the shape is right, what they say is not. Nothing is done, and they are parked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.certificate.numbers.number_register import NumberRegister
from services.demo.cast import CENTRE, STATIONS
from services.directory.bodies.body import Body
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies, repository
from shared.messaging.parking import ParkedMessage
from shared.ports import Outgoing
from shared.ports.exchanges import REDELIVER
from tests.world import books, winding
from tests.world.books import everything, parked
from tests.world.house import House
from tests.world.seeding import APPROVER, SMALL, approve

INTAKE = "certificate.intake"
SISTER = STATIONS[1]


async def put_into(house: House, queue: str, fact: dict[str, Any]) -> None:
    await house.real_bus.publish(Outgoing(1, house.clock.now(), REDELIVER, queue, json.dumps(fact)))


async def waiting(house: House, service: str, type_: str) -> dict[str, Any]:
    """A fact on its way out of this service."""
    (found,) = [
        fact
        for document in await house.stores[service].pending()
        for fact in (json.loads(row.wire) for row in document.rows)
        if fact.get("type") == f"cn.jianding.{type_}"
    ]
    return dict(found)


async def the_only_one(house: House, service: str) -> ParkedMessage:
    (kept,) = await parked(house, service)
    return kept


@pytest.mark.parametrize(
    "forged",
    [
        {"body": SISTER.code},
        {"body": SISTER.code, "path": f"/{CENTRE.code}/{SISTER.parent}/{SISTER.code}/"},
        {"approved_on": "2027-04-03"},
        {"approved_on": "2026-04-02"},
        {"path": f"/{CENTRE.code}/"},
        {"producer": SISTER.code},
        {"session": "49053012-2026-777"},
        {"lines": {"4": 2, "3": 18}},
        {"lines": {}},
        {"seal": "sha256:" + "0" * 64},
    ],
    ids=str,
)
async def test_a_forged_approval_is_granted_no_number(house: House, forged: dict[str, Any]) -> None:
    """It comes first; the true one is numbered without a gap."""
    await approve(house, SMALL)
    true = await waiting(house, "reporting", "roster.approved.v1")
    await put_into(house, INTAKE, {**true, "data": {**true["data"], **forged}})
    before = house.clock.now()
    await house.run_until_quiet()
    kept = await the_only_one(house, "certificate")
    assert (kept.queue, kept.reason, kept.attempts) == (INTAKE, "Refused", 0)
    assert (kept.last_parked_at - before).total_seconds() < 10
    discarded = await house.operator.ask(
        "POST", f"/certificate/parked/{kept.id}/discard", kept.version, json={"reason": "伪造"}
    )
    assert discarded.status_code == 200
    await house.run_until_quiet()
    await books.are_right(house, SMALL)
    registers = await everything(house.stores["certificate"], NumberRegister.KIND)
    assert {(record.body["institution"], record.body["year"]) for record in registers} == {(SMALL.station.code, 2026)}


async def test_a_name_that_another_service_forges_is_not_taken(bare_house: House) -> None:
    """With a number above all others it would have stood for good."""
    house = bare_house
    code = SMALL.station.code
    store = house.stores["certificate"]
    known = await local_copies.copy_of(store, BodyRegistered, code)
    fact = {
        "specversion": "1.0",
        "type": "cn.jianding.body.registered.v1",
        "subject": code,
        "time": house.clock.now().isoformat(),
        "data": {**known.model_dump(mode="json"), "name_zh": "冒名站"},
    }
    for source, sequence in (("plan", "9999999999"), ("plan", "0000999999"), ("directory", "9999999999")):
        forged = {**fact, "source": f"/{source}", "id": f"/{source}/body/{code}#{sequence}", "sequence": sequence}
        await put_into(house, "certificate.copies", forged)
    await house.run_until_quiet()
    assert {message.reason for message in await parked(house, "certificate")} == {"Unreadable"}
    assert len(await parked(house, "certificate")) == 3
    assert (await local_copies.copy_of(store, BodyRegistered, code)).name_zh == known.name_zh


def of_a_sanction(
    house: House, verb: str, sanction: str, measure: str, body: str = SMALL.station.code
) -> dict[str, Any]:
    data = {
        "sanction": sanction,
        "body": body,
        "path": f"/49000001/{SMALL.station.parent}/{body}/",
        "branch": None,
        "measure": measure,
        "reason": "伪造",
    }
    return {
        "specversion": "1.0",
        "id": f"/supervision/sanction/{sanction}#0000000009",
        "source": "/supervision",
        "type": f"cn.jianding.sanction.{verb}.v1",
        "subject": sanction,
        "time": house.clock.now().isoformat(),
        "sequence": "0000000009",
        "data": data | ({"until": None} if verb == "confirmed" else {}),
    }


async def standing(house: House, code: str) -> str:
    return (await repository.load(house.stores["directory"], Body, code)).state


@pytest.mark.parametrize("measure", ["rectification", "suspension", "revocation"])
async def test_a_sanction_that_supervision_does_not_have_does_nothing(bare_house: House, measure: str) -> None:
    house = bare_house
    before = await standing(house, SMALL.station.code)
    await put_into(house, "directory.windup", of_a_sanction(house, "confirmed", "none", measure))
    await house.run_until_quiet()
    assert (await the_only_one(house, "directory")).reason == "NotFound"
    assert await standing(house, SMALL.station.code) == before == "licensed"


async def test_a_sanction_is_what_supervision_has_and_ends_when_supervision_says_so(bare_house: House) -> None:
    house = bare_house
    station, sister = winding.STATION.code, winding.TARGET.code
    proposed = await winding.propose(house, "suspension", body=station)
    id = proposed["id"]

    await put_into(house, "directory.windup", of_a_sanction(house, "confirmed", id, "suspension", station))
    await house.run_until_quiet()
    assert (await the_only_one(house, "directory")).reason == "Exhausted", "it may yet be confirmed"
    assert await standing(house, station) == "licensed"

    await winding.confirm(house, id, APPROVER)
    graver = of_a_sanction(house, "confirmed", id, "revocation", station)
    other = of_a_sanction(house, "confirmed", id, "suspension", sister)
    lifted = of_a_sanction(house, "lifted", id, "suspension", station)
    await put_into(house, "directory.windup", graver)
    await put_into(house, "directory.windup", other)
    await house.run_until_quiet()
    await put_into(house, "directory.windup", lifted)
    await house.run_until_quiet()
    reasons = sorted(message.reason for message in await parked(house, "directory"))
    assert reasons == ["Exhausted", "Refused", "Refused", "Refused"]
    assert (await standing(house, station), await standing(house, sister)) == ("suspended", "licensed")

    await house.person(APPROVER).step(f"/supervision/sanctions/{id}", "lifting", json={"reason": "已整改"})
    await house.run_until_quiet()
    assert await standing(house, station) == "licensed"
