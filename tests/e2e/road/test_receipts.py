"""The parcel arrives: who says so, what is told when the number differs, and who has to be told by word of mouth."""

from __future__ import annotations

import pytest

from services.certificate.duties.duty import CertificateDuty
from services.notification.mailings.mailing import Mailing
from services.reporting.duties.duty import RosterDuty
from shared.procedure.duties.duty import OPEN, SETTLED
from tests.world.books import everything
from tests.world.house import House, Person
from tests.world.seeding import CLERK, SMALL, approve, post

PRODUCTION = f"/certificate/productions/{SMALL.id}"
STATION, HEAD = SMALL.station.account("station_clerk"), SMALL.station.account("station_head")
BRANCH = SMALL.poster


async def posted(house: House) -> Person:
    """The clerk of the station to which the parcel is on its way."""
    await approve(house, SMALL)
    await house.run_until_quiet()
    await post(house, SMALL)
    await house.run_until_quiet()
    return house.person(STATION)


async def version(house: House) -> str:
    return (await house.person(CLERK).ask("GET", PRODUCTION)).headers["ETag"]


async def letters(house: House, letter: str) -> list[Mailing]:
    found = [Mailing.from_record(one) for one in await everything(house.stores["notification"], Mailing.KIND)]
    return [one for one in found if one.letter == letter]


async def open_duties(house: House) -> dict[str, str]:
    """What → its state, of all that was ever owed about the roster."""
    return {
        one.body["what"]: one.body["state"]
        for service, kind in (("reporting", RosterDuty.KIND), ("certificate", CertificateDuty.KIND))
        for one in await everything(house.stores[service], kind)
        if one.body["about"] == SMALL.id
    }


async def test_all_of_it_arrived(house: House) -> None:
    clerk = await posted(house)
    assert (await open_duties(house))["receipt"] == OPEN
    answer = await clerk.step(PRODUCTION, "receipt", json={"certificates": SMALL.size})
    assert (answer["state"], answer["received"]) == ("received", SMALL.size)
    await house.run_until_quiet()
    assert await letters(house, "parcel-differs") == []
    assert set((await open_duties(house)).values()) == {SETTLED}
    again = await clerk.ask("POST", f"{PRODUCTION}/receipt", await version(house), json={"certificates": 3})
    assert (again.status_code, again.json()["state"]) == (409, "received")
    await house.run_until_quiet()


@pytest.mark.parametrize("counted", [0, SMALL.size - 1, SMALL.size + 1])
async def test_whoever_posted_it_is_told_that_the_number_differs(house: House, counted: int) -> None:
    await posted(house)
    answer = await house.person(HEAD).step(PRODUCTION, "receipt", json={"certificates": counted})
    assert (answer["state"], answer["received"]) == ("received", counted)
    assert answer["history"][-1]["reason"] == (
        f"寄出 {SMALL.size} 份，收到 {counted} 份 · {SMALL.size} were posted, {counted} received"
    )
    await house.run_until_quiet()
    (letter,) = await letters(house, "parcel-differs")
    assert letter.state == "sent" and (letter.values["sent"], letter.values["received"]) == (SMALL.size, counted)
    assert letter.body == SMALL.station.code and letter.to_name == SMALL.producer.name_zh


async def test_who_does_not_say_so(house: House) -> None:
    await posted(house)
    etag = await version(house)
    for account in (CLERK, BRANCH):  # they posted it, or see it
        refused = await house.person(account).ask("POST", f"{PRODUCTION}/receipt", etag, json={"certificates": 3})
        assert refused.status_code == 403, refused.text


@pytest.mark.parametrize("wrong", [{}, {"certificates": -1}, {"certificates": True}, {"certificates": "3"}, {"n": 3}])
async def test_what_is_no_number(house: House, wrong: dict[str, object]) -> None:
    clerk = await posted(house)
    refused = await clerk.ask("POST", f"{PRODUCTION}/receipt", await version(house), json=wrong)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")


async def test_nothing_is_received_before_it_is_posted(house: House) -> None:
    await approve(house, SMALL)
    await house.run_until_quiet()
    early = await house.person(STATION).ask(
        "POST", f"{PRODUCTION}/receipt", await version(house), json={"certificates": SMALL.size}
    )
    assert (early.status_code, early.json()["state"]) == (409, "ready")


async def test_certificates_verify_as_posted_once_they_were_received(house: House) -> None:
    clerk = await posted(house)
    (first, *_) = await clerk.everything(f"/certificate/certificates?roster={SMALL.id}")
    question = {"number": first["number"], "name": first["holder"]["name"]}
    await clerk.step(PRODUCTION, "receipt", json={"certificates": SMALL.size})
    after = (await house.client.post("/certificate/verifications", json=question)).json()
    assert (after["outcome"], after["mailed"]) == ("valid", True)


async def test_holders_without_an_address_are_counted_and_listed(house: House) -> None:
    """For the unit and the producer: no letter reaches them, so somebody has to tell them."""
    await posted(house)
    unreached = SMALL.size - SMALL.emails
    for account in (STATION, BRANCH, CLERK):
        person = house.person(account)
        assert (await person.get(PRODUCTION))["without_email"] == unreached
        where = f"/certificate/certificates?roster={SMALL.id}&without_email=true"
        listed = await person.everything(where)
        assert [one["holder"]["n"] for one in listed] == list(range(SMALL.emails + 1, SMALL.size + 1))
        assert "email" not in listed[0]["holder"]
        page = (await person.ask("GET", f"{where}&limit=1")).json()
        assert page["items"] == [] and page["next"], "a page may hold fewer, and says that there is more"
    (letter,) = await letters(house, "certificates-mailed")
    assert letter.values["without_email"] == unreached
