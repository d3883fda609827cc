"""Certificates: drawn, printed, posted with a scanner, counted at the station, looked up by an employer, read by the auditor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from services.bench.rows.by_pages.person import PDF, Person
from services.bench.rows.by_pages.road import Road
from shared.contracts.reporting import RosterLine
from shared.trade.roles import Role
from shared.words import Pair

PRINTING: Final[Pair] = ("制作与打印", "production and printing")
POSTING: Final[Pair] = ("寄发", "posting")
RECEIPT: Final[Pair] = ("清点收件与附表六", "receipt and form 6")
LOOK_UP: Final[Pair] = ("查询证书", "verification")
READING: Final[Pair] = ("查阅办理记录", "reading what was done")
PRODUCTION: Final = "制作与寄发"
PARCEL: Final = "EA490000015CN"
MOST_LOOKS: Final = 120
PATIENCE_MS: Final = 180_000


async def printing(road: Road, id: str) -> None:
    async with road.turn(PRINTING, Role.BRANCH_OFFICER) as printer:
        await printer.press(PRODUCTION, "nav")
        await _until_listed(road, printer, id)
        await printer.open(id)
        if await printer.page.locator("#progress[hx-get]").count():
            go_on = printer.page.get_by_role("link", name="继续办理", exact=True)
            await go_on.wait_for(timeout=PATIENCE_MS)
            await printer.follow(go_on)
        for link in await printer.page.locator("#progress table a").all():
            await printer.must_fetch(link, PDF)


async def _until_listed(road: Road, person: Person, id: str) -> None:
    """The approval may still be on its way there: who does not see it looks again."""
    link = person.page.locator("main").get_by_role("link", name=id, exact=True)
    for _ in range(MOST_LOOKS):
        if await link.count():
            return
        await road.meanwhile()
        await person.press(PRODUCTION, "nav")
    raise await person.stuck(f"{id} is not listed")


async def posting(road: Road, id: str) -> None:
    async with road.turn(POSTING, Role.BRANCH_OFFICER) as poster:
        await poster.from_menu(PRODUCTION, id)
        await poster.scan(PARCEL)
        await poster.must_be_done()


async def receipt(road: Road, id: str, certificates: int) -> None:
    async with road.turn(RECEIPT, Role.STATION_CLERK) as clerk:
        await clerk.from_menu(PRODUCTION, id)
        await clerk.type("清点的证书份数", str(certificates))
        await clerk.do("登记收到")
        await clerk.from_menu("名册", id)
        link = clerk.page.get_by_role("link", name="公文（PDF，两份）", exact=True)
        await clerk.must_fetch(link, PDF)


async def look_up(road: Road, id: str, lines: Sequence[RosterLine]) -> None:
    """By somebody who holds a certificate of this session in their hands: what is printed on it is read from its list."""
    line, number = await _a_certificate(road, id, lines)
    async with road.turn(LOOK_UP, None) as employer:
        await employer.page.goto("/look-up")
        await employer.type("证书编号", number)
        await employer.fill(employer.page.locator("main input[name=id_last]"), line.id_number[-4:])
        await employer.enter()
        if not await employer.page.locator("main .outcome.done").count():
            raise await employer.stuck("not verified")


async def _a_certificate(road: Road, id: str, lines: Sequence[RosterLine]) -> tuple[RosterLine, str]:
    """Of somebody whose name no other has."""
    page = road.persons[Role.BRANCH_OFFICER].page
    await page.goto(f"/productions/{id}/certificates")
    rows = [await row.locator("td").all_inner_texts() for row in await page.locator("main tbody tr").all()]
    numbers = {row[1]: row[-1] for row in rows}
    named = Counter(line.name for line in lines)
    return next((line, numbers[line.name]) for line in lines if named[line.name] == 1 and line.name in numbers)


async def reading(road: Road, id: str) -> None:
    """The auditor sees who approved it."""
    async with road.turn(READING, Role.AUDITOR) as auditor:
        await auditor.from_menu("名册", id)
        if not await auditor.page.locator("ol.timeline li").count():
            raise await auditor.stuck("no history")
