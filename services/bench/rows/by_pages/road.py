"""Who walks the road and where: everybody has a window of their own, and signs in when their first turn comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from services.bench.rows.by_pages.person import Person
from services.bench.rows.by_pages.tally import Tally
from services.demo.cast import BRANCHES, CENTRE, ITEMS, STATIONS, Item, People
from shared.trade.roles import NAMES, Role
from shared.words import Pair

if TYPE_CHECKING:
    from playwright.async_api import Browser

STATION, BRANCH = STATIONS[0], BRANCHES[0]
"""The longest road: of a station under a branch centre, which makes its certificates itself."""
TURNER, TECHNICIAN = ITEMS[0], ITEMS[3]
BODY_OF: Final = {
    Role.STATION_CLERK: STATION,
    Role.STATION_HEAD: STATION,
    Role.BRANCH_OFFICER: BRANCH,
    Role.CENTRE_CLERK: CENTRE,
    Role.CENTRE_APPROVER: CENTRE,
    Role.AUDITOR: CENTRE,
}
ACCOUNTS: Final = {role: body.account(role.value) for role, body in BODY_OF.items()}
ANYBODY: Final[Pair] = ("查询人", "somebody who looks up")
SIGNING_IN: Final[Pair] = ("登录", "signing in")


@dataclass
class Road:
    """meanwhile: lets the house work, before anybody's turn and where somebody waits for it. today: the day of the exam.
    heads: how many are examined. people: whom they are taken from. folder: for the workbook. script: whether browsers run
    any."""

    browser: Browser
    url: str
    password_of: Callable[[str], str]
    meanwhile: Callable[[], Awaitable[None]]
    today: date
    heads: int
    people: People
    folder: Path
    script: bool = True
    tally: Tally = field(default_factory=Tally)
    persons: dict[Role | None, Person] = field(default_factory=dict)

    @property
    def items(self) -> list[tuple[Item, int]]:
        """Of the session: some are technicians, whose approval forms the Centre's clerk records."""
        technicians = min(2, self.heads)
        return [
            (item, count) for item, count in ((TURNER, self.heads - technicians), (TECHNICIAN, technicians)) if count
        ]

    @asynccontextmanager
    async def turn(self, part: Pair, role: Role | None) -> AsyncIterator[Person]:
        """role: none for somebody who has no account."""
        await self.meanwhile()
        name = NAMES[role] if role else ANYBODY
        if role not in self.persons:
            self.persons[role] = await self._arrived(role)
            if role:
                with self.tally.turn(SIGNING_IN, name) as self.persons[role].turn:
                    await self.persons[role].sign_in()
        with self.tally.turn(part, name) as self.persons[role].turn:
            yield self.persons[role]

    async def _arrived(self, role: Role | None) -> Person:
        context = await self.browser.new_context(
            base_url=self.url, locale="zh-CN", reduced_motion="reduce", java_script_enabled=self.script
        )
        account = ACCOUNTS[role] if role else ""
        return Person(await context.new_page(), account, self.password_of(account) if account else "", self.script)

    async def leave(self) -> None:
        for person in self.persons.values():
            await person.page.context.close()
