"""Entries reach a receiver in order and under the same id, whatever it answers and whoever dies meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from services.notification.declares import KINDS
from services.notification.feeds.usecases.writing import FeedWriter
from services.notification.webhooks import keys, storage
from services.notification.webhooks.keys import Seal
from services.notification.webhooks.progress import KEPT, LADDER, Progress
from services.notification.webhooks.usecases.delivering import BODY_ENDED, MACHINE_CLOSED, RECEIVER_GONE, Courier
from services.notification.webhooks.usecases.pushing import LOOK, Pusher
from services.notification.webhooks.webhook import ACTIVE, DISABLED, Webhook
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.directory import MachineState
from shared.contracts.plan import AnnualPlanDue
from shared.errors import Unavailable
from shared.keeping import repository
from shared.ports import Answered, Record, Store
from shared.trade.roles import Role
from tests.world.clock import HandClock
from tests.world.eventually import eventually
from tests.world.hearing import hear_of_body, told
from tests.world.receivers import Call, PaperReceivers

CENTRE, BRANCH, STATION = "49000001", "49050001", "49053012"
PLACE = f"/{CENTRE}/{BRANCH}/"
SECRET, SEAL = keys.drawn(), Seal("webhook-key-of-the-tests")
ID = "w"


class Directory:
    """Knows which machines are open."""

    def __init__(self) -> None:
        self.open, self.away, self.asked = True, False, 0

    async def get(self, service: str, path: str, model: type[Any]) -> Any:
        assert (service, path) == ("directory", "/machines/machine-1")
        self.asked += 1
        if self.away:
            raise Unavailable("the directory is away")
        return MachineState(open=self.open)


class World:
    """One feed, one webhook, one receiver, and processes that push."""

    def __init__(self, store: SqliteStore) -> None:
        self.store, self.clock, self.receivers, self.directory = store, HandClock(), PaperReceivers(), Directory()

    def courier(self, holder: str = "one", store: Store | None = None) -> Courier:
        site = "https://certificates.example.org/"
        return Courier(store or self.store, self.clock, self.receivers, self.directory, SEAL, site, holder)

    async def push(self, courier: Courier | None = None) -> None:
        chosen = courier or self.courier()
        while await chosen.step(ID):
            pass

    async def tell(self, *years: int) -> None:
        for year in years:
            data = {"body": BRANCH, "path": PLACE, "year": year, "due_on": f"{year}-02-28", "days_left": 3}
            fact = AnnualPlanDue.model_validate(data)
            await FeedWriter(self.store, self.clock).write(AnnualPlanDue, told(f"{BRANCH}-{year}", fact, sequence=year))

    async def webhook(self, types: list[str] | None = None, role: Role = Role.BRANCH_OFFICER) -> Webhook:
        by = Actor("machine-1", "业务系统", BRANCH, PLACE, frozenset({role}))
        sealed = SEAL.close(SECRET, ID)
        made = Webhook.create(ID, "https://branch.example.org/", types or [], sealed, 0, by, self.clock.now())
        assert await repository.add(self.store, made)
        return made

    async def stored(self) -> Webhook:
        return await repository.load(self.store, Webhook, ID)

    async def progress(self) -> Progress:
        return await storage.load(self.store, await self.stored())

    async def change(self, verb: Callable[[Webhook], None]) -> None:
        hook = await self.stored()
        verb(hook)
        await repository.save(self.store, hook)

    @property
    def officer(self) -> Actor:
        return Actor("officer", "王敏", BRANCH, PLACE, frozenset({Role.BRANCH_OFFICER}))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    store = SqliteStore(tmp_path / "notification.sqlite", KINDS)
    await store.prepare()
    yield World(store)
    await store.close()


def ids(*numbers: int) -> list[str]:
    return [f"{BRANCH}/{n}" for n in numbers]


def answers(*statuses: int, retry_after: str = "") -> Callable[[Call], Answered]:
    left = list(statuses)
    return lambda call: Answered(left.pop(0) if len(left) > 1 else left[0], retry_after)


async def test_entries_come_in_order_signed_and_as_the_feed_has_them(world: World) -> None:
    await world.webhook()
    await world.tell(2021, 2022, 2023)
    await world.push()
    assert world.receivers.ids == ids(1, 2, 3)
    for n, call in enumerate(world.receivers.calls, 1):
        assert call.event["feednumber"] == n
        timestamp = int(call.headers["webhook-timestamp"])
        signed = keys.signature(keys.read(SECRET), call.id, timestamp, call.content)
        assert call.headers["webhook-signature"] == signed
        assert (timestamp, call.headers["feedlast"]) == (int(world.clock.now().timestamp()), "3")
        assert call.headers["content-type"] == "application/cloudevents+json"
    await world.push()
    assert len(world.receivers.calls) == 3
    assert (await world.progress()).state.held_by == ""


async def test_what_is_not_wanted_is_passed_over(world: World) -> None:
    await world.webhook(["cn.jianding.roster.approved.v1"])
    await world.tell(2021, 2022)
    await world.push()
    assert (world.receivers.calls, (await world.progress()).state.cursor) == ([], 2)


async def test_what_is_too_large_goes_without_its_data(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.notification.webhooks.message.LARGEST", 300)
    await world.webhook()
    await world.tell(2021)
    await world.push()
    (call,) = world.receivers.calls
    assert "data" not in call.event
    assert (call.event["id"], call.event["feednumber"]) == (f"{BRANCH}/1", 1)
    assert call.event["dataref"].endswith(
        f"//certificates.example.org/notification/feed?lastEventId={BRANCH}/0&limit=1"
    )


async def test_the_ladder_after_failures_and_the_end_of_it(world: World) -> None:
    await world.webhook()
    await world.tell(2021, 2022)
    world.receivers.answer = answers(500)
    await world.push()
    for failures, step in enumerate((*LADDER, LADDER[-1]), 1):
        progress = await world.progress()
        assert (progress.state.failures, progress.state.cursor) == (failures, 0)
        assert step <= progress.state.wait <= step * 1.1
        calls = len(world.receivers.calls)
        world.clock.advance(step * 0.99)
        await world.push()
        assert len(world.receivers.calls) == calls, "too early"
        world.clock.advance(step * 0.12)
        await world.push()
        assert len(world.receivers.calls) == calls + 1
    assert set(world.receivers.ids) == set(ids(1)), "the same id each time, and none behind it"
    world.receivers.answer = answers(200)
    world.clock.advance(LADDER[-1] * 1.1)
    await world.push()
    assert world.receivers.ids[-2:] == ids(1, 2)
    assert ((await world.progress()).state.failures, (await world.progress()).last_error) == (0, "")


async def test_the_owner_is_written_to_once_when_it_failed_for_a_day(world: World) -> None:
    await world.webhook()
    await world.tell(2021)
    world.receivers.answer = answers(500)
    for _ in range(80):
        await world.push()
        world.clock.advance(3600)
    rows = [row for waiting in await world.store.pending() for row in waiting.rows if row.key == "webhook.failing.v1"]
    assert ['"status":500' in row.wire for row in rows] == [True]
    world.receivers.answer = answers(200)
    world.clock.advance(LADDER[-1] * 1.1)
    await world.push()
    assert (await world.stored()).state == ACTIVE


@pytest.mark.parametrize("status", [300, 301, 302, 307, 308, 400, 404, 500, 503])
async def test_whatever_is_not_2xx_is_a_failure(world: World, status: int) -> None:
    await world.webhook()
    await world.tell(2021)
    world.receivers.answer = answers(status)
    await world.push()
    progress = await world.progress()
    assert (progress.state.cursor, progress.state.failures) == (0, 1)
    assert str(status) in progress.last_error


@pytest.mark.parametrize("status", [429, 502, 504])
@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        *(("", 60), ("x", 60), ("7", 60), ("600", 600), ("9" * 30, 86_400), ("Fri, 03 Apr 2026 01:10:00 GMT", 600)),
        *((f"1 Jan {'9' * 30} 0:0:0 GMT", 60), (f"Fri, 03 Apr 2026 01:10:00 +{'9' * 20}", 60)),
    ],
)
async def test_whoever_is_overloaded_is_left_alone(world: World, status: int, retry_after: str, wait: int) -> None:
    await world.webhook()
    await world.tell(2021)
    world.receivers.answer = answers(status, retry_after=retry_after)
    await world.push()
    assert (await world.progress()).state.wait == wait


async def test_whoever_is_gone_is_called_no_more_and_the_owner_is_written_to(world: World) -> None:
    await world.webhook()
    await world.tell(2021)
    world.receivers.answer = answers(410)
    await world.push()
    hook = await world.stored()
    assert (hook.state, hook.history[-1].reason) == (DISABLED, RECEIVER_GONE)
    rows = [row for waiting in await world.store.pending() for row in waiting.rows if row.key == "webhook.failing.v1"]
    assert ['"stopped":true' in row.wire for row in rows] == [True]
    world.clock.advance(3600)
    await world.push()
    assert len(world.receivers.calls) == 1
    world.receivers.answer = answers(200)
    await world.change(lambda found: found.enable(world.officer, world.clock.now()))
    await world.push()
    assert world.receivers.ids == ids(1, 1)


async def test_nobody_answers(world: World) -> None:
    await world.webhook()
    await world.tell(2021)

    def nobody(call: Call) -> Answered:
        raise Unavailable("没有应答 · no answer within 20 seconds")

    world.receivers.answer = nobody
    await world.push()
    (attempt,) = (await world.progress()).state.attempts
    assert (attempt.status, "no answer" in attempt.error) == (None, True)


async def test_a_name_that_leads_inside_by_now_is_a_failure_with_a_sentence(world: World) -> None:
    await world.webhook()
    await world.tell(2021)
    world.receivers.inside.add("branch.example.org")
    await world.push()
    assert world.receivers.calls == []
    progress = await world.progress()
    assert (progress.state.failures, progress.state.attempts[-1].status) == (1, None)
    assert progress.last_error


async def test_replay_goes_back_and_forward_over_a_failure_too(world: World) -> None:
    await world.webhook()
    await world.tell(2021, 2022, 2023)
    await world.push()
    await world.change(lambda hook: hook.replay(1, world.officer, world.clock.now()))
    assert (await world.progress()).state.cursor == 1
    world.receivers.answer = answers(500)
    await world.push()
    world.receivers.answer = answers(200)
    await world.change(lambda hook: hook.replay(2, world.officer, world.clock.now()))
    await world.push()
    assert world.receivers.ids == ids(1, 2, 3, 2, 3)


async def test_two_keys_sign_while_they_change(world: World) -> None:
    await world.webhook()
    await world.tell(2021)
    new = keys.drawn()
    await world.change(lambda hook: hook.rotate(SEAL.close(new, ID), world.officer, world.clock.now()))
    await world.push()
    (call,) = world.receivers.calls
    expected = [
        keys.signature(keys.read(secret), call.id, int(call.headers["webhook-timestamp"]), call.content)
        for secret in (new, SECRET)
    ]
    assert call.headers["webhook-signature"].split(" ") == expected
    world.clock.advance(24 * 3600)
    await world.tell(2022)
    await world.push()
    assert " " not in world.receivers.calls[-1].headers["webhook-signature"]


async def test_a_heartbeat_every_hour_once_everything_is_there(world: World) -> None:
    await world.webhook()
    await world.tell(2021)
    await world.push()
    for hour in (2, 3):
        world.clock.advance(3600)
        await world.push()
        await world.push()
        call = world.receivers.calls[-1]
        assert call.id == f"{BRANCH}/heartbeat/2026-04-03T0{hour}"
        assert (call.event["type"], call.event["data"]) == ("cn.jianding.feed.heartbeat.v1", {"feedlast": 1})
        assert "feednumber" not in call.event
    assert len(world.receivers.calls) == 3


async def test_the_standing_of_the_body(world: World) -> None:
    await world.webhook()
    await hear_of_body(world.store, BRANCH, PLACE, state="suspended")
    await world.tell(2021)
    await world.push()
    assert world.receivers.ids == ids(1), "who is suspended still owes"
    await hear_of_body(world.store, BRANCH, PLACE, state="revoked")
    await world.tell(2022)
    await world.push()
    hook = await world.stored()
    assert (world.receivers.ids, hook.state, hook.history[-1].reason) == (ids(1), DISABLED, BODY_ENDED)


async def test_a_machine_that_was_closed_gets_nothing_within_a_minute(world: World) -> None:
    await world.webhook(role=Role.BRANCH_SYSTEM)
    await world.tell(2021)
    courier = world.courier()
    await world.push(courier)
    world.directory.open = False
    await world.tell(2022)
    world.clock.advance(30)
    await world.push(courier)
    hook = await world.stored()
    assert (world.receivers.ids, hook.state, hook.history[-1].reason) == (ids(1), DISABLED, MACHINE_CLOSED)


async def test_while_nobody_knows_whether_it_is_open_nothing_goes_out(world: World) -> None:
    await world.webhook(role=Role.BRANCH_SYSTEM)
    await world.tell(2021)
    world.directory.away = True
    with pytest.raises(Unavailable):
        await world.push()
    world.directory.away = False
    await world.push()
    assert world.receivers.ids == ids(1)


async def test_one_process_at_a_time(world: World) -> None:
    await world.webhook()
    await world.tell(2021, 2022)
    reached, going = asyncio.Event(), asyncio.Event()

    class Slow(PaperReceivers):
        async def post(self, *given: Any) -> Answered:
            reached.set()
            await going.wait()
            return await super().post(*given)

    world.receivers = Slow()
    first = asyncio.create_task(world.push(world.courier("one")))
    await reached.wait()
    await asyncio.wait_for(world.push(world.courier("two")), 5)
    assert world.receivers.calls == []
    going.set()
    await first
    assert world.receivers.ids == ids(1, 2)


async def test_an_officer_is_not_overtaken_by_deliveries(world: World) -> None:
    """What is pushed meanwhile leaves the document as it was read."""
    await world.webhook()
    version = (await world.stored()).version
    await world.tell(2021, 2022)
    await world.push()
    assert (await world.stored()).version == version


async def test_the_last_attempts_are_kept_and_no_more(world: World) -> None:
    await world.webhook()
    await world.tell(*range(2001, 2001 + KEPT + 5))
    await world.push()
    attempts = (await world.progress()).state.attempts
    assert [attempt.n for attempt in attempts] == list(range(6, KEPT + 6))


# --- who dies ---------------------------------------------------------------------------------------------------------


class Dead(Exception):
    """kill -9: nothing that this life does from here on reaches the store."""


class Dying(SqliteStore):
    """Dies at its write number `last`, before or after that took effect."""

    calls, last, after = 0, 0, False

    async def _or_die(self, doing: Any) -> Any:
        self.calls += 1
        if self.calls > self.last > 0 or (self.calls == self.last and not self.after):
            doing.close()
            raise Dead
        answer = await doing
        if self.calls == self.last:
            raise Dead
        return answer

    async def put(self, *given: Any) -> None:
        await self._or_die(super().put(*given))

    async def add(self, *given: Any) -> bool:
        return bool(await self._or_die(super().add(*given)))


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("last", range(1, 9))
async def test_whoever_dies_loses_nothing_and_leaves_no_gap(
    world: World, tmp_path: Path, last: int, after: bool
) -> None:
    await world.webhook()
    await world.tell(2021, 2022, 2023)
    world.receivers.answer = answers(200, 500, 200)
    dying = Dying(tmp_path / "notification.sqlite", KINDS)
    dying.last, dying.after = last, after
    died = False
    for life in range(4):
        try:
            await world.push(world.courier(f"life {life}", dying if life == 0 else world.store))
        except Dead:
            died = True
        world.clock.advance(400)
    await dying.close()
    assert died or last > dying.calls
    first_seen = list(dict.fromkeys(world.receivers.ids))
    assert first_seen == ids(1, 2, 3), "in order, each under the same id; twice perhaps"
    assert (await world.progress()).state.cursor == 3


# --- the loop ---------------------------------------------------------------------------------------------------------


async def test_it_is_pushed_at_once_where_it_was_written_and_soon_from_elsewhere(world: World) -> None:
    await world.webhook()
    await world.tell(2021)
    pusher = Pusher(world.store, world.clock, world.courier())
    running = asyncio.create_task(pusher.run())
    await eventually(lambda: world.receivers.ids == ids(1) and world.clock.sleepers)
    await world.tell(2022)
    pusher.grown(BRANCH)
    await eventually(lambda: world.receivers.ids == ids(1, 2))
    await world.tell(2023)
    world.clock.advance(LOOK)
    await eventually(lambda: world.receivers.ids == ids(1, 2, 3))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_one_webhook_that_fails_takes_no_other_with_it(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.webhook()
    await world.tell(2021)

    def broken(call: Call) -> Answered:
        raise RuntimeError("a fault of ours")

    world.receivers.answer = broken
    pusher = Pusher(world.store, world.clock, world.courier())
    running = asyncio.create_task(pusher.run())
    await eventually(lambda: "webhook w failed" in caplog.text)
    world.receivers.answer = answers(200)
    await eventually(lambda: world.clock.sleepers)
    world.clock.advance(LOOK)
    await eventually(lambda: ids(1)[0] in world.receivers.ids[1:])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_the_metrics_tell_of_webhooks(world: World) -> None:
    """Of all together: no label says whose it is."""
    await world.webhook()
    courier = world.courier()
    pusher = Pusher(world.store, world.clock, courier)
    assert list(courier.figures.measured(world.clock.now())) == [], "another process pushes"

    def told() -> dict[tuple[str, ...], float]:
        found = courier.figures.measured(world.clock.now())
        return {(one.name.removeprefix("jianding_webhook"), *one.labels.values()): one.value for one in found}

    await world.tell(2021, 2022, 2023)
    world.receivers.answer = answers(204, 503)
    running = asyncio.create_task(pusher.run())
    await eventually(lambda: len(world.receivers.calls) == 2 and world.clock.sleepers)
    await eventually(lambda: told()["_attempts_total", "5xx"] == 1)
    world.clock.advance(LOOK)
    await eventually(lambda: told().get(("s", "failing")) == 1)
    world.clock.advance(LOOK)
    figures = told()
    assert {key: value for key, value in figures.items() if key[0] != "_attempts_total"} == {
        ("s", "well"): 0,
        ("_behind_entries", "well"): 0,
        ("_behind_seconds", "well"): 0,
        ("s", "failing"): 1,
        ("_behind_entries", "failing"): 2,
        ("_behind_seconds", "failing"): 2 * LOOK,
        ("_failing_seconds",): 2 * LOOK,
    }
    attempts = {result: figures["_attempts_total", result] for result in ("2xx", "3xx", "4xx", "none")}
    assert attempts == {"2xx": 1, "3xx": 0, "4xx": 0, "none": 0}
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_one_whose_place_cannot_be_read_begins_anew_and_the_process_stays(world: World) -> None:
    """With the task that pushes the whole process would end, which writes letters and fills feeds."""
    await world.webhook()
    await world.tell(2021, 2022)
    await world.push()
    stored = await world.store.get(storage.PROGRESS.name, ID)
    assert stored is not None
    await world.store.put(storage.PROGRESS.name, Record(ID, {"cursor": "nonsense"}, stored.version))
    pusher = Pusher(world.store, world.clock, world.courier())
    running = asyncio.create_task(pusher.run())
    await eventually(lambda: world.receivers.ids == ids(1, 2, 1, 2) or running.done())
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_look_that_fails_is_followed_by_another(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.webhook()
    await world.tell(2021)
    with monkeypatch.context() as broken:
        broken.setattr(storage, "load_all", lambda *_: 1 / 0)
        running = asyncio.create_task(Pusher(world.store, world.clock, world.courier()).run())
        await eventually(lambda: world.clock.sleepers or running.done())
        assert not running.done()
    world.clock.advance(LOOK)
    await eventually(lambda: world.receivers.ids == ids(1))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
