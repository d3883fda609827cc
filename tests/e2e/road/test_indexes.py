"""Every declared index answers a question that the code really asks, on both stores, and every question that narrows or
sorts is answered from one. What is asked is recorded (`questions.py`), so that nobody has to remember it."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
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
    return bool(question.where or question.between or question.sort)


# --- one file ---------------------------------------------------------------------------------------------------------------


async def plan_of(store: SqliteStore, question: Question) -> str:
    """How SQLite says it finds what the store asks it for."""
    statements: list[str] = []

    def listen(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(statements.append)

    await store._tables.read(listen)
    await ask(store, question)
    await store._tables.read(lambda connection: connection.set_trace_callback(None))
    plans: list[str] = []
    for statement in (one for one in statements if "FROM document" in one):
        explained = f"EXPLAIN QUERY PLAN {statement}"
        rows = await store._tables.read(lambda connection, query=explained: connection.execute(query).fetchall())
        plans += [str(row[3]) for row in rows]
    return " | ".join(plans)


async def ask(store: SqliteStore | MongoStore, question: Question) -> None:
    low, after = question.between, question.after
    between = (low[0], low[1], low[2]) if low else None
    if question.counted:
        await store.count(question.kind, question.where, between=between)
        return
    await store.find(
        question.kind,
        question.where,
        between=between,
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


def index_for(question: Question) -> tuple[str, ...]:
    """The one that the store takes, and the server should."""
    (kind,) = (one for one in kinds_of(question.service) if one.name == question.kind)
    between = question.between[0] if question.between else ""
    return kind.index_for(question.where, between, question.sort) or ()


async def test_every_question_is_answered_by_walking_along_one_index(in_sqlite: dict[Question, str]) -> None:
    """No record is touched that is not shown, and nothing is sorted: as fast in a store of a hundred thousand."""
    assert len(in_sqlite) > 60
    wrong = [f"{one}: {plan}" for one, plan in in_sqlite.items() if not all(is_a_walk(one, plan))]
    assert wrong == [], "\n".join(wrong)


def is_a_walk(one: Question, plan: str) -> Iterator[bool]:
    """Whether each step of a plan goes straight to the first record that is wanted, and on in the order of the index."""
    index = f"INDEX {one.kind}_by_{'_'.join(index_for(one))}"
    for step in plan.split(" | "):
        if not needs_an_index(one):
            yield step.startswith("SEARCH ")
        elif one.where or one.between or one.after:
            from_where = ">?" in step or bool(one.after and step.endswith("=? AND id>?)"))
            yield step.startswith("SEARCH ") and f"{index} (" in step and (from_where or not one.between)
        else:  # all of a kind, in an order
            yield step.endswith(index)


FEW_IN_THE_INDEX = {
    ("account", "body", "state"),  # the accounts of one body
    ("mailing", "state", "subject_of"),  # the letters about one document
    ("work_report", "quarter", "state"),  # a report from each body
    *(("radar", "body", f"place{n}", "state") for n in (1, 2, 3)),  # what one body has to do
}
"""Filters of a list of which one leaves so few that the other is looked at in the records."""


async def test_a_filter_that_matches_little_reads_what_it_shows(asked: list[Question]) -> None:
    wrong = {
        (one.kind, *sorted(one.where))
        for one in asked
        if not set(one.where) <= set(index_for(one)) or (one.between and one.between[0] not in index_for(one))
    }
    assert wrong == FEW_IN_THE_INDEX


USED = {
    "account": ("path", "body", "body_path", "state_path", "ended_at", "ref"),
    "annual_plan": ("path", "state_path"),
    "audit": ("act", "chain_n", "chain_path", "path"),
    "batch": ("roster_page", "roster_state", "state_numbered_at"),
    "body": ("path", "told", "state", "kind"),
    "bounce": ("state",),
    "branch_queue": ("path", "state_path"),
    "bulletin": ("state",),
    **dict.fromkeys(
        ("certificate_duty", "directory_duty", "plan_duty", "roster_duty", "supervision_duty"),
        ("state_next_at", "about_state", "body_state"),
    ),
    "calendar": ("path", "state_path", "digest", "body_state"),
    "browser_session": ("until",),
    "certificate": ("roster_n", "batch_n", "number"),
    "contact": ("path", "state_path"),
    "digest": ("state",),
    "feed_entry": ("feed_n", "feed_fact", "has_data_at"),
    "inspection": ("path", "state_path"),
    "line": ("import_id_page_n",),
    "mailing": (
        "path",
        "subject_of_path",
        "state_path",
        "state_next_at",
        "state_lane_next_at",
        "state_digest_on",
        "to_sent_at",
    ),
    "parked": ("state_last_parked_at",),
    "person": ("path", "office_path", "state_path", "office_state_path", "state_valid_until"),
    "production": ("path", "state_path", "body"),
    "radar": ("body_state_due_on", "place1_state_due_on", "place2_state_due_on", "place3_state_due_on"),
    "record": ("what_day", "quarter_path", "what_path"),
    "roster": ("path", "state_path", "body"),
    "sanction": ("path", "state_path", "body", "state_measure"),
    "session_plan": ("path", "state_path", "body", "annual_plan"),
    "oidc_answer": ("until",),
    "sign_in": ("until", "ended_at"),
    "technician_review": ("roster",),
    "training_record": ("state_valid_until",),
    "violation": ("path", "state_path"),
    "webhook": ("path", "state_path", "body_state"),
    "work_report": ("quarter_path", "state_path", "path"),
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


# --- a server ---------------------------------------------------------------------------------------------------------------


class Commands(monitoring.CommandListener):
    """What is sent to the server while it listens."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name == "find":
            self.found.append({name: event.command[name] for name in ("find", "filter", "sort", "hint")})
        elif event.command_name == "aggregate":  # how the driver counts
            counted, by = event.command["pipeline"][0]["$match"], event.command["hint"]
            self.found.append({"find": event.command["aggregate"], "filter": counted, "hint": by})

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
        assert index == "_".join(("by", *index_for(question))), f"{question}: {plan['winningPlan']}"
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
