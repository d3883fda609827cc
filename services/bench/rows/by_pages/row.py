"""The demo's road by pages, walked by a robot with everybody's accounts: clicks, fields and seconds."""

from __future__ import annotations

import asyncio
import contextlib
import os

import httpx

from services.bench.row import Figure, NotHere, Place, Row
from services.bench.rows.by_pages import chromium
from services.bench.rows.by_pages.person import Stuck
from services.bench.rows.by_pages.road import Road
from services.bench.rows.by_pages.tally import Tally
from services.bench.rows.by_pages.walk import walk
from services.demo import opening
from services.demo.cast import People
from services.demo.doorstep import must_be_ready, operators_password
from services.demo.main import started
from services.demo.office import Office
from services.demo.play import Play, this_year, today
from services.demo.progress import Progress

BETWEEN = 1.0  # seconds before the next one's turn; what an office hands on is with the other by then


def measure(place: Place, size: int) -> list[Figure]:
    """size: candidates. Raises NotHere without a browser, SystemExit where the road does not go on."""
    if lacking := chromium.missing():
        raise NotHere(lacking)
    with contextlib.ExitStack() as stack:
        given = os.environ.get("OPERATOR_PASSWORD", "")
        if place.url:
            url = must_be_ready(place.url)
            password = operators_password(url, given)
        else:
            house = stack.enter_context(started(place.folder, place.store, place.bus))
            url, password = house.url, house.password
        try:
            return asyncio.run(_walked(place, url, password, size)).figures()
        except Stuck as stuck:
            raise SystemExit(f"网页上走不下去 · the road does not go on by pages: {stuck}") from stuck


async def _walked(place: Place, url: str, password: str, size: int) -> Tally:
    async with httpx.AsyncClient(base_url=url, timeout=30) as client, chromium.opened() as browser:
        with Progress() as progress:
            office = Office(client, password, progress.tell)
            await opening.bodies(office)
            await opening.licences(office, this_year())
            before = await Play(office, place.folder).came_before()
        road = Road(
            browser=browser,
            url=url,
            password_of=office.password,
            meanwhile=lambda: asyncio.sleep(BETWEEN),
            today=today(),
            heads=size,
            people=People(before),
            folder=place.folder / "workbooks",
        )
        await walk(road)
        return road.tally


ROW = Row(
    what="网页办理全程 · the road by pages",
    goal="只报告 · told, without a goal",
    sizes=(60,),
    quick=20,
    tiny=0,
    measure=measure,
    servers=True,
)
