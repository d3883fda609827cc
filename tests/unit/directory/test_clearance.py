"""Every order in which a failed annual inspection, a sanction's rectification, its lifting, a clearance and a suspension may
meet: which of them ends what, and that the next rectification is never in the way of the one before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.directory import windup
from services.directory.bodies import usecases
from services.directory.bodies.body import Body
from services.directory.declares import KINDS
from services.runtime.wiring import MACHINERY
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.supervision import SanctionConfirmed, SanctionLifted
from shared.contracts.windup import WindUpOrders
from shared.errors import Invalid, NotFound, Refused, Unavailable, WrongState
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.trade.roles import Role
from tests.world.clock import HandClock

NOW = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)
CENTRE, STATION = "49000001", "49003007"
PATH, UNTIL = f"/{CENTRE}/{STATION}/", date(2026, 6, 1)
CLERK = Actor("clerk", "周宁", CENTRE, f"/{CENTRE}/", frozenset({Role.CENTRE_CLERK}))
APPROVER = Actor("approver", "孙敏", CENTRE, f"/{CENTRE}/", frozenset({Role.CENTRE_APPROVER}))
MEASURE: dict[str, Any] = {"r": "rectification", "s": "suspension"}
"""First letter of a sanction's id → its measure."""


class Supervision:
    """Knows the sanctions and their states; or is away."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}
        self.is_away = False

    async def get(self, service: str, path: str, model: type[Any]) -> Any:
        assert (service, path.rpartition("/")[2]) == ("supervision", "directory")
        if self.is_away:
            raise Unavailable("supervision does not answer")
        sanction = path.split("/")[2]
        if sanction not in self.states:
            raise NotFound(f"there is no sanction {sanction}")
        measure = MEASURE[sanction[0]]
        until = UNTIL if measure == "rectification" else None
        state = self.states[sanction]
        return WindUpOrders(
            sanction=sanction, body=STATION, reason="x", effects=[], measure=measure, until=until, state=state
        )


@pytest.fixture
async def ports(tmp_path: Path) -> AsyncIterator[Any]:
    store = SqliteStore(tmp_path / "directory.sqlite", (*KINDS, *MACHINERY))
    yield SimpleNamespace(store=store, clock=HandClock(NOW), neighbours=Supervision())
    await store.close()


async def the_body(ports: Any) -> Body:
    return await repository.load(ports.store, Body, STATION)


async def clear(ports: Any, reason: str = "复查合格") -> Body:
    body = await the_body(ports)
    return await usecases.clear_rectification(
        ports.store, ports.neighbours, STATION, Asked(APPROVER, NOW, body.version), reason
    )


async def fails(ports: Any) -> None:
    body = await the_body(ports)
    body.inspect(CLERK, NOW, year=2026, passed=False, findings=["量具未检定"], until=UNTIL)
    await repository.save(ports.store, body)


async def cleared_before(ports: Any) -> None:
    """As an earlier release did it: whatever ordered the rectification, and without a word."""
    body = await the_body(ports)
    body.clear_rectification(APPROVER, NOW, "（旧版验收）")
    await repository.save(ports.store, body)


async def confirmed(ports: Any, sanction: str) -> None:
    """It arrives here. In supervision it is in force, unless a test said what became of it there."""
    ports.neighbours.states.setdefault(sanction, "confirmed")
    measure = MEASURE[sanction[0]]
    until = UNTIL if measure == "rectification" else None
    fact = SanctionConfirmed(
        sanction=sanction, body=STATION, path=PATH, branch=None, measure=measure, reason="考评人员不足", until=until
    )
    await windup.confirmed(ports, fact, NOW)


async def lifted(ports: Any, sanction: str) -> None:
    ports.neighbours.states[sanction] = "lifted"
    fact = SanctionLifted(
        sanction=sanction, body=STATION, path=PATH, branch=None, measure=MEASURE[sanction[0]], reason="考评人员不足"
    )
    await windup.lifted(ports, fact, NOW)


async def furnish(ports: Any) -> None:
    body = Body(
        id=STATION,
        state="",
        kind="station",
        path=PATH,
        name_zh="示例站",
        name_en="Station",
        produces=False,
        email="a@example.org",
    )
    body.move("register", "licensed", CLERK, NOW)
    await repository.add(ports.store, body)


async def goes(ports: Any, road: str) -> None:
    """`fail`, `clear`, `old clear`, or `+` and `-` with the id of a sanction: confirmed, lifted; `~`: superseded in
    supervision."""
    for step in road.split(", "):
        match step[0], step:
            case _, "fail":
                await fails(ports)
            case _, "clear":
                await clear(ports)
            case _, "old clear":
                await cleared_before(ports)
            case "+", _:
                await confirmed(ports, step[1:])
            case "-", _:
                await lifted(ports, step[1:])
            case "~", _:
                ports.neighbours.states[step[1:]] = "superseded"
            case _:
                raise AssertionError(step)


ROADS = {
    # what the annual inspection ordered ends by a clearance, and may come again
    "fail": ("rectifying", "", True),
    "fail, clear": ("licensed", "", None),
    "fail, clear, fail": ("rectifying", "", True),
    "fail, clear, +r1": ("rectifying", "r1", False),
    # what a sanction ordered ends with the sanction, and may come again
    "+r1": ("rectifying", "r1", False),
    "+r1, -r1": ("licensed", "", None),
    "+r1, -r1, fail": ("rectifying", "", True),
    "+r1, -r1, +r2": ("rectifying", "r2", False),
    # one on top of the other is one rectification: the sanction's, as long as it is in force
    "fail, +r1": ("rectifying", "r1", False),
    "fail, +r1, -r1": ("licensed", "", None),
    "+r1, fail": ("rectifying", "r1", False),
    "+r1, fail, -r1": ("licensed", "", None),
    # a suspension takes the place of all that is milder
    "fail, +s1": ("suspended", "s1", None),
    "fail, +s1, -s1": ("licensed", "", None),
    "+r1, ~r1, +s1": ("suspended", "s1", None),
    "+r1, ~r1, +s1, -s1": ("licensed", "", None),
    "+r1, ~r1, +s1, -s1, fail": ("rectifying", "", True),
    "+r1, ~r1, +s1, -s1, +r2": ("rectifying", "r2", False),
    # cleared by an earlier release while the sanction is in force: lifting it is the way out, whatever came meanwhile
    "+r1, old clear": ("licensed", "", None),
    "+r1, old clear, -r1": ("licensed", "", None),
    "+r1, old clear, -r1, +r2": ("rectifying", "r2", False),
    "+r1, old clear, fail": ("rectifying", "", True),
    "+r1, old clear, fail, -r1": ("rectifying", "", True),
    "+r1, old clear, fail, clear, -r1": ("licensed", "", None),
    "+r1, old clear, ~r1, +s1": ("suspended", "s1", None),
    "+r1, old clear, ~r1, +s1, -s1": ("licensed", "", None),
    # facts that arrive in another order than they happened
    "~r1, +s1, +r1": ("suspended", "s1", None),
    "~r1, +s1, +r1, -s1": ("licensed", "", None),
    "~r1, +s1, -s1, +r1": ("licensed", "", None),
    "+r1, +r2, -r1": ("rectifying", "r2", False),
    "+s1, +s2, -s1": ("suspended", "s2", None),
    "+r1, +r1, -r1, -r1, +r1": ("licensed", "", None),
}
"""What happened → the state, the sanction behind it, and whether it can be cleared: None where there is nothing to clear."""


@pytest.mark.parametrize("road", ROADS)
async def test_every_road_to_a_rectification_has_one_way_out(ports: Any, road: str) -> None:
    await furnish(ports)
    await goes(ports, road)
    state, ordered_by, can_clear = ROADS[road]
    body = await the_body(ports)
    assert (body.state, body.ordered_by) == (state, ordered_by)
    if can_clear:
        assert (await clear(ports)).state == "licensed"
        return
    with pytest.raises(Refused if can_clear is False else WrongState) as refusal:
        await clear(ports)
    assert (await the_body(ports)).version == body.version, "nothing was written"
    if can_clear is False:
        assert f"/supervision/sanctions/{ordered_by}/lifting" in str(refusal.value)
        await lifted(ports, ordered_by)
        assert (await the_body(ports)).state == "licensed", "and there it ends"


@pytest.mark.parametrize("became", ["superseded", "lifted", "without_effect", "lost"])
async def test_where_the_sanction_is_over_and_nobody_said_so_here_a_clearance_is_the_way_out(
    ports: Any, became: str
) -> None:
    """A message that was parked and discarded, a store of supervision that was lost."""
    await furnish(ports)
    await goes(ports, "+r1")
    if became == "lost":
        del ports.neighbours.states["r1"]
    else:
        ports.neighbours.states["r1"] = became
    assert (await clear(ports)).state == "licensed"


async def test_while_supervision_is_away_only_what_an_annual_inspection_ordered_is_cleared(ports: Any) -> None:
    await furnish(ports)
    await goes(ports, "+r1")
    ports.neighbours.is_away = True
    with pytest.raises(Unavailable, match="暂时无法向监督服务核实"):
        await clear(ports)
    ports.neighbours.is_away = False
    await goes(ports, "-r1, fail")
    ports.neighbours.is_away = True
    assert (await clear(ports)).state == "licensed"


async def test_an_earlier_release_of_supervision_does_not_say_and_is_believed_to_bind(ports: Any) -> None:
    await furnish(ports)
    await goes(ports, "+r1")
    ports.neighbours.states["r1"] = ""
    with pytest.raises(Refused):
        await clear(ports)


async def test_a_clearance_needs_a_reason(ports: Any) -> None:
    await furnish(ports)
    await goes(ports, "fail")
    with pytest.raises(Invalid) as refusal:
        await clear(ports, " ")
    assert [problem.where for problem in refusal.value.problems] == ["/reason"]
    assert (await clear(ports, "复查合格")).history[-1].reason == "复查合格"
