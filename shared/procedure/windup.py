"""Winding up: how a service carries out its part of a revocation, and what it keeps about it.

One document write at a time, each with a guard that recognises its own work: whoever was touched has an entry of the
sanction in its history, and that entry says from which state to which. So a repeat after a crash changes nothing and
tells the same.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import ClassVar, TypeVar

from shared.actor import Actor
from shared.contracts.envelope import Fact
from shared.contracts.supervision import SanctionConfirmed
from shared.contracts.windup import Effect, WindUpOrders, WindUpResult, WindUpService, in_order
from shared.errors import NotYet, WrongState
from shared.keeping import repository
from shared.keeping.aggregate import Aggregate, Entry
from shared.outside import Ports
from shared.ports import Kind, Store
from shared.trade.roles import Role

DONE = "done"


class WindUp(Aggregate):
    """What one service did because of one revocation. id: the sanction's; effects: as they really happened."""

    KIND: ClassVar[str] = "windup"
    SERVICE: ClassVar[WindUpService]

    state: str = DONE
    body: str
    path: str
    effects: list[Effect]

    @abstractmethod
    def fact(self) -> Fact:
        """`<service>_windup.done.v1`: the sanction and the number of effects."""

    def tell(self, at: datetime) -> None:
        self.note(self.fact(), at)

    def result(self) -> WindUpResult:
        return WindUpResult(sanction=self.id, effects=self.effects)


W = TypeVar("W", bound=WindUp)
A = TypeVar("A", bound=Aggregate)

KIND = Kind(WindUp.KIND, indexes=(("body",),))


def acting_for(sanction: str) -> Actor:
    """Who acts when nobody does: the id names the sanction, so every entry leads to the persons who confirmed it."""
    return Actor(f"sanction:{sanction}", "监督处理 · sanction", "", "/", frozenset({Role.SERVICE}))


async def carry_out(
    ports: Ports, what: type[W], fact: SanctionConfirmed, one: Callable[[Effect, Actor, str], Awaitable[Effect]]
) -> None:
    """Handle the confirmation of a revocation in one service. Safe to repeat.

    one: carries out one order, given who acts and why, and returns what happened. Raises NotYet, Unavailable, Stale."""
    if await repository.seek(ports.store, what, fact.sanction) is not None:
        return
    where = f"/sanctions/{fact.sanction}/orders/{what.SERVICE}"
    orders = await ports.neighbours.get("supervision", where, WindUpOrders)
    by = acting_for(fact.sanction)
    effects = [await one(order, by, orders.reason) for order in orders.effects]
    done = what(id=fact.sanction, body=fact.body, path=fact.path, effects=in_order(effects))
    done.tell(ports.clock.now())
    await repository.add(ports.store, done)


async def apply(
    store: Store, what: type[A], order: Effect, by: Actor, act: Callable[[A], None], count: Callable[[A], int]
) -> Effect:
    """Load the item, call the verb, save: unless this sanction did so before. act: the verb that the order chose.

    An item that went on meanwhile and cannot take the verb any more stays as it is, and the effect says so."""
    item = await repository.seek(store, what, order.id)
    if item is None:
        raise NotYet(f"{order.kind} {order.id} is not here (yet)")
    entry = entry_of(item.history, by)
    if entry is None:
        try:
            act(item)
        except WrongState as error:
            return happened(order, error.state, error.state, count(item))
        await repository.save(store, item)
        entry = item.history[-1]
    return happened(order, entry.from_state, entry.to_state, count(item))


def entry_of(history: Collection[Entry], by: Actor) -> Entry | None:
    return next((entry for entry in history if entry.by == by.id), None)


def happened(order: Effect, from_state: str, to_state: str, count: int) -> Effect:
    return order.model_copy(update={"from_state": from_state, "to_state": to_state, "count": count})


async def of_body(store: Store, what: type[A], body: str) -> list[A]:
    """All documents of one kind that a body holds."""
    found: list[A] = []
    after = None
    while True:
        page = await store.find(what.KIND, {"body": body}, after=after, limit=500)
        found += [what.from_record(record) for record in page.records]
        after = page.next
        if after is None:
            return found


async def result_of(store: Store, what: type[W], sanction: str) -> WindUpResult:
    """Raises NotFound."""
    return (await repository.load(store, what, sanction)).result()
