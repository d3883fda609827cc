"""Pages of the console: how long the server takes for a clerk's first page, and what a browser loads for it."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx

from services.bench.row import Figure, Place, Row
from services.bench.timing import medians
from services.demo.cast import BRANCHES
from services.demo.main import played, started
from services.demo.office import Office

OFFICER = BRANCHES[0].account("branch_officer")
FIRST, LIST = "/", "/annual-plans"
_LOADED = re.compile(r'(?:href|src)="(/static/[^"]+)"')


def measure(place: Place, size: int) -> list[Figure]:
    """size: candidates of the play that fills the house. Raises SystemExit when the play fails."""
    house_folder, play_folder = place.folder / "house", place.folder / "play"
    house_folder.mkdir(parents=True)
    play_folder.mkdir()
    with started(house_folder, place.store, place.bus) as house:
        played(play_folder, size, url=house.url, operator_password=house.password)
        return asyncio.run(_pages(house.url, house.password))


async def _pages(url: str, operator_password: str) -> list[Figure]:
    async with httpx.AsyncClient(base_url=url, timeout=30, headers={"Accept": "text/html"}) as browser:
        password = Office(browser, operator_password, lambda *_: None).password(OFFICER)
        signed_in = await browser.post("/sign-in", data={"account": OFFICER, "password": password})
        assert signed_in.status_code == 303, signed_in.text
        form = {"grant_type": "password", "username": OFFICER, "password": password}
        token = (await browser.post("/directory/tokens", data=form)).json()["access_token"]

        async def opened(path: str) -> None:
            assert (await browser.get(path)).status_code == 200

        async def asked(path: str) -> None:
            answer = await browser.get(path, headers={"Authorization": f"Bearer {token}", "Accept": "application/json"})
            assert answer.status_code == 200

        first, least = await medians(lambda: opened(FIRST), lambda: asked("/directory/me"))
        listed, interface = await medians(lambda: opened(LIST), lambda: asked("/plan/annual-plans?limit=50"))
        script, everything = await _weight(browser)
    return [
        Figure(
            "首页（工作台） · first page",
            first * 1000,
            "ms",
            least * 1000,
            "一次接口查询 · one question to an interface",
        ),
        Figure(
            "列表页 · a list", listed * 1000, "ms", interface * 1000, "同一列表的接口 · the interface of the same list"
        ),
        Figure("脚本 · script that the first page loads", script, "kB", None, "目标 60 · goal 60"),
        Figure("首页全部 · all that the first page loads", everything, "kB", None, "目标 150 · goal 150"),
    ]


async def _weight(browser: httpx.AsyncClient) -> tuple[float, float]:
    """kB of script, and of everything."""
    page: Any = await browser.get(FIRST)
    script, everything = 0, len(page.content)
    for address in sorted(set(_LOADED.findall(page.text))):
        file = await browser.get(address)
        everything += len(file.content)
        script += len(file.content) if address.endswith(".js") else 0
    return script / 1000, everything / 1000


ROW = Row(
    what="网页 · pages",
    goal="首页 ≤ 200 毫秒，脚本 ≤ 60 kB，全部 ≤ 150 kB · first page ≤ 200 ms, script ≤ 60 kB, all ≤ 150 kB",
    sizes=(300,),
    quick=60,
    tiny=0,
    measure=measure,
    servers=True,
)
