"""Winding up: how a service shows and carries out its part of a revocation, and what it keeps about it.

One document write at a time, each with a guard that recognises its own work: whoever was touched has an entry of the
sanction in its history, and that entry says from which state to which. So a repeat after a crash changes nothing and
tells the same. What there is to show and to do stands in the table of each service (`shared.procedure.holdings`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from shared.actor import Actor
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Fact
from shared.contracts.supervision import SanctionConfirmed, SanctionLifted
from shared.contracts.windup import (
    Effect,
    WindUpItem,
    WindUpKind,
    WindUpOrders,
    WindUpPreview,
    WindUpResult,
    WindUpService,
    in_order,
)
from shared.errors import NotYet, Refused, WrongState
from shared.keeping import local_copies, repository
from shared.keeping.aggregate import Aggregate, Entry
from shared.outside import Ports
from shared.ports import Kind, Store
from shared.procedure.holdings import Act, Holding
from shared.trade.roles import Role
from shared.words import Words

DONE = "done"
_SANCTION = "sanction:"  # stands in histories: it never changes


class WindUp(Aggregate):
    """What one service did because of one revocation. id: the sanction's; effects: as they really happened."""

    KIND: ClassVar[str] = "windup"
    WORDS: ClassVar[Words] = Words("windup", ("善后", "winding-up"), states={DONE: ("已办完", "done")}, verbs={})
    SERVICE: ClassVar[WindUpService]
    FACT: ClassVar[type[Fact]]
    """`<service>_windup.done.v1`: the sanction and the number of effects."""

    state: str = DONE
    body: str
    path: str
    effects: list[Effect]

    def tell(self, at: datetime) -> None:
        self.note(self.FACT.model_validate({"sanction": self.id, "effects": len(self.effects)}), at)

    def result(self) -> WindUpResult:
        return WindUpResult(sanction=self.id, effects=self.effects)


A = TypeVar("A", bound=Aggregate)
W = TypeVar("W", bound=WindUp)

KIND = Kind(WindUp.KIND, follows=True)


async def copied_path(store: Store, body: str) -> str:
    """The place of a body, from this service's local copy. Raises NotYet."""
    return (await local_copies.copy_of(store, BodyRegistered, body)).path


@dataclass(frozen=True, slots=True)
class Part:
    """A service's part in a winding up. done: what it keeps about it; path_of: how it learns where a target stands."""

    done: type[WindUp]
    holdings: tuple[Holding[Any], ...]
    path_of: Callable[[Store, str], Awaitable[str]] = copied_path

    def holding(self, kind: WindUpKind) -> Holding[Any]:
        return next(one for one in self.holdings if one.kind == kind)


# --- shown ------------------------------------------------------------------------------------------------------------


async def previewed(
    store: Store, part: Part, body: str, found: Mapping[WindUpKind, Sequence[Aggregate]] | None = None
) -> WindUpPreview:
    """Everything open at a body, row by row. found: the items of a kind that may not be in the store yet."""
    found = found or {}
    items: list[WindUpItem] = []
    for holding in part.holdings:
        held = found[holding.kind] if holding.kind in found else await of_body(store, holding.what, body)
        items += [holding.shown(part.done.SERVICE, one) for one in held if holding.is_open(one)]
    return WindUpPreview(items=items)


# --- done -------------------------------------------------------------------------------------------------------------


def acting_for(sanction: str) -> Actor:
    """Who acts when nobody does: the id names the sanction, so every entry leads to the persons who confirmed it."""
    return Actor(f"{_SANCTION}{sanction}", "监督处理 · sanction", "", "/", frozenset({Role.SERVICE}))


def sanction_of(by: str) -> str:
    """The sanction for which an act was taken, from the id of who took it; empty where a person did."""
    return by.removeprefix(_SANCTION) if by.startswith(_SANCTION) else ""


async def carry_out(ports: Ports, part: Part, fact: SanctionConfirmed) -> None:
    """Handle the confirmation of a revocation in one service: order by order, then what is kept and told about them.

    Safe to repeat. Raises NotYet, Unavailable, Stale."""
    if await repository.seek(ports.store, part.done, fact.sanction) is not None:
        return
    orders = await orders_for(ports, part, fact)
    effects = [await _carried_out(ports, part, fact, order, orders.reason) for order in orders.effects]
    done = part.done(id=fact.sanction, body=fact.body, path=fact.path, effects=in_order(effects))
    done.tell(ports.clock.now())
    await repository.add(ports.store, done)


async def orders_for(ports: Ports, part: Part, fact: SanctionConfirmed | SanctionLifted) -> WindUpOrders:
    """What supervision itself has about the sanction. The fact is the news that there is something to ask; what it repeats
    must be so, before anything is done to anybody.

    Raises Refused when it is not, NotFound, NotYet, Unavailable."""
    where = f"/sanctions/{fact.sanction}/orders/{part.done.SERVICE}"
    orders = await ports.neighbours.get("supervision", where, WindUpOrders)
    same = orders.body == fact.body
    if orders.measure:  # an earlier release does not say
        same &= orders.measure == fact.measure
        same &= orders.until == fact.until if isinstance(fact, SanctionConfirmed) else orders.state == "lifted"
    if not same:
        raise Refused(
            f"消息与处理的内容不一致，请运行管理员核查 · {fact.TYPE} of sanction {fact.sanction} does not match the sanction"
        )
    return orders


async def _carried_out(ports: Ports, part: Part, fact: SanctionConfirmed, order: Effect, reason: str) -> Effect:
    holding = part.holding(order.kind)
    path = await part.path_of(ports.store, order.target) if order.choice == "move" else ""
    act = Act(acting_for(fact.sanction), ports.clock.now(), reason, fact.sanction, order.target, path)
    if holding.made is not None and await repository.seek(ports.store, holding.what, order.id) is None:
        await repository.add(ports.store, holding.made(order.id, fact))
    effect = await _applied(ports.store, holding, order, act)
    if holding.afterwards is not None:
        await holding.afterwards(ports.store, effect, act)
    return effect


async def _applied(store: Store, holding: Holding[A], order: Effect, act: Act) -> Effect:
    """Load the item, call the verb that the order chose, save: unless this sanction did so before.

    An item that went on meanwhile and cannot take the verb any more stays as it is, and the effect says so."""
    item = await repository.seek(store, holding.what, order.id)
    if item is None:
        raise NotYet(f"待善后的内容尚未送达本服务，稍后自动再试 · {order.kind} {order.id} is not here (yet)")
    entry = entry_of(item.history, act.by)
    if entry is None:
        try:
            holding.ways[order.choice].verb(item, act)
        except WrongState as error:
            return _happened(order, error.state, error.state, holding.count(item))
        await repository.save(store, item)
        entry = item.history[-1]
    return _happened(order, entry.from_state, entry.to_state, holding.count(item))


def entry_of(history: Collection[Entry], by: Actor) -> Entry | None:
    return next((entry for entry in history if entry.by == by.id), None)


def _happened(order: Effect, from_state: str, to_state: str, count: int) -> Effect:
    return order.model_copy(update={"from_state": from_state, "to_state": to_state, "count": count})


# --- asked afterwards -------------------------------------------------------------------------------------------------


async def of_body(store: Store, what: type[A], body: str) -> list[A]:
    """All documents of one kind that a body holds."""
    return [one async for one in repository.every(store, what, {"body": body})]


async def result_of(store: Store, what: type[W], sanction: str) -> WindUpResult:
    """Raises NotFound."""
    return (await repository.load(store, what, sanction)).result()
