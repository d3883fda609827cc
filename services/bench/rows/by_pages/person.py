"""Somebody with an account: signs in, finds what waits on the desk or in a list, and is told what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from services.bench.rows.by_pages.pointer import Pointer

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

SIGN_IN: Final = "/sign-in"
AGAIN, GO_ON = "/sign-in/again", "/sign-in/go-on"
PDF, XLSX = b"%PDF", b"PK"
WHY: Final = "演示：当日鉴定"
DONE: Final = "main .said.done"


class Stuck(Exception):
    """The road does not go on. The sentence says where, and what the page says."""


class Person(Pointer):
    """account: empty for somebody who has none. script: whether their browser runs scripts."""

    def __init__(self, page: Page, account: str, password: str, script: bool) -> None:
        super().__init__(page)
        self._account, self._password, self.script = account, password, script

    async def sign_in(self) -> None:
        await self.page.goto("/")
        await self.type("账号", self._account)
        await self.type("密码", self._password)
        await self.enter()
        if self.at != "/":
            raise await self.stuck("no sign-in")

    @property
    def at(self) -> str:
        return urlsplit(self.page.url).path

    async def follow(self, what: Locator) -> None:
        """Who signed in long ago is asked for the password once more, and it goes on from there."""
        await super().follow(what)
        await self._prove()

    async def enter(self) -> None:
        await super().enter()
        await self._prove()

    async def fetch(self, link: Locator) -> bytes | None:
        """Who signed in long ago is asked for the password, and presses the link once more."""
        content = await super().fetch(link)
        if content is None and self.at == AGAIN:
            await self._prove()
            content = await super().fetch(link)
        return content

    async def must_fetch(self, link: Locator, begins: bytes) -> None:
        """Raises Stuck unless it is a file that begins so."""
        content = await self.fetch(link)
        if content is None or not content.startswith(begins):
            raise await self.stuck(f"no such file, but {(content or b'a page')[:60]!r}")

    async def _prove(self) -> None:
        if self.at != AGAIN:
            return
        await self.type("密码", self._password)
        await super().follow(self.page.get_by_role("button", name="登录并继续", exact=True))
        if not self.script and self.at == GO_ON:
            await super().follow(self.page.get_by_role("button", name="现在提交", exact=True))
        await self.page.wait_for_url(lambda url: not urlsplit(url).path.startswith(SIGN_IN))

    async def open(self, name: str) -> None:
        """The first link of this name: a desk may have two to one form."""
        await self.follow(self.page.locator("main").get_by_role("link", name=name, exact=True).first)

    async def from_desk(self, id: str) -> None:
        await self.press("工作台", "nav")
        await self.open(id)

    async def from_menu(self, entry: str, id: str) -> None:
        await self.press(entry, "nav")
        await self.open(id)

    async def do(self, label: str) -> None:
        """Raises Stuck where the page afterwards does not say that it is done."""
        await self.press(label)
        await self.must_be_done()

    async def must_be_done(self) -> None:
        if not await self.page.locator(DONE).count():
            raise await self.stuck("not done")

    async def let_through(self) -> None:
        """Approved; what needs the Centre's reason gets one for all."""
        reasons = self.page.locator("main input[name^='exception']")
        if await reasons.count():
            await self.fill(reasons.first, WHY)
        await self.do("逐项特批并批准" if await reasons.count() else "批准")

    async def stuck(self, what: str) -> Stuck:
        said = " ".join((await self.page.locator("main").inner_text()).split())
        return Stuck(f"{what} at {self.at}: {said[:600]}")
