"""Wiring of notification."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from services.notification.bounces import usecases as bounces
from services.notification.bounces.api import router as bounce_routes
from services.notification.calendars.api import router as calendar_routes
from services.notification.contacts.api import router as contact_routes
from services.notification.declares import DECLARED
from services.notification.digests.api import router as digest_routes
from services.notification.digests.usecases import gathering as digests
from services.notification.feeds import figures as feed_figures
from services.notification.feeds.api import router as feed_routes
from services.notification.feeds.usecases import retention
from services.notification.feeds.usecases.writing import FeedWriter
from services.notification.handlers import handlers
from services.notification.letters.letter import LetterWriter
from services.notification.mailings.api import router as mailing_routes
from services.notification.mailings.usecases import resuming
from services.notification.mailings.usecases.canary import Canary
from services.notification.previews.api import router as preview_routes
from services.notification.queues.api import router as queue_routes
from services.notification.queues.usecases.filling import Filler
from services.notification.radar.api import router as radar_routes
from services.notification.settings import NotificationSettings
from services.notification.unsubscribing.api import router as unsubscribing_routes
from services.notification.webhooks.api import router as webhook_routes
from services.notification.webhooks.keys import Seal
from services.notification.webhooks.usecases.delivering import Courier
from services.notification.webhooks.usecases.pushing import Pusher
from shared.measured import Measured
from shared.outside import Ports
from shared.service import Blueprint, Service
from shared.web.app import service_app


def build(ports: Ports) -> Service:
    about = (
        "信函、事件流、推送、机构队列与期限雷达 · letters to bodies and holders, feeds of what happened, webhooks, queues of "
        "bodies, the radar of deadlines."
    )
    app = service_app(DECLARED, "通知 Notification", about, ports, practice=True)
    courier = _courier(ports)
    pusher = ports.memory.keep(Pusher(ports.store, ports.clock, courier))
    writer = LetterWriter(ports.register.templates.values())
    app.include_router(mailing_routes(ports))
    app.include_router(contact_routes(ports))
    app.include_router(bounce_routes(ports))
    app.include_router(unsubscribing_routes(ports))
    app.include_router(digest_routes(ports, writer))
    app.include_router(preview_routes(ports, writer))
    app.include_router(feed_routes(ports))
    app.include_router(webhook_routes(ports, courier))
    app.include_router(queue_routes(ports))
    app.include_router(radar_routes(ports))
    app.include_router(calendar_routes(ports))
    own = ports.settings.of(NotificationSettings)
    canary = ports.memory.keep(Canary(ports.store, own.canary_to, ports.settings.url))

    async def thin_out(now: datetime) -> None:
        await retention.thin_out(ports.store, own.feed_days, now)

    async def resume(_: datetime) -> None:
        await resuming.resume(ports.store, ports.clock)

    async def read_bounces(now: datetime) -> None:
        if ports.reports is not None:
            await bounces.read_reports(ports.store, ports.reports, now)

    async def gather_letters(now: datetime) -> None:
        await digests.gather(ports, writer, own.digest_at, now)

    feeds = ports.memory.keep(FeedWriter(ports.store, ports.clock, pusher.grown))
    filler = _filler(ports)

    def measures() -> Iterable[Measured]:
        now = ports.clock.now()
        if filler is not None:
            return filler.figures.measured(now)
        return [*feed_figures.measured(feeds.waits_since, now), *courier.figures.measured(now), *canary.measured(now)]

    return Service(
        "notification",
        app,
        handlers(ports, feeds),
        # Last what waits for another's server.
        ticks=[resume, thin_out, gather_letters, canary.watch, read_bounces],
        beside={"feed": pusher.run},
        apart=filler.run if filler else None,
        measures=measures,
    )


def _filler(ports: Ports) -> Filler | None:
    """None: queues of bodies are kept by another process, or there is no broker that could have any."""
    if ports.branches is None:
        return None
    return Filler(ports.store, ports.clock, ports.branches, ports.neighbours, uuid4().hex)


def _courier(ports: Ports) -> Courier:
    seal = Seal(ports.settings.of(NotificationSettings).webhook_key.get_secret_value())
    site, holder = ports.settings.url, uuid4().hex
    return Courier(ports.store, ports.clock, ports.receivers, ports.neighbours, seal, site, holder)


BLUEPRINT = Blueprint(build)
