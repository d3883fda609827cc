"""A station about to be revoked: issued certificates, 500 that are not, three open sessions, a reminder, three accounts.

Built through HTTP up to the first of the two confirmations; tests go on from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.demo.cast import CENTRE, STATIONS
from shared.ports import Store
from shared.trade.roles import Role
from tests.world.books import everything
from tests.world.house import House
from tests.world.seeding import (
    APPROVER,
    CLERK,
    TURNER,
    Planned,
    approve,
    bring_roster,
    open_the_house,
    plan_session,
    post,
)

STATION, TARGET = STATIONS[0], STATIONS[1]
ISSUED = Planned(STATION, 1, ((TURNER, 3),), emails=0)
UNISSUED = Planned(STATION, 2, ((TURNER, 500),), emails=2)
FINISHED = Planned(STATION, 3, ((TURNER, 2),), emails=0)
MOVED = Planned(STATION, 4, ((TURNER, 2),), emails=0)
VOIDED = Planned(STATION, 5, ((TURNER, 2),), emails=0)

SECOND, PROPOSER = "second.approver", CLERK
STAYS, GOES, CLOSES = STATION.account("station_clerk"), STATION.account("station_head"), "third.person"
REMINDER = f"{STATION.code}-2027.annual_plan"

CHOICES: list[dict[str, Any]] = [
    {"service": "plan", "kind": "session", "id": FINISHED.id, "choice": "finish"},
    {"service": "plan", "kind": "session", "id": MOVED.id, "choice": "move", "target": TARGET.code},
    {"service": "plan", "kind": "session", "id": VOIDED.id, "choice": "void"},
    {"service": "reporting", "kind": "roster", "id": MOVED.id, "choice": "move", "target": TARGET.code},
    {"service": "reporting", "kind": "roster", "id": VOIDED.id, "choice": "void"},
    {"service": "directory", "kind": "account", "id": STAYS, "choice": "finish"},
    {"service": "directory", "kind": "account", "id": GOES, "choice": "move", "target": TARGET.code},
    {"service": "directory", "kind": "account", "id": CLOSES, "choice": "void"},
    {"service": "certificate", "kind": "production", "id": UNISSUED.id, "choice": "void"},
]
KINDS = [{"kind": "reminder", "choice": "void"}]


async def furnish(house: House) -> None:
    """Everything but the sanction. FINISHED has no roster yet; the rosters of MOVED and VOIDED wait for the Centre."""
    await open_the_house(house)
    centre, station = f"/{CENTRE.code}/", f"/{CENTRE.code}/{STATION.parent}/{STATION.code}/"
    await house.seed_account(SECOND, Role.CENTRE_APPROVER, CENTRE.code, centre)
    await house.seed_account(CLOSES, Role.STATION_CLERK, STATION.code, station)
    for planned in (ISSUED, UNISSUED, FINISHED, MOVED, VOIDED):
        await plan_session(house, planned)
    await house.run_until_quiet()
    for planned in (ISSUED, UNISSUED, MOVED, VOIDED):
        await bring_roster(house, planned)
    await approve(house, ISSUED, UNISSUED)
    await house.run_until_quiet()
    await post(house, ISSUED)
    await house.run_until_quiet()


async def a_confirmed_violation(house: House, body: str = STATION.code, key: str = "v") -> str:
    content = {"body": body, "trigger": "issued_directly", "description": "擅自核发证书"}
    made = await house.person(CLERK).create("/supervision/violations", content, key)
    await house.person(APPROVER).step(
        f"/supervision/violations/{made['id']}", "confirmation", json={"reason": "证据确凿"}
    )
    return str(made["id"])


async def propose(house: House, measure: str = "revocation", key: str = "s", **more: Any) -> dict[str, Any]:
    violation = await a_confirmed_violation(house, str(more.get("body", STATION.code)), f"violation of {key}")
    content: dict[str, Any] = {
        "body": STATION.code,
        "measure": measure,
        "reason": "擅自核发证书，情节严重",
        "violations": [violation],
        "skips_because": "情节特别严重",
        **more,
    }
    if measure == "revocation":
        content = {"wind_up": CHOICES, "wind_up_kinds": KINDS, **content}
    return await house.person(PROPOSER).create("/supervision/sanctions", content, key)


async def confirm(house: House, id: str, *accounts: str) -> None:
    for account in accounts:
        await house.person(account).step(f"/supervision/sanctions/{id}", "confirmation")


async def until_seconded(house: House) -> None:
    """The house, up to the first of two confirmations."""
    await furnish(house)
    proposed = await propose(house)
    await confirm(house, proposed["id"], APPROVER)
    await house.run_until_quiet()


async def the_sanction(house: House) -> dict[str, Any]:
    (one,) = await house.person(APPROVER).everything("/supervision/sanctions")
    return one


async def traces(house: House) -> dict[str, Any]:
    """What became of everything, and how often something was done to it: the same after every road."""
    return {
        f"{service} {kind}": {id: _trace(body) for id, body in (await _bodies(store, kind)).items()}
        for service, kind, store in (
            (service, kind, house.stores[service])
            for service, kind in (
                ("directory", "body"),
                ("directory", "account"),
                ("plan", "session_plan"),
                ("plan", "plan_duty"),
                ("reporting", "roster"),
                ("certificate", "production"),
                ("certificate", "batch"),
                ("supervision", "sanction"),
            )
        )
    }


async def _bodies(store: Store, kind: str) -> dict[str, Mapping[str, Any]]:
    return {record.id: record.body for record in await everything(store, kind)}


def _trace(body: Mapping[str, Any]) -> tuple[Any, ...]:
    acts = [(act["verb"], act["from_state"], act["to_state"]) for act in body["history"]]
    return body["state"], body.get("body"), body.get("path"), acts, body.get("effects"), body.get("differs_in")
