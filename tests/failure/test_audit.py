"""Nobody changes the audit by hand unnoticed: in the chain, in a document's history, at the tail, or all of it together."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from services.runtime.catalogue import REGISTER
from services.runtime.wiring import MACHINERY
from shared.audit import chain as audit
from shared.audit.check import check
from shared.audit.checked import Checked
from shared.ports import Record
from tests.world import books
from tests.world.house import House
from tests.world.seeding import APPROVER, SECOND, SMALL, approve
from tests.world.topology import INTERFACES

SERVICE = "reporting"
STATION = SMALL.station.code


async def checked(house: House, kept: dict[str, tuple[int, str]] | None = None) -> Checked:
    return await check(house.stores[SERVICE], (*REGISTER.declared[SERVICE].kinds, *MACHINERY), kept)


def by_hand(house: House, statement: str, *values: Any) -> None:
    """What somebody with the database's password can do."""
    with contextlib.closing(sqlite3.connect(house.folder / "data" / f"{SERVICE}.sqlite")) as file, file:
        assert file.execute(statement, values).rowcount > 0


def alter(house: House, kind: str, id: str, change: Callable[[dict[str, Any]], Any]) -> None:
    with contextlib.closing(sqlite3.connect(house.folder / "data" / f"{SERVICE}.sqlite")) as file, file:
        (text,) = file.execute("SELECT body FROM document WHERE kind = ? AND id = ?", (kind, id)).fetchone()
        body = json.loads(text)
        change(body)
        file.execute(
            "UPDATE document SET body = ? WHERE kind = ? AND id = ?", (json.dumps(body, ensure_ascii=False), kind, id)
        )


@pytest.fixture
async def approved(house: House) -> House:
    """draft, import, submit, endorse, approve of one roster, and the acts of the other one of that station."""
    await approve(house, SMALL)
    await house.run_until_quiet()
    return house


def entries(house: House) -> int:
    with contextlib.closing(sqlite3.connect(house.folder / "data" / f"{SERVICE}.sqlite")) as file:
        (n,) = file.execute(
            "SELECT count(*) FROM document WHERE kind = 'audit' AND json_extract(body, '$.chain') = ?", (STATION,)
        ).fetchone()
    return int(n)


async def test_every_act_stands_in_the_chain_of_the_body_concerned(approved: House) -> None:
    found = await books.everything(approved.stores[SERVICE], audit.ENTRIES.name, {"chain": STATION})
    about = [one.body["told"] for one in found if one.body["act"].startswith(f"roster/{SMALL.id}#")]
    assert [(one["verb"], one["from_state"], one["to_state"]) for one in about] == [
        ("draft", "draft", "draft"),
        ("import", "draft", "draft"),
        ("submit", "draft", "submitted"),
        ("endorse", "submitted", "endorsed"),
        ("approve", "endorsed", "approved"),
    ]
    assert (about[-1]["by"], about[-1]["body"]) == (APPROVER, "49000001")


@pytest.mark.parametrize("service", INTERFACES)
async def test_what_nobody_touched_is_as_it_was_written(approved: House, service: str) -> None:
    seen = await check(approved.stores[service], (*REGISTER.declared[service].kinds, *MACHINERY))
    assert seen.findings == []
    assert seen.entries == sum(n for n, _ in seen.heads.values())
    assert seen.entries > 0 or service in ("certificate", "notification", "supervision")


async def test_an_act_that_waits_in_its_outbox_is_no_finding(approved: House) -> None:
    await approve(approved, SECOND)
    assert await approved.stores[SERVICE].pending()
    assert (await checked(approved)).findings == []


async def test_an_altered_entry_is_named(approved: House) -> None:
    alter(approved, "audit", audit.entry_id(STATION, 3), lambda body: body["told"].update(by="somebody.else"))
    (found,) = (await checked(approved)).findings
    assert found.entry == f"{STATION}#000000003"
    assert "altered" in found.what


async def test_an_altered_entry_with_a_fitting_hash_breaks_the_next_one(approved: House) -> None:
    def change(body: dict[str, Any]) -> None:
        body["told"]["reason"] = "another reason"
        body["hash"] = audit.hash_of(body)

    alter(approved, "audit", audit.entry_id(STATION, 3), change)
    (found,) = (await checked(approved)).findings
    assert found.entry == f"{STATION}#000000004"


async def test_a_removed_entry_is_named(approved: House) -> None:
    by_hand(approved, "DELETE FROM document WHERE kind = 'audit' AND id = ?", audit.entry_id(STATION, 2))
    (found,) = (await checked(approved)).findings
    assert found.entry == f"{STATION}#000000002"
    assert "removed" in found.what


async def test_a_removed_tail_is_named(approved: House) -> None:
    last = entries(approved)
    for n in (last - 1, last):
        by_hand(approved, "DELETE FROM document WHERE kind = 'audit' AND id = ?", audit.entry_id(STATION, n))
    (found,) = (await checked(approved)).findings
    assert found.entry == audit.entry_id(STATION, last - 1)
    assert "the last 2 entries were removed" in found.what


async def test_a_tail_removed_together_with_its_head_is_missed_by_the_documents(approved: House) -> None:
    last = entries(approved)
    by_hand(approved, "DELETE FROM document WHERE kind = 'audit' AND id = ?", audit.entry_id(STATION, last))
    before = await approved.stores[SERVICE].get(audit.ENTRIES.name, audit.entry_id(STATION, last - 1))
    assert before is not None
    alter(approved, "audit_head", STATION, lambda body: body.update(n=last - 1, hash=before.body["hash"]))
    (found,) = (await checked(approved)).findings
    assert found.entry.startswith("roster/")
    assert "missing in the chain" in found.what


async def test_a_whole_chain_that_was_removed_is_missed(approved: House) -> None:
    by_hand(approved, "DELETE FROM document WHERE kind = 'audit_head' AND id = ?", STATION)
    (found,) = (await checked(approved)).findings
    assert STATION in found.entry


async def test_a_removed_document_is_named(approved: House) -> None:
    """Only what is over by nature may be gone."""
    by_hand(approved, "DELETE FROM document WHERE kind = 'roster' AND id = ?", SMALL.id)
    (found,) = (await checked(approved)).findings
    assert found.entry.startswith(f"roster/{SMALL.id}#")


async def test_an_altered_history_is_named(approved: House) -> None:
    alter(approved, "roster", SMALL.id, lambda body: body["history"][2].update(by="somebody.else"))
    (found,) = (await checked(approved)).findings
    assert found.entry.startswith(f"roster/{SMALL.id}#")
    assert "differs" in found.what


async def test_a_shortened_history_is_named(approved: House) -> None:
    alter(approved, "roster", SMALL.id, lambda body: body["history"].pop())
    (found,) = (await checked(approved)).findings
    assert found.entry.startswith(f"roster/{SMALL.id}#")
    assert "removed" in found.what


async def test_who_rewrites_everything_meets_the_heads_that_were_kept_elsewhere(approved: House) -> None:
    """Entry, all hashes after it, the head, and the document's history: only what lies elsewhere knows better."""
    kept = (await checked(approved)).heads
    last = entries(approved)
    before, row = "", {}
    for n in range(1, last + 1):
        record = await approved.stores[SERVICE].get(audit.ENTRIES.name, audit.entry_id(STATION, n))
        assert record is not None
        body = record.body
        if n == 2:
            body["told"]["name"], row = "另一人", {"act": body["act"], "n": body["told"]["n"]}
        if n > 2:
            body["before"] = before
        before = body["hash"] = audit.hash_of(body)
        alter(approved, "audit", audit.entry_id(STATION, n), lambda old, new=body: old.update(new))  # type: ignore[misc]
    alter(approved, "audit_head", STATION, lambda body: body.update(hash=before))
    kind, _, rest = str(row["act"]).partition("/")

    def rename(body: dict[str, Any]) -> None:
        next(one for one in body["history"] if one["n"] == row["n"])["name"] = "另一人"

    alter(approved, kind, rest.partition("#")[0], rename)
    assert (await checked(approved)).findings == [], "without them nothing is seen"
    (found,) = (await checked(approved, kept)).findings
    assert found.entry == audit.entry_id(STATION, last)
    assert "kept elsewhere" in found.what


async def test_an_act_that_stands_twice_is_named(approved: House) -> None:
    last = entries(approved)
    store = approved.stores[SERVICE]
    old = await store.get(audit.ENTRIES.name, audit.entry_id(STATION, last))
    assert old is not None
    body = {**old.body, "n": last + 1, "before": old.body["hash"]}
    body["hash"] = audit.hash_of(body)
    await store.add(audit.ENTRIES.name, Record(audit.entry_id(STATION, last + 1), body))
    (found,) = (await checked(approved)).findings
    assert (found.entry, "twice" in found.what) == (audit.entry_id(STATION, last + 1), True)
