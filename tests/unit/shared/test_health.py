"""What a process says of itself to whoever watches it."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from shared.keeping import repository
from shared.keeping.aggregate import Aggregate
from shared.ports import Record
from shared.web.routers import health
from tests.world.clock import HandClock


class Leaflet(Aggregate):
    KIND = "leaflet"
    SOURCE = "/plan"

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
