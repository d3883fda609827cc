"""What supervision asks the other services about a revocation, and answers them: previews before it, orders for it,
results after it."""

from __future__ import annotations

import asyncio
import logging
from datetime import date, datetime, timedelta

from services.supervision.sanctions.effects import Key
from services.supervision.sanctions.sanction import CONFIRMED, Sanction
from shared.contracts.directory import BodyRegistered
from shared.contracts.windup import (
    SERVICES,
    Effect,
    WindUpItem,
    WindUpOrders,
    WindUpPreview,
    WindUpResult,
    WindUpService,
)
from shared.contracts.words import MAY_APPRAISE
from shared.errors import Invalid, NotYet, Problem
from shared.keeping import local_copies, repository
from shared.ports import Clock, Store
from shared.ports.neighbours import Neighbours
from shared.procedure.windup import acting_for
from shared.trade.practice import is_practice

log = logging.getLogger(__name__)

LATE = timedelta(hours=1)


async def preview(neighbours: Neighbours, body: str) -> list[WindUpItem]:
    """Everything that is open at the body, in all services. Raises Unavailable: without all of them it is none."""
    asking = (neighbours.get(service, f"/windups/preview?body={body}", WindUpPreview) for service in SERVICES)
    return [item for part in await asyncio.gather(*asking) for item in part.items]


async def targets_must_fit(
    store: Store, today: date, body: str, items: list[WindUpItem], effects: list[Effect]
) -> None:
    """No moves to a body that may not appraise, today or on the day of the exam, or lacks the licence for what it would
    get (rules §4.1). Asked at the proposal and at each confirmation: a body may have been suspended in between.
    Raises Invalid."""
    known: dict[Key, WindUpItem] = {(item.service, item.kind, item.id): item for item in items}
    wrong: list[Problem] = []
    for effect in effects:
        reason = await _unfit(store, today, body, effect.target, known[effect.key]) if effect.target else ""
        if reason:
            wrong.append(Problem("/wind_up/" + "/".join(effect.key), f"{effect.target}：{reason}"))
    if wrong:
        raise Invalid("接收机构有误 · a body cannot take this over", wrong)


async def _unfit(store: Store, today: date, body: str, target: str, item: WindUpItem) -> str:
    taking = await local_copies.seek(store, BodyRegistered, target)
    if taking is None or is_practice(target) or taking.kind != "station" or target == body:
        return "不是可接收的鉴定站 · no station that can take it over"
    licence = taking.licence
    if taking.state not in MAY_APPRAISE or licence is None or not licence.valid_on(today):
        return "没有有效的鉴定许可 · has no licence that is valid now"
    if item.held_on is not None and item.held_on > today and not licence.valid_on(item.held_on):
        return f"鉴定日期 {item.held_on} 不在其许可证有效期内 · its licence has ended by the day of the exam"
    beyond = [need for need in item.needs if not licence.covers(need.partition("/")[0], int(need.partition("/")[2]))]
    return f"许可范围不含 {'、'.join(beyond)} · not within its licence" if beyond else ""


async def orders(store: Store, id: str, service: WindUpService) -> WindUpOrders:
    """What was confirmed, for whoever heard of it, and a service's part of a revocation.

    Raises NotFound, WrongState before the confirmation."""
    sanction = await repository.load(store, Sanction, id)
    if sanction.confirmed_at is None:
        raise sanction.wrong_state("orders", sanction.instead_of("orders"))
    return WindUpOrders(
        sanction=sanction.id,
        body=sanction.body,
        reason=sanction.reason,
        effects=sanction.orders_of(service),
        measure=sanction.measure,
        until=sanction.until,
        state=sanction.state,
    )


async def take_result(store: Store, clock: Clock, neighbours: Neighbours, service: str, sanction: str) -> Sanction:
    """One service says that it is done: fetch what it did. Raises NotYet, Unavailable, Stale."""
    known = await repository.seek(store, Sanction, sanction)
    if known is None:
        raise NotYet(f"处理 {sanction} 尚未送达本服务，稍后自动再试 · sanction {sanction} is not here (yet)")
    if service in known.results:
        return known
    result = await neighbours.get(service, f"/windups/{sanction}", WindUpResult)
    if known.take_result(acting_for(sanction), clock.now(), service, result.effects):
        await repository.save(store, known)
    return known


async def sweep(store: Store, now: datetime) -> None:
    """The clock's question: is a revocation confirmed for more than an hour, and not carried out? Finding one is a fault
    report: a message is parked, or a service is away."""
    async for sanction in repository.every(store, Sanction, {"state": CONFIRMED, "measure": "revocation"}):
        if sanction.confirmed_at is not None and now - sanction.confirmed_at > LATE:
            missing = ", ".join(service for service in SERVICES if service not in sanction.results)
            log.warning("sanction %s waits for %s since %s", sanction.id, missing, sanction.confirmed_at.isoformat())
