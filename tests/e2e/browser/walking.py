"""Where the pages of the menu are found: somebody of each role follows the links, from every entry on. A new page is found
without being named here, if a link leads to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from services.console.entry import PUBLIC
from services.console.menu import MENU, pages_of
from services.demo.cast import BRANCHES, CENTRE, STATIONS
from services.runtime.catalogue import REGISTER
from shared.trade.roles import OPERATOR
from tests.world.browser import Browser
from tests.world.house import House

NOBODY: Final = ""
ACCOUNTS: Final = {
    NOBODY: NOBODY,
    "station_clerk": STATIONS[0].account("station_clerk"),
    "station_head": STATIONS[0].account("station_head"),
    "branch_officer": BRANCHES[0].account("branch_officer"),
    "centre_clerk": CENTRE.account("centre_clerk"),
    "centre_approver": CENTRE.account("centre_approver"),
    "auditor": CENTRE.account("auditor"),
    "operator": OPERATOR,
}
"""Somebody of each role that people have."""

SITE: Final = "http://127.0.0.1:8000"
COOKIE: Final = "jianding"
ROUTES: Final = {route: page for route, page in pages_of(MENU).items() if route.startswith("GET ")}
LINK: Final = re.compile(r'(?:href|hx-get)="(/[^"#]*)')


def may(role: str, asks: str) -> bool:
    return asks == PUBLIC or (role != NOBODY and role in REGISTER.access[asks].roles)


def opened_by(entry: str) -> list[str]:
    """Roles that may open some page of this entry; a page for everybody counts for nobody in particular."""
    (pages,) = [one.pages for one in MENU if one.name == entry]
    asked = {page.asks for page in pages if page.route.startswith("GET ")}
    return [role for role in ACCOUNTS if any((one == PUBLIC) == (role == NOBODY) and may(role, one) for one in asked)]


def route_of(address: str) -> str:
    """Empty: none of the console's. Of two that match, the one with fewer blanks: `/x/new` before `/x/{id}`."""
    path = address.partition("?")[0]
    found = [route for route in ROUTES if _pattern(route).fullmatch(path)]
    return min(found, key=lambda route: route.count("{"), default="")


def _pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route.partition(" ")[2])))


Part = tuple[str, ...]


def parts_of(html: str) -> set[Part]:
    """Its kinds of elements: tag, the tag around it, class, type, role and the names of its attributes."""
    found = _Parts()
    found.feed(html)
    return found.parts


class _Parts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: set[Part] = set()
        self._above = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        said = [given.get(name, "") for name in ("class", "type", "role")]
        self.parts.add((tag, self._above, *said, *sorted(given)))
        self._above = tag


@dataclass
class Walked:
    """cookies: role → of somebody's session. found: role → route → address. answers: route → role → status, and
    whether it is a whole page; files and parts of pages are none."""

    cookies: dict[str, str] = field(default_factory=dict)
    found: dict[str, dict[str, str]] = field(default_factory=dict)
    answers: dict[str, dict[str, tuple[int, bool]]] = field(default_factory=dict)
    parts: dict[str, dict[str, set[Part]]] = field(default_factory=dict)
    """route → role → what the page is made of."""
    dead: set[str] = field(default_factory=set)
    """Links that lead nowhere, and from where."""
    linked: dict[str, str] = field(default_factory=dict)
    """Every address that some page links → that page."""

    def is_page(self, route: str, role: str) -> bool:
        return self.answers[route][role][1]

    def new_parts(self, route: str, role: str) -> bool:
        """Whether this role sees something on it that no role before it saw; what was looked at is not looked at again."""
        before: set[Part] = set()
        for other in self.parts[route]:
            if other == role:
                break
            before |= self.parts[route][other]
        return not self.parts[route][role] <= before

    def best(self, route: str) -> str:
        """The first role that this page was really shown to; it is looked at most closely as that one."""
        return next((role for role, (status, _) in self.answers.get(route, {}).items() if status == 200), "none")


async def walk(house: House) -> Walked:
    walked = Walked()
    for role, account in ACCOUNTS.items():
        browser = Browser(house, SITE)
        if account:
            await browser.sign_in(account, trained=account != OPERATOR)
            walked.cookies[role] = browser.client.cookies[COOKIE]
        walked.found[role] = {}
        waiting = [one.address for one in MENU if "{" not in one.address and may(role, one.pages[0].asks)]
        waiting.sort(
            key=lambda address: address == "/"
        )  # the desk last: it links what is under way, lists what is done as well
        await _follow(walked, role, browser, [*waiting, *FIRST])
        await _follow(walked, role, browser, _unlinked(walked, role))
        await browser.close()
    await _must_lead_somewhere(walked, house)
    return walked


FIRST: Final = ("/sign-in", "/help/desk")
"""Where everybody may begin."""


async def _follow(walked: Walked, role: str, browser: Browser, waiting: list[str]) -> None:
    """Each route once: the first address that leads to it."""
    while waiting:
        address = waiting.pop(0)
        route = route_of(address)
        if not route or route in walked.found[role]:
            continue
        answer = await browser.client.get(address)
        walked.found[role][route] = address
        is_page = "<html" in answer.text if answer.headers.get("content-type", "").startswith("text/html") else False
        walked.answers.setdefault(route, {})[role] = (answer.status_code, is_page)
        if is_page:
            walked.parts.setdefault(route, {})[role] = parts_of(answer.text)
            links = [one.replace("&amp;", "&") for one in LINK.findall(answer.text)]
            for link in links:
                walked.linked.setdefault(link, address)
            waiting += links


def _unlinked(walked: Walked, role: str) -> list[str]:
    """Pages that this role may open and that nothing led to: the document is one that is known by another page of its kind."""
    known = [address for found in reversed(walked.found.values()) for address in found.values()]
    return [
        address
        for route, (_, page) in ROUTES.items()
        if route not in walked.found[role] and may(role, page.asks) and (address := _like(route, known))
    ]


def _like(route: str, known: list[str]) -> str:
    path = route.partition(" ")[2]
    head, blank, tail = path.partition("{id}")
    if not blank or "{" in tail:
        return path if "{" not in path else ""
    for address in known:
        if address.startswith(head) and route_of(address) == f"GET {head}{{id}}":
            return address.partition("?")[0] + tail
    return ""


async def _must_lead_somewhere(walked: Walked, house: House) -> None:
    """Pages of the console are looked at by themselves, each of them once; here are the others: files, pages of services, and
    every page that is for everybody."""
    browser = Browser(house, SITE)
    for address, here in walked.linked.items():
        route = route_of(address)
        if not route or ROUTES[route][1].asks == PUBLIC:
            answer = await browser.client.get(address)
            if answer.status_code == 404:
                walked.dead.add(f"{here} → {address}")
    await browser.close()
