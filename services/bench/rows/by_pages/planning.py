"""Annual plan and session plan: typed by the station's clerk, handed in by its head, endorsed, approved; papers are drawn."""

from __future__ import annotations

from typing import Final

from services.bench.rows.by_pages.person import Person
from services.bench.rows.by_pages.road import STATION, Road
from services.demo.cast import OFFICERS, Item
from services.demo.play import PAPER_SETS
from shared.trade.roles import Role
from shared.words import Pair

ANNUAL_PLAN: Final[Pair] = ("年度计划", "annual plan")
SESSION_PLAN: Final[Pair] = ("鉴定计划与抽题", "session plan and draw of papers")
PLANNED = 20_000
"""Heads of an annual plan: further roads of the same year have room."""


async def annual_plan(road: Road) -> None:
    """One that is there from an earlier road is used as it is."""
    id = f"{STATION.code}-{road.today.year}"
    async with road.turn(ANNUAL_PLAN, Role.STATION_CLERK) as clerk:
        await clerk.press("年度计划", "nav")
        if await clerk.page.locator("main").get_by_role("link", name=id, exact=True).count():
            return
        await clerk.press("编制年度计划")
        for n, (item, _) in enumerate(road.items, 1):
            await _type_item(clerk, n, item, PLANNED)
        await clerk.do("保存")
    await up(road, ANNUAL_PLAN, id)
    await approve(road, ANNUAL_PLAN, id)


async def session_plan(road: Road) -> str:
    """The session, approved, with its papers drawn."""
    async with road.turn(SESSION_PLAN, Role.STATION_CLERK) as clerk:
        await clerk.press("鉴定计划", "nav")
        await clerk.press("编制鉴定计划")
        await clerk.type("鉴定日期", road.today.isoformat())
        await clerk.type("鉴定地点", "示例考场")
        await clerk.type("考务负责人", OFFICERS["station_head"])
        for n, (item, heads) in enumerate(road.items, 1):
            await _type_item(clerk, n, item, heads)
            await clerk.type(f"自编试卷套数，第 {n} 行", str(PAPER_SETS))
        await clerk.do("保存")
        id = clerk.at.rpartition("/")[2]
    await up(road, SESSION_PLAN, id)
    await approve(road, SESSION_PLAN, id)
    async with road.turn(SESSION_PLAN, Role.CENTRE_CLERK) as drawer:
        await drawer.from_menu("鉴定计划", id)
        await drawer.press("记录抽题")
        for field in await drawer.page.locator("main input[name^='set.']").all():
            await drawer.fill(field, "1")
        await drawer.type("监督人", OFFICERS["auditor"])
        await drawer.do("记录抽题")
    return id


async def _type_item(clerk: Person, n: int, item: Item, heads: int) -> None:
    await clerk.choose(f"职业，第 {n} 行", item.occupation)
    await clerk.choose(f"等级，第 {n} 行", str(item.level))
    await clerk.type(f"人数，第 {n} 行", str(heads))


async def up(road: Road, part: Pair, id: str) -> None:
    """Both find it on their desk."""
    async with road.turn(part, Role.STATION_HEAD) as head:
        await head.from_desk(id)
        await head.do("呈报")
    async with road.turn(part, Role.BRANCH_OFFICER) as officer:
        await officer.from_desk(id)
        await officer.do("审核同意")


async def approve(road: Road, part: Pair, id: str) -> None:
    async with road.turn(part, Role.CENTRE_APPROVER) as approver:
        await approver.from_menu("批量审批", id)
        await approver.let_through()
