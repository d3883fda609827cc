"""What becomes of a proposed sanction: confirmed, withdrawn; and once it is in force, lifted."""

from __future__ import annotations

from services.supervision import visibility
from services.supervision.sanctions.effects import foreseen_again
from services.supervision.sanctions.measures import standing_of
from services.supervision.sanctions.sanction import Sanction, rank
from services.supervision.sanctions.usecases import winding_up
from shared.actor import Actor
from shared.contracts.windup import Effect
from shared.errors import WrongState
from shared.keeping import repository
from shared.outside import Ports
from shared.procedure.windup import of_body
from shared.trade.deadline import local_day


async def confirm(ports: Ports, by: Actor, id: str, seen: int) -> Sanction:
    """Of a revocation the preview is computed anew. Raises Invalid, Overtaken, Stale, WrongState, NotAllowed, Unavailable."""
    sanction = await visibility.seen(ports.store, Sanction, id, by, seen)
    standing = standing_of(await visibility.body_below(ports.store, by, sanction.body))
    now: list[Effect] = []
    if sanction.measure == "revocation":
        items = await winding_up.preview(ports.neighbours, sanction.body)
        now = foreseen_again(items, sanction.effects)
        await winding_up.targets_must_fit(ports.store, local_day(ports.clock.now()), sanction.body, items, now)
    sanction.confirm(by, ports.clock.now(), standing, now)
    await repository.save(ports.store, sanction)
    return sanction


async def withdraw(ports: Ports, by: Actor, id: str, seen: int, reason: str) -> Sanction:
    sanction = await visibility.seen(ports.store, Sanction, id, by, seen)
    sanction.withdraw(by, ports.clock.now(), reason)
    await repository.save(ports.store, sanction)
    return sanction


async def lift(ports: Ports, by: Actor, id: str, seen: int, reason: str) -> Sanction:
    """Raises WrongState also where a graver measure is in force: that one is to be lifted."""
    sanction = await visibility.seen(ports.store, Sanction, id, by, seen)
    if any(
        one.binds and rank(one.measure) > rank(sanction.measure)
        for one in await of_body(ports.store, Sanction, sanction.body)
    ):
        raise WrongState(f"sanction {id}", "superseded by a graver one", "lift")
    sanction.lift(by, ports.clock.now(), reason)
    await repository.save(ports.store, sanction)
    return sanction
