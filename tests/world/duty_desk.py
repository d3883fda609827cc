"""The duties of one service under a clock that tests set: what was told of them, by duty."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shared.adapters.sqlite.store import SqliteStore
from shared.outside import Ports
from shared.procedure.duties.duty import Duty
from shared.procedure.duties.keeper import DutyKeeper
from shared.trade.deadline import CHINA
from shared.trade.workdays.reading import NamedDay, ours
from shared.trade.workdays.working_days import WorkingDays
from tests.world.clock import HandClock
from tests.world.empty import empty_house

NINE = time(9)


def morning(day: str) -> datetime:
    """At nine in Beijing."""
    return datetime.combine(date.fromisoformat(day), NINE, CHINA).astimezone(UTC)


class DutyDesk:
    def __init__(
        self, store: SqliteStore, duty: type[Duty], keeper: Callable[[Ports], DutyKeeper], day: str, **given: Any
    ) -> None:
        self.store, self.clock, self._duty, self._keeper = store, HandClock(morning(day)), duty, keeper
        self._given = given
        self.published: dict[str, list[dict[str, Any]]] = {}
        self.keeper = self.another()

    def ports(self, days: tuple[NamedDay, ...] = ours()) -> Ports:
        return empty_house(store=self.store, clock=self.clock, calendar=WorkingDays(days), **self._given)

    def another(self) -> DutyKeeper:
        """Another clock that watches the same."""
        return self._keeper(self.ports())

    def be(self, day: str) -> datetime:
        self.clock.set_by((morning(day) - self.clock.now()).total_seconds())
        return self.clock.now()

    async def day(self, day: str, *keepers: DutyKeeper) -> None:
        now = self.be(day)
        for keeper in keepers or (self.keeper,):
            await keeper.watch(now)

    async def days(self, first: str, last: str) -> None:
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            await self.day(day.isoformat())
            day += timedelta(days=1)

    async def told(self, fact: str) -> dict[str, list[dict[str, Any]]]:
        """Duty → what its facts of this kind said so far."""
        while waiting := await self.store.pending(500):
            for one in waiting:
                if one.kind == self._duty.KIND:
                    self.published.setdefault(one.id, []).extend(json.loads(row.wire) for row in one.rows)
                await self.store.sent(one.kind, one.id, one.rows[-1].n)
        return {
            id: [one["data"] for one in told if one["type"].endswith(f".{fact}.v1")]
            for id, told in self.published.items()
        }

    async def marks(self) -> dict[str, list[int]]:
        """Duty → its marks that were told; none for one without any."""
        return {
            id: marks for id, told in (await self.told("marked")).items() if (marks := [one["mark"] for one in told])
        }

    async def ends(self) -> dict[str, tuple[bool, bool]]:
        """Duty that is over → whether it was done late, and whether it was not done at all."""
        return {id: (told[-1]["late"], told[-1]["lapsed"]) for id, told in (await self.told("settled")).items() if told}

    async def due(self) -> dict[str, str]:
        """Duty → its last day."""
        return {id: told[-1]["due_on"] for id, told in (await self.told("opened")).items()}
