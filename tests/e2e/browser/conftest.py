"""One Chromium and one seeded house for every test of pages; the house and a bare one are served on ports of this machine.

All of it lives in one event loop, that of the session: `IN_CHROMIUM` marks the tests that run there, one after the other.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext

from services.bench.rows.by_pages import chromium as browsers
from tests.e2e.browser.walking import Walked, walk
from tests.world.engines import do_without
from tests.world.house import House
from tests.world.seeding import SMALL, approve
from tests.world.sockets import served


@dataclass
class Site:
    """A house as a browser finds it."""

    house: House
    url: str
    browser: Browser
    opened: list[BrowserContext] = field(default_factory=list)

    async def window(
        self, cookie: str = "", look: str = "", width: int = 1366, height: int = 768, script: bool = True
    ) -> BrowserContext:
        """A browser of its own. cookie: of somebody's session. look: how pages look, e.g. `en.large`."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            base_url=self.url,
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        self.opened.append(context)
        if cookie:
            await context.add_cookies([{"name": "jianding", "value": cookie, "url": self.url}])
        if look:
            await context.add_cookies([{"name": "jianding-look", "value": look, "url": self.url}])
        return context

    async def close(self) -> None:
        for context in self.opened:
            await context.close()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if lacking := browsers.missing():
        do_without("Chromium", lacking)
    async with browsers.opened() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def site(chromium: Browser, seeded_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The seeded house, with one roster in the workshop. Whoever uses it only reads."""
    folder = shutil.copytree(seeded_folder, tmp_path_factory.mktemp("site") / "house")
    house = House(folder)
    await approve(house, SMALL)
    await house.run_until_quiet()
    async with served(house.app) as there:
        opened = Site(house, f"http://127.0.0.1:{there.port}", chromium)
        yield opened
        await opened.close()
    await house.close()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def walked(site: Site) -> Walked:
    return await walk(site.house)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def bare_site(
    chromium: Browser, bare_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """A house where nothing is planned yet. Each test is at home in a station of its own."""
    house = House(Path(shutil.copytree(bare_folder, tmp_path_factory.mktemp("bare") / "house")))
    async with served(house.app) as there:
        opened = Site(house, f"http://127.0.0.1:{there.port}", chromium)
        yield opened
        await opened.close()
    await house.close()
