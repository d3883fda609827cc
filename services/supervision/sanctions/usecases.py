"""Use cases of sanctions: load, call the verb, save."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from services.supervision import visibility
from services.supervision.inspections.inspection import PLANNED, Inspection
from services.supervision.sanctions import windups
from services.supervision.sanctions.effects import Chosen, Key, foreseen, foreseen_again
from services.supervision.sanctions.measures import misfits, standing_of
from services.supervision.sanctions.sanction import Sanction, rank
from services.supervision.violations.violation import CONFIRMED, Violation
from shared.actor import Actor
from shared.contracts.supervision import Measure
from shared.contracts.windup import Choice, Effect, WindUpItem, WindUpKind, WindUpService
from shared.contracts.words import InstitutionCode
from shared.errors import Invalid, Problem, WrongState
from shared.keeping import creation, ids, repository
from shared.ports import Store
from shared.ports.house import House
from shared.procedure.windup import of_body
from shared.text import OneLine
from shared.trade.deadline import local_day


class ChosenForItem(BaseModel):
    """What shall become of one item of the preview."""

    model_config = ConfigDict(extra="forbid")
    service: WindUpService
    kind: WindUpKind
    id: OneLine = Field(min_length=1, max_length=100)
    choice: Choice
    target: InstitutionCode | None = Field(None, description="body that takes it over, for a move only")


class ChosenForKind(BaseModel):
    """What shall become of all items of a kind that are not named one by one."""

    model_config = ConfigDict(extra="forbid")
    kind: WindUpKind
    choice: Choice
    target: InstitutionCode | None = None


class NewSanction(BaseModel):
    model_config = ConfigDict(extra="forbid")
    body: InstitutionCode
    measure: Measure
    reason: OneLine = Field(min_length=2, max_length=1000)
    violations: list[OneLine] = Field([], max_length=100, description="ids of confirmed violations")
    inspections: list[OneLine] = Field([], max_length=100, description="ids of performed inspections")
    until: date | None = Field(None, description="last day of a rectification or suspension")
    skips_because: OneLine = Field("", max_length=1000, description="why a step of the ladder is skipped")
    wind_up: list[ChosenForItem] = Field([], max_length=2000, description="for a revocation: what becomes of each item")
    wind_up_kinds: list[ChosenForKind] = Field([], max_length=10)


async def propose(house: House, by: Actor, key: str, new: NewSanction) -> Sanction:
    """Raises NotFound, NotAllowed, Invalid with everything that is wrong, Unavailable while a preview cannot be had."""
    store = house.store
    body = await visibility.body_below(store, by, new.body)
    id = ids.sanction_id(ids.request_id(by.id, key))
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
        if body.kind != "station":
            raise Invalid("只能取消鉴定站资质 · only a station can be revoked", [Problem("/measure", body.kind)])
        if wrong := misfits(new.measure, standing):  # before four services are asked what is open there
            raise Invalid("不能这样提出处理 · a sanction cannot be proposed like this", wrong)
        items = await windups.preview(house.neighbours, body.body)
        sanction.effects = await _chosen(store, local_day(house.clock.now()), body.body, items, new)
    elif new.wind_up or new.wind_up_kinds:
        raise Invalid("只有取消资质才有善后 · only a revocation is wound up", [Problem("/wind_up", new.measure)])
    sanction.propose(by, house.clock.now(), await of_body(store, Sanction, body.body), standing)
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
        if inspection is None or inspection.body != sanction.body or inspection.state == PLANNED:
            wrong.append(Problem(f"/inspections/{n}", "不是该机构已进行的检查 · no performed inspection of this body"))
    if wrong:
        raise Invalid("引用有误 · the references do not stand", wrong)


async def _chosen(store: Store, today: date, body: str, items: list[WindUpItem], new: NewSanction) -> list[Effect]:
    by_item: dict[Key, Chosen] = {
        (one.service, one.kind, one.id): Chosen(one.choice, one.target or "") for one in new.wind_up
    }
    by_kind: dict[WindUpKind, Chosen] = {one.kind: Chosen(one.choice, one.target or "") for one in new.wind_up_kinds}
    effects = foreseen(items, by_item, by_kind)
    await _targets_must_fit(store, today, body, items, effects)
    return effects


async def _targets_must_fit(
    store: Store, today: date, body: str, items: list[WindUpItem], effects: list[Effect]
) -> None:
    """At the proposal and at each confirmation: a body may have been suspended in between. Raises Invalid."""
    wrong = await windups.unfit_targets(store, today, body, items, effects)
    if wrong:
        raise Invalid("接收机构有误 · a body cannot take this over", wrong)


async def confirm(house: House, by: Actor, id: str, seen: int) -> Sanction:
    """Of a revocation the preview is computed anew. Raises Invalid, Overtaken, Stale, WrongState, NotAllowed, Unavailable."""
    sanction = await visibility.seen(house.store, Sanction, id, by, seen)
    standing = standing_of(await visibility.body_below(house.store, by, sanction.body))
    now: list[Effect] = []
    if sanction.measure == "revocation":
        items = await windups.preview(house.neighbours, sanction.body)
        now = foreseen_again(items, sanction.effects)
        await _targets_must_fit(house.store, local_day(house.clock.now()), sanction.body, items, now)
    sanction.confirm(by, house.clock.now(), standing, now)
    await repository.save(house.store, sanction)
    return sanction


async def withdraw(house: House, by: Actor, id: str, seen: int, reason: str) -> Sanction:
    sanction = await visibility.seen(house.store, Sanction, id, by, seen)
    sanction.withdraw(by, house.clock.now(), reason)
    await repository.save(house.store, sanction)
    return sanction


async def lift(house: House, by: Actor, id: str, seen: int, reason: str) -> Sanction:
    """Raises WrongState also where a graver measure is in force: that one is to be lifted."""
    sanction = await visibility.seen(house.store, Sanction, id, by, seen)
    if any(
        one.binds and rank(one.measure) > rank(sanction.measure)
        for one in await of_body(house.store, Sanction, sanction.body)
    ):
        raise WrongState(f"sanction {id}", "superseded by a graver one", "lift")
    sanction.lift(by, house.clock.now(), reason)
    await repository.save(house.store, sanction)
    return sanction
