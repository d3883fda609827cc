"""What a measure in force does to the body and to the milder measure before it."""

from __future__ import annotations

import logging

from services.supervision.sanctions.measures import Step
from services.supervision.sanctions.sanction import WITHOUT_EFFECT, Sanction
from shared.contracts.directory import BodyStandingChanged
from shared.errors import NotYet
from shared.keeping import repository
from shared.ports import Clock, Store
from shared.procedure.windup import acting_for, of_body

log = logging.getLogger(__name__)


async def supersede(store: Store, clock: Clock, graver: str) -> None:
    """A measure came into force: what bound the body before, and is milder, ends. One write each; repeats find nothing."""
    mine = await repository.seek(store, Sanction, graver)
    if mine is None:
        raise NotYet(f"处理 {graver} 尚未送达本服务，稍后自动再试 · sanction {graver} is not here (yet)")
    for milder in await of_body(store, Sanction, mine.body):
        if milder.id != graver and milder.supersede(acting_for(graver), clock.now(), mine):
            await repository.save(store, milder)


async def take_standing(store: Store, clock: Clock, fact: BodyStandingChanged) -> None:
    """What became of the standing of the body. Raises NotYet, Stale."""
    known = await repository.seek(store, Sanction, fact.sanction)
    if known is None:
        raise NotYet(f"处理 {fact.sanction} 尚未送达本服务，稍后自动再试 · sanction {fact.sanction} is not here (yet)")
    step = Step(from_state=fact.from_state, to_state=fact.to_state)
    if known.take_standing(acting_for(known.id), clock.now(), step, lifting=fact.lifting):
        await repository.save(store, known)
        if known.state == WITHOUT_EFFECT:
            log.error("sanction %s is without effect: body %s is %s", known.id, known.body, fact.to_state)
