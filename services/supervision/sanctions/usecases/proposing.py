"""Proposing a sanction: what it refers to must stand, and of a revocation every item that is open has its choice."""

from __future__ import annotations

from datetime import date

from services.supervision import ids, visibility
from services.supervision.inspections.inspection import Inspection
from services.supervision.sanctions.effects import Chosen, Key, foreseen
from services.supervision.sanctions.measures import misfits, must_be_revocable, standing_of
from services.supervision.sanctions.requests import NewSanction
from services.supervision.sanctions.sanction import Sanction
from services.supervision.sanctions.usecases import winding_up
from services.supervision.violations.violation import CONFIRMED, Violation
from shared.actor import Actor
from shared.contracts.windup import Effect, WindUpItem, WindUpKind
from shared.errors import Invalid, Problem
from shared.keeping import creation, repository
from shared.keeping.asked import Asked
from shared.keeping.ids import request_id
from shared.outside import Ports
from shared.ports import Store
from shared.procedure.windup import of_body
from shared.trade.deadline import local_day


async def propose(ports: Ports, asked: Asked, key: str, new: NewSanction) -> Sanction:
    """Raises NotFound, NotAllowed, Invalid with everything that is wrong, Unavailable while a preview cannot be had."""
    store, by = ports.store, asked.by
    body = await visibility.body_below(store, by, new.body)
    id = ids.sanction_id(request_id(by.id, key))
    known = await repository.seek(store, Sanction, id)
    if known is not None:  # a repeat: what is open may have changed since, and does not matter
        await creation.once(store, by, key, new)
        return known
    sanction = Sanction(
        id=id,
        state="",
        body=body.body,
        path=body.path,
        measure=new.measure,
        reason=new.reason,
        skips_because=new.skips_because,
        violations=list(dict.fromkeys(new.violations)),
        inspections=list(dict.fromkeys(new.inspections)),
        until=new.until,
        proposed_by=by.id,
    )
    await _must_stand(store, by, sanction)
    standing = standing_of(body)
    if new.measure == "revocation":
        must_be_revocable(body)
        if wrong := misfits(new.measure, standing):  # before four services are asked what is open there
            raise Invalid("不能这样提出处理 · a sanction cannot be proposed like this", wrong)
        items = await winding_up.preview(ports.neighbours, body.body)
        sanction.effects = await _chosen(store, local_day(asked.at), body.body, items, new)
    elif new.wind_up or new.wind_up_kinds:
        raise Invalid(
            "只有取消资质才有善后 · only a revocation is wound up",
            [Problem("/wind_up", "此项处理没有善后，请删去 · this measure leaves nothing to wind up: leave it out")],
        )
    sanction.propose(by, asked.at, await of_body(store, Sanction, body.body), standing)
    request = await creation.once(store, by, key, new)
    return await creation.create(store, sanction, request, f"/supervision/sanctions/{sanction.id}")


async def _must_stand(store: Store, by: Actor, sanction: Sanction) -> None:
    """What it refers to exists, is of this body, and is settled. Raises Invalid."""
    wrong: list[Problem] = []
    for n, id in enumerate(sanction.violations):
        violation = await repository.seek(store, Violation, id)
        if violation is None or violation.body != sanction.body or violation.state != CONFIRMED:
            wrong.append(Problem(f"/violations/{n}", "不是该机构已确认的违规 · no confirmed violation of this body"))
    for n, id in enumerate(sanction.inspections):
        inspection = await repository.seek(store, Inspection, id)
        if inspection is None or inspection.body != sanction.body or not inspection.was_performed:
            wrong.append(Problem(f"/inspections/{n}", "不是该机构已进行的检查 · no performed inspection of this body"))
    if wrong:
        raise Invalid("引用有误 · the references do not stand", wrong)


async def _chosen(store: Store, today: date, body: str, items: list[WindUpItem], new: NewSanction) -> list[Effect]:
    by_item: dict[Key, Chosen] = {
        (item.service, item.kind, item.id): Chosen(item.choice, item.target or "") for item in new.wind_up
    }
    by_kind: dict[WindUpKind, Chosen] = {of.kind: Chosen(of.choice, of.target or "") for of in new.wind_up_kinds}
    effects = foreseen(items, by_item, by_kind)
    await winding_up.targets_must_fit(store, today, body, items, effects)
    return effects
