"""What becomes of a proposed sanction: confirmed, withdrawn; and once it is in force, lifted."""

from __future__ import annotations

from services.supervision import visibility
from services.supervision.sanctions.effects import foreseen_again
from services.supervision.sanctions.measures import standing_of
from services.supervision.sanctions.sanction import Sanction, rank
from services.supervision.sanctions.usecases import winding_up
from shared.contracts.windup import Effect
from shared.keeping.asked import Asked
from shared.outside import Ports
from shared.ports import Store
from shared.procedure.windup import of_body
from shared.trade.deadline import local_day


async def confirm(ports: Ports, id: str, asked: Asked) -> Sanction:
    """Of a revocation the preview is computed anew. Raises Invalid, Overtaken, Stale, WrongState, NotAllowed, Unavailable."""

    async def verb(sanction: Sanction) -> None:
        standing = standing_of(await visibility.body_below(ports.store, asked.by, sanction.body))
        now: list[Effect] = []
        if sanction.measure == "revocation":
            items = await winding_up.preview(ports.neighbours, sanction.body)
            now = foreseen_again(items, sanction.effects)
            await winding_up.targets_must_fit(ports.store, local_day(asked.at), sanction.body, items, now)
        sanction.confirm(asked.by, asked.at, standing, now)

    return await visibility.change(ports.store, Sanction, id, asked, verb)


async def withdraw(store: Store, id: str, asked: Asked, reason: str) -> Sanction:
    """Raises NotFound, Stale, WrongState, NotAllowed, Invalid."""

    def verb(sanction: Sanction) -> None:
        sanction.withdraw(asked.by, asked.at, reason)

    return await visibility.change(store, Sanction, id, asked, verb)


async def lift(store: Store, id: str, asked: Asked, reason: str) -> Sanction:
    """Raises WrongState also where a graver measure is in force: that one is to be lifted."""

    async def verb(sanction: Sanction) -> None:
        others = await of_body(store, Sanction, sanction.body)
        if any(other.binds and rank(other.measure) > rank(sanction.measure) for other in others):
            graver = ("已被更重的处理取代", "is superseded by a graver one")
            raise sanction.wrong_state("lift", "请解除更重的处理 · lift the graver one", found=graver)
        sanction.lift(asked.by, asked.at, reason)

    return await visibility.change(store, Sanction, id, asked, verb)
