"""A producing branch's own software makes certificates from events alone, and nothing that others make."""

from __future__ import annotations

from typing import Any

from services.demo.cast import BRANCHES, CENTRE
from shared.trade.roles import Role
from tests.world.fixtures import OpenHouse
from tests.world.house import PASSWORD, House, Person
from tests.world.seeding import CLERK, LARGE, SMALL, Planned, approve

FEED = "/notification/feed"


async def machine_of(house: House, code: str) -> Person:
    await house.seed_account(f"machine-{code}", Role.BRANCH_SYSTEM, code, f"/{CENTRE.code}/{code}/")
    return house.person(f"machine-{code}")


async def entries(machine: Person, type_: str) -> list[dict[str, Any]]:
    found = await machine.get(f"{FEED}?limit=1000")
    return [entry["data"] for entry in found if entry["type"] == f"cn.jianding.{type_}"]


async def made(house: House, planned: Planned) -> None:
    await approve(house, planned)
    await house.run_until_quiet()


async def test_from_events_alone_to_the_parcel(open_house: OpenHouse) -> None:
    house = open_house()
    machine = await machine_of(house, SMALL.producer.code)
    await made(house, SMALL)
    drawn = await entries(machine, "batch.produced.v1")
    for told in drawn:
        assert (await machine.get(f"/certificate/batches/{told['batch']}"))["print_files"] == [told["print_file"]]
        file = await machine.ask("GET", f"/certificate/batches/{told['batch']}/print-file")
        assert (file.status_code, file.headers["content-type"]) == (200, "application/pdf")
    (ready,) = await entries(machine, "certificates.ready.v1")
    assert len(await machine.everything(f"/certificate/batches?roster={ready['roster']}")) == ready["batches"]
    posted = await machine.step(
        f"/certificate/productions/{ready['roster']}",
        "parcel",
        json={"carrier": "中国邮政EMS", "parcel": "EA123456789CN"},
    )
    assert (posted["state"], posted["history"][-1]["by"]) == ("mailed", machine.account)
    await house.run_until_quiet()
    assert [told["parcel"] for told in await entries(machine, "certificates.mailed.v1")] == ["EA123456789CN"]


async def test_what_others_make_is_theirs(open_house: OpenHouse) -> None:
    """Its branch does not produce: the Centre does."""
    house = open_house()
    branch = BRANCHES[1].code
    assert LARGE.producer.code == CENTRE.code
    machine, stranger = await machine_of(house, branch), await machine_of(house, BRANCHES[0].code)
    await made(house, LARGE)
    assert await entries(machine, "certificates.ready.v1")
    asked = [
        ("GET", f"/certificate/batches?roster={LARGE.id}"),
        ("GET", f"/certificate/batches/{LARGE.id}-b0000"),
        ("GET", f"/certificate/batches/{LARGE.id}-b0000/print-file"),
    ]
    for method, address in asked:
        refused = await machine.ask(method, address)
        assert (refused.status_code, "示例" in refused.text or CENTRE.code in refused.text) == (403, True), refused.text
        assert (await stranger.ask(method, address)).status_code == 404
    parcel = {"json": {"carrier": "中国邮政EMS", "parcel": "EA123456789CN"}}
    _, etag = await machine.look(f"/certificate/productions/{LARGE.id}")
    refused = await machine.ask("POST", f"/certificate/productions/{LARGE.id}/parcel", etag, **parcel)
    assert refused.status_code == 403
    assert (await house.person(CLERK).get(f"/certificate/productions/{LARGE.id}"))["state"] == "ready"
    assert (await machine.ask("POST", f"/certificate/batches/{LARGE.id}-b0000/redraw", 1)).status_code == 403


async def test_it_does_not_practise(open_house: OpenHouse) -> None:
    house = open_house()
    form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": PASSWORD, "scope": "training"}
    answer = await house.client.post("/directory/tokens", data=form)
    assert [error["where"] for error in answer.json()["errors"]] == ["/scope"]
