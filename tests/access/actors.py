"""Who knocks at the doors: one account for every role, where that role sits, and what lies around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.demo.cast import CENTRE, Body
from shared.trade.roles import Role
from tests.access.samples import BRANCH, COUSIN, OTHER_BRANCH, SISTER, STATION, path_of
from tests.world.house import House
from tests.world.topology import INTERFACES

AROUND_STATION = {"own": STATION, "sibling": SISTER, "parent": BRANCH, "stranger": COUSIN}
AROUND_BRANCH = {"own": BRANCH, "child": STATION, "sibling": OTHER_BRANCH, "parent": CENTRE, "stranger": COUSIN}
AROUND_CENTRE = {"own": CENTRE, "child": BRANCH, "grandchild": STATION}
AROUND_HOUSE = {"child": CENTRE, "grandchild": STATION}


@dataclass(frozen=True, slots=True)
class Knocker:
    """around: relation → the body that stands in it to the knocker's own. Machines and operators sit above the tree."""

    account: str
    role: Role
    body: Body | None
    around: Mapping[str, Body]

    @property
    def path(self) -> str:
        return path_of(self.body) if self.body else "/"


def _at(body: Body, role: Role, around: Mapping[str, Body]) -> Knocker:
    return Knocker(f"knocker.{body.code}.{role.value.replace('_', '-')}", role, body, around)


KNOCKERS = (
    _at(STATION, Role.STATION_CLERK, AROUND_STATION),
    _at(STATION, Role.STATION_HEAD, AROUND_STATION),
    _at(BRANCH, Role.BRANCH_OFFICER, AROUND_BRANCH),
    _at(BRANCH, Role.BRANCH_SYSTEM, AROUND_BRANCH),
    _at(BRANCH, Role.AUDITOR, AROUND_BRANCH),
    _at(CENTRE, Role.AUDITOR, AROUND_CENTRE),
    _at(CENTRE, Role.CENTRE_CLERK, AROUND_CENTRE),
    _at(CENTRE, Role.CENTRE_APPROVER, AROUND_CENTRE),
    Knocker("operator", Role.OPERATOR, None, AROUND_HOUSE),
    *(Knocker(service, Role.SERVICE, None, AROUND_HOUSE) for service in INTERFACES),
)


async def open_accounts(house: House) -> None:
    for knocker in KNOCKERS:
        if knocker.body is not None:
            await house.seed_account(knocker.account, knocker.role, knocker.body.code, knocker.path)
