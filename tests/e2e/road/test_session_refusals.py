"""A session plan gone through over HTTP as somebody new would, with the wrong order, the wrong day and the wrong person at every
step: each refusal names what is wrong and what to do next."""

from __future__ import annotations

from typing import Any

import httpx

from tests.world.house import House, Person
from tests.world.seeding import APPROVER, CLERK, SMALL, TURNER, YEAR, up

STATION_CLERK, HEAD = (SMALL.station.account(role) for role in ("station_clerk", "station_head"))
assert SMALL.branch is not None
OFFICER = SMALL.branch.account("branch_officer")
ID = SMALL.id
PLAN = f"/plan/session-plans/{ID}"
ITEM = {"occupation": TURNER.occupation, "level": TURNER.level}
ENTRY: dict[str, Any] = {
    "held_on": f"{YEAR}-05-20",
    "place": "一号车间",
    "in_charge": "吴刚",
    "items": [{**ITEM, "heads": 10, "paper_sets": 3}],
}
DRAW = {"sets": [{**ITEM, "set": 2}], "witness": "何监督"}


class Walk:
    def __init__(self, house: House) -> None:
        self._house = house

    def person(self, account: str) -> Person:
        return self._house.person(account)

    async def ask(self, account: str, verb: str, content: dict[str, Any] | None = None) -> httpx.Response:
        _, etag = await self.person(APPROVER).look(PLAN)
        more = {} if content is None else {"json": content}
        return await self.person(account).ask("POST", f"{PLAN}/{verb}", etag, **more)

    async def draft(self, account: str, **more: Any) -> httpx.Response:
        content = {**ENTRY, "year": YEAR, "number": SMALL.number, **more}
        headers = {"Idempotency-Key": f"{account} {more!a}"}
        return await self.person(account).ask("POST", "/plan/session-plans", json=content, headers=headers)

    async def revise(self, account: str, **more: Any) -> httpx.Response:
        _, etag = await self.person(APPROVER).look(PLAN)
        return await self.person(account).ask("PUT", PLAN, etag, json={**ENTRY, **more})


def says(answer: httpx.Response, status: int, *words: str) -> None:
    """The refusal, in Chinese and in English, with everything that a reader needs."""
    assert answer.status_code == status, answer.text
    problem = answer.json()
    told = " ".join(
        [problem["detail"], *(f"{one['what']} → {one.get('fix', '')}" for one in problem.get("errors", ()))]
    )
    assert " · " in told, told
    for word in words:
        assert word in told, told
    if status == 422:
        assert all(one.get("fix") for one in problem["errors"]), told


async def test_a_new_user_goes_through_a_session_plan(bare_house: House) -> None:
    house = bare_house
    walk = Walk(house)

    # Form 2 before form 1, or before it is approved; by the wrong person; for the wrong day.
    says(await walk.draft(CLERK), 403, "鉴定站经办人、鉴定站负责人")
    says(await walk.draft(STATION_CLERK), 422, "没有已批准的 2026 年度计划", "have the Centre approve it first")
    annual = {"year": YEAR, "items": [{**ITEM, "heads": 20}]}
    made = await walk.person(STATION_CLERK).create("/plan/annual-plans", annual, "annual")
    says(await walk.draft(STATION_CLERK), 422, "没有已批准的 2026 年度计划")
    await up(house, SMALL, f"/plan/annual-plans/{made['id']}", approve=True)
    says(
        await walk.draft(STATION_CLERK, held_on="2026-04-02"),
        422,
        "鉴定日期 2026-04-02 已过",
        "set a day from 2026-04-03",
    )
    says(await walk.draft(STATION_CLERK, held_on="2027-01-10"), 422, "不在 2026 年", "2026-01-01 – 2026-12-31")
    says(await walk.draft(STATION_CLERK, standard="unapproved"), 422, "未经批准的标准", "改用国家标准")
    other = [{"occupation": "6-04-02-05", "level": 3, "heads": 1}]
    says(await walk.draft(STATION_CLERK, items=other), 422, "不在年度计划中", "amendment")
    entry = {"held_on": "2026-04-20", "items": [{**ITEM, "heads": 21, "paper_sets": 2}]}
    drafted = await walk.draft(STATION_CLERK, **entry)
    assert drafted.status_code == 201
    assert [one["rule"] for one in drafted.json()["needs"]] == [
        "lead_time",
        f"beyond_annual_plan/{TURNER.occupation}/{TURNER.level}",
        "paper_sets",
    ], "what the approval will need is shown from the first"
    says(await walk.draft(STATION_CLERK, place="另一考场"), 409, "已存在")

    # The wrong order and the wrong person on the way up.
    says(await walk.ask(OFFICER, "endorsement"), 409, "先由编制机构呈报", "has to submit it first")
    says(await walk.ask(APPROVER, "approval"), 409, "先由编制机构呈报")
    says(await walk.ask(CLERK, "draw", DRAW), 409, "批准后再抽题")
    says(await walk.ask(OFFICER, "submission"), 403, f"应由鉴定站 {SMALL.station.code} 办理")
    await walk.person(HEAD).step(PLAN, "submission")
    says(await walk.revise(STATION_CLERK), 409, "由呈报人撤回")
    says(await walk.ask(APPROVER, "approval"), 409)
    says(await walk.ask(HEAD, "endorsement"), 403, "分中心工作人员")
    says(await walk.ask(STATION_CLERK, "withdrawal"), 403, "只能由原办理人撤回")
    await walk.person(OFFICER).step(PLAN, "endorsement")
    says(await walk.ask(OFFICER, "approval"), 403, "中心审批人")
    says(await walk.ask(CLERK, "approval"), 403, "中心审批人")
    says(
        await walk.ask(APPROVER, "approval"),
        422,
        "距鉴定日期 2026-04-20 只有 17 天，应提前 30 天",
        "年度计划 20 人，其他批次已用 0 人，尚余 20 人",
        "自编试卷一般不少于 3 套",
        "在 `exceptions` 中写 `lead_time`",
    )
    says(await walk.ask(HEAD, "cancellation", {"reason": "不办了"}), 409)

    # Better within the rules: back to the body, another day, within what is left.
    for reviewer in (APPROVER, OFFICER):
        await walk.person(reviewer).step(PLAN, "return", json={"reason": "按计划人数和提前期修改"})
    assert (await walk.revise(STATION_CLERK)).json()["needs"] == []
    await walk.person(HEAD).step(PLAN, "submission")
    await walk.person(OFFICER).step(PLAN, "endorsement")
    says(await walk.ask(APPROVER, "approval", {"exceptions": {"lead_time": "x"}}), 422, "此项无须特批", "leave it out")
    await walk.person(APPROVER).step(PLAN, "approval")

    # Of the approved one: changed, drawn, put off and cancelled by the wrong person, for the wrong day.
    says(await walk.revise(STATION_CLERK), 409, "postponement", "cancellation")
    says(await walk.ask(HEAD, "draw", DRAW), 403, "中心经办人、中心审批人")
    says(await walk.ask(CLERK, "draw", {**DRAW, "witness": "钱文"}), 422, "监督人与抽取人为同一人", "由他人监督")
    says(await walk.ask(CLERK, "draw", {**DRAW, "sets": [{**ITEM, "set": 4}]}), 422, "该项只有 3 套")
    await walk.person(CLERK).step(PLAN, "draw", json=DRAW)
    says(await walk.ask(CLERK, "draw", DRAW), 422, "写明理由")
    for account in (HEAD, OFFICER, STATION_CLERK):
        assert (await walk.person(account).get(PLAN))["draws"][0]["sets"] is None
    (listed,) = await walk.person(HEAD).everything("/plan/session-plans")
    assert (listed["draws"][0]["sets"], listed["needs"]) == (None, None)
    assert (await walk.person(CLERK).get(PLAN))["draws"][0]["sets"] == DRAW["sets"]
    to = {"held_on": "2026-06-01", "reason": "台风"}
    says(await walk.ask(CLERK, "postponement", to), 403, "中心审批人")
    says(await walk.ask(APPROVER, "postponement", {**to, "held_on": "2026-04-01"}), 422, "已过")
    says(await walk.ask(APPROVER, "postponement", {**to, "held_on": "2027-06-01"}), 422, "不在 2026 年")
    says(await walk.ask(APPROVER, "postponement", {**to, "held_on": ENTRY["held_on"]}), 422, "另定日期")
    says(await walk.ask(STATION_CLERK, "cancellation", {"reason": "不办了"}), 403, "鉴定站负责人")
    says(await walk.ask(OFFICER, "cancellation", {"reason": "不办了"}), 403, f"应由鉴定站 {SMALL.station.code} 办理")
    stale = await walk.person(APPROVER).ask("POST", f"{PLAN}/postponement", 1, json=to)
    assert stale.status_code == 412

    # Held and reported: nothing about it changes any more.
    house.clock.advance(47 * 86_400)
    assert (await walk.person(HEAD).get(PLAN))["draws"][0]["sets"] == DRAW["sets"], "the day has come"
    (draw,) = (one for one in await walk.person(CLERK).get(f"{PLAN}/steps") if one["verb"] == "draw")
    assert not draw["may"] and "鉴定当日起不得重新抽题" in draw["why"], "said before somebody tries"
    says(await walk.ask(CLERK, "draw", {**DRAW, "reason": "再抽"}), 422, "鉴定当日起不得重新抽题")
