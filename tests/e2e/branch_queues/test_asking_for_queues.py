"""A branch centre asks for its queue, reads its password once, and gets there what its feed has, as long as it may read."""

from __future__ import annotations

import base64
from typing import Any

import httpx

from services.demo.cast import CENTRE
from services.notification.queues import password
from services.notification.queues.storage import TURN_LASTS
from services.notification.queues.usecases.filling import BODY_ENDED, MACHINE_CLOSED, MACHINE_KNOWN_FOR, Filler
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.trade.roles import Role
from tests.world.branches import PaperBranches
from tests.world.fixtures import OpenHouse
from tests.world.hearing import told
from tests.world.house import House, Person
from tests.world.seeding import SMALL, approve

QUEUES = "/notification/queues"
AMQP = "amqp://notification:secret@broker.example.org/core"
BRANCH = SMALL.branch
assert BRANCH is not None
CODE = BRANCH.code
OFFICER = f"demo.{CODE}.branch-officer"
ID = f"queue-{CODE}"


async def ask(person: Person, key: str = "k", **content: Any) -> httpx.Response:
    return await person.ask("POST", QUEUES, json=content, headers={"Idempotency-Key": key})


async def asked(person: Person, **content: Any) -> dict[str, Any]:
    answer = await ask(person, **content)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def step(person: Person, name: str, version: int, **content: Any) -> httpx.Response:
    return await person.ask("POST", f"{QUEUES}/{ID}/{name}", version, json=content)


async def machine_of(house: House) -> Person:
    await house.seed_account(f"machine-{CODE}", Role.BRANCH_SYSTEM, CODE, f"/{CENTRE.code}/{CODE}/")
    return house.person(f"machine-{CODE}")


async def look(house: House, branches: PaperBranches) -> None:
    house.clock.advance(TURN_LASTS.total_seconds() + MACHINE_KNOWN_FOR)
    filler = Filler(house.stores["notification"], house.clock, branches, house.neighbours["notification"], "one")
    while await filler.look():
        pass


async def test_a_machine_gets_what_its_feed_has(open_house: OpenHouse) -> None:
    house, branches = open_house(bus=AMQP), PaperBranches()
    machine = await machine_of(house)
    made = await asked(machine, after=0)
    assert (made["state"], made["machine"]) == ("wanted", f"machine-{CODE}")
    assert (made["vhost"], made["queue"], made["user"]) == ("branches", f"branch.{CODE}", f"branch-{CODE}")
    await approve(house, SMALL)
    await house.run_until_quiet()
    await look(house, branches)
    feed = (await machine.ask("GET", "/notification/feed")).json()
    assert branches.ids(CODE) == [entry["id"] for entry in feed]
    assert len(feed) > 10
    kept = branches.passwords[CODE]
    assert kept == password.hashed(made["password"], _salt(kept)), "what was shown opens what is on the broker"
    shown = (await machine.ask("GET", f"{QUEUES}/{ID}")).json()
    assert (shown["state"], shown["cursor"], shown["lag"], shown["last_error"]) == ("open", len(feed), 0, "")
    assert "password" not in shown
    assert kept not in str(shown)


def _salt(kept: str) -> bytes:
    return base64.b64decode(kept)[:4]


async def test_every_verb_stands_in_the_history(open_house: OpenHouse) -> None:
    house = open_house(bus=AMQP)
    officer = house.person(OFFICER)
    first = await asked(officer)
    renewed = await step(officer, "password", 1)
    assert renewed.json()["password"] != first["password"]
    assert renewed.headers["cache-control"] == "no-store"
    assert (await step(officer, "reopening", 2)).status_code == 409
    assert (await step(officer, "withdrawal", 2, reason="不再使用")).json()["state"] == "withdrawn"
    assert (await step(officer, "password", 3)).status_code == 409
    assert (await step(officer, "withdrawal", 3)).status_code == 409
    again = await step(officer, "reopening", 3, after=0)
    assert (again.json()["state"], again.json()["cursor"]) == ("wanted", 0)
    assert again.json()["password"] not in (first["password"], renewed.json()["password"])
    assert [entry["verb"] for entry in again.json()["history"]] == ["create", "renew", "withdraw", "reopen"]
    assert (await step(officer, "withdrawal", 2)).status_code == 412


async def test_a_password_is_shown_once_and_kept_nowhere(open_house: OpenHouse) -> None:
    house = open_house(bus=AMQP)
    officer = house.person(OFFICER)
    first = await ask(officer)
    assert (first.headers["cache-control"], first.headers["location"]) == ("no-store", f"{QUEUES}/{ID}")
    again = await ask(officer)
    assert (again.status_code, again.json()["id"], "password" in again.json()) == (201, ID, False)
    assert (await ask(officer, after=0)).status_code == 422, "the same key for another content"
    other = await ask(officer, key="other")
    assert (other.status_code, other.headers.get("location")) == (409, f"{QUEUES}/{ID}")
    assert "a lost password can be renewed" in other.json()["detail"]
    stored = (house.folder / "data").glob("*.sqlite*")
    assert all(first.json()["password"].encode() not in one.read_bytes() for one in stored)


async def test_without_a_broker_nothing_is_made(open_house: OpenHouse) -> None:
    house = open_house()
    answer = await ask(house.person(OFFICER))
    assert (answer.status_code, "runs without RabbitMQ" in answer.json()["detail"]) == (409, True)
    assert (await house.person(OFFICER).ask("GET", QUEUES)).json()["items"] == []


async def test_a_number_that_is_not_there_yet_is_refused(open_house: OpenHouse) -> None:
    house = open_house(bus=AMQP)
    answer = await ask(house.person(OFFICER), after=99_999)
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "/after")
    assert (await ask(house.person(OFFICER), key="2", after=-1)).status_code == 422
    assert (await house.person(OFFICER).ask("GET", QUEUES)).json()["items"] == []


async def test_who_keeps_queues_and_whose(open_house: OpenHouse) -> None:
    house = open_house(bus=AMQP)
    await asked(house.person(OFFICER))
    other = house.person("demo.49060001.branch-officer")
    assert (await other.ask("GET", f"{QUEUES}/{ID}")).status_code == 404
    assert (await other.ask("GET", QUEUES)).json()["items"] == []
    for role, body in (("station_clerk", SMALL.station), ("centre_approver", CENTRE)):
        assert (await ask(house.person(str(body.account(role))))).status_code == 403
    practising = await ask(house.practising(OFFICER))
    assert (practising.json()["path"][:3], practising.json()["queue"]) == ("/99", f"branch.99{CODE[2:]}")
    assert (await house.practising(OFFICER).ask("GET", f"{QUEUES}/{ID}")).status_code == 404


async def test_a_closed_machine_is_cut_off_and_an_officer_asks_again(open_house: OpenHouse) -> None:
    house, branches = open_house(bus=AMQP), PaperBranches()
    await asked(await machine_of(house), after=0)
    await look(house, branches)
    assert list(branches.passwords) == [CODE]
    account = f"/directory/accounts/machine-{CODE}/closing"
    assert (await house.operator.ask("POST", account, 1, json={"reason": "停用"})).status_code == 200
    await look(house, branches)
    officer = house.person(OFFICER)
    shown = (await officer.ask("GET", f"{QUEUES}/{ID}")).json()
    assert (shown["state"], shown["history"][-1]["reason"]) == ("withdrawn", MACHINE_CLOSED)
    assert (branches.passwords, branches.queues) == ({}, {})
    again = await step(officer, "reopening", 3)
    assert (again.status_code, again.json()["machine"]) == (200, "")
    await look(house, branches)
    assert list(branches.passwords) == [CODE]


async def test_a_body_that_was_struck_off_is_cut_off_and_asks_for_nothing(open_house: OpenHouse) -> None:
    house, branches = open_house(bus=AMQP), PaperBranches()
    officer = house.person(OFFICER)
    await asked(officer)
    await look(house, branches)
    known = await local_copies.seek(house.stores["notification"], BodyRegistered, CODE)
    assert known is not None
    revoked = told(CODE, known.model_copy(update={"state": "revoked"}), sequence=1000)
    await local_copies.keep(house.stores["notification"], BodyRegistered, revoked)
    await look(house, branches)
    shown = (await officer.ask("GET", f"{QUEUES}/{ID}")).json()
    assert (shown["state"], shown["history"][-1]["reason"], branches.queues) == ("withdrawn", BODY_ENDED, {})
    answer = await step(officer, "reopening", 3)
    assert (answer.status_code, "standing of the body ended" in answer.json()["detail"]) == (403, True)
