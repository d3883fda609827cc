"""The duties of one service under a clock that is driven by hand, day after day, with what was told of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shared.adapters.sqlite.store import SqliteStore
from shared.outside import Ports
from shared.ports import Store
from shared.procedure.duties.duty import Duty
from shared.procedure.duties.keeper import DutyKeeper
from shared.trade.deadline import CHINA
from tests.world.books import everything
from tests.world.clock import HandClock
from tests.world.empty import empty_house


def morning(day: str) -> datetime:
    """Nine o'clock in Beijing, when letters have gone out."""
    return datetime.combine(date.fromisoformat(day), time(9), CHINA)


class DutyWorld:
    """watched: who keeps the duties of a service. kind: of its duties."""

    def __init__(self, store: SqliteStore, watched: Callable[[Ports], DutyKeeper], kind: type[Duty]) -> None:
        self.store: Store = store
        self.clock = HandClock(datetime(2026, 1, 1, 1, tzinfo=UTC))
        self._watched, self._kind = watched, kind
        self._published: dict[str, list[dict[str, Any]]] = {}
        self.keeper = self.another()

    def another(self) -> DutyKeeper:
        """Another clock, of another process."""
        return self._watched(empty_house(store=self.store, clock=self.clock))

    def at(self, now: datetime) -> datetime:
        self.clock.set_by((now - self.clock.now()).total_seconds())
        return now

    async def day(self, day: str) -> None:
        await self.keeper.watch(self.at(morning(day)))

    async def days(self, first: str, last: str) -> None:
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            await self.day(day.isoformat())
            day += timedelta(days=1)

    async def told(self, fact: str = "marked") -> dict[str, list[dict[str, Any]]]:
        """Duty → what its facts said so far, in order."""
        await self._publish()
        chosen = {
            id: [one["data"] for one in envelopes if one["type"].endswith(f".{fact}.v1")]
            for id, envelopes in self._published.items()
        }
        return {id: facts for id, facts in chosen.items() if facts}

    async def marks(self) -> dict[str, list[int]]:
        return {id: [one["mark"] for one in facts] for id, facts in (await self.told()).items()}

    async def wires(self) -> str:
        """All that went on the bus, as text."""
        await self._publish()
        return json.dumps(self._published, ensure_ascii=False)

    async def states(self) -> dict[str, str]:
        return {one.id: str(one.body["state"]) for one in await everything(self.store, self._kind.KIND)}

    async def _publish(self) -> None:
        """As the relay does."""
        while waiting := await self.store.pending(500):
            for one in waiting:
                if one.kind == self._kind.KIND:
                    told = [json.loads(row.wire) for row in one.rows if row.exchange == "events"]
                    self._published.setdefault(one.id, []).extend(told)
                await self.store.sent(one.kind, one.id, one.rows[-1].n)
