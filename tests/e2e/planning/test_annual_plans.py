"""Annual plans over HTTP, as somebody new to them would try: the wrong order, the wrong person, too little. Each refusal says
what to do next."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.world.house import House
from tests.world.seeding import APPROVER, SMALL, TURNER, WELDER, YEAR

STATION, BRANCH = SMALL.station, SMALL.branch
assert BRANCH is not None
CLERK, HEAD = STATION.account("station_clerk"), STATION.account("station_head")
OFFICER = BRANCH.account("branch_officer")
ID = f"{STATION.code}-{YEAR}"
PLAN = f"/plan/annual-plans/{ID}"


def items(turners: int, welders: int = 0) -> list[dict[str, Any]]:
    found = [{"occupation": TURNER.occupation, "level": TURNER.level, "heads": turners}]
    return found + ([{"occupation": WELDER.occupation, "level": WELDER.level, "heads": welders}] if welders else [])


async def draft(house: House, heads: int = 60) -> dict[str, Any]:
    content = {"year": YEAR, "items": items(heads, 20)}
    return await house.person(CLERK).create("/plan/annual-plans", content, f"annual {heads}")


async def steps(house: House, *verbs: str) -> dict[str, Any]:
    who = {"submission": HEAD, "endorsement": OFFICER, "approval": APPROVER, "withdrawal": HEAD, "discarding": CLERK}
    for verb in verbs:
        plan = await house.person(who[verb]).step(PLAN, verb)
    return plan


async def approved(house: House) -> dict[str, Any]:
    await draft(house)
    return await steps(house, "submission", "endorsement", "approval")


async def tried(house: House, account: str, verb: str, **content: Any) -> httpx.Response:
    person = house.person(account)
    seen = await person.ask("GET", PLAN)
    method, path = ("PUT", PLAN) if verb == "PUT" else ("POST", f"{PLAN}/{verb}")
    return await person.ask(method, path, seen.headers["ETag"], **content)


def amendment(turners: int, welders: int = 20) -> dict[str, Any]:
    return {"json": {"items": items(turners, welders), "reason": "新增订单 · more orders"}}


async def test_an_approved_plan_is_changed_by_an_amendment(bare_house: House) -> None:
    house = bare_house
    await approved(house)
    refused = await tried(house, CLERK, "PUT", json={"items": items(90, 20)})
    assert refused.status_code == 409
    assert "amendment" in refused.json()["detail"], "what to do instead"
    answer = await tried(house, CLERK, "amendment", **amendment(90))
    assert answer.status_code == 200, answer.text
    begun = answer.json()
    assert (begun["state"], begun["number"], begun["amended_because"]) == ("draft", 2, "新增订单 · more orders")
    assert ([one["heads"] for one in begun["items"]], [one["heads"] for one in begun["in_force"]]) == (
        [90, 20],
        [60, 20],
    )
    await steps(house, "submission", "endorsement", "approval")
    shown = await house.person(OFFICER).get(PLAN)
    assert [one["heads"] for one in shown["in_force"]] == [90, 20]
    kept = [(one["number"], one["items"][0]["heads"], one["reason"], one["approved_by"]) for one in shown["versions"]]
    assert kept == [(1, 60, "", APPROVER), (2, 90, "新增订单 · more orders", APPROVER)]
    assert shown["versions"][0]["approved_at"] <= shown["versions"][1]["approved_at"]


async def test_an_amendment_that_is_given_up_leaves_what_was_approved(bare_house: House) -> None:
    house = bare_house
    await approved(house)
    await tried(house, CLERK, "amendment", **amendment(90))
    await steps(house, "submission", "withdrawal", "discarding")
    shown = await house.person(CLERK).get(PLAN)
    assert (shown["state"], shown["number"], [one["heads"] for one in shown["items"]]) == ("approved", 1, [60, 20])
    assert (shown["submitted_by"], shown["endorsed_by"], len(shown["versions"])) == (HEAD, OFFICER, 1)
    assert [act["verb"] for act in shown["history"]][-4:] == ["amend", "submit", "withdraw", "discard"]


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ({"items": items(90)}, "/reason"),
        ({"items": items(90), "reason": " "}, "/reason"),
        ({"reason": "增加人数"}, "/items"),
        ({"items": [], "reason": "增加人数"}, "/items"),
        ({"items": items(0), "reason": "增加人数"}, "/items/0/heads"),
        ({"items": items(90), "reason": "增加人数", "year": 2027}, "/year"),
    ],
)
async def test_an_amendment_says_what_and_why(bare_house: House, content: dict[str, Any], where: str) -> None:
    await approved(bare_house)
    answer = await tried(bare_house, CLERK, "amendment", json=content)
    assert answer.status_code == 422
    assert where in [error["where"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("before", "account", "verb", "status", "hint"),
    [
        ((), CLERK, "amendment", 409, "is revised as it is"),
        ((), CLERK, "withdrawal", 409, "give the draft up"),
        ((), OFFICER, "endorsement", 409, "submit it first"),
        ((), APPROVER, "approval", 409, "submit it first"),
        (("submission",), CLERK, "withdrawal", 403, "ask for a return"),
        (("submission",), CLERK, "discarding", 409, "may withdraw it"),
        (("submission",), HEAD, "endorsement", 403, "分中心工作人员"),
        (("submission",), APPROVER, "approval", 409, "has to endorse it first"),
        (("submission", "endorsement"), HEAD, "withdrawal", 403, "应由分中心"),
        (("submission", "endorsement"), OFFICER, "endorsement", 409, "the Centre's turn"),
        (("submission", "endorsement", "approval"), HEAD, "withdrawal", 409, "amend it"),
        (("submission", "endorsement", "approval"), CLERK, "discarding", 409, "amend it"),
        (("submission", "endorsement", "approval"), OFFICER, "amendment", 403, "应由鉴定站"),
        (("submission", "endorsement", "approval"), APPROVER, "amendment", 403, "鉴定站经办人"),
        (("discarding",), HEAD, "submission", 409, "drafted in its place"),
    ],
)
async def test_every_refusal_says_what_to_do(
    bare_house: House, before: tuple[str, ...], account: str, verb: str, status: int, hint: str
) -> None:
    await draft(bare_house)
    if before:
        await steps(bare_house, *before)
    answer = await tried(bare_house, account, verb, **(amendment(90) if verb == "amendment" else {}))
    assert answer.status_code == status, answer.text
    assert hint in answer.json()["detail"]


async def test_a_plan_that_was_given_up_is_drafted_again(bare_house: House) -> None:
    house = bare_house
    await draft(house)
    await steps(house, "discarding")
    again = await draft(house, 70)
    assert (again["state"], again["items"][0]["heads"]) == ("draft", 70)
    refused = await house.person(HEAD).ask(
        "POST",
        "/plan/annual-plans",
        json={"year": YEAR, "items": items(80)},
        headers={"Idempotency-Key": "another"},
    )
    assert (refused.status_code, refused.headers["Location"]) == (409, PLAN)


async def test_a_plan_after_its_day_is_late_for_good(bare_house: House) -> None:
    """The house's clock stands at 3 April; the plan of the next year has time until 28 February."""
    house = bare_house
    drafted = await draft(house)
    assert (drafted["late"], drafted["handed_in_on"]) == (False, None)
    assert (await steps(house, "submission"))["late"] is True
    taken_back = await steps(house, "withdrawal")
    assert (taken_back["late"], taken_back["handed_in_on"]) == (True, None)
    in_the_end = await steps(house, "submission", "endorsement", "approval")
    assert (in_the_end["late"], in_the_end["handed_in_on"]) == (True, "2026-04-03")
    next_year = {"year": YEAR + 1, "items": items(60)}
    made = await house.person(CLERK).create("/plan/annual-plans", next_year, "next")
    in_time = await house.person(HEAD).step(f"/plan/annual-plans/{made['id']}", "submission")
    assert (in_time["late"], in_time["handed_in_on"]) == (False, "2026-04-03")


async def test_what_is_left_is_shown(house: House) -> None:
    """In the seeded house sessions have taken some of every station's plan."""
    shown = await house.person(CLERK).get(PLAN)
    rows = {(row["occupation"], row["level"]): row for row in shown["balance"]}
    turners = rows[TURNER.occupation, TURNER.level]
    assert (turners["planned"], turners["taken"], turners["left"]) == (20_000, 6, 19_994)
    assert rows[WELDER.occupation, WELDER.level]["taken"] == 1
    assert [(row["occupation"], row["level"]) for row in shown["balance"]] == [
        (one["occupation"], one["level"]) for one in shown["in_force"]
    ]
    answer = await tried(house, CLERK, "amendment", json={"items": items(5, 1), "reason": "减少人数"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["where"] == "/items/0"
    assert "6" in error["what"]
    assert "withdraw or cancel session plans" in error["fix"]


async def test_sessions_go_by_the_version_in_force(bare_house: House) -> None:
    """An amendment under way neither bars the sessions of what is approved, nor gives them what is not."""
    house = bare_house
    await approved(house)
    await tried(house, CLERK, "amendment", json={"items": items(90), "reason": "不再鉴定焊工"})
    await steps(house, "submission")

    def session(number: int, planned: dict[str, Any]) -> dict[str, Any]:
        held = {"held_on": f"{YEAR}-06-20", "place": "示例考场", "in_charge": "吴刚"}
        return {"year": YEAR, "number": number, **held, "items": [{**planned, "paper_sets": 3}]}

    welders = items(1, 20)[1]
    clerk = house.person(CLERK)
    made = await clerk.create("/plan/session-plans", session(1, welders), "session")
    assert made["state"] == "draft"
    await house.person(HEAD).step(f"/plan/session-plans/{made['id']}", "submission")
    answer = await tried(house, OFFICER, "endorsement")
    assert answer.status_code == 422, "they are taken since"
    assert "焊工" in answer.json()["errors"][0]["what"]


# --- of the release before --------------------------------------------------------------------------------------------

STORE = Path(__file__).parents[2] / "stores" / "under-way.json"
ENDORSED, DRAFTED, APPROVED = "49053013-2027", "49063021-2026", "49053012-2026"


@pytest.fixture
async def of_before(tmp_path: Path) -> AsyncIterator[House]:
    """A house that opens what the release before left under way."""
    house = House(tmp_path / "house")
    written = json.loads(STORE.read_text(encoding="utf-8"))
    for service, store in house.stores.items():
        await store.prepare()
        with closing(sqlite3.connect(tmp_path / "house" / "data" / f"{service}.sqlite")) as file, file:
            file.executemany(
                "INSERT INTO document (kind, id, version, facts, body) VALUES (:kind, :id, :version, :facts, :body)",
                [{**row, "body": json.dumps(row["body"], ensure_ascii=False)} for row in written.get(service, [])],
            )
    await house.seed_machines()
    yield house
    await house.close()


async def test_what_the_release_before_left_on_its_way_is_finished(of_before: House) -> None:
    house = of_before
    approver = house.person("demo.49000001.centre-approver")
    finished = await approver.step(f"/plan/annual-plans/{ENDORSED}", "approval")
    assert (finished["state"], finished["in_force"], finished["late"]) == ("approved", finished["items"], False)
    path = f"/plan/annual-plans/{DRAFTED}"
    await house.person("demo.49063021.station-head").step(path, "submission")
    await house.person("demo.49060001.branch-officer").step(path, "endorsement")
    finished = await approver.step(path, "approval")
    assert (finished["state"], finished["late"], finished["handed_in_on"]) == ("approved", True, "2026-04-03")


async def test_what_the_release_before_approved_has_its_version_and_is_amended(of_before: House) -> None:
    house = of_before
    path = f"/plan/annual-plans/{APPROVED}"
    clerk = house.person("demo.49053012.station-clerk")
    shown = await clerk.get(path)
    (first,) = shown["versions"]
    assert (first["number"], first["items"], first["reason"]) == (1, shown["items"], "")
    assert (first["approved_by"], first["endorsed_by"]) == (
        "demo.49000001.centre-approver",
        "demo.49050001.branch-officer",
    )
    turners = next(row for row in shown["balance"] if (row["occupation"], row["level"]) == ("6-04-01-01", 4))
    assert turners["taken"] > 0
    less = {"items": items(turners["taken"] - 1), "reason": "减少人数"}
    _, etag = await clerk.look(path)
    answer = await clerk.ask("POST", f"{path}/amendment", etag, json=less)
    assert answer.status_code == 422, "what was approved keeps what it took"
    more = [{name: one[name] for name in ("occupation", "level", "heads")} for one in shown["items"]]
    more[0]["heads"] += 1
    amended = await clerk.step(path, "amendment", json={"items": more, "reason": "增加人数"})
    assert (amended["number"], amended["in_force"]) == (2, shown["items"])
    assert datetime.fromisoformat(first["approved_at"]) == datetime.fromisoformat(shown["history"][-1]["at"])
