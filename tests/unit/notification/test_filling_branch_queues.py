"""Queues of bodies get what their feeds have, in order and without a gap, whoever dies meanwhile; they end with the right to
read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notification.declares import KINDS
from services.notification.feeds.usecases.writing import FeedWriter
from services.notification.queues import storage
from services.notification.queues.progress import HEARTBEAT, Progress
from services.notification.queues.queue import OPEN, WITHDRAWN, BranchQueue
from services.notification.queues.storage import TURN_LASTS
from services.notification.queues.usecases.filling import (
    BODY_ENDED,
    MACHINE_CLOSED,
    MACHINE_KNOWN_FOR,
    PAGE,
    PAGES,
    Filler,
)
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.directory import MachineState
from shared.contracts.plan import AnnualPlanDue
from shared.errors import AppError, Invalid, NotFound, NotSignedIn, NotYet, Refused, Stale, Unavailable
from shared.keeping import repository
from shared.ports import Record
from shared.trade.roles import Role
from tests.world.branches import PaperBranches
from tests.world.clock import HandClock
from tests.world.eventually import eventually
from tests.world.hearing import hear_of_body, told

CENTRE, BRANCH, OTHER = "49000001", "49050001", "49060001"
ID = "q"


class Killed(BaseException):
    """The process is gone at this very point."""


class Directory:
    """Knows which machines are open."""

    def __init__(self) -> None:
        self.open, self.away = True, False

    async def get(self, service: str, path: str, model: type[Any]) -> Any:
        assert (service, path) == ("directory", "/machines/machine-1")
        if self.away:
            raise Unavailable("目录服务未能应答 · the directory is away")
        return MachineState(open=self.open)


class World:
    """One feed, one queue that is asked for, one broker, and processes that fill."""

    def __init__(self, store: SqliteStore) -> None:
        self.store, self.clock, self.branches, self.directory = store, HandClock(), PaperBranches(), Directory()

    def filler(self, holder: str = "one") -> Filler:
        return Filler(self.store, self.clock, self.branches, self.directory, holder)

    async def look(self) -> None:
        """Of a new process, until nothing is left to do."""
        self.clock.advance(TURN_LASTS.total_seconds())
        filler = self.filler()
        while await filler.look():
            pass

    async def tell(self, *years: int) -> None:
        for year in years:
            data = {
                "body": BRANCH,
                "path": f"/{CENTRE}/{BRANCH}/",
                "year": year,
                "due_on": "2026-02-28",
                "days_left": 3,
            }
            fact = AnnualPlanDue.model_validate(data)
            await FeedWriter(self.store, self.clock).write(AnnualPlanDue, told(f"{BRANCH}-{year}", fact, sequence=year))

    async def ask(self, role: Role = Role.BRANCH_OFFICER, after: int = 0) -> None:
        by = Actor("machine-1", "业务系统", BRANCH, f"/{CENTRE}/{BRANCH}/", frozenset({role}))
        assert await repository.add(self.store, BranchQueue.create(ID, "hash-1", after, by, self.clock.now()))

    async def stored(self) -> BranchQueue:
        return await repository.load(self.store, BranchQueue, ID)

    async def progress(self) -> Progress:
        return await storage.load(self.store, await self.stored())

    async def change(self, verb: Callable[[BranchQueue], None]) -> None:
        queue = await self.stored()
        verb(queue)
        await repository.save(self.store, queue)

    @property
    def officer(self) -> Actor:
        return Actor("officer", "王敏", BRANCH, f"/{CENTRE}/{BRANCH}/", frozenset({Role.BRANCH_OFFICER}))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    store = SqliteStore(tmp_path / "notification.sqlite", KINDS)
    await store.prepare()
    yield World(store)
    await store.close()


def lags(filler: Filler) -> dict[str, int]:
    return {queue: one.missing for queue, one in filler.figures.behind.items()}


def ids(*numbers: int) -> list[str]:
    return [f"{BRANCH}/{n}" for n in numbers]


async def test_a_queue_opens_and_gets_the_bytes_of_the_feed_in_order(world: World) -> None:
    await world.ask()
    await world.tell(2021, 2022, 2023)
    await world.look()
    assert (world.branches.passwords, (await world.stored()).state) == ({BRANCH: "hash-1"}, OPEN)
    assert world.branches.ids(BRANCH) == ids(1, 2, 3)
    first = world.branches.queues[BRANCH][0]
    assert (b'"feednumber":1' in first.content, first.last) == (True, 3)
    await world.tell(2024)
    await world.look()
    assert world.branches.ids(BRANCH) == ids(1, 2, 3, 4)
    assert (await world.progress()).state.cursor == 4
    assert world.branches.acts.count(f"let in {BRANCH}") == 1


async def test_it_begins_where_it_was_asked_to(world: World) -> None:
    await world.tell(2021, 2022, 2023)
    await world.ask(after=2)
    await world.look()
    assert world.branches.ids(BRANCH) == ids(3)


async def test_one_that_is_far_behind_keeps_nobody_waiting_and_catches_up(world: World) -> None:
    many = PAGE * PAGES + 7
    await world.ask()
    await world.tell(*range(1, many + 1))
    filler = world.filler()
    assert await filler.look()
    assert (lags(filler), len(world.branches.queues[BRANCH])) == ({ID: 7}, PAGE * PAGES)
    assert not await filler.look()
    assert (lags(filler), world.branches.ids(BRANCH)) == ({ID: 0}, ids(*range(1, many + 1)))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("act", ["let in", "publish", "shut out"])
async def test_killed_at_any_point_nothing_is_skipped(world: World, when: str, act: str) -> None:
    async def killed_once() -> None:
        deaths = [f"{act} {BRANCH}"]

        def die(what: str) -> None:
            if what in deaths:
                deaths.remove(what)
                raise Killed

        setattr(world.branches, when, die)
        with pytest.raises(Killed):
            await world.look()
        assert deaths == []

    await world.ask()
    await world.tell(2021, 2022)
    if act != "shut out":
        await killed_once()
        await world.look()
        found = world.branches.ids(BRANCH)
        assert found == (ids(1, 2, 1, 2) if (act, when) == ("publish", "after") else ids(1, 2))
        assert ((await world.stored()).state, (await world.progress()).state.cursor) == (OPEN, 2)
        return
    await world.look()
    await world.change(lambda queue: queue.withdraw(world.officer, world.clock.now()))
    await killed_once()
    await world.look()
    assert (world.branches.passwords, world.branches.queues) == ({}, {})


async def test_killed_between_the_broker_and_the_store(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.ask()
    await world.tell(2021, 2022)

    async def die(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(storage, "save", die)
        with pytest.raises(Killed):
            await world.look()
    await world.look()
    assert world.branches.ids(BRANCH) == ids(1, 2, 1, 2)


async def test_a_broker_that_is_away_is_told_of_and_caught_up_with(world: World) -> None:
    await world.ask()
    await world.tell(2021)

    def away(act: str) -> None:
        if act.startswith("publish"):
            raise Unavailable("消息系统暂不可用 · the broker is away")

    world.branches.before = away
    await world.look()
    failing = (await world.progress()).state
    assert (failing.cursor, failing.error) == (0, "消息系统暂不可用 · the broker is away")
    assert failing.failing_since is not None
    world.branches.before = lambda act: None
    await world.look()
    state = (await world.progress()).state
    assert (state.cursor, state.error, state.failing_since) == (1, "", None)


async def test_a_broker_that_does_not_even_say_what_is_there_is_told_of_and_cuts_nobody_off(world: World) -> None:
    await world.ask()
    await world.look()
    await world.tell(2021, 2022)

    def away(act: str) -> None:
        raise Unavailable("消息系统的管理接口未能应答 · the management is away")

    world.branches.before = away
    filler = world.filler()
    with pytest.raises(Unavailable):
        await filler.look()
    assert (lags(filler), (await world.progress()).state.error) == (
        {ID: 2},
        "消息系统的管理接口未能应答 · the management is away",
    )
    assert list(world.branches.passwords) == [BRANCH]


async def test_what_the_metrics_tell_of_queues(world: World) -> None:
    await world.ask()
    await world.tell(2021, 2022)
    filler, figures = world.filler(), dict[tuple[str, str], float]()

    def look() -> None:
        told = filler.figures.measured(world.clock.now())
        figures.update(
            {(one.name.removeprefix("jianding_branch_queue_"), *one.labels.values()): one.value for one in told}
        )

    def away(act: str) -> None:
        if act.startswith("publish"):
            raise Unavailable("消息系统暂不可用 · the broker is away")

    world.branches.before = away
    await filler.look()
    world.clock.advance(90)
    look()
    assert figures == {
        ("lag", ID): 2,
        ("behind_seconds", ID): 90,
        ("failing_seconds", ID): 90,
        ("attempts_total", "confirmed"): 0,
        ("attempts_total", "failed"): 1,
    }
    world.branches.before = lambda act: None
    await filler.look()
    look()
    assert figures == {
        ("lag", ID): 0,
        ("behind_seconds", ID): 0,
        ("failing_seconds", ID): 0,
        ("attempts_total", "confirmed"): 1,
        ("attempts_total", "failed"): 1,
    }


async def test_one_that_the_broker_refuses_keeps_nobody_else_from_anything(world: World) -> None:
    """What it refuses for one body is said there, and asked again."""
    await world.ask()
    await world.tell(2021)
    await world.branches.let_in(OTHER, "x")

    def refuses(act: str) -> None:
        if act == f"shut out {OTHER}":
            raise Refused("消息系统拒绝 · the broker refuses")

    world.branches.before = refuses
    await world.look()
    assert world.branches.ids(BRANCH) == ids(1)
    world.branches.before = lambda act: None
    await world.look()
    assert list(world.branches.passwords) == [BRANCH]


async def test_one_of_whom_the_directory_says_something_strange_keeps_nobody_else_from_anything(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.ask(Role.BRANCH_SYSTEM)
    await world.look()
    await world.tell(2021)
    other = Actor("officer", "李强", OTHER, f"/{CENTRE}/{OTHER}/", frozenset({Role.BRANCH_OFFICER}))
    await repository.add(world.store, BranchQueue.create("other", "hash-3", 0, other, world.clock.now()))
    for strange in (AppError("500"), NotFound("404"), NotSignedIn("401"), NotYet("409"), Invalid("422")):

        async def say(*_: Any, strange: AppError = strange) -> Any:
            raise strange

        monkeypatch.setattr(world.directory, "get", say)
        await world.look()
        assert world.branches.passwords == {BRANCH: "hash-1", OTHER: "hash-3"}
        assert (world.branches.ids(BRANCH), (await world.progress()).state.error) == ([], str(strange))
    monkeypatch.undo()
    await world.look()
    assert world.branches.ids(BRANCH) == ids(1)


async def test_one_whose_place_cannot_be_read_begins_anew_and_keeps_nobody_waiting(world: World) -> None:
    await world.ask()
    await world.tell(2021, 2022)
    await world.look()
    stored = await world.store.get(storage.PROGRESS.name, ID)
    assert stored is not None
    await world.store.put(storage.PROGRESS.name, Record(ID, {"cursor": "nonsense"}, stored.version))
    await world.look()
    assert world.branches.ids(BRANCH) == ids(1, 2, 1, 2)
    assert (await world.progress()).state.cursor == 2


@pytest.mark.parametrize("strange", [ValueError("no JSON"), KeyError("name"), Stale(), AppError("x"), Unavailable("x")])
async def test_whatever_the_broker_says_the_process_stays(world: World, strange: Exception) -> None:
    def says(act: str) -> None:
        raise strange

    await world.ask()
    await world.tell(2021)
    world.branches.before = says
    running = asyncio.create_task(world.filler().run())
    await eventually(lambda: world.clock.sleepers or running.done())
    world.branches.before = lambda act: None
    while BRANCH not in world.branches.queues or not world.branches.queues[BRANCH]:
        await eventually(lambda: world.clock.sleepers or running.done())
        assert not running.done(), running.exception()
        world.clock.advance(60)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert world.branches.ids(BRANCH)[0] == ids(1)[0]


async def test_one_that_cannot_be_shut_out_keeps_nobody_else_waiting(world: World) -> None:
    await world.ask()
    await world.tell(2021)
    await world.branches.let_in(OTHER, "x")

    def fails(act: str) -> None:
        if act == f"shut out {OTHER}":
            raise Unavailable("消息系统的管理接口未能应答 · the broker's management answers 500")

    world.branches.before = fails
    await world.look()
    assert world.branches.ids(BRANCH) == ids(1)


async def test_a_document_that_cannot_be_read_costs_nobody_the_queue(world: World) -> None:
    await world.branches.let_in(OTHER, "x")
    await world.store.add(BranchQueue.KIND, Record("unreadable", {"state": OPEN}))
    await world.ask()
    await world.look()
    assert set(world.branches.passwords) == {BRANCH, OTHER}
    await world.change(lambda queue: queue.withdraw(world.officer, world.clock.now()))
    await world.look()
    assert set(world.branches.passwords) == {OTHER}


async def test_a_new_password_takes_the_place_of_the_old(world: World) -> None:
    await world.ask()
    await world.look()
    await world.change(lambda queue: queue.renew("hash-2", world.officer, world.clock.now()))
    await world.look()
    assert (world.branches.passwords, (await world.stored()).state) == ({BRANCH: "hash-2"}, OPEN)


@pytest.mark.parametrize("lost", ["passwords", "queues"])
async def test_what_somebody_took_from_the_broker_is_put_back(world: World, lost: str) -> None:
    await world.ask()
    await world.look()
    getattr(world.branches, lost).clear()
    await world.look()
    assert (world.branches.passwords, list(world.branches.queues)) == ({BRANCH: "hash-1"}, [BRANCH])


async def test_who_was_never_asked_for_is_shut_out(world: World) -> None:
    await world.branches.let_in(OTHER, "x")
    await world.look()
    assert world.branches.passwords == {}


async def test_a_withdrawn_queue_goes_and_comes_back_where_it_is_asked_to(world: World) -> None:
    await world.ask()
    await world.tell(2021, 2022)
    await world.look()
    await world.change(lambda queue: queue.withdraw(world.officer, world.clock.now()))
    await world.look()
    assert world.branches.queues == {}
    await world.change(lambda queue: queue.reopen("hash-2", 1, world.officer, world.clock.now()))
    await world.look()
    assert (world.branches.passwords, world.branches.ids(BRANCH)) == ({BRANCH: "hash-2"}, ids(2))


async def test_a_body_that_was_struck_off_is_cut_off_and_one_that_is_suspended_reads_on(world: World) -> None:
    await world.ask()
    await hear_of_body(world.store, BRANCH, f"/{CENTRE}/{BRANCH}/", state="suspended")
    await world.tell(2021)
    await world.look()
    assert world.branches.ids(BRANCH) == ids(1)
    await hear_of_body(world.store, BRANCH, f"/{CENTRE}/{BRANCH}/", state="revoked")
    await world.look()
    stopped = await world.stored()
    assert (stopped.state, stopped.history[-1].reason, world.branches.passwords) == (WITHDRAWN, BODY_ENDED, {})


async def test_what_a_machine_asked_for_ends_with_its_account(world: World) -> None:
    await world.ask(Role.BRANCH_SYSTEM)
    filler = world.filler()
    await filler.look()
    world.directory.open = False
    world.clock.advance(MACHINE_KNOWN_FOR)
    await filler.look()
    assert ((await world.stored()).history[-1].reason, world.branches.passwords) == (MACHINE_CLOSED, {})


async def test_while_nobody_can_tell_nothing_goes_out_and_nobody_is_cut_off(world: World) -> None:
    await world.ask(Role.BRANCH_SYSTEM)
    await world.look()
    world.directory.away = True
    await world.tell(2021)
    await world.look()
    assert (world.branches.ids(BRANCH), list(world.branches.passwords)) == ([], [BRANCH])
    assert "directory is away" in (await world.progress()).state.error
    world.directory.away = False
    await world.look()
    assert (world.branches.ids(BRANCH), (await world.progress()).state.error) == (ids(1), "")


async def test_one_of_two_processes_fills_and_the_other_takes_over(world: World) -> None:
    await world.ask()
    await world.tell(2021)
    one, two = world.filler("one"), world.filler("two")
    await one.look()
    await two.look()
    assert (world.branches.ids(BRANCH), lags(two)) == (ids(1), {})
    world.clock.advance(TURN_LASTS.total_seconds())
    await world.tell(2022)
    await two.look()
    assert world.branches.ids(BRANCH) == ids(1, 2)


async def test_a_heartbeat_every_hour_without_a_number(world: World) -> None:
    await world.ask()
    await world.tell(2021)
    await world.look()
    world.clock.advance((HEARTBEAT + timedelta(seconds=1)).total_seconds())
    await world.look()
    await world.look()
    beat = world.branches.queues[BRANCH][-1]
    assert (len(world.branches.queues[BRANCH]), beat.last, b"feednumber" in beat.content) == (2, 1, False)
    assert beat.id.startswith(f"{BRANCH}/heartbeat/")
