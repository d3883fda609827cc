"""What a house asks its stores, from the first body to a revocation: recorded once, for whoever wants to know whether the
declared indexes answer it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import chain, combinations
from pathlib import Path
from typing import Any
from unittest.mock import patch

from services.notification.bounces.usecases import read_reports
from services.notification.mailings.usecases import resuming
from services.reporting.rosters import storage as roster_lines
from services.runtime.catalogue import REGISTER
from shared.adapters.sqlite.store import SqliteStore
from shared.audit.check import check
from shared.ports.others.reports import Position, Reported
from tests.access.actors import KNOCKERS, open_accounts
from tests.rules.test_access import APPS
from tests.unit.notification.test_reports import dsn
from tests.world import winding
from tests.world.house import House, Person
from tests.world.seeding import APPROVER
from tests.world.topology import INTERFACES

ASKED = "asked.json"


@dataclass(frozen=True, slots=True)
class Question:
    """One way in which records of a kind are looked for, with the values of the first time. between: its bounds;
    after: where a further page begins. counted: it is only asked how many they are."""

    service: str
    kind: str
    where: Mapping[str, Any] = field(hash=False)
    between: list[Any] | None = field(hash=False)
    sort: str
    after: list[Any] | None = field(hash=False)
    counted: bool

    @property
    def shape(self) -> tuple[str, ...]:
        low = self.between[0] if self.between else ""
        place = "counted" if self.counted else "on" if self.after else ""
        return (self.service, self.kind, ",".join(sorted(self.where)), low, self.sort, place)

    def __str__(self) -> str:
        low = self.between[0] if self.between else "-"
        doing = "counts" if self.counted else "on" if self.after else "finds"
        return f"{self.service} {doing} {self.kind} where {sorted(self.where)} between {low} sort {self.sort or '-'}"


def read(folder: Path) -> list[Question]:
    return [Question(**one) for one in json.loads((folder / ASKED).read_text(encoding="utf-8"))]


def record(folder: Path) -> None:
    """For `once`: lives through everything in a house of its own, and leaves what was asked beside its data."""
    asked: dict[tuple[str, ...], Question] = {}
    asyncio.run(_live(folder, asked))
    (folder / ASKED).write_text(
        json.dumps([asdict(one) for one in asked.values()], ensure_ascii=False), encoding="utf-8"
    )


async def _live(folder: Path, asked: dict[tuple[str, ...], Question]) -> None:
    house = House(folder, feed_days=3650)
    with _listening(house, asked):
        await winding.furnish(house)
        await _ask_in_passing(house)
        proposed = await winding.propose(house)
        await winding.confirm(house, proposed["id"], APPROVER, winding.SECOND)
        await house.run_until_quiet()
        await house.tick()
        await open_accounts(house)
        await _list_everything(house)
        for service in INTERFACES:
            await check(house.stores[service], REGISTER.declared[service].kinds)
        await house.run_until_quiet()
    await house.close()


async def _ask_in_passing(house: House) -> None:
    """What no list and no tick asks: a stranger with a certificate, a forgotten password, the figures, a page of lines, and
    of those that an earlier release stored; a bounce that names an address alone, all mailboxes
    whatever their state, single letters after a long outage."""
    centre, roster = house.person(APPROVER), winding.ISSUED
    await house.person(roster.branch.account("branch_officer")).create(
        "/notification/webhooks", {"address": "https://branch.example.org/events"}, "hook"
    )
    (certificate, *_) = await centre.everything(f"/certificate/certificates?roster={roster.id}")
    proof = {"number": certificate["number"], "name": certificate["holder"]["name"]}
    assert (await house.client.post("/certificate/verifications", json=proof)).status_code == 200
    forgotten = {"account": roster.station.account("station_clerk")}
    assert (await house.client.post("/directory/password-resets", json=forgotten)).status_code == 202
    await house.run_until_quiet()
    calendar = await house.person(forgotten["account"]).create("/notification/calendars", {}, "calendar")
    assert (await house.client.get(calendar["address"].removeprefix(house.settings.url))).status_code == 200
    for account in (APPROVER, roster.station.account("station_clerk")):
        await house.person(account).get("/supervision/figures/2026-Q1")
    await centre.get(f"{roster.path}/pages/1")
    await roster_lines.read_page(house.stores["reporting"], "import of an earlier release", 0)
    await centre.get(f"{roster.path}/technician-reviews")
    await read_reports(house.stores["notification"], OneBounce(), house.clock.now())
    await centre.get("/notification/contacts?state=")
    await resuming.due_by(house.stores["notification"], house.clock.now(), resuming.SINGLE)


class OneBounce:
    """A mailbox of bounces with one mail."""

    async def after(self, position: Position, most: int) -> Sequence[Reported]:
        return [] if position.uid else [Reported(Position(1, 1), dsn(id=""))]


@contextmanager
def _listening(house: House, asked: dict[tuple[str, ...], Question]) -> Iterator[None]:
    names = {id(store): name for name, store in house.stores.items()}
    find, count = SqliteStore.find, SqliteStore.count

    def note(store: SqliteStore, kind: str, where: Any, between: Any, sort: str, after: Any, counted: bool) -> None:
        bounds, place = between and list(between), after and list(after)
        question = Question(names[id(store)], kind, dict(where or {}), bounds, sort, place, counted)
        asked.setdefault(question.shape, question)

    async def noted_find(self: SqliteStore, kind: str, where: Any = None, **more: Any) -> Any:
        note(self, kind, where, more.get("between"), more.get("sort", ""), more.get("after"), False)
        return await find(self, kind, where, **more)

    async def noted_count(self: SqliteStore, kind: str, where: Any = None, *, between: Any = None) -> int:
        note(self, kind, where, between, "", None, True)
        return await count(self, kind, where, between=between)

    with patch.object(SqliteStore, "find", noted_find), patch.object(SqliteStore, "count", noted_count):
        yield


FILTERS = {
    "state": "approved",
    "about": winding.ISSUED.id,
    "roster": winding.ISSUED.id,
    "quarter": "2026-Q1",
    "body": winding.STATION.code,
    "office": "examiner",
}
"""What a list may be narrowed by, with something that is found."""


async def _list_everything(house: House) -> None:
    """Every list of every service, narrowed in every way, a page at a time, by everybody who may read it."""
    for service in INTERFACES:
        for path, methods in APPS[service].openapi()["paths"].items():
            if "get" not in methods or "{" in path:
                continue
            given = {one["name"]: one["schema"] for one in methods["get"].get("parameters", []) if one["in"] == "query"}
            if path.endswith("/counts"):
                for who in KNOCKERS:
                    await house.person(who.account).ask("GET", f"/{service}{path}")
            if "limit" not in given:
                continue  # no list
            narrowed = {name: _some(schema) or FILTERS[name] for name, schema in given.items() if name in FILTERS}
            for names in chain.from_iterable(combinations(narrowed, n) for n in range(len(narrowed) + 1)):
                query = {name: narrowed[name] for name in names} | {"limit": 1}
                for who in KNOCKERS:
                    await _two_pages(house.person(who.account), f"/{service}{path}", query)


def _some(schema: Mapping[str, Any]) -> str:
    return next((value for value in schema.get("enum", ()) if value), "")


async def _two_pages(person: Person, address: str, query: dict[str, Any]) -> None:
    answer = await person.ask("GET", address, params=query)
    page = answer.json()
    if answer.status_code == 200 and isinstance(page, dict) and (after := page["next"]):  # a feed is an array
        await person.ask("GET", address, params={**query, "after": after})
