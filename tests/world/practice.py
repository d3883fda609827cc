"""The practice tree of a seeded house: every body's twin, and the road of a roster of which nothing counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from services.demo.cast import BODIES, Body
from services.directory.bodies.body import Body as Registered
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies, repository
from shared.trade.practice import twin, twin_path
from tests.world.house import House, Person
from tests.world.seeding import APPROVER, CLERK, HELD_ON, SMALL, YEAR, Planned, draw_papers, let_through, workbook

TWINS = {body.code: replace(body, code=twin(body.code), parent=body.parent and twin(body.parent)) for body in BODIES}


@dataclass(frozen=True, slots=True)
class Practised(Planned):
    """A roster of a twin. The people are those of the real body: their tokens differ, their accounts do not."""

    @property
    def branch(self) -> Body | None:
        return next((one for one in TWINS.values() if one.code == self.station.parent and one.kind == "branch"), None)

    @property
    def producer(self) -> Body:
        return self.branch if self.branch is not None and self.branch.produces else TWINS[BODIES[0].code]


def practised(planned: Planned) -> Practised:
    return Practised(TWINS[planned.station.code], planned.number, planned.heads, planned.emails)


@dataclass(frozen=True, slots=True)
class Crew:
    """Who practises the road of a roster: the untrained officers of its station, of the branch above, and the Centre."""

    clerk: Person
    head: Person
    branch: Person
    approver: Person
    centre: Person

    @classmethod
    def of(cls, house: House, planned: Planned) -> Crew:
        assert planned.branch is not None
        station, branch = planned.station.account, planned.branch.account
        accounts = (station("station_clerk"), station("station_head"), branch("branch_officer"), APPROVER, CLERK)
        return cls(*(house.practising(account) for account in accounts))

    async def up(self, document: str, *, approve: bool = True) -> dict[str, Any]:
        await self.head.step(document, "submission")
        done = await self.branch.step(document, "endorsement")
        return await let_through(self.approver, document) if approve else done


async def register_twins(house: House) -> None:
    """What the others know of each body's twin, noted here by hand unless the directory has told them."""
    await house.run_until_quiet()
    kind = local_copies.kind_of(BodyRegistered)
    for body in BODIES:
        if await house.stores["plan"].get(kind, twin(body.code)):
            continue
        known = await repository.seek(house.stores["directory"], Registered, body.code)
        if known is None:
            continue
        fact = BodyRegistered(
            body=twin(body.code),
            kind=known.kind,
            path=twin_path(known.path),
            name_zh=known.name_zh,
            name_en=known.name_en,
            produces=known.produces,
            email=known.email,
        )
        known.note(fact, house.clock.now(), about=twin(body.code))
        await repository.save(house.stores["directory"], known)
    await house.run_until_quiet()


async def plan_practice(house: House, crew: Crew, planned: Practised) -> tuple[str, str]:
    """Annual plan and session plan, both approved; their paths."""
    items = [{"occupation": item.occupation, "level": item.level, "heads": n} for item, n in planned.heads]
    annual = await crew.clerk.create("/plan/annual-plans", {"year": YEAR, "items": items}, "practice annual")
    await crew.up(f"/plan/annual-plans/{annual['id']}")
    entry = {"year": YEAR, "number": planned.number, "held_on": f"{HELD_ON}", "place": "示例考场", "in_charge": "吴刚"}
    papers = [{**item, "paper_sets": 3} for item in items]
    session = await crew.clerk.create("/plan/session-plans", {**entry, "items": papers}, "practice session")
    assert session["id"] == planned.id
    await crew.up(f"/plan/session-plans/{session['id']}")
    await draw_papers(crew.centre, f"/plan/session-plans/{session['id']}")
    await house.run_until_quiet()
    return f"/plan/annual-plans/{annual['id']}", f"/plan/session-plans/{session['id']}"


async def practise(house: House, crew: Crew, planned: Practised) -> None:
    """From the approved session plan to the posted parcel."""
    heads = dict.fromkeys(("applied", "accepted", "examined"), planned.size)
    await crew.clerk.create("/reporting/rosters", {"session": planned.id, "attendance": heads}, "practice roster")
    seen = await crew.clerk.ask("GET", planned.path)
    answer = await crew.clerk.ask("PUT", f"{planned.path}/workbook", seen.headers["ETag"], content=workbook(planned))
    assert answer.status_code == 200, answer.text
    await crew.up(planned.path)
    await house.run_until_quiet()
    parcel = {"carrier": "中国邮政EMS", "parcel": "EA000000099CN"}
    await crew.branch.step(f"/certificate/productions/{planned.id}", "parcel", json=parcel)
    await house.run_until_quiet()


SMALL_PRACTICE = practised(SMALL)
