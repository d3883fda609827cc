"""Every declared index answers a question that the code really asks, on both stores, and every question that narrows or
sorts is answered from one. What is asked is recorded (`questions.py`), so that nobody has to remember it."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pymongo import monitoring

from services.runtime.catalogue import REGISTER
from services.runtime.wiring import MACHINERY
from shared.adapters.mongo import MongoStore
from shared.adapters.sqlite.store import SqliteStore
from shared.ports import Kind
from tests.e2e.road import questions
from tests.e2e.road.questions import Question
from tests.world.sharing import Once
from tests.world.topology import SERVICES

FEW = {("body", ("kind",)), ("roster", ("state",))}
"""Asked without an index, on purpose: a kind of which there are few, when one more is registered; and which rosters are
approved, once after an upgrade, when all of them are read anyway."""


@pytest.fixture(scope="module")
def asked_folder(once: Once) -> Path:
    return once("asked", questions.record)


@pytest.fixture(scope="module")
def asked(asked_folder: Path) -> list[Question]:
    return questions.read(asked_folder)


def kinds_of(service: str) -> tuple[Kind, ...]:
    return (*REGISTER.declared[service].kinds, *MACHINERY)


def needs_an_index(question: Question) -> bool:
    """Whether it wants some records of a kind, or an order: otherwise all are read, by id."""
    narrows = bool(question.where or question.between or question.sort)
    return narrows and (question.kind, tuple(question.where)) not in FEW


# --- one file ---------------------------------------------------------------------------------------------------------------


async def plan_of(store: SqliteStore, question: Question) -> str:
    """How SQLite says it finds what the store asks it for."""
    statements: list[str] = []

    def listen(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(statements.append)

    await store._tables.read(listen)
    await ask(store, question)
    await store._tables.read(lambda connection: connection.set_trace_callback(None))
    (statement,) = [one for one in statements if "FROM document" in one]
    rows = await store._tables.read(lambda connection: connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall())
    return " | ".join(str(row[3]) for row in rows)


async def ask(store: SqliteStore | MongoStore, question: Question) -> None:
    low, after = question.between, question.after
    await store.find(
        question.kind,
        question.where,
        between=(low[0], low[1], low[2]) if low else None,
        sort=question.sort,
        after=(after[0], after[1]) if after else None,
    )


@pytest.fixture
async def in_sqlite(asked: list[Question], asked_folder: Path) -> dict[Question, str]:
    found: dict[Question, str] = {}
    for service in SERVICES:
        store = SqliteStore(asked_folder / "data" / f"{service}.sqlite", kinds_of(service))
        for question in asked:
            if question.service == service:
                found[question] = await plan_of(store, question)
        await store.close()
    return found


async def test_every_question_finds_its_records_by_a_declared_index(in_sqlite: dict[Question, str]) -> None:
    assert len(in_sqlite) > 60
    wrong = [
        f"{one}: {plan}" for one, plan in in_sqlite.items() if needs_an_index(one) and f" {one.kind}_by_" not in plan
    ]
    assert wrong == [], "\n".join(wrong)


USED = {
    "account": ("path", "body", "ended_at", "ref"),
    "annual_plan": ("path",),
    "audit": ("act", "chain_n", "path"),
    "batch": ("roster_page", "roster_state", "state_numbered_at"),
    "body": ("path", "told", "state"),
    "bulletin": ("state",),
    "certificate": ("roster_n", "batch_n", "number"),
    "inspection": ("path",),
    "line": ("import_id_page_n",),
    "mailing": ("path_planned_at", "subject_of_letter", "state_planned_at"),
    "parked": ("state_last_parked_at",),
    "person": ("path",),
    "production": ("path", "body"),
    "record": ("quarter", "what_day", "quarter_path", "what_path"),
    "roster": ("path", "body"),
    "sanction": ("path", "body", "state_measure"),
    "session_plan": ("path", "body", "annual_plan"),
    "oidc_answer": ("until",),
    "sign_in": ("until", "ended_at"),
    "technician_review": ("roster",),
    "training_record": ("valid_until",),
    "violation": ("path",),
    "work_report": ("quarter_path", "path"),
}
"""By hand: kind → the indexes without which somebody would wait. One more is declared: a line here, and a question for it."""


async def test_every_declared_index_answers_a_question(in_sqlite: dict[Question, str]) -> None:
    """Of kinds that several services keep: in one of them at least. What nobody asks for is work at every write."""
    wanted = {f"{kind}_by_{fields}" for kind, several in USED.items() for fields in several}
    declared = {
        f"{kind.name}_by_{'_'.join(fields)}" for name in SERVICES for kind in kinds_of(name) for fields in kind.indexes
    }
    assert declared == wanted
    used = {name for name in declared for plan in in_sqlite.values() if f" {name} " in f"{plan} "}
    assert declared - used == set(), "declared, and of no use"


LISTS_BY_PATH = ("production", "roster", "annual_plan", "session_plan", "inspection", "violation", "body", "account")


@pytest.mark.parametrize("kind", LISTS_BY_PATH)
async def test_a_list_is_read_in_the_order_in_which_it_is_shown(in_sqlite: dict[Question, str], kind: str) -> None:
    """Of a hundred thousand documents a page of a list touches the hundred that it shows: nothing is sorted first."""
    plans = [plan for one, plan in in_sqlite.items() if one.kind == kind and one.sort == "path" and not one.where]
    assert plans
    assert all(f"USING INDEX {kind}_by_path (" in plan and "TEMP B-TREE" not in plan for plan in plans), plans


# --- a server ---------------------------------------------------------------------------------------------------------------


class Commands(monitoring.CommandListener):
    """What is sent to the server while it listens."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name == "find":
            self.found.append({name: event.command[name] for name in ("find", "filter", "sort")})

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


@pytest.mark.servers
@pytest.mark.parametrize("service", SERVICES)
async def test_a_server_has_the_declared_indexes_and_uses_them(
    mongodb_url: str, database: str, asked: list[Question], service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = Commands()
    monkeypatch.setattr(monitoring, "_LISTENERS", monitoring._Listeners([commands], [], [], [], []))
    store = MongoStore(mongodb_url, database, kinds_of(service))
    await store.prepare()
    for kind in kinds_of(service):
        there = await store._database[kind.name].index_information()
        keys = {tuple(key for key, _ in index["key"]) for name, index in there.items() if name.startswith("by_")}
        assert keys == {(*(f"body.{field}" for field in fields), "_id") for fields in kind.indexes}, kind.name
    used: dict[str, set[str]] = defaultdict(set)
    for question in (one for one in asked if one.service == service and needs_an_index(one)):
        commands.found.clear()
        await ask(store, question)
        (command,) = commands.found
        plan = (await store._database.command("explain", command, verbosity="queryPlanner"))["queryPlanner"]
        index = _index_in(plan["winningPlan"])
        assert index.startswith("by_"), f"{question}: {plan['winningPlan']}"
        used[question.kind].add(index)
    assert used
    await store.close()


def _index_in(plan: Any) -> str:
    """The index of a plan, at whatever depth its stage lies; empty if there is none."""
    if isinstance(plan, dict):
        return str(plan.get("indexName") or "") or next(filter(None, map(_index_in, plan.values())), "")
    if isinstance(plan, Sequence) and not isinstance(plan, str):
        return next(filter(None, map(_index_in, plan)), "")
    return ""
