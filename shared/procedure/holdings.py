"""What a service holds of a body, as a table: what is open, what may be chosen, where that leads, and which verb does it.

Preview and effect read the same rows (`shared.procedure.windup`), so what is shown is what is done (rules §4.9, 0018).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from shared.actor import Actor
from shared.contracts.supervision import SanctionConfirmed
from shared.contracts.windup import Choice, Effect, WindUpItem, WindUpKind, WindUpService
from shared.keeping.aggregate import Aggregate
from shared.ports import Store

A = TypeVar("A", bound=Aggregate)


@dataclass(frozen=True, slots=True)
class Act:
    """What a verb is told. target, path: the body that takes the item over, and its place; empty unless it is moved."""

    by: Actor
    at: datetime
    reason: str
    sanction: str
    target: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Way(Generic[A]):
    """One choice. leads: from which state to which; it is offered in these states only.

    verb: raises WrongState in any other; then the item stays as it is, and the effect says so."""

    leads: Mapping[str, str]
    verb: Callable[[A, Act], None]


@dataclass(frozen=True, slots=True)
class Holding(Generic[A]):
    """A row: one noun of a service.

    open: the states in which something of it is left to be decided; closed: though it is in one of them.
    count: planned heads, passed lines or certificates; needs: occupation/level that whoever takes it over is licensed for;
    held_on: the day of its exam.
    made: what an order names though it was never stored, given its id and what was confirmed. afterwards: what else is to
    be done, given the effect; safe to repeat."""

    kind: WindUpKind
    what: type[A]
    open: tuple[str, ...]
    title: Callable[[A], str]
    ways: Mapping[Choice, Way[A]]
    count: Callable[[A], int] = lambda _: 1
    closed: Callable[[A], bool] = lambda _: False
    needs: Callable[[A], list[str]] = lambda _: []
    held_on: Callable[[A], date | None] = lambda _: None
    made: Callable[[str, SanctionConfirmed], A] | None = None
    afterwards: Callable[[Store, Effect, Act], Awaitable[None]] | None = None

    def is_open(self, item: A) -> bool:
        return item.state in self.open and not self.closed(item)

    def shown(self, service: WindUpService, item: A) -> WindUpItem:
        """An open item, with the state that each choice leads to."""
        return WindUpItem(
            service=service,
            kind=self.kind,
            id=item.id,
            title=self.title(item),
            state=item.state,
            count=self.count(item),
            choices={choice: way.leads[item.state] for choice, way in self.ways.items() if item.state in way.leads},
            needs=self.needs(item),
            held_on=self.held_on(item),
        )
