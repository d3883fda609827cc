"""Messages that nobody can apply end as parked documents with a reason; mended, replayed and discarded by a person."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from services.certificate.numbers.number_register import NumberRegister
from services.certificate.production.production import Production
from services.reporting.rosters import storage as roster_lines
from shared.keeping import repository
from shared.messaging.parking import ParkedMessage
from shared.ports import Outgoing, Record
from shared.ports.exchanges import REDELIVER
from shared.trade.roles import Role
from tests.world import books
from tests.world.books import everything, parked
from tests.world.house import House
from tests.world.seeding import APPROVER, CLERK, LARGE, SECOND, SMALL, approve
from tests.world.troubles import Away, Buggy, Fragile

INTAKE, PRODUCE, TALLY = "certificate.intake", "certificate.produce", "certificate.tally"


async def put_into(house: House, queue: str, wire: str) -> None:
    await house.real_bus.publish(Outgoing(1, house.clock.now(), REDELIVER, queue, wire))


def a_wire(house: House, type_: str, data: dict[str, Any]) -> str:
    source = "/certificate" if type_.startswith("batch.") else "/reporting"
    return json.dumps(
        {
            "specversion": "1.0",
            "id": f"{source}/roster/x#0000000001",
            "source": source,
            "type": f"cn.jianding.{type_}",
            "subject": "x",
            "time": house.clock.now().isoformat(),
            "sequence": "0000000001",
            "datacontenttype": "application/json",
            "data": data,
        }
    )


async def the_only_one(house: House, service: str = "certificate") -> ParkedMessage:
    (kept,) = await parked(house, service)
    return kept


async def replay(house: House, kept: ParkedMessage, seen: int | None = None) -> httpx.Response:
    path = f"/certificate/parked/{kept.id}/replay"
    return await house.operator.ask("POST", path, kept.version if seen is None else seen)


BATCH = {"batch": "none", "roster": "none", "producer": "49000001", "certificates": 1, "drawing": 1}
PRODUCED = {"batch": "x", "roster": "none", "producer": "49000001", "drawn": 1, "refused": 0, "print_file": None}


@pytest.mark.parametrize(
    ("queue", "wire", "reason"),
    [
        pytest.param(INTAKE, lambda house: "\x00 not json", "Unreadable", id="no json"),
        pytest.param(INTAKE, lambda house: "[1, 2]", "Unreadable", id="no object"),
        pytest.param(INTAKE, lambda house: '{"id": 1}', "Unreadable", id="no event"),
        pytest.param(INTAKE, lambda house: a_wire(house, "roster.eaten.v1", {}), "Unreadable", id="unknown type"),
        pytest.param(INTAKE, lambda house: a_wire(house, "roster.approved.v2", {}), "Unreadable", id="unknown version"),
        pytest.param(TALLY, lambda house: a_wire(house, "roster.approved.v1", {}), "Unreadable", id="wrong queue"),
        pytest.param(INTAKE, lambda house: a_wire(house, "roster.approved.v1", {}), "Unreadable", id="breaks contract"),
        pytest.param(PRODUCE, lambda house: a_wire(house, "batch.numbered.v1", BATCH), "NotFound", id="no such batch"),
        pytest.param(
            TALLY, lambda house: a_wire(house, "batch.produced.v1", PRODUCED), "NotFound", id="no such roster"
        ),
    ],
)
async def test_what_nobody_can_apply_is_parked_at_once(
    house: House, queue: str, wire: Callable[[House], str], reason: str
) -> None:
    """And keeps nobody waiting: a roster goes its way beside it."""
    sent = wire(house)
    await put_into(house, queue, sent)
    await approve(house, SMALL)
    before = house.clock.now()
    await house.run_until_quiet()
    kept = await the_only_one(house)
    assert (kept.queue, kept.reason, kept.attempts, kept.replays) == (queue, reason, 0, 0)
    assert kept.detail
    assert (kept.last_parked_at - before).total_seconds() < 10, "it waited although waiting cannot help"
    assert kept.wire == sent
    discarded = await house.operator.ask(
        "POST", f"/certificate/parked/{kept.id}/discard", kept.version, json={"reason": "一次试验"}
    )
    assert discarded.status_code == 200
    await house.run_until_quiet()
    await books.are_right(house, SMALL)


async def put_bytes(house: House, wire: bytes) -> None:
    await house.real_bus.ping()
    with contextlib.closing(sqlite3.connect(house.folder / "data" / "bus.sqlite")) as bus, bus:
        bus.execute(
            "INSERT INTO message (queue, wire, replays, first_seen) VALUES (?, ?, 0, ?)",
            (INTAKE, wire, house.clock.now().isoformat()),
        )


async def test_bytes_that_are_no_text(house: House) -> None:
    await put_bytes(house, b"\xff\xfe\x00{")
    await house.run_until_quiet()
    kept = await the_only_one(house)
    assert kept.reason == "Unreadable"
    assert kept.wire == r"\xff\xfe" + "\x00{"
    listed = await house.operator.everything("/certificate/parked")
    assert [one["id"] for one in listed] == [kept.id]


@pytest.mark.parametrize("wire", [b"[" * 300_000, b"\xff" * 5_000_000], ids=["nested", "no text"])
async def test_one_that_is_too_long_is_looked_at_and_discarded_but_not_replayed(house: House, wire: bytes) -> None:
    await put_bytes(house, wire)
    await put_bytes(house, b"[" * 100_000)  # fits, and could be replayed
    await house.run_until_quiet()
    assert house.deaths == []
    listed = {one["size"]: one for one in await house.operator.everything("/certificate/parked")}
    assert {size: (one["type"], one["whole"], one["reason"]) for size, one in listed.items()} == {
        len(wire): ("", False, "Unreadable"),
        100_000: ("", True, "Unreadable"),
    }
    path = f"/certificate/parked/{listed[len(wire)]['id']}"
    looked_at = await house.operator.get(path)
    assert (looked_at["size"], looked_at["sha256"]) == (len(wire), hashlib.sha256(wire).hexdigest())
    assert 0 < len(looked_at["wire"].encode()) <= 256 * 1024

    refused = await house.operator.ask("POST", f"{path}/replay", listed[len(wire)]["version"])
    assert refused.status_code == 409
    assert f"its {len(wire)} bytes are not kept as they came" in refused.json()["detail"]
    given_up = await house.operator.ask(
        "POST", f"{path}/discard", listed[len(wire)]["version"], json={"reason": "无法使用"}
    )
    assert (given_up.status_code, given_up.json()["state"]) == (200, "discarded")

    whole = listed[100_000]
    again = await house.operator.ask("POST", f"/certificate/parked/{whole['id']}/replay", whole["version"])
    assert again.status_code == 200
    await house.run_until_quiet()
    (back,) = await house.operator.everything("/certificate/parked")
    assert (back["id"], back["replays"], back["size"]) == (whole["id"], 1, 100_000)


# --- an edited roster -------------------------------------------------------------------------------------------------


async def edit_a_line(house: House, n: int, name: str) -> Record:
    """Somebody with access to the database changes an approved roster. Returns the page as it was."""
    store = house.stores["reporting"]
    pages = await everything(store, roster_lines.PAGES)
    page = next(one for one in pages if one.body["page"] == 0 and SMALL.id.replace("-", "") in one.body["lines"])
    await store.put(roster_lines.PAGES, with_line(page, n, name=name))
    return page


def with_line(page: Record, n: int, **changes: object) -> Record:
    """n: of the line on its page, from 1."""
    lines = page.body["lines"].splitlines()
    lines[n - 1] = json.dumps({**json.loads(lines[n - 1]), **changes}, ensure_ascii=False)
    return replace(page, body={**page.body, "lines": "\n".join(lines) + "\n"})


async def mend_the_line(house: House, page: Record) -> None:
    await house.stores["reporting"].put(roster_lines.PAGES, replace(page, version=page.version + 1))


async def test_an_edited_roster_is_noticed_and_nothing_is_made_of_it(house: House) -> None:
    await approve(house, SMALL, SECOND)
    await edit_a_line(house, 2, "李代桃")
    await house.run_until_quiet()
    kept = await the_only_one(house)
    assert (kept.queue, kept.reason, kept.attempts) == (INTAKE, "Refused", 0)
    assert "seal" in kept.detail
    made = {one.body["roster"] for one in await everything(house.stores["certificate"], "certificate")}
    assert made == {SECOND.id}


async def test_mended_and_replayed_it_is_applied_once(house: House) -> None:
    await approve(house, SMALL, SECOND)
    original = await edit_a_line(house, 2, "李代桃")
    await house.run_until_quiet()
    kept = await the_only_one(house)

    # Replayed before it was mended, it is parked again and says so.
    assert (await replay(house, kept)).status_code == 200
    await house.run_until_quiet()
    again = await the_only_one(house)
    assert (again.id, again.replays, again.reason) == (kept.id, 1, "Refused")

    await mend_the_line(house, original)
    first = await replay(house, again)
    assert (first.status_code, first.json()["state"]) == (200, "replayed")
    pressed_twice = await replay(house, again)
    assert pressed_twice.status_code == 412
    with_fresh_tag = await house.operator.ask("POST", f"/certificate/parked/{kept.id}/replay", first.headers["ETag"])
    assert (with_fresh_tag.status_code, with_fresh_tag.json()["state"]) == (409, "replayed")
    await house.run_until_quiet()
    await books.are_right(house, SMALL, SECOND)
    kept = await repository.load(house.stores["certificate"], ParkedMessage, kept.id)
    assert [one.verb for one in kept.history] == ["replay", "park", "replay"]
    assert kept.replays == 2


async def test_a_page_that_was_swapped_is_noticed_too(house: House) -> None:
    """The list of seals is as it was, the second page is not: the first batch stands, the rest is parked."""
    await approve(house, LARGE)
    store = house.stores["reporting"]
    second_page = next(page for page in await everything(store, roster_lines.PAGES) if page.body["page"] == 1)
    await store.put(roster_lines.PAGES, with_line(second_page, 1, theory=99.0))
    await house.run_until_quiet()
    kept = await the_only_one(house)
    assert "page 2" in kept.detail
    await mend_the_line(house, second_page)
    assert (await replay(house, kept)).status_code == 200
    await house.run_until_quiet()
    await books.are_right(house, LARGE)


# --- a fault in the program ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("port", "method", "queue"),
    [
        ("workshop", "do", PRODUCE),
        ("files", "put", PRODUCE),
        ("certificate store", "add_many", INTAKE),
        ("certificate store", "count", TALLY),
        ("mailer", "send", "notification.deliver"),
    ],
)
async def test_a_fault_is_tried_four_times_more_then_parked_then_mended(
    house: House, port: str, method: str, queue: str
) -> None:
    fault = Buggy(port, method)
    house.troubles.append(fault)
    await approve(house, SMALL)
    before = house.clock.now()
    await house.run_until_quiet()
    service = queue.split(".")[0]
    left = await parked(house, service)
    assert {(one.queue, one.reason, one.attempts) for one in left} == {(queue, "Exhausted", 4)}
    assert {one.detail for one in left} == {"ZeroDivisionError"}
    waited = min(one.last_parked_at for one in left) - before
    assert waited.total_seconds() >= 10 + 60 + 600 + 3600
    fault.mended = True
    for message in left:
        assert (
            await house.operator.ask("POST", f"/{service}/parked/{message.id}/replay", message.version)
        ).status_code == 200
    await house.run_until_quiet()
    await books.are_right(house, SMALL)


async def test_a_roster_is_ready_only_when_its_last_batch_is_drawn(house: House) -> None:
    """Two of three batches are drawn, the third is parked: no letter says that the certificates are ready."""
    fault = Buggy("workshop", "do", from_call=3)
    house.troubles.append(fault)
    await approve(house, LARGE)
    await house.run_until_quiet()
    production = await repository.load(house.stores["certificate"], Production, LARGE.id)
    assert production.state == "making"
    letters = await house.person(APPROVER).everything(f"/notification/mailings?about={LARGE.id}")
    assert "certificates-ready" not in {one["letter"] for one in letters}
    kept = await the_only_one(house)
    fault.mended = True
    assert (await replay(house, kept)).status_code == 200
    await house.run_until_quiet()
    await books.are_right(house, LARGE)


async def test_a_register_that_is_used_up_is_parked_and_never_wraps(house: House) -> None:
    register = NumberRegister(id="2026-49053012-4", year=2026, institution="49053012", level=4, next=99_999)
    await repository.add(house.stores["certificate"], register)
    await approve(house, SMALL)  # wants two numbers of this register, one is left
    await house.run_until_quiet()
    kept = await the_only_one(house)
    assert (kept.queue, kept.reason) == (INTAKE, "Refused")
    assert "1 left of 00001-99999" in kept.detail
    register = await repository.load(house.stores["certificate"], NumberRegister, register.id)
    assert register.next == 99_999, "a refused grant takes nothing"


# --- the parking itself -----------------------------------------------------------------------------------------------


async def test_while_the_store_is_down_the_message_stays_in_the_parked_queue(house: House) -> None:
    away = Away("certificate store")
    house.troubles.append(away)
    await put_into(house, INTAKE, "nonsense")
    began = house.clock.now()
    await house.run_until_quiet(until=lambda: (house.clock.now() - began).total_seconds() > 3600)
    assert await house.messages() == {f"{INTAKE}.parked": 1}
    away.on = False
    await house.run_until_quiet()
    kept = await the_only_one(house)
    assert (kept.reason, kept.attempts) == ("Unreadable", 0)


async def test_a_parking_that_the_store_refuses_is_said_and_asked_again_later(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    refusing = Buggy("certificate store", "add")
    house.troubles.append(refusing)
    await put_into(house, INTAKE, "nonsense")
    began = house.clock.now()
    await house.run_until_quiet(until=lambda: (house.clock.now() - began).total_seconds() > 3 * 3600)
    assert await house.messages() == {f"{INTAKE}.parked": 1}
    refusals = sum(worker.outcomes[f"{INTAKE}.parked", "NotKept"] for worker in house.watched)
    assert 2 <= refusals <= 4, "once an hour"
    assert caplog.text.count("the store refuses a parked message of 8 bytes") == 2 * refusals
    refusing.mended = True
    await house.run_until_quiet()
    kept = await the_only_one(house)
    assert (kept.wire, kept.reason, kept.whole) == ("nonsense", "Unreadable", True)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_it_dies_while_parking(house: House, when: Any) -> None:
    house.troubles.append(Fragile("certificate store", "add", when))
    await put_into(house, INTAKE, "nonsense")
    await house.run_until_quiet()
    assert len(house.deaths) == 1
    assert (await the_only_one(house)).reason == "Unreadable"


@pytest.mark.parametrize(
    ("port", "method", "when"),
    [
        ("certificate store", "put", "before"),
        ("certificate store", "put", "after"),
        ("certificate bus", "publish", "before"),
        ("certificate bus", "publish", "after"),
        ("certificate store", "sent", "before"),
        ("certificate bus", f"handled {INTAKE}", "after"),
    ],
)
async def test_it_dies_while_a_message_is_replayed(house: House, port: str, method: str, when: Any) -> None:
    await approve(house, SMALL)
    original = await edit_a_line(house, 1, "李代桃")
    await house.run_until_quiet()
    kept = await the_only_one(house)
    await mend_the_line(house, original)
    house.born()
    house.troubles.append(Fragile(port, method, when))
    while True:
        try:
            answer = await replay(house, kept)
            break
        except httpx.ReadError:
            continue
    assert answer.status_code in (200, 412), "the second press may find the first one done"
    await house.run_until_quiet()
    assert len(house.deaths) == 1
    await books.are_right(house, SMALL)


async def test_discarding_needs_a_reason_and_is_final(house: House) -> None:
    await put_into(house, INTAKE, "nonsense")
    await house.run_until_quiet()
    kept = await the_only_one(house)
    path = f"/certificate/parked/{kept.id}"
    for wrong in ({}, {"reason": ""}, {"reason": "  "}, {"reason": "x", "also": 1}):
        assert (await house.operator.ask("POST", f"{path}/discard", kept.version, json=wrong)).status_code == 422
    assert (await house.operator.ask("POST", f"{path}/discard", json={"reason": "x"})).status_code == 428
    done = await house.operator.ask("POST", f"{path}/discard", kept.version, json={"reason": "重复的试验"})
    assert (done.status_code, done.json()["history"][-1]["reason"]) == (200, "重复的试验")
    seen = done.headers["ETag"]
    assert (await house.operator.ask("POST", f"{path}/discard", seen, json={"reason": "x"})).status_code == 409
    assert (await house.operator.ask("POST", f"{path}/replay", seen)).status_code == 409
    listed = {
        state: len(await house.operator.everything(f"/certificate/parked?state={state}"))
        for state in ("parked", "replayed", "discarded")
    }
    assert listed == {"parked": 0, "replayed": 0, "discarded": 1}
    assert (await house.operator.ask("GET", "/certificate/parked?state=eaten")).status_code == 422


async def test_the_same_poison_twice_is_one_document(house: House) -> None:
    await put_into(house, INTAKE, "nonsense")
    await put_into(house, INTAKE, "nonsense")
    await house.run_until_quiet()
    await the_only_one(house)


async def test_who_may_see_the_parking(house: House) -> None:
    await put_into(house, INTAKE, "nonsense")
    await house.run_until_quiet()
    kept = await the_only_one(house)
    await house.seed_account("auditor", Role.AUDITOR, "49000001", "/49000001/")
    path = f"/certificate/parked/{kept.id}"
    for account in ("auditor", CLERK, APPROVER, SMALL.station.account("station_clerk"), "reporting"):
        assert (await house.person(account).ask("GET", path)).status_code == 403, account
        assert (await house.person(account).ask("GET", "/certificate/parked")).status_code == 403, account
        assert (await house.person(account).ask("POST", f"{path}/replay", kept.version)).status_code == 403, account
    assert (await house.operator.get(path))["wire"] == "nonsense"
    (listed,) = (await house.operator.get("/certificate/parked"))["items"]
    assert "wire" not in listed, "a list shows no contents"


async def test_a_batch_that_waits_for_an_hour_is_reported(house: House, caplog: pytest.LogCaptureFixture) -> None:
    fault = Buggy("workshop", "do")
    house.troubles.append(fault)
    await approve(house, SMALL)
    await house.run_until_quiet()
    await house.tick()
    assert f"batch {SMALL.id}-b0000 waits to be drawn since" in caplog.text
