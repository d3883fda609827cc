"""What a process says of itself to whoever watches it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

import httpx
import pytest
from fastapi import FastAPI

from shared.keeping import repository
from shared.keeping.aggregate import Aggregate
from shared.measured import Measured
from shared.ports import Record
from shared.web.routers import health
from shared.words import Words
from tests.world.clock import HandClock


class Leaflet(Aggregate):
    KIND = "leaflet"
    SOURCE = "/plan"
    WORDS: ClassVar[Words] = Words("leaflet", ("物", "thing"), states={}, verbs={})

    pages: int


async def test_documents_that_cannot_be_read_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    records = [Record("good", {"state": "new", "pages": 4}), Record("bad", {"state": "new", "pages": "planted secret"})]
    found, left_out = repository.readable(Leaflet, records)
    assert ([one.id for one in found], left_out) == (["good"], ["bad"])
    assert "leaflet bad cannot be read" in caplog.text
    assert "planted secret" not in caplog.text

    app = FastAPI()
    app.include_router(health.router([], HandClock(datetime(2026, 4, 3, tzinfo=UTC)), {}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        metrics = (await client.get("/metrics")).text
    assert 'jianding_unreadable_documents_total{kind="leaflet"} 1.0' in metrics


async def test_what_services_measure_stands_in_the_metrics() -> None:
    app = FastAPI()
    one = [Measured("jianding_a", "of each", n, {"queue": queue}) for queue, n in (("x", 7), ("y", 0))]
    two = [Measured("jianding_b_seconds", "of all", 1.5)]
    clock = HandClock(datetime(2026, 4, 3, tzinfo=UTC))
    app.include_router(health.router([], clock, {}, measures=[lambda: one, lambda: two]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        metrics = (await client.get("/metrics")).text
    assert 'jianding_a{queue="x"} 7.0\njianding_a{queue="y"} 0.0' in metrics
    assert "# HELP jianding_b_seconds of all" in metrics and "\njianding_b_seconds 1.5" in metrics


class OneConsumer:
    """A bus of which one consumer was last seen registered at `seen`, by the monotonic clock."""

    def __init__(self, seen: float) -> None:
        self.seen = seen

    async def ping(self) -> None: ...

    async def depths(self) -> dict[str, int]:
        return {}

    def consuming(self) -> dict[str, float]:
        return {"plan.copies": self.seen}


class EmptyStore:
    async def ping(self) -> None: ...


@pytest.mark.parametrize("jump", [0.0, -3600.0, 3600.0])
@pytest.mark.parametrize(("passed", "status"), [(0, 200), (60, 200), (61, 503)])
async def test_a_consumer_is_missing_when_it_was_not_seen_for_a_minute_whatever_the_clock_says(
    jump: float, passed: float, status: int
) -> None:
    clock = HandClock()
    bus: Any = OneConsumer(clock.monotonic())
    store: Any = EmptyStore()
    app = FastAPI()
    watched = health.Watched("plan", store, bus, None, None, ("plan.copies",))
    app.include_router(health.router([watched], clock, {}))
    clock.set_by(jump)
    clock.advance(passed)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.get("/readyz")
    assert answer.status_code == status
    assert answer.json()["missing"] == ([] if status == 200 else ["plan: no consumer on plan.copies"])
