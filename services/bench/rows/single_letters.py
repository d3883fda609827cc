"""How long a single letter takes from its fact to the mail server while very many of bulk are planned and sent, beside the same
with nothing else to do: relay and worker of the notification service in one process, signed, to a sink of this machine."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Final

import uvloop

from services.bench import home
from services.bench.row import Figure, Place, Row
from services.bench.rows.letters import close_all, signing_key
from services.bench.sink import letters_sink
from services.notification.mailings.mailing import Mailing
from services.runtime import launch, wiring
from services.runtime.catalogue import REGISTER
from services.runtime.provision import own_passwords, provision
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import PREFIX, Envelope, Fact
from shared.contracts.reporting import RosterReturned
from shared.contracts.supervision import BulletinPublished
from shared.keeping import local_copies
from shared.ports import Bus, Outgoing, Record, Store, every_record
from shared.ports.exchanges import EVENTS
from shared.settings import Settings

BULLETINS: Final = 5  # facts of bulk: more than are planned at a time
SINGLES: Final = 120  # letters at the least, of each side
SHORTEST: Final = 0.05  # seconds between two single letters
LOOK: Final = 0.05  # seconds between two looks whether the last one is gone
QUEUES: Final = tuple(
    queue.name for queue in REGISTER.topology().queues_of("notification") if queue.job.startswith(("plan", "deliver"))
)
ROSTER: Final = "49000002-2026-001"
STATION: Final = "49000002"
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Waits:
    """seconds: of each single letter. left: of bulk when the last of them was asked for."""

    seconds: list[float]
    left: int

    @property
    def p50(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p99(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)]


def measure(place: Place, size: int) -> list[Figure]:
    """size: letters of bulk."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as the launcher does
        return runner.run(_measure(place, size))


async def _measure(place: Place, size: int) -> list[Figure]:
    bodies = max(1, size // BULLETINS)
    with letters_sink() as port:
        mail = f"smtp+plaintext://127.0.0.1:{port}"
        settings = home.settings(place, mail=mail, digest_at="off", **signing_key(place))
        passwords = own_passwords(settings)
        await provision(settings, passwords, server_users=False)
        bus = wiring.open_bus(settings, REGISTER.topology(settings.producer_codes), "bench")
        try:
            async with home.store_of(place, "notification") as store:
                await home.fill(store, local_copies.kind_of(BodyRegistered), _bodies(bodies))
                async with _at_work(settings, passwords):
                    alone = await _waits(store, bus, SINGLES, SHORTEST, 0)
                    began = time.perf_counter()
                    for n in range(BULLETINS):
                        await _publish(bus, _bulletin(n))
                    beside = await _waits(store, bus, SINGLES, max(SHORTEST, size / 100_000), bodies * BULLETINS)
                    sent = bodies * BULLETINS - beside.left
                    rate = sent / (time.perf_counter() - began)
        finally:
            await bus.close()
    said = f"同样的信函，没有大批信函 · the same without bulk；{len(beside.seconds)} 封 letters"
    return [
        Figure("单封信函，中位数 · single letter, p50", beside.p50 * 1000, "ms", alone.p50 * 1000, said),
        Figure("单封信函 · single letter, p99", beside.p99 * 1000, "ms", alone.p99 * 1000, said),
        Figure("其间寄出的大批信函 · bulk sent meanwhile", rate, "/s", None, f"尚余 · left at the end {beside.left}"),
    ]


@asynccontextmanager
async def _at_work(settings: Settings, passwords: dict[str, str]) -> AsyncIterator[None]:
    running = launch.build(settings, ("notification",), ("worker", "relay"), passwords, QUEUES)
    jobs = [asyncio.create_task(job()) for job in running.jobs.values()]
    try:
        yield
    finally:
        for job in jobs:
            job.cancel()
        _, still = await asyncio.wait(jobs, timeout=1)  # what is planned still is of no use any more
        for job in still:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        await close_all(running)


async def _waits(store: Store, bus: Bus, singles: int, every: float, bulk: int) -> Waits:
    """bulk: letters of it that were set going. While there are any, single letters are asked for; `singles` at the least."""
    asked: dict[str, datetime] = {}
    left = bulk
    while len(asked) < singles or left:
        fact = _returned()
        asked[fact.id] = home.now()
        await _publish(bus, fact)
        await asyncio.sleep(every)
        if bulk and not len(asked) % 20:
            left = bulk - await store.count(Mailing.KIND, {"state": "sent", "letter": "bulletin-published"})
    waited: list[float] = []
    while len(waited) < len(asked):
        await asyncio.sleep(LOOK)
        waited = [
            (mailing.sent_at - asked[mailing.fact]).total_seconds()
            async for mailing in _singles(store)
            if mailing.sent_at is not None and mailing.fact in asked
        ]
    return Waits(waited, left)


async def _singles(store: Store) -> AsyncIterator[Mailing]:
    async for record in every_record(store, Mailing.KIND, {"subject_of": ROSTER}):
        yield Mailing.from_record(record)


async def _publish(bus: Bus, fact: Envelope) -> None:
    await bus.publish(Outgoing(1, fact.time, EVENTS, fact.fact_type, fact.wire()))


def _returned() -> Envelope:
    path = f"/{home.CENTRE}/{STATION}/"
    fact = RosterReturned(
        roster=ROSTER,
        session=ROSTER,
        body=STATION,
        path=path,
        at_desk=STATION,
        reason="第 12 行有误 · line 12 is wrong",
    )
    return _envelope("reporting", "roster", ROSTER, fact)


def _bulletin(n: int) -> Envelope:
    quarter = f"{2020 + n}-Q1"
    fact = BulletinPublished(
        bulletin=quarter,
        body=home.CENTRE,
        path=f"/{home.CENTRE}/",
        quarter=quarter,
        cut_at=home.now(),
        seal=f"sha256:{'5e' * 32}",
    )
    return _envelope("supervision", "bulletin", quarter, fact)


def _envelope(service: str, kind: str, subject: str, fact: Fact) -> Envelope:
    sequence = f"{next(_NUMBERS):010d}"
    return Envelope(
        id=f"/{service}/{kind}/{subject}#{sequence}",
        source=f"/{service}",
        type=PREFIX + fact.TYPE,
        subject=subject,
        time=home.now(),
        sequence=sequence,
        data=fact.model_dump(mode="json"),
    )


def _bodies(size: int) -> list[Record]:
    """The Centre, and stations right below it."""
    centre = BodyRegistered(
        body=home.CENTRE,
        kind="centre",
        path=f"/{home.CENTRE}/",
        name_zh="示例中心",
        name_en="Example Centre",
        produces=False,
        email="centre@example.org",
        state="licensed",
    ).model_dump(mode="json")
    # The fifth digit of a code ends at 4, and 49000001 is the Centre: 5,000 codes for each pair of digits before it.
    stations = [f"49{(n + 2) // 5000:02d}{(n + 2) % 5000:04d}" for n in range(size)]
    copies = [centre] + [
        centre | {"body": code, "kind": "station", "path": f"/{home.CENTRE}/{code}/", "email": f"{code}@example.org"}
        for code in stations
    ]
    return [Record(copy["body"], {"sequence": f"{1:010d}", "copy": copy}) for copy in copies]


ROW = Row(
    what="大批信函旁的单封信函 · a single letter beside a bulk",
    goal="p99 ≤ 10 s",
    sizes=(50_000,),
    quick=2_000,
    tiny=20,
    measure=measure,
    servers=True,
)
