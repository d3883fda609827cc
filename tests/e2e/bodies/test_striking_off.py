"""A body that was registered twice is struck off over HTTP: who may, what holds it back, who hears of it, and what becomes of
what arrives in the moment between."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from services.demo.cast import BRANCHES, CENTRE, STATIONS, Body
from services.directory.accounts.account import CLOSED, Account
from services.directory.bodies.body import Body as StoredBody
from services.directory.striking_off import usecases as striking_off
from services.runtime.catalogue import REGISTER
from services.runtime.wiring import MACHINERY
from shared.audit.check import check
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies, repository
from shared.trade.practice import twin, twin_path
from shared.trade.roles import Role
from tests.access.samples import path_of
from tests.world.books import everything, parked
from tests.world.doors import is_let_in, letters, sign_in, token
from tests.world.house import PASSWORD, House
from tests.world.seeding import APPROVER, CLERK, ITEMS, LICENCE, YEAR, body_entry, license_body
from tests.world.troubles import Fragile

RIGHT = STATIONS[0]
TWICE = Body("49053099", "station", RIGHT.parent, "示例机床集团鉴定站（重复）", "Example Machine Tool Group Station")
SECOND_BRANCH = Body("49070001", "branch", CENTRE.code, "示例东方分中心（重复）", "Example Eastern Branch Centre")
PATH = f"/directory/bodies/{TWICE.code}"
REASON = {"reason": "同一鉴定站登记了两次", "instead": RIGHT.code}


def place(body: Body) -> str:
    above = next((one for one in (CENTRE, *BRANCHES, SECOND_BRANCH) if one.code == body.parent), None)
    return f"{path_of(above) if above in (CENTRE, *BRANCHES) else f'/{CENTRE.code}/{SECOND_BRANCH.code}/'}{body.code}/"


async def register(house: House, body: Body = TWICE, by: str = "") -> None:
    officer = house.person(by) if by else house.operator
    await officer.create("/directory/bodies", body_entry(body), f"body {body.code}")
    await house.run_until_quiet()


async def strike(house: House, code: str = TWICE.code, by: str = APPROVER, **other: Any) -> httpx.Response:
    path = f"/directory/bodies/{code}"
    etag = (await house.person(by).ask("GET", path)).headers["ETag"]
    return await house.person(by).ask("POST", f"{path}/striking-off", etag, json={**REASON, **other})


def places(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return sorted(problem["where"] for problem in answer.json()["errors"])


# --- done ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("licensed", [False, True])
async def test_it_is_struck_off_for_good_and_everybody_hears_of_it(bare_house: House, licensed: bool) -> None:
    house = bare_house
    await register(house)
    if licensed:
        await license_body(house, TWICE.code)
        await house.run_until_quiet()
        await house.tick()  # reminders of its annual plan and its work report; they keep nobody
        await house.run_until_quiet()
    done = (await strike(house)).json()
    assert (done["state"], done["instead"], done["because"]) == ("struck_off", RIGHT.code, REASON["reason"])
    assert (done["history"][-1]["verb"], done["history"][-1]["by"]) == ("strike_off", APPROVER)
    await house.run_until_quiet()
    today = house.clock.now().date()
    for service in ("plan", "reporting", "certificate", "notification", "supervision"):
        for code, right in ((TWICE.code, RIGHT.code), (twin(TWICE.code), twin(RIGHT.code))):
            known = await local_copies.seek(house.stores[service], BodyRegistered, code)
            assert known is not None
            assert (known.state, known.instead, known.ended_on) == ("struck_off", right, today)
    sent = [one for one in letters(house, "standing-changed") if "已除名" in one["Subject"]]
    above = next(one for one in BRANCHES if one.code == TWICE.parent)
    assert sorted(one["To"].addresses[0].addr_spec for one in sent) == sorted([TWICE.email, above.email])
    text = sent[0].get_body(("plain",)).get_content()
    assert RIGHT.code in text and REASON["reason"] in text and "重复登记" in text
    assert (await check(house.stores["directory"], (*REGISTER.declared["directory"].kinds, *MACHINERY))).findings == []
    again = await strike(house)
    assert again.status_code == 409


async def test_a_branch_and_then_its_digits_are_free_again(bare_house: House) -> None:
    house = bare_house
    below = Body("49073001", "station", SECOND_BRANCH.code, "重复", "Twice")
    await register(house, SECOND_BRANCH)
    await register(house, below)
    assert places(await strike(house, SECOND_BRANCH.code, instead=BRANCHES[0].code)) == ["/bodies"]
    assert (await strike(house, below.code)).status_code == 200
    assert (await strike(house, SECOND_BRANCH.code, instead=BRANCHES[0].code)).status_code == 200
    refused = await house.operator.ask(
        "POST", "/directory/bodies", headers={"Idempotency-Key": "k"}, json=body_entry(below)
    )
    assert refused.status_code == 422 and "已除名" in refused.text, "nobody is registered under it"
    await register(house, Body("49070002", "branch", CENTRE.code, "示例南方分中心", "Southern Branch Centre"))


# --- refused ------------------------------------------------------------------------------------------------------------------


async def test_whoever_registered_it_needs_another_one(bare_house: House) -> None:
    """An officer who was the Centre's clerk when it was registered approves today."""
    house = bare_house
    await register(house, by=CLERK)
    account = await repository.load(house.stores["directory"], Account, CLERK)
    account.roles = [Role.CENTRE_APPROVER]
    await repository.save(house.stores["directory"], account)
    house._accounts.clear()
    answer = await strike(house, by=CLERK)
    assert answer.status_code == 403 and "four eyes" in answer.text
    assert (await strike(house)).status_code == 200


@pytest.mark.parametrize(
    ("instead", "wanted"),
    [
        ("49053098", ["/instead"]),  # nobody knows it
        (TWICE.code, ["/instead"]),
        (BRANCHES[0].code, ["/instead"]),
        (CENTRE.code, ["/instead"]),
    ],
)
async def test_the_right_one_is_another_entry_of_the_same_kind(
    bare_house: House, instead: str, wanted: list[str]
) -> None:
    await register(bare_house)
    assert places(await strike(bare_house, instead=instead)) == wanted
    assert (await bare_house.operator.get(PATH))["state"] == "applied"


async def test_the_right_one_is_not_struck_off_itself(bare_house: House) -> None:
    third = Body("49053098", "station", RIGHT.parent, "第三次", "Third time")
    await register(bare_house)
    await register(bare_house, third)
    assert (await strike(bare_house, third.code)).status_code == 200
    assert places(await strike(bare_house, instead=third.code)) == ["/instead"]


async def test_the_centre_and_bodies_at_work_stay(bare_house: House) -> None:
    wrong = places(await strike(bare_house, CENTRE.code, instead=BRANCHES[0].code))
    assert set(wrong) == {"/instead", "/accounts", "/bodies"}
    assert set(places(await strike(bare_house, RIGHT.code, instead=STATIONS[1].code))) == {"/accounts"}


async def test_a_reason_is_needed(bare_house: House) -> None:
    await register(bare_house)
    for reason in ("", "  "):
        assert places(await strike(bare_house, reason=reason)) == ["/reason"]


async def _an_account(house: House) -> None:
    await house.seed_account("new.person", Role.STATION_CLERK, TWICE.code, place(TWICE))


async def _a_person(house: House) -> None:
    person = {
        "office": "senior_examiner",
        "name": "张伟",
        "card_no": "S49260001",
        "scope": [{"occupation": "6-04-01-01", "levels": [4]}],
        "appointed_from": "2026-04-01",
        "body": TWICE.code,
    }
    await house.person(CLERK).create("/directory/persons", person, "person")


async def _an_inspection(house: House) -> None:
    """Of the yearly ones, which the body itself keeps."""
    await license_body(house, TWICE.code)
    await house.person(CLERK).step(PATH, "annual-inspections", json={"year": YEAR, "passed": True})


async def _a_plan(house: House) -> None:
    await license_body(house, TWICE.code)
    await house.run_until_quiet()
    await _an_account(house)
    item = {"occupation": ITEMS[0].occupation, "level": ITEMS[0].level, "heads": 10}
    await house.person("new.person").create("/plan/annual-plans", {"year": YEAR, "items": [item]}, "annual")
    account = await repository.load(house.stores["directory"], Account, "new.person")
    account.state = CLOSED
    await repository.save(house.stores["directory"], account)


async def _a_violation(house: House) -> None:
    content = {"body": TWICE.code, "trigger": "issued_directly", "description": "擅自核发证书"}
    await house.person(CLERK).create("/supervision/violations", content, "violation")


HANGING = {
    "/accounts": _an_account,
    "/persons": _a_person,
    "/inspections": _an_inspection,
    "/plan": _a_plan,
    "/supervision": _a_violation,
}


@pytest.mark.parametrize("where", HANGING)
async def test_as_long_as_anything_hangs_on_it_it_stays(bare_house: House, where: str) -> None:
    await register(bare_house)
    await HANGING[where](bare_house)
    answer = await strike(bare_house)
    assert places(answer) == [where], answer.text
    (problem,) = answer.json()["errors"]
    assert " · " in problem["what"] and " · " in problem["fix"], "what to do, in both languages"
    assert (await bare_house.operator.get(PATH))["state"] in ("applied", "licensed")


async def test_what_is_over_holds_nothing(bare_house: House) -> None:
    house = bare_house
    await register(house)
    await _an_account(house)
    await _a_person(house)
    assert places(await strike(house)) == ["/accounts", "/persons"]
    (person,) = (await house.person(CLERK).get("/directory/persons?limit=10"))["items"]
    await house.person(CLERK).step(f"/directory/persons/{person['id']}", "withdrawal", json={"reason": "登记有误"})
    await house.operator.step("/directory/accounts/new.person", "closing", json={"reason": "登记有误"})
    assert (await strike(house)).status_code == 200


async def test_practice_holds_nothing(bare_house: House) -> None:
    house = bare_house
    await register(house)
    await _an_account(house)
    item = {"occupation": ITEMS[0].occupation, "level": ITEMS[0].level, "heads": 10}
    practising = house.practising("new.person")
    await practising.create("/plan/annual-plans", {"year": YEAR, "items": [item]}, "annual")
    plans = await everything(house.stores["plan"], "annual_plan")
    assert [plan.body["path"] for plan in plans] == [twin_path(place(TWICE))]
    await house.operator.step("/directory/accounts/new.person", "closing", json={"reason": "登记有误"})
    assert (await strike(house)).status_code == 200


@pytest.mark.parametrize("service", ["plan", "reporting", "certificate", "notification", "supervision"])
async def test_a_service_that_does_not_answer_leaves_everything_as_it_is(bare_house: House, service: str) -> None:
    await register(bare_house)
    bare_house.closed_doors.add(service)
    answer = await strike(bare_house)
    assert (answer.status_code, answer.json()["detail"]) == (503, striking_off.AWAY)
    assert (await bare_house.operator.get(PATH))["state"] == "applied"
    bare_house.closed_doors.clear()
    assert (await strike(bare_house)).status_code == 200


# --- afterwards -----------------------------------------------------------------------------------------------------------


async def test_nothing_begins_at_it_any_more(bare_house: House) -> None:
    house = bare_house
    await register(house)
    assert (await strike(house)).status_code == 200
    await house.run_until_quiet()
    clerk, approver = house.person(CLERK), house.person(APPROVER)
    etag = (await approver.ask("GET", PATH)).headers["ETag"]
    entry = {name: value for name, value in body_entry(TWICE).items() if name not in ("code", "kind", "parent")}
    assert (await clerk.ask("PUT", PATH, etag, json=entry)).status_code == 409
    assert (await approver.ask("POST", f"{PATH}/licence", etag, json=LICENCE)).status_code == 409
    account = {
        "id": "new.person",
        "name": "张伟",
        "email": "zhang.wei@example.org",
        "body": TWICE.code,
        "roles": ["station_clerk"],
        "password": "long enough to be",
    }
    person = {
        "office": "examiner",
        "name": "张伟",
        "card_no": "R49260001",
        "scope": [{"occupation": "6-04-01-01", "levels": [4]}],
        "appointed_from": "2026-04-01",
        "body": TWICE.code,
    }
    violation = {"body": TWICE.code, "trigger": "issued_directly", "description": "擅自核发证书"}
    for path, content in (
        ("/directory/accounts", account),
        ("/directory/persons", person),
        ("/supervision/violations", violation),
    ):
        answer = await clerk.ask("POST", path, headers={"Idempotency-Key": path}, json=content)
        assert answer.status_code == 422 and "除名" in answer.text, answer.text
    before = len(await everything(house.stores["plan"], "plan_duty"))
    house.clock.advance(303 * 24 * 3600)  # into the reminders of the next year
    await house.tick()
    duties = await everything(house.stores["plan"], "plan_duty")
    assert before < len(duties) and TWICE.code not in {duty.body["body"] for duty in duties}


# --- the moment between ---------------------------------------------------------------------------------------------------


async def test_an_account_of_the_moment_between_is_closed(bare_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house = bare_house
    await register(house)
    asked = striking_off._in_other_services

    async def meanwhile(*given: Any) -> Any:
        await _an_account(house)  # by somebody who looked at the body before
        return await asked(*given)

    monkeypatch.setattr(striking_off, "_in_other_services", meanwhile)
    assert (await strike(house)).status_code == 200
    got = await token(house, "new.person", PASSWORD)
    await house.tick()
    await house.tick()
    assert (await sign_in(house, "new.person", PASSWORD)).status_code == 401
    house.clock.advance(59)
    assert not await is_let_in(house, got["access_token"], "plan")
    known = await repository.load(house.stores["directory"], Account, "new.person")
    assert [entry.verb for entry in known.history] == ["close"], "once"


async def test_a_plan_of_the_moment_between_gets_no_further(bare_house: House) -> None:
    """It was drafted while planning had not heard yet: it can be read, and that is all."""
    house = bare_house
    await register(house)
    await license_body(house, TWICE.code)
    await house.run_until_quiet()
    assert (await strike(house)).status_code == 200
    for role in (Role.STATION_CLERK, Role.STATION_HEAD):
        await house.seed_account(f"new.{role.value}", role, TWICE.code, place(TWICE))
    item = {"occupation": ITEMS[0].occupation, "level": ITEMS[0].level, "heads": 10}
    made = await house.person("new.station_clerk").create("/plan/annual-plans", {"year": YEAR, "items": [item]}, "a")
    await house.run_until_quiet()
    path = f"/plan/annual-plans/{made['id']}"
    etag = (await house.person("new.station_head").ask("GET", path)).headers["ETag"]
    answer = await house.person("new.station_head").ask("POST", f"{path}/submission", etag)
    assert answer.status_code == 409 and "struck_off" in answer.text
    assert (await house.person(APPROVER).get(path))["state"] == "draft"


async def test_two_who_strike_it_off_at_once_do_so_once(bare_house: House) -> None:
    await register(bare_house)
    etag = (await bare_house.person(APPROVER).ask("GET", PATH)).headers["ETag"]
    answers = [
        await bare_house.person(APPROVER).ask("POST", f"{PATH}/striking-off", etag, json=REASON) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 412]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_it_dies_over_the_write(bare_house: House, when: Any) -> None:
    house = bare_house
    await register(house)
    fall = Fragile("directory store", "put", when)
    house.troubles.append(fall)
    house.born()
    with pytest.raises(httpx.ReadError):
        await strike(house)
    state = (await repository.load(house.stores["directory"], StoredBody, TWICE.code)).state
    assert fall.fired and state == ("applied" if when == "before" else "struck_off")
    assert (await strike(house)).status_code == (200 if when == "before" else 409)
    await house.run_until_quiet()
    assert [one for service in house.stores for one in await parked(house, service)] == []
    assert len([one for one in letters(house, "standing-changed") if "已除名" in one["Subject"]]) == 2
