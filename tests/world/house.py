"""All services in one process, through the ports, on a clock that the test drives.

`House.run_until_quiet()` runs relays and workers until nothing is on its way, starting again whatever died. The books
that must be right at the end are in `books.py`; a house with rosters that wait for approval in `seeding.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import httpx
from argon2 import PasswordHasher

from services.demo.clerk import Clerk
from services.directory.accounts.account import ACTIVE, Account
from services.directory.signing_keys import storage as keys
from services.runtime import wiring
from services.runtime.catalogue import REGISTER, WholeSettings, blueprint_of
from shared.actor import FRESH
from shared.adapters.files import FolderFiles
from shared.adapters.http.interfaces import HttpInterfaces
from shared.adapters.http.neighbours import HttpNeighbours
from shared.adapters.mail.folder import MailFolder
from shared.adapters.sqlite.bus import SqliteBus
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.access import EndedAccess, PublishedKeys
from shared.keeping import repository
from shared.memory.memory import Memory
from shared.memory.throttles import Throttles
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker
from shared.outside import Ports as Outside
from shared.ports import Bus, Store, exchanges
from shared.service import Service
from shared.settings import Settings
from shared.trade.roles import OPERATOR, Role
from shared.trade.workdays.reading import ours
from shared.trade.workdays.working_days import WorkingDays
from shared.web.app import not_found_app
from shared.web.edge.door import door
from shared.web.tokens import Keyring
from tests.world.clock import HandClock
from tests.world.heard import must_be_for_people
from tests.world.receivers import PaperReceivers
from tests.world.topology import SERVICES
from tests.world.troubles import BusPort, Crash, Life, Port, Trouble, UnrulyBus
from tests.world.workshops import InProcess, PaperWorkshop

PASSWORD = "password-of-a-machine"
PERSON_KEY = "person-key-of-the-tests"
WEBHOOK_KEY = "webhook-key-of-the-tests"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
TRAINED = date(2099, 12, 31)
"""Whoever is seeded here may write, unless a test says otherwise."""
LEASE = 31.0  # seconds after which the embedded bus gives a dead consumer's deliveries to others
LOOK = 0.002  # real seconds between two looks whether anything is still on its way
THINKING = 25  # looks; a handler that asks nobody for so long does nothing itself
log = logging.getLogger(__name__)


class Person(Clerk):
    """An officer at a keyboard, with a token signed by the directory's own key. Everything is asked once, and an answer
    that was not hoped for fails the test. trained_until: none for somebody who was never trained. practising: works as
    the body's twin. proved_before: how long ago they proved who they are."""

    def __init__(
        self,
        house: House,
        account: str,
        trained_until: date | None = TRAINED,
        practising: bool = False,
        proved_before: timedelta = timedelta(),
    ) -> None:
        super().__init__(house.client)
        self._house, self.account = house, account
        self._trained_until, self._practising, self._proved_before = trained_until, practising, proved_before

    async def token(self) -> str:
        proved_at = self._house.clock.now() - self._proved_before
        return await self._house.token(self.account, self._trained_until, self._practising, proved_at)

    def must_be(self, status: int, answer: httpx.Response) -> Any:
        assert answer.status_code == status, answer.text
        return answer.json()


class House:
    """folder: everything it keeps. The bus is that of the embedded home, whatever the settings say of it.
    workers, relays: how many of each run on the same stores and queues."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Any = None,
        workers: int = 1,
        relays: int = 1,
        workshop: Any = None,
        quarantine: Any = None,
        unruly: Callable[[Bus], UnrulyBus] | None = None,
        **settings: Any,
    ) -> None:
        self.folder = folder
        self.clock = clock or HandClock()
        self.settings = WholeSettings(
            store=f"sqlite:{folder / 'data'}",
            files=folder / "files",
            neighbours="http://house",
            url="https://certificates.example.org",
            **{
                "bus": f"sqlite:{folder / 'data'}",
                "person_key": PERSON_KEY,
                "webhook_key": WEBHOOK_KEY,
                "digest_at": "",  # each letter by itself; tests of digests say when
                **settings,
            },
        )
        self.topology = REGISTER.topology(self.settings.producer_codes)
        self.workers, self.relays, self.workshop = workers, relays, workshop or PaperWorkshop()
        self.quarantine = quarantine or InProcess()
        self.troubles: list[Trouble] = []
        self.closed_doors: set[str] = set()
        """Services that do not answer their neighbours; officers still reach them."""
        self.stores: dict[str, Store] = {name: self._open_store(name) for name in SERVICES}
        self.real_bus = self._open_bus()
        self.bus: Bus | UnrulyBus = unruly(self.real_bus) if unruly else self.real_bus
        self.files = FolderFiles(folder / "files")
        self.mailer = MailFolder(folder / "mail")
        self.receivers = PaperReceivers()
        self.identity_provider: Any = None
        """Where the settings name one, the test says who it is."""
        self.pushing = False
        """Whether what runs beside the workers runs: webhooks are called then."""
        self.deaths: list[str] = []
        self.watched: list[Worker] = []
        """Every worker that ever ran here, for its outcomes."""
        self._to_close: list[Any] = []
        self._leaving: list[Callable[[], None]] = []
        self._accounts: dict[str, Account] = {}
        self.neighbours: dict[str, HttpNeighbours] = {}
        self.keyrings: dict[str, Keyring] = {}
        self.rooms = Rooms.let_to(self, settings)
        self.services, self.outsides, self.app = self.rooms.services, self.rooms.outsides, self.rooms.app
        self.door = door(self.app, self.settings)
        self.born()
        self.client = httpx.AsyncClient(
            transport=FrontDoor(self), base_url="http://house", event_hooks={"response": [must_be_for_people]}
        )

    # --- what a process makes at its start -------------------------------------------------------------------------

    def _open_store(self, name: str) -> Store:
        return SqliteStore(self.folder / "data" / f"{name}.sqlite", (*REGISTER.declared[name].kinds, *wiring.MACHINERY))

    def _open_bus(self) -> Bus:
        return SqliteBus(self.folder / "data" / "bus.sqlite", self.topology.queues, self.clock)

    def bus_of(self, service: str) -> Any:
        return self.bus

    def born(self) -> None:
        """A new life: connections, tokens, published keys and what is remembered begin anew; what is stored is
        as it was. The web applications are made once, because that takes longer than all the rest."""
        self.life = Life(self.troubles)
        self.rooms.forget()
        for name in SERVICES:
            neighbours = HttpNeighbours(name, PASSWORD, self.settings.address_of, self.clock, _Corridor(self))
            self._to_close.append(neighbours)
            self.neighbours[name] = neighbours
            self.keyrings[name] = Keyring(_published_by(neighbours), self._ended_by(name), self.clock)

    def _ended_by(self, name: str) -> Callable[[], Awaitable[EndedAccess]]:
        own = blueprint_of(name).ended_access
        if own is not None:
            return lambda: own(self.outsides[name].store, self.clock.now())
        return lambda: self.neighbours[name].get("directory", "/ended-access", EndedAccess)

    # --- running ----------------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def awake(self) -> AsyncIterator[Life]:
        """Relays and workers of all services run. Leaving stops them: gracefully, or at once if the house died."""
        tasks: list[asyncio.Task[None]] = []
        for name, service in self.services.items():
            outside = self.outsides[name]
            queues = self.topology.queues_of(name)
            handlers = {queue.name: service.handlers[queue.job] for queue in queues}
            for n in range(self.workers):
                worker = Worker(outside.store, outside.bus, self.clock, queues, handlers, self.topology.owners)
                self.watched.append(worker)
                tasks.append(asyncio.create_task(worker.run(), name=f"{name} worker {n}"))
            for job, run in service.beside.items() if self.pushing else ():
                tasks.append(asyncio.create_task(run(), name=f"{name} beside {job}"))
            for n in range(self.relays):
                relay = Relay(outside.store, outside.bus, self.clock, "the same host")
                tasks.append(asyncio.create_task(relay.run(), name=f"{name} relay {n}"))
        try:
            yield self.life
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        if not self.life.dead.is_set():
            for task, result in zip(tasks, results, strict=True):
                if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
                    raise AssertionError(f"{task.get_name()} ended by itself") from result

    async def run_until_quiet(self, until: Any = None) -> None:
        """Until outboxes and queues are empty (or `until()` is true), born again after every death."""
        while True:
            async with self.awake() as life:
                lived = await self._watch(life, until)
            if lived:
                return
            self.deaths.append(life.because)
            assert len(self.deaths) < 100, "the house dies again and again"
            self.clock.advance(LEASE)
            self.born()

    async def _watch(self, life: Life, until: Any) -> bool:
        """False: it died. While nothing happens time passes, in ever larger steps."""
        step, before, progress, looks, idle = 0.3, -1, 0, 0, 0
        while not life.dead.is_set():
            await asyncio.sleep(LOOK)
            if until is not None and until():
                return True
            if life.busy or life.calls != before:
                if life.progress != progress:
                    step, progress = 0.3, life.progress
                before, idle = life.calls, 0
                continue
            idle += 1
            if life.handling and idle < THINKING:  # who then still has a message in hand waits for time to pass
                continue
            if isinstance(self.bus, UnrulyBus) and self.bus.held:
                await self.bus.release()
                continue
            # Stores and queues are asked one after the other: quiet it was only if nothing happened meanwhile.
            if until is None and await self.quiet() and not (life.busy or life.handling) and life.calls == before:
                return True
            looks += 1
            assert looks < 3000, f"never quiet: {await self.on_the_way()}"
            self.clock.advance(step)
            step = min(step * 2, 600.0)
        return False

    async def quiet(self) -> bool:
        return not any((await self.on_the_way()).values())

    async def on_the_way(self) -> dict[str, Any]:
        """Documents with unsent facts, by service, and messages by queue."""
        unsent = {
            name: [(one.kind, one.id) for one in waiting]
            for name, store in self.stores.items()
            if (waiting := await store.pending(5))
        }
        held = len(self.bus.held) if isinstance(self.bus, UnrulyBus) else 0
        return {"unsent": unsent, "held back": held, "queues": await self.messages()}

    async def messages(self) -> dict[str, int]:
        """Messages by queue, those in waits and in hand included; what nobody listens to is left out."""
        with contextlib.closing(sqlite3.connect(self.folder / "data" / "bus.sqlite")) as bus:
            try:
                rows = bus.execute("SELECT queue, count(*) FROM message GROUP BY queue").fetchall()
            except sqlite3.OperationalError:  # nobody used the bus yet
                return {}
        return {queue: count for queue, count in rows if queue != exchanges.UNROUTED}

    async def tick(self) -> None:
        for service in self.services.values():
            for tick in service.ticks:
                await tick(self.clock.now())

    def at_close(self, leave: Callable[[], None]) -> None:
        self._leaving.append(leave)

    async def close(self) -> None:
        await self.client.aclose()
        for neighbours in self._to_close:
            await neighbours.close()
        for store in self.stores.values():
            await store.close()
        await self.real_bus.close()
        for leave in self._leaving:
            leave()

    # --- people -----------------------------------------------------------------------------------------------------

    async def seed_machines(self) -> None:
        """As `directory.provisioning.seed_machines`, with a hash that costs no time."""
        store = self.stores["directory"]
        await keys.signing_key(store, self.clock.now())
        for name in (*SERVICES, OPERATOR):
            role = Role.OPERATOR if name == OPERATOR else Role.SERVICE
            await self.seed_account(name, role, "", "/")

    async def seed_account(self, id: str, role: Role, body: str, path: str, name: str = "") -> None:
        account = Account(
            id=id,
            state=ACTIVE,
            name=name or id,
            email=f"{id}@example.org" if body else "",
            body=body,
            path=path,
            roles=[role],
            password_hash=CHEAP.hash(PASSWORD),
        )
        await repository.add(self.stores["directory"], account)

    def person(self, account: str) -> Person:
        return Person(self, account)

    def untrained(self, account: str) -> Person:
        return Person(self, account, trained_until=None)

    def practising(self, account: str) -> Person:
        return Person(self, account, trained_until=None, practising=True)

    def stale(self, account: str, proved_before: timedelta = FRESH + timedelta(minutes=1)) -> Person:
        """Signed in, but not lately."""
        return Person(self, account, proved_before=proved_before)

    @property
    def operator(self) -> Person:
        return self.person(OPERATOR)

    async def token(
        self,
        account: str,
        trained_until: date | None = TRAINED,
        practising: bool = False,
        proved_at: datetime | None = None,
    ) -> str:
        store = self.stores["directory"]
        if account not in self._accounts:
            self._accounts[account] = await repository.load(store, Account, account)
        known, life = self._accounts[account], timedelta(minutes=15)
        return await keys.token_for(
            store,
            known,
            self.clock.now(),
            life,
            proved_at=proved_at,
            trained_until=trained_until,
            practising=practising,
        )


class Rooms:
    """The services with their web applications, built once for each choice of settings and let to one house after the
    other: everything they get from outside is looked up at the present tenant."""

    _vacant: ClassVar[dict[str, list[Rooms]]] = {}

    def __init__(self, settings: Settings) -> None:
        self.tenant: House
        self.app = not_found_app()
        self.services: dict[str, Service] = {}
        self.outsides: dict[str, Outside] = {}
        for name in SERVICES:
            clock: Any = _Of(lambda: self.tenant.clock)
            memory = Memory()
            outside = Outside(
                register=REGISTER,
                settings=settings,
                store=self._port(f"{name} store", lambda name=name: self.tenant.stores[name]),  # type: ignore[misc]
                bus=self._port(f"{name} bus", lambda name=name: self.tenant.bus_of(name), BusPort),  # type: ignore[misc]
                mailer=self._port("mailer", lambda: self.tenant.mailer),
                files=self._port("files", lambda: self.tenant.files),
                clock=clock,
                calendar=WorkingDays(ours()),
                neighbours=_Of(lambda name=name: self.tenant.neighbours[name]),  # type: ignore[arg-type,misc]
                keyring=_Of(lambda name=name: self.tenant.keyrings[name]),  # type: ignore[arg-type,misc]
                throttles=Throttles(memory, clock),
                memory=memory,
                workshop=self._port("workshop", lambda: self.tenant.workshop),
                quarantine=self._port("quarantine", lambda: self.tenant.quarantine),
                receivers=self._port("receivers", lambda: self.tenant.receivers),
                interfaces=HttpInterfaces(settings.address_of, self.app),
                identity_provider=(
                    _Of(lambda: self.tenant.identity_provider) if settings.oidc_issuer else None  # type: ignore[arg-type]
                ),
            )
            service = blueprint_of(name).build(outside)
            self.services[name], self.outsides[name] = service, outside
            if not service.at_the_root:
                self.app.mount(f"/{name}", service.app)
        for service in self.services.values():
            if service.at_the_root:
                self.app.mount("", service.app)

    @classmethod
    def let_to(cls, house: House, options: Mapping[str, Any]) -> Rooms:
        vacant = cls._vacant.setdefault(repr(sorted(options.items())), [])
        rooms = vacant.pop() if vacant else cls(house.settings)
        rooms.tenant = house
        house.at_close(lambda: vacant.append(rooms))
        return rooms

    def forget(self) -> None:
        for outside in self.outsides.values():
            outside.memory.forget()

    def _port(self, name: str, inner: Callable[[], Any], kind: type[Port] = Port) -> Any:
        return kind(inner, name, lambda: self.tenant.life)


class _Of:
    """What belongs to the present tenant and its present life, looked up anew at every use."""

    def __init__(self, present: Callable[[], Any]) -> None:
        self._present = present

    def __getattr__(self, method: str) -> Any:
        return getattr(self._present(), method)


def _published_by(neighbours: HttpNeighbours) -> Callable[[], Awaitable[PublishedKeys]]:
    return lambda: neighbours.public("directory", "/jwks.json", PublishedKeys)


class FrontDoor(httpx.AsyncBaseTransport):
    """How officers reach the house. When it dies over a request, the connection ends; the next one finds it born again.
    office: the address that they come from."""

    def __init__(self, house: House, office: str = "127.0.0.1") -> None:
        self._house, self._office = house, office

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        house = self._house
        inner = httpx.ASGITransport(app=house.door, raise_app_exceptions=False, client=(self._office, 4711))
        try:
            return await inner.handle_async_request(request)
        except (Crash, BaseExceptionGroup) as error:
            house.deaths.append(house.life.because)
            house.clock.advance(LEASE)
            house.born()
            raise httpx.ReadError("the connection ended") from error


class _Corridor(httpx.AsyncBaseTransport):
    """How neighbours reach each other: within this process, unless a door is closed."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.strip("/").split("/")[0] in self._house.closed_doors:
            raise httpx.ConnectError("no such door", request=request)
        try:
            inner = httpx.ASGITransport(app=self._house.app, raise_app_exceptions=False)
            return await inner.handle_async_request(request)
        except BaseExceptionGroup as error:
            raise Crash("while a neighbour was asked") from error
