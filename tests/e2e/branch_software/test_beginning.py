"""How a newcomer learns what is there already: where the feed stands, then the lists, then the feed from there."""

from __future__ import annotations

from typing import Any

from services.demo.cast import BRANCHES, CENTRE
from shared.trade.roles import Role
from tests.world.fixtures import OpenHouse
from tests.world.house import House, Person
from tests.world.seeding import AGAIN, APPROVER, SECOND, SMALL, approve, post

FEED = "/notification/feed"
BRANCH = BRANCHES[0].code

STATES = {"papers_drawn": "approved"}
"""What an entry does to its document, where neither its name is the state nor its content tells it."""

UNTOLD = ("draft", "making")
"""States that no entry tells of: there is nothing to be done about them."""


async def machine_of(house: House, code: str) -> Person:
    await house.seed_account(f"machine-{code}", Role.BRANCH_SYSTEM, code, f"/{CENTRE.code}/{code}/")
    return house.person(f"machine-{code}")


class Copy:
    """A branch's own picture: document → state."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}

    def shown(self, begins: str, items: list[dict[str, Any]]) -> None:
        self.states |= {begins + item["id"]: item["state"] for item in items if item["state"] not in UNTOLD}

    def told(self, entry: dict[str, Any]) -> None:
        document, verb, data = entry["factid"].partition("#")[0], entry["type"].split(".")[-2], entry["data"]
        noun = document.split("/")[2]
        if noun == "batch" or noun.endswith("_duty"):  # shown with its production; follows from what the lists show
            return
        one_step_back = verb == "returned" and data["at_desk"] != data["body"]
        state = data.get("state") or data.get("to_state") or STATES.get(verb, verb)
        self.states[document] = "submitted" if one_step_back else state


async def read_on(machine: Person, copy: Copy, last: str) -> str:
    while page := await machine.get(f"{FEED}?lastEventId={last}&limit=3"):
        for entry in page:
            copy.told(entry)
        last = page[-1]["id"]
    return last


async def fresh(machine: Person, lists: list[dict[str, str]]) -> dict[str, str]:
    copy = Copy()
    for one in lists:
        copy.shown(one["factid"], await machine.everything(one["address"]))
    return copy.states


async def test_position_lists_and_the_feed_from_there_are_the_whole_picture(open_house: OpenHouse) -> None:
    """While things happen in between: before, among and after the lists."""
    house = open_house()
    machine, copy = await machine_of(house, BRANCH), Copy()
    began = await machine.get(f"{FEED}/position")
    assert began["id"] == f"{BRANCH}/{began['feednumber']}" and began["feednumber"] > 0
    happens = iter(
        [
            approve(house, SMALL),
            house.run_until_quiet(),
            post(house, SMALL),
            approve(house, AGAIN),
            house.run_until_quiet(),
            house.person(APPROVER).step(SECOND.path, "return", json={"reason": "x"}),
            house.run_until_quiet(),
        ]
    )
    for one in began["lists"]:
        copy.shown(one["factid"], await machine.everything(one["address"]))
        await next(happens)
    shown = dict(copy.states)
    last = await read_on(machine, copy, began["id"])
    assert copy.states == await fresh(machine, began["lists"]) != shown
    assert copy.states[f"/certificate/production/{SMALL.id}"] == "mailed"
    assert copy.states[f"/reporting/roster/{SECOND.id}"] == "submitted", "one step back"
    assert (await machine.get(f"{FEED}/position"))["id"] == last, "nothing is left between the two"


async def test_from_the_beginning_or_from_a_snapshot_it_comes_to_the_same(open_house: OpenHouse) -> None:
    house = open_house()
    machine, whole = await machine_of(house, BRANCH), Copy()
    await approve(house, SMALL)
    await house.run_until_quiet()
    await read_on(machine, whole, "")
    began = await machine.get(f"{FEED}/position")
    shown = await fresh(machine, began["lists"])
    assert whole.states.items() <= shown.items()


async def test_every_list_can_be_read_by_whoever_reads_the_feed(open_house: OpenHouse) -> None:
    house = open_house()
    for person in (await machine_of(house, BRANCH), house.person(SMALL.station.account("station_clerk"))):
        for one in (await person.get(f"{FEED}/position"))["lists"]:
            assert (await person.ask("GET", one["address"])).status_code == 200, one


async def test_a_feed_without_entries_begins_at_nought(open_house: OpenHouse) -> None:
    house = open_house()
    newcomer = await machine_of(house, "49050009")
    began = await newcomer.get(f"{FEED}/position")
    assert (began["id"], began["feednumber"]) == ("49050009/0", 0)
    assert await newcomer.get(f"{FEED}?lastEventId={began['id']}") == []
    assert (await house.operator.ask("GET", f"{FEED}/position")).status_code == 403
