"""The roster: opened, form 6 imported, handed in, endorsed; technicians' forms recorded; approved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from services.bench.rows.by_pages.person import XLSX, Person
from services.bench.rows.by_pages.planning import approve, up
from services.bench.rows.by_pages.road import STATION, Road
from services.demo.cast import PANEL
from services.demo.play import Session, write_workbook
from shared.contracts.reporting import RosterLine
from shared.trade.roles import Role
from shared.words import Pair

ROSTER: Final[Pair] = ("名册", "roster")
CONFIRM: Final = "已逐处核对，确认更正并导入"


async def roster(road: Road, id: str) -> list[RosterLine]:
    """Who passed; their roster is approved."""
    lines = _examined(road, id)
    async with road.turn(ROSTER, Role.STATION_CLERK) as clerk:
        await clerk.from_menu("鉴定计划", id)
        await clerk.press("建立名册")
        for label in ("报名人数", "资格审查通过人数", "实考人数"):
            await clerk.type(label, str(road.heads))
        await clerk.do("建立名册")
        await clerk.must_fetch(clerk.page.get_by_role("link", name="下载模板", exact=True), XLSX)
        await _import(road, clerk, id, lines)
    await up(road, ROSTER, id)
    technicians = {line.ticket: line for line in lines if line.level <= 2}
    if technicians:
        async with road.turn(ROSTER, Role.CENTRE_CLERK) as recorder:
            await recorder.from_menu("名册", id)
            await recorder.press("登记审批表")
            await recorder.press("登记审批表")
            await _record(recorder, technicians, road.today.isoformat())
    await approve(road, ROSTER, id)
    return lines


def _examined(road: Road, id: str) -> list[RosterLine]:
    employer = f"{STATION.name_zh.removesuffix('鉴定站')}有限公司"
    return [
        line
        for item, count in road.items
        for _ in range(count)
        if (line := road.people.candidate(STATION, id, item, employer))
    ]


async def _import(road: Road, clerk: Person, id: str, lines: Sequence[RosterLine]) -> None:
    """Checked first. One number is read otherwise than it is typed, which the clerk confirms with the import. Without a script
    the file is chosen once more for that."""
    file = road.folder / f"{id}.xlsx"
    oldest = min(lines, key=lambda line: line.birth)
    typed = [_with_an_old_card(line) if line is oldest else line for line in lines]
    await asyncio.to_thread(write_workbook, file, Session(STATION, id, road.heads, road.today, typed))
    await clerk.press("导入")
    await clerk.choose_file("填好的附表六", file)
    found = clerk.page.locator("#found")
    if clerk.script:
        await clerk.tap("检查")
        await found.locator(".said").first.wait_for()
    else:
        await clerk.press("检查")
        await clerk.choose_file("填好的附表六", file)
    go_on = found.get_by_role("button", name=CONFIRM, exact=True)
    if not await go_on.count():
        raise await clerk.stuck("form 6 is refused, or nothing is to be confirmed")
    await clerk.follow(go_on)
    await clerk.must_be_done()


def _with_an_old_card(line: RosterLine) -> RosterLine:
    """The number of cards of the first generation has fifteen digits: it is read as eighteen, and somebody confirms that."""
    return line.model_copy(update={"id_number": line.id_number[:6] + line.id_number[8:17]})


async def _record(clerk: Person, technicians: dict[str, RosterLine], day: str) -> None:
    """The ticket stands there. Number, day and panel of the second are as in the line above where they stay empty."""
    tickets = clerk.page.locator("main input[name^='ticket.']")
    for n in range(1, await tickets.count() + 1):
        line = technicians[await tickets.nth(n - 1).input_value()]
        await clerk.type(f"姓名 {n}", line.name)
        await clerk.type(f"文号 {n}", f"机职鉴审〔{day[:4]}〕{line.ticket}")
        if n == 1:
            await clerk.type(f"审批日期 {n}", day)
            await clerk.type(f"评委 {n}", "、".join(PANEL))
    await clerk.do("登记")
