"""Somebody with a pointer and a keyboard at a page: what they press and type is counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from services.bench.rows.by_pages.tally import Turn

if TYPE_CHECKING:
    from playwright.async_api import Download, Frame, Locator, Page

NOBODYS = ("", "")
PATIENCE = 60  # seconds until a file begins to come


@asynccontextmanager
async def next_page(page: Page) -> AsyncIterator[None]:
    """What leads to a page, until that is loaded. htmx writes the address of a page once more when it has come, which counts as a
    navigation too."""
    async with page.expect_event("load"):
        yield


class Pointer:
    """Labels as people read them. place: `header`, `nav` or `main`. turn: where it is counted at the moment."""

    def __init__(self, page: Page) -> None:
        self.page, self.turn = page, Turn(NOBODYS, NOBODYS)

    async def press(self, label: str, place: str = "main") -> None:
        """A button or a link that leads to a page."""
        there = self.page.locator(place)
        button = there.get_by_role("button", name=label, exact=True)
        await self.follow(button.or_(there.get_by_role("link", name=label, exact=True)))

    async def follow(self, what: Locator) -> None:
        self.turn.presses += 1
        async with next_page(self.page):
            await what.click()

    async def tap(self, label: str) -> None:
        """A button after which the page stays, and something on it changes."""
        self.turn.presses += 1
        await self.page.locator("main").get_by_role("button", name=label, exact=True).click()

    async def type(self, label: str, text: str) -> None:
        await self.fill(self.page.get_by_label(label, exact=True), text)

    async def fill(self, field: Locator, text: str) -> None:
        self.turn.fields += 1
        await field.fill(text)

    async def choose(self, label: str, value: str) -> None:
        self.turn.fields += 1
        await self.page.get_by_label(label, exact=True).select_option(value)

    async def choose_file(self, label: str, file: Path) -> None:
        self.turn.presses += 1
        await self.page.get_by_label(label, exact=True).set_input_files(file)

    async def enter(self) -> None:
        """Where the cursor is."""
        self.turn.presses += 1
        async with next_page(self.page):
            await self.page.keyboard.press("Enter")

    async def scan(self, text: str) -> None:
        """A scanner types where the cursor is, once it is in a field, and presses Enter itself."""
        await self.page.wait_for_function("() => document.activeElement.matches('input')")
        self.turn.fields += 1
        await self.page.keyboard.type(text)
        await self.enter()

    async def fetch(self, link: Locator) -> bytes | None:
        """The file that a link leads to; none where it leads to a page instead."""
        here = self.page.url
        came: asyncio.Future[Download | None] = asyncio.get_running_loop().create_future()

        def began(download: Download) -> None:
            if not came.done():
                came.set_result(download)

        def led(frame: Frame) -> None:
            if not came.done() and frame.url != here:
                came.set_result(None)

        self.page.on("download", began)
        self.page.on("framenavigated", led)
        self.turn.presses += 1
        await link.click()
        download = await asyncio.wait_for(came, PATIENCE)
        self.page.remove_listener("download", began)
        self.page.remove_listener("framenavigated", led)
        if download is None:
            await self.page.wait_for_load_state()
            return None
        return await asyncio.to_thread((await download.path()).read_bytes)
