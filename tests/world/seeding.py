"""A house in which rosters wait for the Centre's approval: bodies, officers, plans and workbooks, all through HTTP.

Built once per session in a folder of its own; every test gets a copy of that folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx

from services.demo.cast import BODIES, CENTRE, ITEMS, OFFICERS, ROLES, STATIONS, Body, Item
from shared.contracts.occupations import occupations
from shared.contracts.reporting import RosterLine
from shared.forms.form6.writing import SheetContent, write
from shared.trade.numbers.resident_id import resident_id_check
from shared.trade.roles import Role
from tests.world.house import House, Person

YEAR = 2026
HELD_ON = date(2026, 4, 3)
"""The morning of the house's clock: no roster is opened before its day, and no session is approved for a past one."""
TURNER, WELDER, FITTER, TECHNICIAN = ITEMS

LICENCE: dict[str, Any] = {
    "licence_no": "机械-测试",
    "valid_from": "2020-01-01",
    "valid_until": "2039-12-31",
    "scope": [{"occupation": one.code, "levels": sorted(one.levels, reverse=True)} for one in occupations().values()],
}

CLERK = CENTRE.account("centre_clerk")
APPROVER = CENTRE.account("centre_approver")


@dataclass(frozen=True, slots=True)
class Planned:
    """A roster of the seeded house: id is the session's."""

    station: Body
    number: int
    heads: tuple[tuple[Item, int], ...]
    emails: int

    @property
    def id(self) -> str:
        return f"{self.station.code}-{YEAR}-{self.number:03d}"

    @property
    def path(self) -> str:
        return f"/reporting/rosters/{self.id}"

    @property
    def branch(self) -> Body | None:
        return next((body for body in BODIES if body.code == self.station.parent and body.kind == "branch"), None)

    @property
    def producer(self) -> Body:
        return self.branch if self.branch is not None and self.branch.produces else CENTRE

    @property
    def poster(self) -> str:
        """Account that scans the parcel."""
        return self.producer.account("branch_officer" if self.producer.kind == "branch" else "centre_clerk")

    @property
    def size(self) -> int:
        return sum(count for _, count in self.heads)


SMALL = Planned(STATIONS[0], 1, ((TURNER, 2), (WELDER, 1)), emails=2)  # under a branch that produces itself
SECOND = Planned(STATIONS[0], 2, ((TURNER, 4),), emails=0)  # continues the register of the first
LARGE = Planned(STATIONS[2], 1, ((TURNER, 300), (FITTER, 150)), emails=3)  # three batches; its branch does not produce
DIRECT = Planned(STATIONS[3], 1, ((TECHNICIAN, 2),), emails=1)  # no branch in between
AGAIN = Planned(STATIONS[1], 1, ((TURNER, 1), (FITTER, 1)), emails=1)
ALL = (SMALL, SECOND, LARGE, DIRECT, AGAIN)


def a_line(
    n: int, item: Item = TURNER, *, session: str = SMALL.id, email: str = "", name: str = "", person: int = 0
) -> RosterLine:
    """A synthetic candidate, another one for every n. person: who it is, where that is not n."""
    who = person or n
    birth = date(1975, 1, 1) + timedelta(days=who % 9000)
    first17 = f"999999{birth:%Y%m%d}{who // 9000 * 2 + 1:03d}"
    return RosterLine(
        n=n,
        ticket=f"{session.replace('-', '')}{item.level}{n:05d}",
        name=name or f"张{'一二三四五六七八九十'[n % 10]}{'甲乙丙丁戊己庚辛壬癸'[n // 10 % 10]}",
        sex="男",
        birth=birth,
        id_type="身份证",
        id_number=first17 + resident_id_check(first17),
        education="技校",
        employer="示例机床有限公司",
        occupation=item.occupation,
        occupation_zh=item.occupation_zh,
        occupation_en=item.occupation_en,
        level=item.level,
        theory=86.0,
        practical=90.5,
        review=82.0 if item.level <= 2 else None,
        grade="good",
        email=email,
    )


def lines_of(planned: Planned) -> list[RosterLine]:
    """Of every roster other people: nobody is certified twice in an occupation and level."""
    lines: list[RosterLine] = []
    others = (30 * [one.code[2:] for one in STATIONS].index(planned.station.code[2:]) + planned.number - 1) * 20_000
    for item, count in planned.heads:
        for _ in range(count):
            n = len(lines) + 1
            email = f"holder-{planned.id}-{n}@example.org" if n <= planned.emails else ""
            lines.append(a_line(n, item, session=planned.id, email=email, person=others + n))
    return lines


def workbook(planned: Planned, lines: Sequence[RosterLine] | None = None, *, held_on: date = HELD_ON) -> bytes:
    rows = lines_of(planned) if lines is None else lines
    sheets = [
        SheetContent(
            station_zh=planned.station.name_zh,
            institution=planned.station.code,
            session=planned.id,
            occupation=item.occupation,
            occupation_zh=item.occupation_zh,
            level=item.level,
            held_on=held_on,
            rows=[line for line in rows if (line.occupation, line.level) == (item.occupation, item.level)],
        )
        for item, _ in planned.heads
    ]
    return write(sheets)


async def open_the_house(house: House) -> None:
    """Machines, bodies, officers; everybody knows the bodies afterwards."""
    for store in house.stores.values():
        await store.prepare()
    await house.seed_machines()
    for body in BODIES:
        await house.operator.create("/directory/bodies", body_entry(body), f"body {body.code}")
        path = "".join(f"/{code}" for code in _above(body)) + f"/{body.code}/"
        for role in ROLES[body.kind]:
            await house.seed_account(body.account(role), Role(role), body.code, path, OFFICERS[role])
    for station in STATIONS:
        await license_body(house, station.code)
    await house.run_until_quiet()


async def license_body(house: House, code: str, **other: Any) -> dict[str, Any]:
    """By the Centre's approver: everything there is, for long; `other` replaces fields of the licence."""
    return await house.person(APPROVER).step(f"/directory/bodies/{code}", "licence", json={**LICENCE, **other})


def body_entry(body: Body) -> dict[str, Any]:
    return {
        "code": body.code,
        "kind": body.kind,
        "parent": body.parent,
        "name_zh": body.name_zh,
        "name_en": body.name_en,
        "produces": body.produces,
        "email": body.email,
    }


def _above(body: Body) -> list[str]:
    if body.parent is None:
        return []
    parent = next(one for one in BODIES if one.code == body.parent)
    return [*_above(parent), parent.code]


async def up(house: House, planned: Planned, document: str, *, approve: bool) -> None:
    await house.person(planned.station.account("station_head")).step(document, "submission")
    if planned.branch is not None:
        await house.person(planned.branch.account("branch_officer")).step(document, "endorsement")
    if approve:
        await let_through(house.person(APPROVER), document)


async def let_through(approver: Person, document: str) -> dict[str, Any]:
    """Approved, with a reason for whatever needs one."""
    found, etag = await approver.look(document)
    return await approver.act(document, "approval", etag, json={"exceptions": reasons_for(found)})


def reasons_for(form: dict[str, Any]) -> dict[str, str]:
    """For each exception that a form says it needs."""
    return {needed["rule"]: "测试特批" for needed in form.get("needs", ())}


async def plan_session(house: House, planned: Planned) -> None:
    """Annual plan (once per station) and session plan, both approved."""
    clerk = house.person(planned.station.account("station_clerk"))
    annual = {"year": YEAR, "items": [_item(item, 20_000) for item in ITEMS]}
    made = await clerk.create("/plan/annual-plans", annual, f"annual {planned.station.code}")
    if made["state"] == "draft":
        await up(house, planned, f"/plan/annual-plans/{made['id']}", approve=True)
    plan = {
        "year": YEAR,
        "number": planned.number,
        "held_on": HELD_ON.isoformat(),
        "place": "示例考场",
        "in_charge": "吴刚",
        "items": [{**_item(item, count), "paper_sets": 3} for item, count in planned.heads],
    }
    made = await clerk.create("/plan/session-plans", plan, f"session {planned.id}")
    await up(house, planned, f"/plan/session-plans/{made['id']}", approve=True)
    await draw_papers(house.person(CLERK), f"/plan/session-plans/{made['id']}")


async def draw_papers(clerk: Person, session: str) -> None:
    """By the Centre's clerk: the first set of every item."""
    found, etag = await clerk.look(session)
    sets = [{"occupation": one["occupation"], "level": one["level"], "set": 1} for one in found["items"]]
    await clerk.act(session, "draw", etag, json={"sets": sets, "witness": "何监督"})


def _item(item: Item, heads: int) -> dict[str, Any]:
    return {"occupation": item.occupation, "level": item.level, "heads": heads}


async def bring_roster(house: House, planned: Planned, lines: Sequence[RosterLine] | None = None) -> dict[str, Any]:
    """From the approved session to a roster that waits for the Centre. lines: those of `lines_of` unless told otherwise.
    Returns what the import answered."""
    imported = await import_roster(house, planned, lines)
    await up(house, planned, planned.path, approve=False)
    await review_technicians(house.person(CLERK), planned, lines)
    return imported


async def import_roster(house: House, planned: Planned, lines: Sequence[RosterLine] | None = None) -> dict[str, Any]:
    """The same as far as the station's clerk brings it."""
    clerk = house.person(planned.station.account("station_clerk"))
    attendance = dict.fromkeys(("applied", "accepted", "examined"), planned.size)
    await clerk.create("/reporting/rosters", {"session": planned.id, "attendance": attendance}, f"roster {planned.id}")
    seen = await clerk.ask("GET", planned.path)
    answer = await clerk.ask("PUT", f"{planned.path}/workbook", seen.headers["ETag"], content=workbook(planned, lines))
    assert answer.status_code == 200, answer.text
    imported: dict[str, Any] = answer.json()
    return imported


async def review_technicians(clerk: Person, planned: Planned, lines: Sequence[RosterLine] | None = None) -> None:
    """The Centre's clerk records the approval forms of those who need one."""
    reviews = [
        {
            "ticket": line.ticket,
            "name": line.name,
            "document_no": f"机职鉴审〔{YEAR}〕{line.n}号",
            "reviewed_on": HELD_ON.isoformat(),
            "panel": ["郑平", "冯强", "褚云"],
        }
        for line in (lines_of(planned) if lines is None else lines)
        if line.level <= 2
    ]
    if reviews:
        path = f"{planned.path}/technician-reviews"
        await clerk.create(path, {"reviews": reviews}, f"reviews {planned.id}")


async def seed(house: House, rosters: Sequence[Planned] = ALL) -> None:
    await open_the_house(house)
    for planned in rosters:
        await plan_session(house, planned)
    await house.run_until_quiet()
    for planned in rosters:
        await bring_roster(house, planned)
    await house.run_until_quiet()


async def approve(house: House, *rosters: Planned) -> None:
    for planned in rosters:
        reasons = reasons_for(await seen(house.person(APPROVER), planned.path))
        await insist(house.person(APPROVER), planned.path, "approval", "approved", json={"exceptions": reasons})


async def post(house: House, *rosters: Planned) -> None:
    """Scan the parcels."""
    for planned in rosters:
        parcel = {"carrier": "中国邮政EMS", "parcel": f"EA{planned.number:09d}CN"}
        path = f"/certificate/productions/{planned.id}"
        await insist(house.person(planned.poster), path, "parcel", "mailed", json=parcel)


async def seen(person: Person, document: str) -> dict[str, Any]:
    """Looked at once more when the connection ends."""
    while True:
        try:
            found: dict[str, Any] = await person.get(document)
            return found
        except httpx.ReadError:
            continue


async def insist(person: Person, document: str, verb: str, state: str, **content: Any) -> None:
    """As people do when the connection ends: look what became of it, and ask again if nothing did."""
    while True:
        try:
            if (await person.get(document))["state"] != state:
                await person.step(document, verb, **content)
            return
        except httpx.ReadError:
            continue
