"""Liveness, readiness and metrics of one process, whatever roles it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from shared.errors import Unavailable
from shared.keeping import repository
from shared.measured import Measured, Measures
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker
from shared.ports import Bus, Clock, Store
from shared.procedure.duties.lateness import oldest_due
from shared.web.problems import SOON_AGAIN
from shared.web.routers.folders import Folders
from shared.web.routers.parked import how_many

SILENT = 60.0  # seconds; a consumer not seen registered for this long is taken for dead


@dataclass(frozen=True, slots=True)
class Watched:
    """What this process runs for one service."""

    name: str
    store: Store
    bus: Bus
    relay: Relay | None
    worker: Worker | None
    consumers: tuple[str, ...]
    duties: tuple[str, ...] = ()
    """The kinds in which it keeps what is owed by a day."""


def readiness(missing: Sequence[str], home: Mapping[str, str]) -> JSONResponse:
    """missing: what is not ready, each with its reason."""
    content = {"ready": not missing, "missing": list(missing), "home": dict(home)}
    return JSONResponse(content, 503, SOON_AGAIN) if missing else JSONResponse(content)


def router(
    watched: Sequence[Watched],
    clock: Clock,
    home: Mapping[str, str],
    folders: Folders | None = None,
    measures: Sequence[Measures] = (),
) -> APIRouter:
    """home: which kind of store and bus this process lives on, for whoever looks at `/readyz`. folders: that it writes to.
    measures: what services tell of their own."""
    routes = APIRouter()

    @routes.get("/healthz", summary="存活 · this process is alive")
    async def healthz() -> JSONResponse:
        """A role that ends takes its process with it, so an answer means that all of them run."""
        return JSONResponse({"alive": True})

    @routes.get("/readyz", summary="就绪 · store and broker answer, every consumer is registered, no disk is full")
    async def readyz() -> JSONResponse:
        missing: list[str] = []
        for service in watched:
            try:
                await service.store.ping()
            except Unavailable as error:
                missing.append(f"{service.name}: store: {error}")
            if service.relay is not None or service.worker is not None:
                try:
                    await service.bus.ping()
                except Unavailable as error:
                    missing.append(f"{service.name}: bus: {error}")
            last_registered = service.bus.consuming()
            now = clock.monotonic()
            missing += [
                f"{service.name}: no consumer on {queue}"
                for queue in service.consumers
                if queue not in last_registered or now - last_registered[queue] > SILENT
            ]
        missing += await folders.missing() if folders is not None else []
        return readiness(missing, home)

    @routes.get("/metrics", summary="指标 · Prometheus metrics")
    async def metrics() -> Response:
        registry = CollectorRegistry()
        oldest = Gauge(
            "jianding_oldest_unsent_seconds", "Age of the oldest unsent fact", ["service"], registry=registry
        )
        parked = Gauge("jianding_parked_messages", "Messages waiting for a person", ["service"], registry=registry)
        messages = Gauge(
            "jianding_messages_total", "Messages by outcome since start", ["queue", "outcome"], registry=registry
        )
        depth = Gauge("jianding_queue_ready", "Messages ready to be handed out", ["queue"], registry=registry)
        bus_up = Gauge("jianding_bus_up", "1 when the broker answers", registry=registry)
        unreadable = Gauge(
            "jianding_unreadable_documents_total",
            "Stored documents that a list left out because they cannot be read, since start",
            ["kind"],
            registry=registry,
        )
        untold = Gauge(
            "jianding_duties_oldest_due_seconds",
            "Since the duty that waits longest should have been told",
            ["service"],
            registry=registry,
        )
        _tell(registry, [one for look in measures for one in look()])
        up = Gauge("jianding_store_up", "1 when the store answers", ["service"], registry=registry)
        room = Gauge("jianding_disk_free_bytes", "Bytes free where this is kept", ["folder"], registry=registry)
        for name, free in (await folders.free() if folders is not None else {}).items():
            room.labels(name).set(free)
        for kind, count in repository.UNREADABLE.items():
            unreadable.labels(kind).set(count)
        for bus in {id(service.bus): service.bus for service in watched}.values():
            try:
                for queue, ready in (await bus.depths()).items():
                    depth.labels(queue).set(ready)
                bus_up.set(1)
            except Unavailable:
                bus_up.set(0)
        for service in watched:
            if service.relay is not None:
                oldest.labels(service.name).set(service.relay.late)
            try:
                parked.labels(service.name).set(await how_many(service.store))
                for kind in service.duties:
                    untold.labels(service.name).set(await oldest_due(service.store, kind, clock.now()))
                up.labels(service.name).set(1)
            except Unavailable:
                up.labels(service.name).set(0)
            if service.worker is not None:
                for (queue, outcome), count in service.worker.outcomes.items():
                    messages.labels(queue, outcome.lower()).set(count)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return routes


def _tell(registry: CollectorRegistry, measured: Sequence[Measured]) -> None:
    gauges: dict[str, Gauge] = {}
    for one in measured:
        if one.name not in gauges:
            gauges[one.name] = Gauge(one.name, one.about, list(one.labels), registry=registry)
        gauge = gauges[one.name]
        (gauge.labels(**one.labels) if one.labels else gauge).set(one.value)
