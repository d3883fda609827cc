"""The disk of the embedded home is full for a while: nothing is lost, nothing is half, everything goes on afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from services.runtime.catalogue import WholeSettings
from services.runtime.provision import own_passwords
from shared.adapters.files import FolderFiles
from shared.adapters.mail.folder import MailFolder
from shared.adapters.sqlite.bus import SqliteBus
from shared.adapters.sqlite.store import SqliteStore
from shared.errors import Invalid, Unavailable
from shared.ports import Kind, Outgoing, Record
from shared.web.routers import health
from tests.contract.test_mailer import a_letter
from tests.world import books
from tests.world.clock import HandClock
from tests.world.disk import Disk, mounted
from tests.world.doors import sign_in
from tests.world.eventually import eventually
from tests.world.house import House
from tests.world.ports import a_port
from tests.world.seeding import APPROVER, LARGE, SMALL, approve, post
from tests.world.topology import TOPOLOGY
from tests.world.troubles import Trouble

LONG = "x" * 60_000  # more than the few bytes that a file may still have in its last page


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with mounted(tmp_path / "disk", 64) as disk:
        yield disk


@pytest.fixture
async def house_there(disk: Disk, seeded_folder: Path) -> AsyncIterator[House]:
    shutil.copytree(seeded_folder, disk.folder / "house")
    house = House(disk.folder / "house")
    yield house
    disk.make_room()
    await house.close()


# --- each of those who write ------------------------------------------------------------------------------------------


async def test_a_store_refuses_says_so_until_there_is_room_and_has_lost_nothing(disk: Disk) -> None:
    store = SqliteStore(disk.folder / "plan.sqlite", (Kind("roster"),))
    await store.add("roster", Record("before", {"name": LONG}))
    disk.fill()
    attempts: list[Callable[[], Awaitable[object]]] = [
        lambda: store.add("roster", Record("full", {"name": LONG})),
        lambda: store.add_many("roster", [Record(f"full {n}", {"name": LONG}) for n in range(20)]),
        lambda: store.put("roster", Record("before", {"name": LONG.upper()}, 1)),
    ]
    for attempt in attempts:
        with pytest.raises(Unavailable, match="full") as caught:
            await attempt()
        assert caught.value.ping is not None
        with pytest.raises(Unavailable, match="full"):
            await caught.value.ping()
    assert await store.get("roster", "before") == Record("before", {"name": LONG}), "reading goes on"
    assert await store.count("roster") == 1, "nothing is half"
    disk.make_room()
    await store.ping()
    for attempt in attempts:
        await attempt()
    assert await store.count("roster") == 22
    await store.close()


async def test_a_refused_write_of_one_document_takes_no_other_with_it(disk: Disk) -> None:
    """Writes share a commit: what is too large for the rest of the disk must not be answered for, nor half there."""
    store = SqliteStore(disk.folder / "plan.sqlite", (Kind("roster"),))
    await store.prepare()
    disk.fill(leave=40)
    records = [Record(f"r{n}", {"name": LONG if n % 2 else "short"}) for n in range(40)]
    answers = await asyncio.gather(*(store.add("roster", one) for one in records), return_exceptions=True)
    assert any(isinstance(answer, Unavailable) for answer in answers)
    disk.make_room()
    for record, answer in zip(records, answers, strict=True):
        assert (await store.get("roster", record.id) is not None) is (answer is True)
    await store.close()


async def test_a_bus_takes_no_message_and_loses_none(disk: Disk) -> None:
    queue = TOPOLOGY.queues[0]
    bus = SqliteBus(disk.folder / "bus.sqlite", TOPOLOGY.queues, HandClock())
    message = Outgoing(1, datetime(2026, 4, 3, tzinfo=UTC), "events", queue.keys[0], json.dumps(LONG))
    await bus.publish(message)
    before = disk_queue(disk)
    disk.fill()
    for ask in (lambda: bus.publish(message), bus.ping):
        with pytest.raises(Unavailable, match="full"):
            await ask()
    disk.make_room()
    await bus.ping()
    assert disk_queue(disk) == before
    await bus.publish(message)
    assert len(disk_queue(disk)) == 2 * len(before)
    await bus.close()


def disk_queue(disk: Disk) -> list[object]:
    with contextlib.closing(sqlite3.connect(disk.folder / "bus.sqlite")) as bus:
        return bus.execute("SELECT queue, wire FROM message ORDER BY seq").fetchall()


async def test_files_and_letters_are_there_whole_or_not_at_all(disk: Disk) -> None:
    files, mail = FolderFiles(disk.folder / "files"), MailFolder(disk.folder / "mail")
    first = await files.put(b"before")
    await mail.send(a_letter())
    there = {one for one in disk.folder.rglob("*") if one.is_file()}
    disk.fill()
    with pytest.raises(Unavailable, match="No space left"):
        await files.put(LONG.encode())
    with pytest.raises(Unavailable, match="No space left"):
        await mail.send(a_letter("<m2@jianding.example>"))
    assert {one for one in disk.folder.rglob("*") if one.is_file()} - {disk.folder / "ballast"} == there, "no drafts"
    assert await files.get(first) == b"before"
    disk.make_room()
    assert await files.get(await files.put(LONG.encode())) == LONG.encode()
    await mail.send(a_letter("<m2@jianding.example>"))
    assert len(list((disk.folder / "mail").iterdir())) == 2


def test_passwords_are_not_half_made(disk: Disk) -> None:
    settings = WholeSettings(secrets=disk.folder / "var" / "passwords.json")
    disk.fill()
    with pytest.raises(Invalid, match="No space left"):
        own_passwords(settings)
    assert not settings.secrets.exists()
    disk.make_room()
    assert own_passwords(settings) == own_passwords(settings)


# --- the house --------------------------------------------------------------------------------------------------------


async def test_whoever_asks_is_told_to_come_back_and_whoever_reads_is_served(house_there: House, disk: Disk) -> None:
    house, approver = house_there, house_there.person(APPROVER)
    headers = {"Authorization": f"Bearer {await approver.token()}"}
    before = await house.client.get(SMALL.path, headers=headers)
    disk.fill()
    refused = [
        await house.client.post(f"{SMALL.path}/approval", headers={**headers, "If-Match": before.headers["ETag"]}),
        await sign_in(house, APPROVER),
    ]
    for answer in refused:
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["Retry-After"]) > 0
        assert "full" in answer.json()["detail"]
    read = await house.client.get(SMALL.path, headers=headers)
    assert (read.status_code, read.json()) == (200, before.json())

    app = FastAPI()
    watched = [health.Watched(name, store, house.real_bus, None, None, ()) for name, store in house.stores.items()]
    app.include_router(health.router(watched, house.clock, {}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://watch") as watch:
        ready = await watch.get("/readyz")
        assert ready.status_code == 503
        assert {line.partition(":")[0] for line in ready.json()["missing"]} >= {"reporting", "directory"}
        assert "full" in ready.text
        assert 'jianding_parked_messages{service="reporting"} 0.0' in (await watch.get("/metrics")).text
        disk.make_room()
        assert (await watch.get("/readyz")).status_code == 200
    assert (await sign_in(house, APPROVER)).status_code == 200
    await approve(house, SMALL)
    await house.run_until_quiet()
    await books.are_right(house, SMALL)


class FullFrom(Trouble):
    """Somebody fills the disk right before the first call of one method, but for the last `leave` pages."""

    def __init__(self, disk: Disk, leave: int, port: str, method: str) -> None:
        self._disk, self._leave, self._call = disk, leave, (port, method)
        self.full = False

    async def before(self, port: str, method: str, call: int) -> None:
        if not self.full and (port, method) == self._call:
            self._disk.fill(self._leave)
            self.full = True


MOMENTS = [
    ("reporting store", "sent"),
    ("certificate store", "add_many"),
    ("certificate store", "put"),
    ("certificate bus", "publish"),
    ("files", "put"),
    ("notification store", "add"),
    ("mailer", "send"),
]


@pytest.mark.parametrize("leave", [0, 12], ids=["to the last page", "with room for small things"])
@pytest.mark.parametrize("moment", MOMENTS, ids=" ".join)
async def test_full_in_the_middle_of_a_roster(
    house_there: House, disk: Disk, moment: tuple[str, str], leave: int
) -> None:
    house, trouble = house_there, FullFrom(disk, leave, *moment)
    await approve(house, SMALL, LARGE)
    house.troubles.append(trouble)
    began = house.clock.now()
    await house.run_until_quiet(until=lambda: (house.clock.now() - began).total_seconds() > 3 * 3600)
    assert trouble.full
    assert not await house.quiet(), "nobody noticed"
    disk.make_room()
    await house.run_until_quiet()
    assert house.deaths == []
    assert house.life.attempts == 0, "a full disk costs no attempt"
    await post(house, SMALL, LARGE)
    await house.run_until_quiet()
    await books.are_right(house, SMALL, LARGE, mailed=[SMALL, LARGE])


async def test_the_process_lives_through_it(disk: Disk) -> None:
    """`make run` as it is, with its memory-mapped files on the full disk."""
    port = a_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("JIANDING_")}
    environment |= {"JIANDING_PORT": str(port), "PYTHONPATH": str(Path(__file__).parents[2])}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services", "all"), cwd=disk.folder, env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

            async def answers(status: int) -> bool:
                try:
                    return (await client.get("/readyz")).status_code == status
                except httpx.TransportError:
                    return False

            await eventually(lambda: answers(200), within=60, every=0.1)
            password = json.loads((disk.folder / "var" / "passwords.json").read_text())["operator"]
            form = {"grant_type": "password", "username": "operator", "password": password}
            disk.fill()
            await eventually(lambda: answers(503), within=30, every=0.1)
            said = (await client.get("/readyz")).text
            assert "store: var/data 空间不足" in said and "mail" not in said, "the folder that is there is named"
            assert process.returncode is None
            disk.make_room()
            await eventually(lambda: answers(200), within=60, every=0.1)
            assert (await client.post("/directory/tokens", data=form)).status_code == 200
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 60) == 0
