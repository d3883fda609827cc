"""Runs services in this process: which ones, in which roles, until a signal or a fault ends them."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvloop
from fastapi import FastAPI

from services.runtime import wiring, workdays_alarm
from services.runtime.catalogue import REGISTER, blueprint_of
from services.runtime.provision import management
from services.runtime.serving import STOP_SECONDS, bind, server
from shared.adapters.http.interfaces import HttpInterfaces
from shared.adapters.http.neighbours import HttpNeighbours
from shared.contracts.access import EndedAccess, PublishedKeys
from shared.errors import Unavailable
from shared.measured import Measures
from shared.memory.memory import Memory
from shared.memory.throttles import Throttles
from shared.messaging.relay import Relay
from shared.messaging.topology import Topology
from shared.messaging.worker import Worker
from shared.outside import Ports
from shared.ports import Clock, Store
from shared.register.duties import kinds_with_duties
from shared.service import Blueprint, Service, Tick
from shared.settings import Settings
from shared.web.app import not_found_app
from shared.web.routers.health import Watched
from shared.web.routers.health import router as health
from shared.web.tokens import Keyring

log = logging.getLogger(__name__)

ROLES = ("api", "worker", "relay", "clock")
BRANCHES = "branches"
"""The role of a process of its own, which alone of all services has the password of the broker's administrator."""
TICK_SECONDS = 60
COLLECT_AFTER = 10_000  # objects more than before; a request makes some hundreds, and few of them are garbage


@dataclass
class Running:
    """What was built for this process; closed in reverse order."""

    app: FastAPI
    at_the_root: list[FastAPI] = field(default_factory=list)
    watched: list[Watched] = field(default_factory=list)
    jobs: dict[str, Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=dict)
    readying: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    closing: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    measures: list[Measures] = field(default_factory=list)


def build(
    settings: Settings,
    names: Sequence[str],
    roles: Sequence[str],
    passwords: Mapping[str, str],
    queues: Sequence[str] = (),
) -> Running:
    """names: services to run here. queues: only these, if any are named (to give the drawing a process of its own).

    With all services in one process they read each other without leaving it."""
    clock, together = wiring.clock(), set(names) == set(REGISTER.services)
    calendar = wiring.calendar(settings)
    topology = REGISTER.topology(settings.producer_codes)
    running = Running(not_found_app())
    mailer, files = wiring.open_mailer(settings), wiring.open_files(settings)
    letters = wiring.dressed(mailer, settings, clock)
    reports = wiring.open_reports(settings)
    workshop = wiring.open_workshop(settings)
    identifies = any(blueprint_of(name).identifies for name in names)
    identity_provider = wiring.open_identity_provider(settings) if identifies else None
    quarantine, receivers = wiring.open_quarantine(), wiring.open_receivers(settings)
    branches = wiring.open_branches(settings, management(settings)) if BRANCHES in roles else None
    interfaces = HttpInterfaces(settings.address_of, running.app if together else None)
    bus = wiring.open_bus(settings, topology, "all" if together else "+".join(names))
    running.closing += [
        mailer.close,
        bus.close,
        receivers.close,
        interfaces.close,
        *([identity_provider.close] if identity_provider else []),
        *([branches.close] if branches else []),
    ]
    for name in names:
        blueprint = blueprint_of(name)
        store = wiring.open_store(settings, name, REGISTER.declared[name].kinds)
        transport = httpx.ASGITransport(app=running.app, raise_app_exceptions=False) if together else None
        neighbours = HttpNeighbours(name, passwords[name], settings.address_of, clock, transport)
        keyring = Keyring(_published_keys(neighbours), _ended_access(blueprint, neighbours, store, clock), clock)
        memory = Memory()
        ports = Ports(
            register=REGISTER,
            settings=settings,
            store=store,
            bus=bus,
            mailer=letters,
            files=files,
            clock=clock,
            calendar=calendar,
            neighbours=neighbours,
            keyring=keyring,
            throttles=Throttles(memory, clock),
            memory=memory,
            workshop=workshop,
            quarantine=quarantine,
            receivers=receivers,
            interfaces=interfaces,
            identity_provider=identity_provider,
            branches=branches,
            reports=reports,
        )
        service = blueprint.build(ports)
        running.closing += [store.close, neighbours.close]
        _add_roles(running, ports, service, roles, topology, queues)
    running.closing += [quarantine.close, workshop.close]  # before the stores, which take what is in hand there
    if "clock" in roles:
        running.measures.append(workdays_alarm.measures(calendar, clock))
        running.jobs["working days"] = lambda: workdays_alarm.warn(calendar, clock)
    folders = wiring.folders(settings, mailer, files)
    running.app.include_router(health(running.watched, clock, wiring.home(settings, names), folders, running.measures))
    for root in running.at_the_root:  # after everything that has an address of its own
        running.app.mount("", root)
    return running


def _published_keys(neighbours: HttpNeighbours) -> Callable[[], Awaitable[PublishedKeys]]:
    return lambda: neighbours.public("directory", "/jwks.json", PublishedKeys)


def _ended_access(
    blueprint: Blueprint, neighbours: HttpNeighbours, store: Store, clock: Clock
) -> Callable[[], Awaitable[EndedAccess]]:
    own = blueprint.ended_access
    if own is not None:
        return lambda: own(store, clock.now())
    return lambda: neighbours.get("directory", "/ended-access", EndedAccess)


def _add_roles(
    running: Running, ports: Ports, service: Service, roles: Sequence[str], topology: Topology, only: Sequence[str]
) -> None:
    declared = REGISTER.declared[service.name]
    relays = "relay" in roles and declared.tells
    relay = Relay(ports.store, ports.bus, ports.clock, socket.gethostname()) if relays else None
    worker: Worker | None = None
    consumers: tuple[str, ...] = ()
    if "worker" in roles:
        taken = tuple(queue for queue in topology.queues_of(service.name) if not only or queue.name in only)
        handlers = {queue.name: service.handlers[queue.job] for queue in taken}
        worker = Worker(ports.store, ports.bus, ports.clock, taken, handlers, topology.owners)
        consumers = tuple(queue.name for queue in taken)
        jobs = {queue.job for queue in taken}
        running.readying += [service.readying[job] for job in jobs & service.readying.keys()]
        running.jobs |= {f"{service.name} beside {job}": service.beside[job] for job in jobs & service.beside.keys()}
    if "api" in roles and service.at_the_root:
        running.at_the_root.append(service.app)
    elif "api" in roles:
        running.app.mount(f"/{service.name}", service.app)
    if relay is not None:
        running.jobs[f"{service.name} relay"] = relay.run
    if worker is not None and consumers:
        running.jobs[f"{service.name} worker"] = worker.run
    if service.apart is not None:
        running.jobs[f"{service.name} {BRANCHES}"] = service.apart
    if service.measures is not None:
        running.measures.append(service.measures)
    if "clock" in roles and service.ticks:
        running.jobs[f"{service.name} clock"] = lambda: tick_on(service.ticks, ports.clock)
    duties = tuple(kinds_with_duties(declared.facts))
    running.watched.append(Watched(service.name, ports.store, ports.bus, relay, worker, consumers, duties))


async def tick_on(ticks: Sequence[Tick], clock: Clock) -> None:
    """Ask every question once a minute. Each is idempotent, so several clocks may run."""
    while True:
        for tick in ticks:
            try:
                await tick(clock.now())
            except Unavailable as error:
                log.warning("clock: %s", error)
            except Exception:  # a question that fails must not take the service with it; it is asked again
                log.exception("clock: a question failed")
        await clock.sleep(TICK_SECONDS)


async def get_ready(steps: Sequence[Callable[[], Awaitable[None]]]) -> None:
    """What fails here fails again, and is told, with the first message that needs it."""
    for step in steps:
        try:
            await step()
        except Exception as error:  # noqa: BLE001  # a process that is slower at first is better than none
            log.warning("the first message will wait: %s", error)


def on_a_loop(work: Coroutine[Any, Any, int]) -> int:
    """`asyncio.run` for a process that serves: on libuv's loop, which takes less of the processor for each socket and timer."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def run(running: Running, settings: Settings) -> int:
    """Serve and work until SIGTERM or SIGINT (returns 0), or until a role ends by itself (returns 1)."""
    # What was built stays as long as the process. Python would look through all of it for garbage again and again, a tenth
    # of a second each time in which nobody is answered; and through what fifty requests are in the middle of.
    gc.collect()
    gc.freeze()
    threshold = gc.get_threshold()
    gc.set_threshold(COLLECT_AFTER)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    listening = bind(settings)
    web = server(running.app, settings)
    jobs = {asyncio.create_task(job(), name=name) for name, job in running.jobs.items()}
    serving = asyncio.create_task(web.serve(sockets=[listening]), name="web")
    stopping = asyncio.create_task(stop.wait(), name="signal")
    readying = asyncio.create_task(get_ready(running.readying), name="readying")
    log.info("http://%s:%d, %s", settings.host, settings.port, ", ".join(sorted(running.jobs)) or "api only")
    done, _ = await asyncio.wait({serving, stopping, *jobs}, return_when=asyncio.FIRST_COMPLETED)
    fault = [task for task in done if task is not stopping]
    for task in fault:
        log.error("%s ended", task.get_name(), exc_info=None if task.cancelled() else task.exception())
    web.leave()  # takes nothing new while the workers finish
    for task in jobs:
        task.cancel()
    _, unfinished = await asyncio.wait(jobs, timeout=STOP_SECONDS) if jobs else (set(), set())
    for task in unfinished:
        log.warning("%s did not finish in %d s", task.get_name(), STOP_SECONDS)
    stopping.cancel()
    readying.cancel()
    await asyncio.gather(serving, readying, return_exceptions=True)
    for close in reversed(running.closing):
        await close()
    gc.set_threshold(*threshold)
    gc.unfreeze()
    log.info("stopped")
    return 1 if fault else 0
