"""Winding up a revoked body: its rosters that are not approved yet."""

from __future__ import annotations

from typing import ClassVar

from services.reporting.rosters.roster import OPEN, VOIDED, Roster
from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.contracts.reporting import ReportingWindUpDone
from shared.contracts.supervision import SanctionConfirmed
from shared.contracts.windup import Effect, WindUpItem, WindUpPreview, WindUpService
from shared.keeping import local_copies
from shared.outside import Ports
from shared.ports import Store
from shared.procedure.approval import DRAFT, RETURNED
from shared.procedure.windup import WindUp, apply, carry_out, of_body


class ReportingWindUp(WindUp):
    SOURCE: ClassVar[str] = "/reporting"
    SERVICE: ClassVar[WindUpService] = "reporting"

    def fact(self) -> ReportingWindUpDone:
        return ReportingWindUpDone(sanction=self.id, effects=len(self.effects))


async def preview(store: Store, body: str) -> WindUpPreview:
    """A roster goes the way of its session, so it has the same choices."""
    found = await of_body(store, Roster, body)
    return WindUpPreview(items=[_item(roster) for roster in found if roster.state in OPEN])


def _item(roster: Roster) -> WindUpItem:
    return WindUpItem(
        service="reporting",
        kind="roster",
        id=roster.id,
        title=f"合格人员名册 {roster.id} · roster",
        state=roster.state,
        count=roster.passed,
        choices={
            "finish": roster.state,
            "move": DRAFT if roster.state == DRAFT else RETURNED,
            "void": VOIDED,
        },
    )


async def revoke(ports: Ports, fact: SanctionConfirmed) -> None:
    """Safe to repeat. Raises NotYet, Unavailable, Stale."""

    async def one(order: Effect, by: Actor, reason: str) -> Effect:
        path = ""
        if order.choice == "move":
            path = (await local_copies.copy_of(ports.store, BodyRegistered, order.target)).path

        def act(roster: Roster) -> None:
            now = ports.clock.now()
            match order.choice:
                case "finish":
                    roster.finish(by, now, reason)
                case "void":
                    roster.void(by, now, reason)
                case "move":
                    roster.transfer(by, now, reason, order.target, path)

        return await apply(ports.store, Roster, order, by, act, lambda roster: roster.passed)

    await carry_out(ports, ReportingWindUp, fact, one)
