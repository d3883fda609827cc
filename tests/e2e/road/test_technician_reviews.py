"""No technician is approved without the approval form (R4.2), which the Centre's clerk records from the paper."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from services.demo.cast import CENTRE, STATIONS
from services.reporting.rosters.roster import Roster
from services.reporting.technician_reviews.technician_review import TechnicianReview
from shared.trade.roles import Role
from tests.world import books
from tests.world.books import everything
from tests.world.fixtures import built_by
from tests.world.house import House, Person
from tests.world.practice import Crew, plan_practice, practised, register_twins
from tests.world.seeding import (
    APPROVER,
    CLERK,
    DIRECT,
    FITTER,
    TECHNICIAN,
    Planned,
    lines_of,
    open_the_house,
    plan_session,
    up,
    workbook,
)
from tests.world.sharing import Once
from tests.world.troubles import Fragile, When

MIXED = Planned(DIRECT.station, 1, ((FITTER, 2), (TECHNICIAN, 3)), emails=0)
REVIEWS = f"{MIXED.path}/technician-reviews"
MISSING = f"{MIXED.path}/missing-technician-reviews"
TECHNICIANS = lines_of(MIXED)[2:]


async def waits_without_reviews(house: House) -> None:
    await open_the_house(house)
    await plan_session(house, MIXED)
    await house.run_until_quiet()
    clerk = house.person(MIXED.station.account("station_clerk"))
    heads = dict.fromkeys(("applied", "accepted", "examined"), MIXED.size)
    await clerk.create("/reporting/rosters", {"session": MIXED.id, "attendance": heads}, "roster")
    await _import(house, workbook(MIXED))
    await up(house, MIXED, MIXED.path, approve=False)
    await house.run_until_quiet()


async def _import(house: House, content: bytes) -> None:
    clerk = house.person(MIXED.station.account("station_clerk"))
    _, etag = await clerk.look(MIXED.path)
    answer = await clerk.ask("PUT", f"{MIXED.path}/workbook", etag, content=content)
    assert answer.status_code == 200, answer.text


@pytest.fixture(scope="session")
def folder(once: Once) -> Path:
    return once("without reviews", built_by(waits_without_reviews))


@pytest.fixture
async def house(folder: Path, tmp_path: Path) -> AsyncIterator[House]:
    shutil.copytree(folder, tmp_path / "house")
    opened = House(tmp_path / "house")
    yield opened
    await opened.close()


def a_form(house: House, **other: Any) -> dict[str, Any]:
    today = house.clock.now().date().isoformat()
    return {"document_no": "机职鉴审〔2026〕7号", "reviewed_on": today, "panel": ["郑平", "冯强", "褚云"], **other}


def entries(house: House, *places: int) -> list[dict[str, Any]]:
    lines = [TECHNICIANS[place] for place in places or range(len(TECHNICIANS))]
    return [{"ticket": line.ticket, "name": line.name, **a_form(house)} for line in lines]


async def recorded(who: Person, *reviews: dict[str, Any], key: str = "k", path: str = REVIEWS) -> tuple[int, Any]:
    answer = await who.ask("POST", path, json={"reviews": list(reviews)}, headers={"Idempotency-Key": key})
    return answer.status_code, answer.json()


async def approval(house: House, account: str = APPROVER) -> tuple[int, Any]:
    approver = house.person(account)
    _, etag = await approver.look(MIXED.path)
    answer = await approver.ask("POST", f"{MIXED.path}/approval", etag)
    return answer.status_code, answer.json()


def wheres(refused: dict[str, Any]) -> list[str]:
    return [row["where"] for row in refused["errors"]]


# --- asked for at the approval ------------------------------------------------------------------------------------------


async def test_no_technician_is_approved_without_the_form_and_each_is_named(house: House) -> None:
    status, refused = await approval(house)
    assert (status, wheres(refused)) == (422, ["/lines/3", "/lines/4", "/lines/5"])
    assert TECHNICIANS[0].ticket in refused["errors"][0]["what"]
    assert "technician-reviews" in refused["detail"], "it says what to do next"
    status, done = await recorded(house.person(CLERK), *entries(house, 0, 2))
    assert (status, done["missing"], len(done["reviews"])) == (201, 1, 2)
    missing = await house.person(CLERK).get(MISSING)
    assert (missing["missing"], [one["n"] for one in missing["lines"]]) == (1, [4])
    assert wheres((await approval(house))[1]) == ["/lines/4"]
    assert (await recorded(house.person(CLERK), *entries(house), key="all"))[1]["missing"] == 0
    status, approved = await approval(house)
    assert (status, approved["state"]) == (200, "approved")
    await house.run_until_quiet()
    await books.are_right(house, MIXED)


async def test_no_reason_takes_the_place_of_the_form(house: House) -> None:
    approver = house.person(APPROVER)
    _, etag = await approver.look(MIXED.path)
    for rule in ("technician_review", "technician_review/3"):
        answer = await approver.ask("POST", f"{MIXED.path}/approval", etag, json={"exceptions": {rule: "特批"}})
        assert answer.status_code == 422
        assert wheres(answer.json()) == ["/lines/3", "/lines/4", "/lines/5"]


async def test_whoever_recorded_one_does_not_approve(house: House) -> None:
    """The same person may have both roles."""
    both = "clerk.and.approver"
    await house.seed_account(both, Role.CENTRE_CLERK, CENTRE.code, f"/{CENTRE.code}/")
    assert (await recorded(house.person(both), *entries(house, 0)))[0] == 201
    assert (await recorded(house.person(CLERK), *entries(house, 1, 2)))[0] == 201
    account = await house.stores["directory"].get("account", both)
    assert account is not None
    account.body["roles"] = [Role.CENTRE_CLERK, Role.CENTRE_APPROVER]
    await house.stores["directory"].put("account", account)
    house._accounts.pop(both)
    status, refused = await approval(house, both)
    assert (status, "须由他人办理" in refused["detail"]) == (403, True)
    assert (await approval(house))[0] == 200


async def test_another_person_with_the_same_ticket_is_not_covered(house: House) -> None:
    assert (await recorded(house.person(CLERK), *entries(house)))[1]["missing"] == 0
    await house.person(APPROVER).step(MIXED.path, "return", json={"reason": "第三行有误"})
    stranger = lines_of(Planned(DIRECT.station, 2, ((TECHNICIAN, 1),), emails=0))[0]
    who = {"id_number": stranger.id_number, "birth": stranger.birth}
    lines = [*lines_of(MIXED)[:2], TECHNICIANS[0].model_copy(update=who), *TECHNICIANS[1:]]
    await _import(house, workbook(MIXED, lines))
    await up(house, MIXED, MIXED.path, approve=False)
    assert wheres((await approval(house))[1]) == ["/lines/3"]
    status, done = await recorded(house.person(CLERK), *entries(house, 0), key="the other one")
    assert (status, done["missing"]) == (201, 0)
    assert [act["verb"] for act in done["reviews"][0]["history"]] == ["record", "record"]
    assert (await approval(house))[0] == 200


async def test_the_form_of_a_technician_makes_nobody_a_senior_technician(house: House) -> None:
    """Ticket and person stay what they were; the line was moved up by a workbook that was imported anew."""
    assert (await recorded(house.person(CLERK), *entries(house)))[1]["missing"] == 0
    await house.person(APPROVER).step(MIXED.path, "return", json={"reason": "请核对"})
    reporting = house.stores["reporting"]
    record = await reporting.get(Roster.KIND, MIXED.id)
    assert record is not None
    (item,) = [one for one in record.body["items"] if one["level"] == 2]
    record.body["items"].append({**item, "level": 1})  # as if it had been planned so
    await reporting.put(Roster.KIND, record)
    moved = TECHNICIANS[0].model_copy(update={"level": 1})
    sheets = replace(MIXED, heads=(*MIXED.heads, (replace(TECHNICIAN, level=1), 1)))
    await _import(house, workbook(sheets, [*lines_of(MIXED)[:2], *TECHNICIANS[1:], moved]))
    await up(house, MIXED, MIXED.path, approve=False)
    assert wheres((await approval(house))[1]) == ["/lines/5"]
    status, done = await recorded(house.person(CLERK), *entries(house, 0), key="for level 1")
    assert (status, done["missing"], done["reviews"][0]["level"]) == (201, 0, 1)
    assert (await approval(house))[0] == 200


async def test_lines_in_another_order_are_still_covered(house: House) -> None:
    """The form belongs to the person and the ticket, not to the row."""
    assert (await recorded(house.person(CLERK), *entries(house)))[1]["missing"] == 0
    await house.person(APPROVER).step(MIXED.path, "return", json={"reason": "顺序有误"})
    await _import(house, workbook(MIXED, [*lines_of(MIXED)[:2], *TECHNICIANS[::-1]]))
    await up(house, MIXED, MIXED.path, approve=False)
    assert (await approval(house))[0] == 200


# --- recorded -----------------------------------------------------------------------------------------------------------


async def test_every_wrong_row_is_named_and_nothing_recorded(house: House) -> None:
    one, two, three = entries(house)
    tomorrow = house.clock.now().date().replace(year=2027).isoformat()
    wrong = [
        one | {"name": "别人"},
        two | {"reviewed_on": tomorrow},
        three | {"panel": ["郑平", "冯强"]},
        one | {"ticket": lines_of(MIXED)[0].ticket},  # a fitter of level 5
        two | {"reviewed_on": "2026-01-05"},
        {**three, "ticket": "T-404", "panel": ["郑平", "郑平", "冯强", "褚云"]},
    ]
    status, refused = await recorded(house.person(CLERK), *wrong)
    assert status == 422
    assert wheres(refused) == [
        "/reviews/0/name",
        "/reviews/1/reviewed_on",
        "/reviews/2/panel",
        "/reviews/2/panel",
        "/reviews/3/ticket",
        "/reviews/4/reviewed_on",
        "/reviews/5/panel",
        "/reviews/5/panel",
        "/reviews/5/ticket",
        "/reviews/4/ticket",
    ]
    assert await everything(house.stores["reporting"], TechnicianReview.KIND) == []
    assert (await house.person(CLERK).get(REVIEWS))["items"] == []


async def test_the_same_list_again_changes_nothing_and_another_content_is_refused(house: House) -> None:
    clerk = house.person(CLERK)
    for _ in range(2):
        assert (await recorded(clerk, *entries(house, 0)))[0] == 201
    (review,) = (await clerk.get(REVIEWS))["items"]
    assert [act["verb"] for act in review["history"]] == ["record"]
    other = entries(house, 0)[0] | {"document_no": "另一文号"}
    status, refused = await recorded(clerk, other, key="other")
    assert (status, wheres(refused)) == (422, ["/reviews/0"])
    assert "PUT" in refused["errors"][0]["fix"]


@pytest.mark.parametrize("when", get_args(When))
@pytest.mark.parametrize("nth", [1, 2, 3])
async def test_a_list_that_was_cut_off_is_finished_by_the_same_request(house: House, when: When, nth: int) -> None:
    house.troubles.append(Fragile("reporting store", "add", when, nth))
    with pytest.raises(httpx.ReadError):
        await recorded(house.person(CLERK), *entries(house))
    status, done = await recorded(house.person(CLERK), *entries(house))
    assert (status, done["missing"]) == (201, 0)
    assert [[act["verb"] for act in one["history"]] for one in done["reviews"]] == [["record"]] * 3
    assert (await approval(house))[0] == 200


async def test_it_is_corrected_with_a_reason(house: House) -> None:
    clerk = house.person(CLERK)
    await recorded(clerk, *entries(house))
    path = f"{REVIEWS}/{TECHNICIANS[0].ticket}"
    seen, etag = await clerk.look(path)
    assert (seen["document_no"], seen["panel"]) == ("机职鉴审〔2026〕7号", ["郑平", "冯强", "褚云"])
    assert "person" not in seen
    changed = a_form(house, document_no="机职鉴审〔2026〕8号")
    assert (await clerk.ask("PUT", path, etag, json=changed)).status_code == 422, "no reason"
    answer = await clerk.ask("PUT", path, etag, json={**changed, "reason": "抄录有误"})
    assert (answer.status_code, answer.json()["document_no"]) == (200, "机职鉴审〔2026〕8号")
    assert [(act["verb"], act["reason"]) for act in answer.json()["history"]] == [
        ("record", ""),
        ("correct", "抄录有误"),
    ]
    assert (await clerk.ask("PUT", path, etag, json={**changed, "reason": "再"})).status_code == 412
    _, etag = await clerk.look(path)
    two = {**changed, "panel": ["郑平", "冯强"], "reason": "再"}
    assert wheres((await clerk.ask("PUT", path, etag, json=two)).json()) == ["/panel", "/panel"]
    assert (await clerk.ask("GET", f"{REVIEWS}/T-404")).status_code == 404
    assert (await approval(house))[0] == 200
    _, etag = await clerk.look(path)
    assert (await clerk.ask("PUT", path, etag, json={**changed, "reason": "迟"})).status_code == 409
    assert (await recorded(clerk, *entries(house, 0), key="late"))[0] == 409


@pytest.mark.parametrize(
    "account", [MIXED.station.account("station_clerk"), MIXED.station.account("station_head"), APPROVER]
)
async def test_who_does_not_record(house: House, account: str) -> None:
    assert (await recorded(house.person(account), *entries(house)))[0] == 403


async def test_before_the_import_there_is_nothing_to_record(house: House) -> None:
    other = Planned(DIRECT.station, 2, ((TECHNICIAN, 1),), emails=0)
    await plan_session(house, other)
    await house.run_until_quiet()
    clerk = house.person(other.station.account("station_clerk"))
    heads = dict.fromkeys(("applied", "accepted", "examined"), 1)
    await clerk.create("/reporting/rosters", {"session": other.id, "attendance": heads}, "other")
    status, refused = await recorded(house.person(CLERK), *entries(house, 0), path=f"{other.path}/technician-reviews")
    assert (status, "尚未导入" in refused["detail"]) == (422, True)


async def test_a_larger_panel_may_be_asked_for(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "house")
    house = House(tmp_path / "house", review_panel=5, review_panel_odd=False)
    status, refused = await recorded(house.person(CLERK), *entries(house, 0))
    assert (status, wheres(refused)) == (422, ["/reviews/0/panel"])
    six = entries(house, 0)[0] | {"panel": ["郑平", "冯强", "褚云", "卫国", "蒋利", "沈安"]}
    assert (await recorded(house.person(CLERK), six, key="six"))[0] == 201
    await house.close()


async def test_in_practice_the_form_is_recorded_and_asked_for_in_the_same_way(house: House) -> None:
    """And who was certified in practice is certified nowhere."""
    await register_twins(house)
    planned = practised(Planned(STATIONS[0], 7, ((TECHNICIAN, 1),), emails=0))
    crew = Crew.of(house, Planned(STATIONS[0], 7, ((TECHNICIAN, 1),), emails=0))
    await plan_practice(house, crew, planned)
    heads = dict.fromkeys(("applied", "accepted", "examined"), planned.size)
    await crew.clerk.create("/reporting/rosters", {"session": planned.id, "attendance": heads}, "practice roster")
    _, etag = await crew.clerk.look(planned.path)
    line = lines_of(MIXED)[2]  # who is a technician in the real roster too
    who = {"id_number": line.id_number, "birth": line.birth, "name": line.name}
    content = workbook(planned, [lines_of(planned)[0].model_copy(update=who)])
    assert (await crew.clerk.ask("PUT", f"{planned.path}/workbook", etag, content=content)).status_code == 200
    await crew.up(planned.path, approve=False)
    _, etag = await crew.approver.look(planned.path)
    assert (await crew.approver.ask("POST", f"{planned.path}/approval", etag)).status_code == 422
    form = {"ticket": lines_of(planned)[0].ticket, "name": line.name, **a_form(house)}
    path = f"{planned.path}/technician-reviews"
    assert (await recorded(house.person(CLERK), form, path=path))[0] == 404, "the real clerk"
    assert (await recorded(crew.centre, form, path=path))[0] == 201
    assert (await crew.approver.step(planned.path, "approval"))["state"] == "approved"
    await recorded(house.person(CLERK), *entries(house), key="real")
    assert (await approval(house))[0] == 200
