"""A browser without script at the console of a house: it follows links, sends forms with what stands in them, keeps cookies."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from typing import Any

import httpx

from tests.world.house import PASSWORD, FrontDoor, House

SITE = "https://console.example.org"
TOKEN = re.compile(r"eyJ[\w-]+\.eyJ")
"""How a signed token looks: what is sealed is random, and has the first three letters alone now and then."""


class Browser:
    """site: where it finds the console. office: address of the network it comes from."""

    def __init__(self, house: House, site: str = SITE, office: str = "127.0.0.1") -> None:
        self._house = house
        self.client = httpx.AsyncClient(
            transport=FrontDoor(house, office),
            base_url=site,
            headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"},
        )
        self.page = httpx.Response(204)

    async def open(self, path: str) -> httpx.Response:
        """The page at the end of all redirections."""
        self.page = await self.client.get(path, follow_redirects=True)
        return self.page

    async def send(self, path: str, files: Any = None, **fields: str) -> httpx.Response:
        """A form of this content, and the page that it leads to."""
        self.page = await self.client.post(path, data=fields, files=files, follow_redirects=True)
        return self.page

    async def submit(self, action: str = "", files: Any = None, **typed: str) -> httpx.Response:
        """The form of the present page that goes to `action`, as it stands there but for what is typed. Without an action: the
        form that goes to the page's own address."""
        form = forms(self.page.text)
        path = action or self.page.url.path
        found = next(fields for where, fields in form if (where or self.page.url.path) == path)
        return await self.send(path, files, **{**found, **typed})

    async def sign_in(self, account: str, trained: bool = True, **more: str) -> httpx.Response:
        if trained:
            today = self._house.clock.now().date().isoformat()
            training = {"certificate": f"T-{account}", "passed_on": today}
            await self._house.operator.create(
                f"/directory/accounts/{account}/training", training, f"t/{account}/{today}"
            )
        return await self.send("/sign-in", account=account, password=PASSWORD, **more)

    async def close(self) -> None:
        await self.client.aclose()


SignedIn = Callable[[str], Awaitable[Browser]]
"""Account → a browser in which it is signed in."""


@asynccontextmanager
async def browsers_at(house: House) -> AsyncIterator[SignedIn]:
    """A browser of its own for each account that is asked for; all are closed at the end."""
    opened: list[Browser] = []

    async def signed_in(account: str) -> Browser:
        opened.append(Browser(house))
        page = await opened[-1].sign_in(account)
        assert page.url.path == "/", page.text
        return opened[-1]

    yield signed_in
    for browser in opened:
        await browser.close()


def forms(html: str) -> list[tuple[str, dict[str, str]]]:
    """Of a page: the action of each form, and its fields as a browser would send them untouched, buttons left out."""
    found = _Forms()
    found.feed(html)
    return found.forms


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        if not self.forms:
            return
        fields = self.forms[-1][1]
        match tag:
            case "input" if given.get("name") and given.get("type") not in ("checkbox", "radio", "file"):
                fields[given["name"]] = given.get("value", "")
            case "input" if given.get("name") and "checked" in given:
                fields[given["name"]] = given.get("value", "on")
            case "select":
                self._select = given.get("name", "")
            case "option" if self._select and ("selected" in given or self._select not in fields):
                fields[self._select] = given.get("value", "")
            case "textarea":
                self._area = given.get("name", "")
                fields[self._area] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1][1][self._area] += data


def part(page: httpx.Response, title: str) -> str:
    """Of a page, what stands under one heading; nothing where that is not there."""
    return page.text.partition(f"<h2>{title}")[2].partition("<h2>")[0]
