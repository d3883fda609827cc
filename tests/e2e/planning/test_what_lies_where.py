"""What pages and branch software need to know before they open a document: how many there are in each state, on whose desk one
lies, what the Centre would have to let through, and what may be done with it besides its way up."""

from __future__ import annotations

from typing import Any

from tests.world.house import House
from tests.world.seeding import APPROVER, CLERK, HELD_ON, SMALL, TURNER, YEAR

STATION, BRANCH = SMALL.station, SMALL.branch
assert BRANCH is not None
MAKER, HEAD = STATION.account("station_clerk"), STATION.account("station_head")
OFFICER = BRANCH.account("branch_officer")
ANNUAL, SESSIONS = "/plan/annual-plans", "/plan/session-plans"
ITEM = {"occupation": TURNER.occupation, "level": TURNER.level, "heads": 60}


async def annual_plan(house: House, year: int = YEAR, heads: int = 60, *, until: str = "approval") -> str:
    content = {"year": year, "items": [{**ITEM, "heads": heads}]}
    made = await house.person(MAKER).create(ANNUAL, content, f"annual {year}")
    await led(house, f"{ANNUAL}/{made['id']}", until)
    return str(made["id"])


async def led(house: House, address: str, until: str) -> None:
    for verb, account in (("submission", HEAD), ("endorsement", OFFICER), ("approval", APPROVER)):
        await house.person(account).step(address, verb)
        if verb == until:
            break


async def session_plan(house: House, number: int, heads: int = 10, **more: Any) -> str:
    content = {
        "year": YEAR,
        "number": number,
        "held_on": str(HELD_ON),
        "place": "第一考场",
        "in_charge": "吴刚",
        "items": [{**ITEM, "heads": heads, "paper_sets": 3}],
        **more,
    }
    return str((await house.person(MAKER).create(SESSIONS, content, f"session {number}"))["id"])


async def counts(house: House, account: str, address: str) -> dict[str, int]:
    found = await house.person(account).get(f"{address}/counts")
    assert set(found) == {"states"}
    return {state: n for state, n in found["states"].items() if n}


async def test_each_office_counts_what_stands_below_it(bare_house: House) -> None:
    await annual_plan(bare_house)
    await annual_plan(bare_house, YEAR + 1, until="submission")
    for account in (MAKER, OFFICER, APPROVER):
        assert await counts(bare_house, account, ANNUAL) == {"approved": 1, "submitted": 1}
    elsewhere = "demo.49060001.branch-officer"
    assert await counts(bare_house, elsewhere, ANNUAL) == {}
    assert await counts(bare_house, MAKER, SESSIONS) == {}
    assert await counts(bare_house, APPROVER, "/reporting/rosters") == {}
    all_states = (await bare_house.person(MAKER).get(f"{ANNUAL}/counts"))["states"]
    assert set(all_states) == {"draft", "submitted", "endorsed", "approved", "returned", "discarded"}


async def test_a_form_says_on_whose_desk_it_lies(bare_house: House) -> None:
    id = await annual_plan(bare_house, until="submission")
    desks = []
    for verb, account in (("", HEAD), ("endorsement", OFFICER), ("approval", APPROVER)):
        if verb:
            await bare_house.person(account).step(f"{ANNUAL}/{id}", verb)
        (listed,) = (await bare_house.person(APPROVER).get(ANNUAL))["items"]
        desks.append(listed["at_desk"])
    assert desks == [BRANCH.code, BRANCH.parent, STATION.code]


async def test_a_plan_is_shown_beside_that_of_the_year_before(bare_house: House) -> None:
    first = await annual_plan(bare_house, heads=60)
    second = await annual_plan(bare_house, YEAR + 1, 90, until="submission")
    listed = {one["id"]: one["heads_last_year"] for one in (await bare_house.person(OFFICER).get(ANNUAL))["items"]}
    assert listed == {first: None, second: 60}
    assert (await bare_house.person(OFFICER).get(f"{ANNUAL}/{second}"))["heads_last_year"] == 60


async def test_a_plan_that_was_never_approved_is_nothing_to_compare_with(bare_house: House) -> None:
    await annual_plan(bare_house, until="submission")
    second = await annual_plan(bare_house, YEAR + 1, until="submission")
    assert (await bare_house.person(OFFICER).get(f"{ANNUAL}/{second}"))["heads_last_year"] is None


async def test_a_list_looks_up_what_needs_a_reason_when_it_is_asked_to(bare_house: House) -> None:
    await annual_plan(bare_house)
    for number in (1, 2):
        id = await session_plan(bare_house, number, 40)
    await led(bare_house, f"{SESSIONS}/{id}", "submission")
    officer = bare_house.person(OFFICER)
    plain = (await officer.get(SESSIONS))["items"]
    assert [one["needs"] for one in plain] == [None, None]
    elsewhere, mine = (await officer.get(f"{SESSIONS}?with_needs=true"))["items"]
    assert elsewhere["needs"] is None, "it lies on another desk"
    assert [one["rule"] for one in mine["needs"]] == ["lead_time"]
    await led(bare_house, f"{SESSIONS}/{elsewhere['id']}", "submission")
    for one in (await officer.get(f"{SESSIONS}?with_needs=true"))["items"]:
        assert [need["rule"].partition("/")[0] for need in one["needs"]] == ["lead_time", "beyond_annual_plan"]
        assert one["needs"] == (await officer.get(f"{SESSIONS}/{one['id']}"))["needs"], "as it says when it is opened"


async def test_what_may_become_of_an_approved_session_stands_among_its_steps(bare_house: House) -> None:
    await annual_plan(bare_house)
    id = await session_plan(bare_house, 1)

    async def besides(account: str) -> dict[str, tuple[bool, str]]:
        steps = await bare_house.person(account).get(f"{SESSIONS}/{id}/steps")
        return {one["verb"]: (one["may"], one["why"]) for one in steps if one["verb"] in ("postpone", "cancel", "draw")}

    early = await besides(CLERK)
    assert {verb: may for verb, (may, _) in early.items()} == {"postpone": False, "cancel": False, "draw": False}
    assert "批准后再抽题" in early["draw"][1]
    await led(bare_house, f"{SESSIONS}/{id}", "endorsement")
    exceptions = {"exceptions": {"lead_time": "设备检修后补考"}}
    await bare_house.person(APPROVER).step(f"{SESSIONS}/{id}", "approval", json=exceptions)
    may = {who: {verb for verb, (may, _) in (await besides(who)).items() if may} for who in (HEAD, CLERK, APPROVER)}
    assert may == {HEAD: {"cancel"}, CLERK: {"draw"}, APPROVER: {"postpone", "cancel", "draw"}}
    assert (await besides(MAKER))["cancel"][1], "why not"


async def test_papers_of_a_bank_are_not_drawn(bare_house: House) -> None:
    await annual_plan(bare_house)
    id = await session_plan(bare_house, 1, paper_source="national_bank")
    await led(bare_house, f"{SESSIONS}/{id}", "endorsement")
    exceptions = {"exceptions": {"lead_time": "设备检修后补考"}}
    await bare_house.person(APPROVER).step(f"{SESSIONS}/{id}", "approval", json=exceptions)
    steps = await bare_house.person(CLERK).get(f"{SESSIONS}/{id}/steps")
    (draw,) = (one for one in steps if one["verb"] == "draw")
    assert not draw["may"] and "题库试卷无须抽题" in draw["why"]
