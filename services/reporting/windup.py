"""Winding up a revoked body: its rosters that are not approved yet."""

from __future__ import annotations

from typing import ClassVar

from services.reporting.rosters.roster import OPEN, VOIDED, Roster
from shared.contracts.envelope import Fact
from shared.contracts.reporting import ReportingWindUpDone
from shared.contracts.supervision import SanctionConfirmed
from shared.contracts.windup import WindUpPreview, WindUpService
from shared.outside import Ports
from shared.ports import Store
from shared.procedure.approval import TAKEN_OVER
from shared.procedure.holdings import Holding, Way
from shared.procedure.windup import Part, WindUp, carry_out, previewed


class ReportingWindUp(WindUp):
    SOURCE: ClassVar[str] = "/reporting"
    SERVICE: ClassVar[WindUpService] = "reporting"
    FACT: ClassVar[type[Fact]] = ReportingWindUpDone


# A roster goes the way of its session, so it has the same choices.
ROSTERS = Holding(
    kind="roster",
    what=Roster,
    open=OPEN,
    title=lambda roster: f"合格人员名册 {roster.id} · roster",
    count=lambda roster: roster.passed,
    ways={
        "finish": Way(
            {state: state for state in OPEN},
            lambda roster, act: roster.finish(act.by, act.at, act.reason),
        ),
        "move": Way(
            {state: TAKEN_OVER[state] for state in OPEN},
            lambda roster, act: roster.transfer(act.by, act.at, act.reason, act.target, act.path),
        ),
        "void": Way(
            dict.fromkeys(OPEN, VOIDED),
            lambda roster, act: roster.void(act.by, act.at, act.reason),
        ),
    },
)

PART = Part(ReportingWindUp, (ROSTERS,))


async def preview(store: Store, body: str) -> WindUpPreview:
    return await previewed(store, PART, body)


async def revoke(ports: Ports, fact: SanctionConfirmed) -> None:
    """Safe to repeat (rules §4.9). Raises NotYet, Unavailable, Stale."""
    await carry_out(ports, PART, fact)
