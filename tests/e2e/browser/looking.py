"""What is looked at on a page in Chromium: axe, and what axe has no rule for."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request

AXE: Final = Axe()
LEVELS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
OPTIONS: Final = {
    "runOnly": {"type": "tag", "values": LEVELS},
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},
}
SEEN: Final = Path(__file__).with_name("seen.js").read_text(encoding="utf-8")
DESK, PHONE, ZOOMED = (1366, 768), (360, 740), (341, 192)
"""The last is the first at 400 %."""
MOST_STOPS: Final = 40
INNER_STOPS: Final = 20
"""Of fields for days, which have several."""
REFUSALS: Final = "Failed to load resource: the server responded with a status of 4"
"""How Chromium notes a page that was refused on purpose."""


class Watch:
    """What a window does besides showing pages: what it asks of others, and what Chromium complains of."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self._site, self.faults = site, list[str]()
        self.posts = 0
        context.on("request", self._asked)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.faults.append(f"script failed: {error.error}"))

    def _asked(self, request: Request) -> None:
        self.posts += request.method == "POST"
        if not request.url.startswith((f"{self._site}/", "data:")):
            self.faults.append(f"asks another host: {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(REFUSALS):
            self.faults.append(f"console: {message.text}")

    def taken(self) -> list[str]:
        found, self.faults = self.faults, []
        return found


async def ask(page: Page, what: str) -> Any:
    """A function of `seen.js`."""
    if not await page.evaluate("() => 'seen' in globalThis"):
        await page.evaluate(SEEN)
    return await page.evaluate(f"() => seen.{what}()")


async def axe(page: Page) -> list[str]:
    found = (await AXE.run(page, options=OPTIONS)).response["violations"]
    return [
        f"axe {rule['id']}: {node['target']} {node['html'][:120]} {node.get('failureSummary', '')[:200]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


async def at_a_glance(page: Page) -> list[str]:
    """As it stands in a window of 1366 × 768."""
    return [*await axe(page), *await ask(page, "frame"), *await ask(page, "targets"), *await ask(page, "motion")]


async def closely(page: Page) -> list[str]:
    """By keyboard, on a phone, at 400 % and on paper."""
    faults = await tabbed(page)
    for width, height in (PHONE, ZOOMED):
        await page.set_viewport_size({"width": width, "height": height})
        found = [*await ask(page, "reflow"), *await ask(page, "targets")]
        faults += [f"{width} px: {fault}" for fault in found]
    faults += [f"{ZOOMED[0]} px: {fault}" for fault in await tabbed(page)]
    await page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    return faults + await on_paper(page)


async def on_paper(page: Page) -> list[str]:
    await page.emulate_media(media="print")
    faults = await ask(page, "paper")
    await page.emulate_media(media="null")
    return [str(fault) for fault in faults]


async def tabbed(page: Page) -> list[str]:
    """Every stop of the Tab key can be seen, and no control is left out."""
    await ask(page, "top")
    expected, stops, faults = min(await ask(page, "reachable"), MOST_STOPS), set[int](), list[str]()
    for _ in range(expected + INNER_STOPS):
        if len(stops) >= expected:
            break
        await page.keyboard.press("Tab")
        stop = await page.evaluate("() => seen.focus()")
        if stop is None:
            break
        if stop["stop"] not in stops:  # within a field for a day Chromium shows itself where the keyboard is
            faults += stop["faults"]
        stops.add(stop["stop"])
    if len(stops) < expected:
        faults.append(f"the keyboard reaches {len(stops)} of {expected} controls")
    return faults


async def large(page: Page) -> list[str]:
    """In large type; page is open in a window whose cookie says so."""
    faults = await ask(page, "largeType")
    for width, height in (DESK, PHONE):
        await page.set_viewport_size({"width": width, "height": height})
        faults += [f"{width} px, large: {fault}" for fault in await ask(page, "reflow")]
    await page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    return [str(fault) for fault in faults]
