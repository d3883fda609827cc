"""Bodies, licences and registered persons through HTTP, and what planning makes of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from email import message_from_bytes
from email.policy import default
from typing import Any

import httpx
import pytest

from services.directory.bodies.body import Body
from services.directory.persons import usecases as persons
from services.directory.persons.person import RegisteredPerson
from services.plan.duties.duty import PlanDuty
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies, repository
from shared.ports import Record
from shared.trade.practice import twin, twin_path
from shared.trade.roles import Role
from tests.world.books import everything
from tests.world.house import House, Person
from tests.world.seeding import APPROVER, CLERK, DIRECT, LICENCE, SMALL, YEAR, body_entry, license_body, up

assert SMALL.branch is not None
STATION, BRANCH = SMALL.station, SMALL.branch
BODY = f"/directory/bodies/{STATION.code}"
OFFICER = BRANCH.account("branch_officer")
SANCTIONS = Actor("supervision", "supervision", "", "/", frozenset())
NARROW = [{"occupation": "6-04-01-01", "levels": [5, 4]}]
EVERYBODY = ("plan", "reporting", "certificate", "notification", "supervision")
PLANNED = [{"occupation": "6-04-01-01", "level": 4, "heads": 10}]
SESSION = {
    "year": YEAR,
    "number": 1,
    "held_on": "2026-09-01",
    "place": "一号车间",
    "in_charge": "吴刚",
    "items": PLANNED,
}


def clerk_of(house: House, station: Any = STATION) -> Person:
    return house.person(station.account("station_clerk"))


async def post(person: Person, path: str, content: dict[str, Any], key: str = "once") -> httpx.Response:
    return await person.ask("POST", path, json=content, headers={"Idempotency-Key": key})


async def verb(person: Person, document: str, name: str, **content: Any) -> httpx.Response:
    seen = await person.ask("GET", document)
    return await person.ask("POST", f"{document}/{name}", seen.headers["ETag"], **content)


async def sanction(house: House, order: Callable[[Body], None], code: str = STATION.code) -> None:
    """As supervision does it: the verbs ask the state only, and there is no door for them."""
    store = house.stores["directory"]
    body = await repository.load(store, Body, code)
    order(body)
    await repository.save(store, body)
    await house.run_until_quiet()


def suspended(house: House) -> Callable[[Body], None]:
    return lambda body: body.suspend(SANCTIONS, house.clock.now(), "超范围鉴定", None)


def revoked(house: House) -> Callable[[Body], None]:
    return lambda body: body.revoke(SANCTIONS, house.clock.now(), "伪造证书")


async def with_annual_plan(house: House, items: list[dict[str, Any]] | None = None) -> None:
    annual = {"year": YEAR, "items": items or PLANNED}
    made = await clerk_of(house).create("/plan/annual-plans", annual, "annual")
    await up(house, SMALL, f"/plan/annual-plans/{made['id']}", approve=True)


async def drafted(house: House, number: int = 1) -> str:
    made = await clerk_of(house).create("/plan/session-plans", {**SESSION, "number": number}, f"session {number}")
    return f"/plan/session-plans/{made['id']}"


def places(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [one["where"] for one in answer.json()["errors"]]


# --- the directory ----------------------------------------------------------------------------------------------------------


async def test_a_station_from_its_application_to_its_licence(bare_house: House) -> None:
    house, code = bare_house, "49053099"
    centre, approver, path = house.person(CLERK), house.person(APPROVER), "/directory/bodies/49053099"
    entry = {
        **body_entry(STATION),
        "code": code,
        "host": {"name_zh": "示例公司", "credit_code": "91350100M000100Y44"},
        "contact": "张伟",
        "phone": "010－12345678",
        "postal_code": "010000",
        "address": "示例路 1 号",
    }
    made = await centre.create("/directory/bodies", entry, "new")
    assert (made["state"], made["licence"], made["phone"]) == ("applied", None, "010-12345678")
    assert [one["where"] for one in made["warnings"]] == ["/host/credit_code"]
    assert await centre.get(path) == made

    assert (await verb(centre, path, "licence", json=LICENCE)).status_code == 403
    assert (await verb(house.operator, path, "licence", json=LICENCE)).status_code == 403
    assert (await approver.ask("POST", f"{path}/licence", json=LICENCE)).status_code == 428
    assert (await approver.ask("POST", f"{path}/licence", 7, json=LICENCE)).status_code == 412
    licensed = await license_body(house, code, scope=NARROW)
    assert (licensed["state"], licensed["licence"]["scope"]) == ("licensed", NARROW)
    wider = await license_body(house, code)
    assert len(wider["licence"]["scope"]) > 40

    failed = {"year": YEAR, "passed": False, "findings": ["量具未检定"], "until": "2026-06-30"}
    assert places(await verb(centre, path, "annual-inspections", json={**failed, "until": "2026-07-04"})) == ["/until"]
    inspected = await centre.step(path, "annual-inspections", json=failed)
    assert (inspected["state"], inspected["until"]) == ("rectifying", "2026-06-30")
    assert (await verb(centre, path, "clearance", json={})).status_code == 403
    assert places(await verb(approver, path, "clearance", json={})) == ["/reason"]
    cleared = await approver.step(path, "clearance", json={"reason": "复查合格"})
    assert (cleared["state"], cleared["until"]) == ("licensed", None)
    assert (await verb(approver, path, "clearance", json={"reason": "再次验收"})).json()["state"] == "licensed"
    passed = await centre.step(path, "annual-inspections", json={"year": YEAR, "passed": True})
    assert [one["passed"] for one in passed["inspections"]] == [False, True]


async def test_no_door_leads_to_a_sanction(bare_house: House) -> None:
    for name in ("suspension", "revocation", "rectification", "reinstatement"):
        answer = await verb(bare_house.person(APPROVER), BODY, name, json={"reason": "x"})
        assert answer.status_code == 404


async def test_every_contradiction_of_a_licence_has_its_place(bare_house: House) -> None:
    wrong = {
        **LICENCE,
        "valid_until": "2019-12-31",
        "scope": [
            {"occupation": "9-99-99-99", "levels": [5]},
            {"occupation": "6-04-01-01", "levels": [5]},
            {"occupation": "6-04-01-01", "levels": [4, 4]},
        ],
    }
    answer = await verb(bare_house.person(APPROVER), BODY, "licence", json=wrong)
    assert places(answer) == ["/valid_until", "/scope/0/occupation", "/scope/2/occupation", "/scope/2/levels/1"]


async def test_contradictions_of_a_registration(bare_house: House) -> None:
    centre, entry = bare_house.person(CLERK), body_entry(STATION)
    taken = await post(centre, "/directory/bodies", {**entry, "name_zh": "另一鉴定站"}, "taken")
    assert (taken.status_code, taken.headers["Location"]) == (409, BODY)
    branch = {**body_entry(BRANCH), "code": "49050002"}
    assert places(await post(centre, "/directory/bodies", branch, "same digits")) == ["/code"]
    assert places(await post(centre, "/directory/bodies", {**branch, "code": "49000002"}, "00")) == ["/code"]
    cycle = {**body_entry(BRANCH), "parent": STATION.code}
    assert "/parent" in places(await post(centre, "/directory/bodies", cycle, "cycle"))
    unknown = {**entry, "code": "49053098", "parent": "49990001", "postal_code": "1", "phone": "x"}
    assert places(await post(centre, "/directory/bodies", unknown, "unknown")) == ["/postal_code", "/phone", "/parent"]


async def test_every_change_is_told_and_arrives_everywhere(bare_house: House) -> None:
    house = bare_house

    async def known(code: str) -> set[tuple[str, str, int]]:
        found = [await local_copies.copy_of(house.stores[name], BodyRegistered, code) for name in EVERYBODY]
        return {(one.name_zh, one.state, len(one.licence.scope) if one.licence else 0) for one in found}

    everything_there_is = len(LICENCE["scope"])
    assert await known(STATION.code) == {(STATION.name_zh, "licensed", everything_there_is)}
    await license_body(house, STATION.code, scope=NARROW)
    await house.run_until_quiet()
    assert await known(STATION.code) == {(STATION.name_zh, "licensed", 1)}
    assert await known(twin(STATION.code)) == {(f"（培训）{STATION.name_zh}", "licensed", 1)}
    await sanction(
        house, lambda body: body.order_rectification(SANCTIONS, house.clock.now(), "考评人员不足", date(2026, 5, 1))
    )
    assert await known(STATION.code) == {(STATION.name_zh, "rectifying", 1)}
    await sanction(house, suspended(house))
    assert await known(STATION.code) == {(STATION.name_zh, "suspended", 1)}
    await sanction(house, lambda body: body.reinstate(SANCTIONS, house.clock.now(), "已整改"))
    assert await known(STATION.code) == {(STATION.name_zh, "licensed", 1)}
    await sanction(house, revoked(house))
    assert await known(STATION.code) == {(STATION.name_zh, "revoked", 1)}
    assert await known(twin(STATION.code)) == {(f"（培训）{STATION.name_zh}", "licensed", 1)}
    assert await known(BRANCH.code) == {(BRANCH.name_zh, "registered", 0)}
    assert await known(twin(BRANCH.code)) == {(f"（培训）{BRANCH.name_zh}", "licensed", everything_there_is)}


async def test_the_body_and_its_branch_get_a_letter(bare_house: House) -> None:
    house = bare_house
    await sanction(house, suspended(house))
    letters = await house.person(APPROVER).everything(f"/notification/mailings?about={STATION.code}")
    of_now = [one for one in letters if one["letter"] == "standing-changed"][-2:]
    assert {one["to"] for one in of_now} == {STATION.email, BRANCH.email}
    assert {one["state"] for one in letters} == {"sent"}
    files = [message_from_bytes(one.read_bytes(), policy=default) for one in (house.folder / "mail").glob("*.eml")]
    texts = [one.get_body(("plain",)).get_content() for one in files]  # type: ignore[union-attr]
    (to_branch,) = [text for text in texts if "暂停鉴定" in text and text.startswith(BRANCH.name_zh)]
    assert "超范围鉴定" in to_branch and "now: suspended" in to_branch and "None" not in to_branch
    assert not [one for one in files if "培训" in str(one["Subject"])], "twins get no letters of this kind"


# --- planning ------------------------------------------------------------------------------------------------------------------


async def test_a_plan_outside_the_scope_is_refused_item_by_item(bare_house: House) -> None:
    house = bare_house
    items = [
        *PLANNED,
        {"occupation": "6-04-01-01", "level": 3, "heads": 10},
        {"occupation": "6-04-01-02", "level": 4, "heads": 10},
    ]
    await with_annual_plan(house, items)
    await license_body(house, STATION.code, scope=NARROW)
    await house.run_until_quiet()
    answer = await post(clerk_of(house), "/plan/session-plans", {**SESSION, "items": items})
    assert places(answer) == ["/items/1", "/items/2"]
    assert "车工" in answer.text
    annual = await post(clerk_of(house), "/plan/annual-plans", {"year": YEAR + 1, "items": items}, "next year")
    assert places(annual) == ["/items/1", "/items/2"]
    path = await drafted(house)
    seen = (await clerk_of(house).ask("GET", path)).headers["ETag"]
    entry = {name: value for name, value in SESSION.items() if name not in ("year", "number")}
    revised = await clerk_of(house).ask("PUT", path, seen, json={**entry, "items": items})
    assert places(revised) == ["/items/1", "/items/2"]
    known = await clerk_of(house).get(f"/plan/licences/{STATION.code}")
    assert (known["state"], known["licence"]["scope"]) == ("licensed", NARROW)


async def test_who_is_not_licensed_plans_nothing(bare_house: House) -> None:
    house, new = bare_house, "49053099"
    await house.person(CLERK).create("/directory/bodies", {**body_entry(STATION), "code": new}, "new")
    path = f"/{BRANCH.parent}/{BRANCH.code}/{new}/"
    await house.seed_account("new.clerk", Role.STATION_CLERK, new, path)
    clerk = house.person("new.clerk")
    early = await post(clerk, "/plan/annual-plans", {"year": YEAR, "items": PLANNED})
    assert (early.status_code, "retry-after" in early.headers) == (409, True), "its registration is on its way"
    await house.run_until_quiet()
    answer = await post(clerk, "/plan/annual-plans", {"year": YEAR, "items": PLANNED})
    assert (answer.status_code, answer.json()["state"]) == (409, "applied")
    await license_body(house, new)
    await house.run_until_quiet()
    assert (await post(clerk, "/plan/annual-plans", {"year": YEAR, "items": PLANNED})).status_code == 201
    (missing,) = (await post(clerk, "/plan/session-plans", SESSION, "session")).json()["errors"]
    assert missing["where"] == "/annual_plan", "of everything that a session needs, only the approval is missing"


async def test_a_branch_plans_for_its_region_without_a_licence_but_holds_no_session(bare_house: House) -> None:
    house = bare_house
    officer = house.person(OFFICER)
    assert (await post(officer, "/plan/annual-plans", {"year": YEAR, "items": PLANNED})).status_code == 201
    answer = await post(officer, "/plan/session-plans", SESSION)
    assert (answer.status_code, answer.json()["state"]) == (409, "registered")
    await license_body(house, BRANCH.code, scope=NARROW)
    await house.run_until_quiet()
    for person, step in ((officer, "submission"), (house.person(APPROVER), "approval")):
        await person.step(f"/plan/annual-plans/{BRANCH.code}-{YEAR}", step)
    assert (await post(officer, "/plan/session-plans", SESSION, "session")).status_code == 201


@pytest.mark.parametrize(("first", "last"), [("2020-01-01", "2026-08-31"), ("2026-09-02", "2027-01-01")])
async def test_a_session_outside_the_term_of_the_licence(bare_house: House, first: str, last: str) -> None:
    house = bare_house
    await with_annual_plan(house)
    await license_body(house, STATION.code, valid_from=first, valid_until=last)
    await house.run_until_quiet()
    answer = await post(clerk_of(house), "/plan/session-plans", SESSION)
    assert places(answer) == ["/held_on"]
    assert last in answer.text
    inside = {**SESSION, "held_on": last if last < "2026-09-01" else first}
    assert (await post(clerk_of(house), "/plan/session-plans", inside, "inside")).status_code == 201


@pytest.mark.parametrize("order", [suspended, revoked])
@pytest.mark.parametrize("when", ["before submission", "before approval"])
async def test_the_standing_is_asked_again_at_every_step(
    bare_house: House, order: Callable[[House], Callable[[Body], None]], when: str
) -> None:
    """Drafted while all was well. What was suspended meanwhile is neither submitted nor approved, and may be sent back."""
    house = bare_house
    await with_annual_plan(house)
    path = await drafted(house)
    head, officer = house.person(STATION.account("station_head")), house.person(OFFICER)
    approver = house.person(APPROVER)
    if when == "before approval":
        await up(house, SMALL, path, approve=False)
    await sanction(house, order(house))
    state = "suspended" if order is suspended else "revoked"
    who, step = (approver, "approval") if when == "before approval" else (head, "submission")
    answer = await verb(who, path, step)
    assert (answer.status_code, answer.json()["state"]) == (409, state)
    another = await post(clerk_of(house), "/plan/session-plans", {**SESSION, "number": 2}, "another")
    assert (another.status_code, another.json()["state"]) == (409, state)
    if when == "before approval":
        for reviewer in (approver, officer):
            await reviewer.step(path, "return", json={"reason": "暂停鉴定"})
        assert (await head.get(path))["state"] == "returned"
    if order is suspended:
        await sanction(house, lambda body: body.reinstate(SANCTIONS, house.clock.now(), "已整改"))
        await up(house, SMALL, path, approve=True)


async def test_a_narrower_scope_before_the_approval(bare_house: House) -> None:
    house = bare_house
    await with_annual_plan(house)
    path = await drafted(house)
    await up(house, SMALL, path, approve=False)
    await license_body(house, STATION.code, scope=[{"occupation": "6-04-01-01", "levels": [5]}])
    await house.run_until_quiet()
    assert places(await verb(house.person(APPROVER), path, "approval")) == ["/items/0"]


async def test_who_rectifies_goes_on_and_a_suspended_station_still_hands_in_form_1(bare_house: House) -> None:
    house = bare_house
    await with_annual_plan(house)
    await sanction(
        house, lambda body: body.order_rectification(SANCTIONS, house.clock.now(), "考评人员不足", date(2026, 5, 1))
    )
    await up(house, SMALL, await drafted(house), approve=True)
    await sanction(house, suspended(house))
    annual = {"year": YEAR + 1, "items": PLANNED}
    assert (await post(clerk_of(house), "/plan/annual-plans", annual, "next")).status_code == 201
    await sanction(house, revoked(house))
    answer = await post(clerk_of(house), "/plan/annual-plans", {**annual, "year": YEAR + 2}, "after that")
    assert (answer.status_code, answer.json()["state"]) == (409, "revoked")


async def test_a_copy_of_release_0_1_is_not_licensed(bare_house: House) -> None:
    house = bare_house
    await with_annual_plan(house)
    store, kind = house.stores["plan"], local_copies.kind_of(BodyRegistered)
    known = await store.get(kind, STATION.code)
    assert known is not None
    old = {name: value for name, value in known.body["copy"].items() if name not in ("state", "licence")}
    await store.put(kind, Record(STATION.code, {**known.body, "copy": old}, known.version))
    answer = await post(clerk_of(house), "/plan/session-plans", SESSION)
    assert (answer.status_code, answer.json()["state"]) == (409, "not licensed")


async def test_in_practice_everybody_is_licensed(bare_house: House) -> None:
    """The station is suspended; its people practise all the same, in the tree of twins."""
    house = bare_house
    await license_body(house, STATION.code, scope=NARROW)
    await sanction(house, suspended(house))
    path = twin_path(f"/{BRANCH.parent}/{BRANCH.code}/{STATION.code}/")
    await house.seed_account("pupil", Role.STATION_CLERK, twin(STATION.code), path)
    pupil = house.person("pupil")
    made = await pupil.create("/plan/annual-plans", {"year": YEAR, "items": PLANNED}, "annual")
    assert made["body"] == twin(STATION.code)
    refused = await post(pupil, "/plan/session-plans", SESSION, "session")
    assert places(refused) == ["/annual_plan"], "the licence of the twin is in nobody's way"
    beyond = [{"occupation": "6-04-01-02", "level": 4, "heads": 1}]
    answer = await post(pupil, "/plan/annual-plans", {"year": YEAR + 1, "items": beyond}, "beyond")
    assert places(answer) == ["/items/0"], "the twin has the scope of its body"


async def test_twins_and_revoked_stations_are_reminded_of_nothing(bare_house: House) -> None:
    house = bare_house
    await sanction(house, revoked(house))
    house.clock.advance((date(YEAR + 1, 2, 14) - date(YEAR, 4, 3)).days * 86_400)
    await house.tick()
    reminded = {one.body["body"] for one in await everything(house.stores["plan"], PlanDuty.KIND)}
    assert DIRECT.station.code in reminded and BRANCH.code in reminded
    assert STATION.code not in reminded
    assert not [code for code in reminded if code.startswith("99")]


async def test_what_the_bulletin_asks_travels_with_the_approval(bare_house: House) -> None:
    house = bare_house
    await with_annual_plan(house)
    asked = {"standard": "filed", "paper_source": "national_bank", "fee_yuan": 180}
    for number, content in ((1, asked), (2, {})):
        plan = {**SESSION, "number": number, **content}
        made = await clerk_of(house).create("/plan/session-plans", plan, f"session {number}")
        await up(house, SMALL, f"/plan/session-plans/{made['id']}", approve=True)
    await house.run_until_quiet()
    kept = [one.body["copy"] for one in await everything(house.stores["reporting"], "copy_session_plan")]
    assert [{name: one[name] for name in asked} for one in kept] == [
        asked,
        {"standard": "national", "paper_source": "self_made", "fee_yuan": None},
    ]
    wrong = {**SESSION, "number": 3, "standard": "local", "fee_yuan": -1}
    assert sorted(places(await post(clerk_of(house), "/plan/session-plans", wrong, "wrong"))) == [
        "/fee_yuan",
        "/standard",
    ]


async def test_the_licence_that_planning_goes_by_is_shown_to_whom_it_concerns(bare_house: House) -> None:
    path = f"/plan/licences/{STATION.code}"
    for account in (STATION.account("station_head"), OFFICER, APPROVER):
        assert (await bare_house.person(account).get(path))["body"] == STATION.code
    stranger = bare_house.person(DIRECT.station.account("station_head"))
    assert (await stranger.ask("GET", path)).status_code == 404


# --- registered persons -----------------------------------------------------------------------------------------------------

EXAMINER = {
    "office": "examiner",
    "name": "张伟",
    "card_no": "R49260001",
    "body": STATION.code,
    "scope": [{"occupation": "6-04-01-01", "levels": [5, 4, 3]}],
    "appointed_from": "2026-04-01",
}


async def test_registering_an_examiner(bare_house: House) -> None:
    house = bare_house
    centre, officer = house.person(CLERK), house.person(OFFICER)
    made = await centre.create("/directory/persons", EXAMINER, "first")
    assert (made["state"], made["valid_until"], made["body"]) == ("active", "2029-03-31", STATION.code)
    assert await centre.create("/directory/persons", EXAMINER, "first") == made
    path = f"/directory/persons/{made['id']}"
    again = await post(centre, "/directory/persons", {**EXAMINER, "card_no": "r49 260001", "name": "李华"}, "second")
    assert (again.status_code, again.headers["Location"]) == (409, path)
    assert "R49260001" in again.json()["detail"]
    assert places(await post(centre, "/directory/persons", {**EXAMINER, "body": "49990001"}, "third")) == ["/body"]
    renewed = await officer.step(path, "renewal", json={"appointed_from": "2029-04-01"})
    assert (renewed["valid_until"], renewed["scope"]) == ("2032-03-31", EXAMINER["scope"])
    withdrawn = await officer.step(path, "withdrawal", json={"reason": "调离"})
    assert (withdrawn["state"], withdrawn["withdrawn_because"]) == ("withdrawn", "调离")
    assert (await verb(centre, path, "renewal", json={"appointed_from": "2029-04-01"})).status_code == 409


async def test_paths_and_roles_of_registered_persons(bare_house: House) -> None:
    house = bare_house
    made = await house.person(OFFICER).create("/directory/persons", EXAMINER, "ours")
    path = f"/directory/persons/{made['id']}"
    western = house.person("demo.49060001.branch-officer")
    assert (await western.ask("GET", path)).status_code == 404
    assert (await western.ask("POST", f"{path}/withdrawal", 1, json={"reason": "x"})).status_code == 404
    assert (await post(western, "/directory/persons", {**EXAMINER, "card_no": "R2"}, "theirs")).status_code == 422
    assert (await post(western, "/directory/persons", {**EXAMINER, "card_no": "R22"}, "theirs")).status_code == 404
    assert await western.everything("/directory/persons") == []
    supervisor = {**EXAMINER, "office": "quality_supervisor", "card_no": "R49260002", "scope": []}
    assert (await post(house.person(OFFICER), "/directory/persons", supervisor, "s")).status_code == 403
    assert (await post(house.person(CLERK), "/directory/persons", supervisor, "s")).status_code == 201
    for account in (STATION.account("station_head"), APPROVER, "operator"):
        assert (await post(house.person(account), "/directory/persons", EXAMINER, "k")).status_code == 403
    assert (await house.operator.ask("GET", "/directory/persons")).status_code == 403
    assert len(await house.person(STATION.account("station_head")).everything("/directory/persons")) == 2


async def test_the_list_finds_who_may_assess_page_after_page(bare_house: House) -> None:
    house = bare_house
    centre = house.person(CLERK)
    for n in range(23):
        person = {
            **EXAMINER,
            "card_no": f"R4926{n:04d}",
            "body": (STATION if n % 2 else DIRECT.station).code,
            "scope": [{"occupation": f"6-04-01-0{1 + n % 3}", "levels": [5, 4] if n % 5 else [3]}],
            "appointed_from": "2026-04-01" if n % 4 else "2020-04-01",
        }
        await centre.create("/directory/persons", person, f"person {n}")
    records = await everything(house.stores["directory"], RegisteredPerson.KIND)
    known = [RegisteredPerson.from_record(one) for one in records]
    assert len(known) == 23

    async def found(query: str, limit: int) -> list[str]:
        cards: list[str] = []
        after = ""
        while True:
            page = await centre.get(f"/directory/persons?limit={limit}{query}" + (f"&after={after}" if after else ""))
            assert len(page["items"]) <= limit
            cards += [one["card_no"] for one in page["items"]]
            if not page["next"]:
                return cards
            assert len(page["items"]) == limit, "only the last page may be short"
            after = page["next"]

    day = date(2026, 5, 1)
    for limit in (1, 2, 5, 100):
        cards = await found("&occupation=6-04-01-01&level=4&valid_on=2026-05-01", limit)
        wanted = {one.card_no for one in known if one.may_assess("6-04-01-01", 4, day)}
        assert len(cards) == len(set(cards)) and set(cards) == wanted and wanted
        assert len(await found("&office=senior_examiner", limit)) == 0
        assert len(await found("&state=active", limit)) == 23


async def test_a_search_that_finds_hardly_anybody_reads_a_bounded_part(
    bare_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In pages of 500, whatever was asked for; and where it stopped, the next request goes on."""
    house = bare_house
    made = await house.person(CLERK).create("/directory/persons", EXAMINER, "first")
    store = house.stores["directory"]
    record = await store.get(RegisteredPerson.KIND, made["id"])
    assert record is not None
    others = {**record.body, "scope": [{"occupation": "6-04-01-02", "levels": [4]}]}
    await store.add_many(RegisteredPerson.KIND, [Record(f"{n:08d}", others) for n in range(2100)])
    wanted, asked, find = "/directory/persons?occupation=6-04-01-01&limit=1", [], store.find

    async def counted(kind: str, *where: Any, **how: Any) -> Any:
        asked.append(kind)
        return await find(kind, *where, **how)

    monkeypatch.setattr(store, "find", counted)
    page = await house.person(CLERK).get(wanted)
    assert ([one["id"] for one in page["items"]], page["next"]) == ([made["id"]], None)
    assert asked.count(RegisteredPerson.KIND) == 5
    monkeypatch.setattr(persons, "LOOKED_THROUGH", 1000)
    asked.clear()
    answers, after = [], ""
    while not answers or answers[-1]["next"]:
        after = f"&after={answers[-1]['next']}" if answers else ""
        answers.append(await house.person(CLERK).get(wanted + after))
    assert [len(one["items"]) for one in answers] == [0, 0, 1]
    assert asked.count(RegisteredPerson.KIND) == 5
