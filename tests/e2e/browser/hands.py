"""Two ways in which people work through pages: with nothing but the keyboard, and with a pointer (as the benchmark does)."""

from __future__ import annotations

from typing import Any, Final, Protocol

from playwright.async_api import Page, expect

from services.bench.rows.by_pages.pointer import Pointer as Pointer
from services.bench.rows.by_pages.pointer import next_page
from tests.world.house import PASSWORD, House

MOST_TABS: Final = 120
NAME: Final = """() => {
  const e = document.activeElement, label = e.labels && e.labels[0];
  const name = e.getAttribute("aria-label") || (label ? label.innerText : e.innerText) || "";
  return { name: name.trim().split("\\n")[0], place: (e.closest("header, nav, main") || e).tagName.toLowerCase() };
}"""


class Hand(Protocol):
    """place: `header`, `nav` or `main`. label: as people read it."""

    page: Page

    async def press(self, label: str, place: str = "main") -> None: ...

    async def type(self, label: str, text: str) -> None: ...

    async def choose(self, label: str, value: str) -> None: ...


class Keyboard:
    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, label: str, place: str = "main") -> None:
        await self.go_to(label, place)
        async with next_page(self.page):
            await self.page.keyboard.press("Enter")

    async def type(self, label: str, text: str) -> None:
        await self.go_to(label)
        await self.page.keyboard.type(text)

    async def choose(self, label: str, value: str) -> None:
        await self.go_to(label)
        for _ in range(MOST_TABS):
            if await self.page.evaluate("() => document.activeElement.value") == value:
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{label} has no {value}")

    async def go_to(self, label: str, place: str = "main") -> None:
        passed: list[str] = []
        for _ in range(MOST_TABS):
            await self.page.keyboard.press("Tab")
            stop: dict[str, Any] = await self.page.evaluate(NAME)
            if (stop["name"], stop["place"]) == (label, place):
                return
            passed.append(stop["name"])
        raise AssertionError(f"Tab never comes to {label}, but to {passed}")


async def train(house: House, account: str) -> None:
    today = house.clock.now().date().isoformat()
    training = {"certificate": f"T-{account}", "passed_on": today}
    await house.operator.create(f"/directory/accounts/{account}/training", training, f"t/{account}/{today}")


async def sign_in(hand: Hand, account: str) -> None:
    """Where the page of the sign-in is open."""
    await hand.type("账号", account)
    await hand.type("密码", PASSWORD)
    await hand.press("登录")


async def type_plan(hand: Hand, heads: str = "30") -> None:
    """Where the form of a new annual plan is open."""
    await hand.choose("职业，第 1 行", "6-04-01-01")
    await hand.choose("等级，第 1 行", "4")
    await hand.type("人数，第 1 行", heads)


async def from_sign_in_to_handed_in(hand: Hand, clerk: str, head: str, plan: str) -> None:
    """An annual plan by pages alone: typed by the clerk, found on the desk and handed in by the head."""
    await hand.page.goto("/")
    await sign_in(hand, clerk)
    await hand.press("年度计划", "nav")
    await hand.press("编制年度计划")
    await type_plan(hand)
    await hand.press("保存")
    assert hand.page.url.partition("?")[0].endswith(f"/annual-plans/{plan}"), hand.page.url
    await hand.press("退出", "header")
    await sign_in(hand, head)
    await hand.press(plan)
    await hand.press("呈报")
    await expect(hand.page.locator("main [role=status]")).to_contain_text("已呈报")
