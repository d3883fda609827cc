"""The play in a house where somebody works already: what fits is used as it is, what does not is told in a sentence."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.demo import books, opening, play
from services.demo.cast import STATIONS, Body
from services.demo.clerk import Refusal
from services.demo.office import Differs, Office
from services.demo.patient_clerk import PatientClerk
from services.demo.play import Play
from tests.world.house import House
from tests.world.seeding import HELD_ON, LICENCE, YEAR, license_body

TURNER_ONLY = {"scope": [{"occupation": "6-04-01-01", "levels": [4]}]}


class Insider(PatientClerk):
    """Needs no password, so that a test is free to begin behind the door."""

    def __init__(self, house: House, account: str) -> None:
        super().__init__(house.client, account, "")
        self._house, self._id = house, account

    async def token(self) -> str:
        return await self._house.token(self._id)


class Inside(Office):
    def __init__(self, house: House) -> None:
        super().__init__(house.client, "password-of-the-operator", lambda *_: None)
        self._house = house
        self.operator = Insider(house, "operator")

    def clerk(self, body: Body, role: str) -> PatientClerk:
        return Insider(self._house, body.account(role))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_today", lambda: HELD_ON)


async def change(house: House, code: str, **other: Any) -> None:
    found, etag = await house.operator.look(f"/directory/bodies/{code}")
    fields = ("name_zh", "name_en", "produces", "email", "address", "postal_code", "phone", "contact")
    entry = {name: found[name] for name in fields} | other
    answer = await house.operator.ask("PUT", f"/directory/bodies/{code}", etag, json=entry)
    assert answer.status_code == 200, answer.text


async def test_bodies_accounts_and_licences_that_are_there_are_used(bare_house: House) -> None:
    office = Inside(bare_house)
    await opening.bodies(office)
    await opening.licences(office, YEAR)
    found = await bare_house.operator.get(f"/directory/bodies/{STATIONS[0].code}")
    assert found["licence"]["licence_no"] == LICENCE["licence_no"], "nothing of it is changed"


async def test_a_body_with_another_name_is_named(bare_house: House) -> None:
    await change(bare_house, STATIONS[1].code, name_zh="另一家鉴定站")
    with pytest.raises(Differs, match=f"{STATIONS[1].code}.*name_zh: 另一家鉴定站.*make demo"):
        await opening.bodies(Inside(bare_house))


async def test_an_account_with_another_password_is_named(bare_house: House) -> None:
    class FromOutside(Inside):
        def clerk(self, body: Body, role: str) -> PatientClerk:
            return Office.clerk(self, body, role)

    with pytest.raises(Differs, match=r"demo\.49000001\.centre-clerk.*another password"):
        await opening.bodies(FromOutside(bare_house))


@pytest.mark.parametrize(
    ("licence", "sentence"),
    [
        (TURNER_ONLY, "机械-测试 .*scope lacks 焊工 6-04-02-05 / 3"),
        ({"valid_from": "2020-01-01", "valid_until": "2026-04-02"}, "valid from 2020-01-01 to 2026-04-02 only"),
    ],
)
async def test_a_licence_that_differs_is_told_with_what_to_do(
    bare_house: House, licence: dict[str, Any], sentence: str
) -> None:
    bare_house.clock.set_by((date(2026, 4, 1) - HELD_ON).total_seconds())
    await license_body(bare_house, STATIONS[2].code, **licence)
    with pytest.raises(Differs, match=f"{STATIONS[2].code} .*{sentence}.*renew it"):
        await opening.licences(Inside(bare_house), YEAR)


async def test_an_approved_annual_plan_stays_and_one_under_way_is_finished(house: House) -> None:
    office = Inside(house)
    before = await house.operator.everything("/plan/annual-plans")
    await opening.annual_plans(office, YEAR)  # approved before, for all stations
    assert (office.let_through, await house.operator.everything("/plan/annual-plans")) == ([], before)
    clerk = house.person(STATIONS[0].account("station_clerk"))
    plan = {"year": YEAR + 1, "items": [{"occupation": "6-04-01-01", "level": 4, "heads": 10}]}
    made = await clerk.create("/plan/annual-plans", plan, "by hand")
    path = f"/plan/annual-plans/{made['id']}"
    await house.person(STATIONS[0].account("station_head")).step(path, "submission")
    await house.person(f"demo.{STATIONS[0].parent}.branch-officer").step(path, "return", json={"reason": "人数须核实"})
    await opening.annual_plans(office, YEAR + 1)
    assert (await clerk.get(path))["state"] == "approved"


async def test_an_annual_plan_that_cannot_be_brought_on_is_named(bare_house: House) -> None:
    class Stuck(Inside):
        async def up(self, station: Body, document: str, approve: bool = True) -> None:
            request = httpx.Request("POST", f"http://house{document}/endorsement")
            raise Refusal(httpx.Response(403, json={"detail": "不得由同一人办理"}, request=request))

    with pytest.raises(Differs, match=f"{STATIONS[0].code} .*draft.*不得由同一人办理.*finish it first"):
        await opening.annual_plans(Stuck(bare_house), YEAR)


async def test_a_refusal_is_a_sentence(bare_house: House) -> None:
    """What nobody thought of ends the play with the system's own words (`demo.main`)."""
    with pytest.raises(Refusal, match="422"):
        await Inside(bare_house).operator.create("/directory/bodies", {}, "nothing")


async def played(office: Office, folder: Path) -> list[str]:
    """The whole play, as `demo.main` has it. Returns what is wrong with the books."""
    await opening.bodies(office)
    await opening.licences(office, YEAR)
    await opening.annual_plans(office, YEAR)
    acts = Play(office, folder)
    sessions = await acts.sessions(YEAR, 3)
    await acts.rosters(sessions)
    await acts.reviews(sessions)
    await acts.certificates(sessions)
    await acts.parcels(sessions)
    await acts.receipts(sessions)
    await acts.results(sessions)
    return books.faults(sessions, await acts.mailings(sessions), await acts.acts(sessions))


async def test_twice_in_the_same_house(bare_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class ByTheHouse(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return bare_house.clock.now().astimezone(tz)

    monkeypatch.setattr(play, "datetime", ByTheHouse)
    for n in range(2):
        playing = asyncio.create_task(played(Inside(bare_house), tmp_path / str(n)))
        await bare_house.run_until_quiet(until=playing.done)
        assert await playing == []
