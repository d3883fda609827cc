"""Every step of a roster, in every state, by everybody: who may, where it leads, and that nothing else happens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.reporting.declares import KINDS
from services.reporting.rosters import storage
from services.reporting.rosters.requests import RosterEntry
from services.reporting.rosters.roster import VOIDED, Checked, Roster
from services.reporting.rosters.usecases import following, opening, steps
from services.runtime.wiring import MACHINERY
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.directory import Suspension
from shared.errors import AlreadyThere, NotAllowed, NotFound, WrongState
from shared.keeping import repository
from shared.procedure.approval import APPROVED, DISCARDED, DRAFT, ENDORSED, RETURNED, SUBMITTED
from shared.trade.roles import Role
from tests.unit.reporting.test_rosters import (
    APPROVER,
    CENTRE,
    CLERK,
    DIRECT,
    HEAD,
    HEADS,
    HELD_ON,
    KEY,
    LINES,
    NEW,
    NEW_CLERK,
    OFFICER,
    PATHS,
    SESSION,
    STATION,
    approved,
    asked,
    know,
    opened,
    up,
    with_lines,
)
from tests.unit.reporting.test_rosters import actor as an_actor
from tests.unit.reporting.test_sessions import cancelled
from tests.world.clock import MORNING
from tests.world.hearing import hear_of_body, told

COLLEAGUE = an_actor("colleague", Role.STATION_CLERK, STATION)
CENTRE_CLERK = an_actor("centre clerk", Role.CENTRE_CLERK, CENTRE)
AUDITOR = an_actor("auditor", Role.AUDITOR, CENTRE)
EVERYBODY = (CLERK, HEAD, COLLEAGUE, OFFICER, APPROVER, CENTRE_CLERK, AUDITOR)

AT_THE_STATION = {
    "revise": ({"clerk", "head", "colleague"}, ""),
    "import": ({"clerk", "colleague"}, ""),
    "submit": ({"clerk", "head", "colleague"}, SUBMITTED),
    "discard": ({"clerk", "head", "colleague"}, DISCARDED),
}
MAY: dict[str, dict[str, tuple[set[str], str]]] = {
    DRAFT: AT_THE_STATION,
    RETURNED: AT_THE_STATION,
    SUBMITTED: {
        "endorse": ({"officer"}, ENDORSED),
        "send_back": ({"officer"}, RETURNED),
        "withdraw": ({"head"}, DRAFT),  # who submitted it
    },
    ENDORSED: {
        "approve": ({"approver"}, APPROVED),
        "send_back": ({"approver"}, SUBMITTED),
        "withdraw": ({"officer"}, SUBMITTED),  # who endorsed it
    },
    APPROVED: {},
    DISCARDED: {"open": ({"clerk", "colleague"}, DRAFT)},
    VOIDED: {},
}
"""State → verb → by whom, and to which state; empty: it stays."""

VERBS = ("revise", "import", "submit", "endorse", "approve", "send_back", "withdraw", "discard", "open")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "reporting.sqlite", (*KINDS, *MACHINERY))
    for code in PATHS:
        await know(store, code)
    await approved(store)
    yield store
    await store.close()


async def in_state(store: SqliteStore, state: str) -> Roster:
    roster = await with_lines(store, LINES[:3])
    match state:
        case "submitted" | "endorsed" | "approved":
            return await up(store, roster, (SUBMITTED, ENDORSED, APPROVED).index(state) + 1)
        case "returned":
            roster = await up(store, roster, 1)
            return await steps.step(store, KEY, SESSION, asked(OFFICER, roster.version), "send_back", "请核对")
        case "discarded":
            return await steps.step(store, KEY, SESSION, asked(CLERK, roster.version), "discard")
        case "voided":
            await following.cancelled(store, MORNING, told(SESSION, cancelled()))
            return await repository.load(store, Roster, SESSION)
    return roster


async def take(store: SqliteStore, roster: Roster, verb: str, by: Actor) -> Roster:
    now = asked(by, roster.version)
    match verb:
        case "revise":
            return await opening.revise(store, SESSION, now, RosterEntry(attendance=HEADS))
        case "import":
            pages = storage.sealed_pages([LINES[:3]])
            roster.take_lines(by, MORNING, storage.import_id(SESSION, pages), pages)
            await repository.save(store, roster)
            return roster
        case "open":
            return await opening.open_roster(store, now, f"again by {by.id}", NEW)
    return await steps.step(store, KEY, SESSION, now, verb, "请核对")


@pytest.mark.parametrize("state", MAY)
@pytest.mark.parametrize("verb", VERBS)
async def test_whoever_may_not_changes_nothing(store: SqliteStore, state: str, verb: str) -> None:
    roster = await in_state(store, state)
    assert roster.state == state
    allowed, _ = MAY[state].get(verb, (set(), ""))
    for by in EVERYBODY:
        if by.id in allowed:
            continue
        refusal: type[Exception] | tuple[type[Exception], ...] = NotAllowed if allowed else WrongState
        if verb == "open":  # nobody else's business, whatever the state
            refusal = (AlreadyThere, WrongState) if by.id in ("clerk", "colleague") else NotAllowed
        with pytest.raises(refusal):
            await take(store, await repository.load(store, Roster, SESSION), verb, by)
        assert (await repository.load(store, Roster, SESSION)).version == roster.version, by.id


@pytest.mark.parametrize(
    ("state", "verb", "by"),
    [
        (state, verb, by)
        for state, row in MAY.items()
        for verb, (allowed, _) in row.items()
        for by in EVERYBODY
        if by.id in allowed
    ],
    ids=lambda one: one.id if isinstance(one, Actor) else str(one),
)
async def test_whoever_may_does(store: SqliteStore, state: str, verb: str, by: Actor) -> None:
    roster = await in_state(store, state)
    taken = await take(store, roster, verb, by)
    assert (taken.state, taken.history[-1].by) == (MAY[state][verb][1] or state, by.id)


# --- taken back and given up ----------------------------------------------------------------------------------------------


async def told_of(store: SqliteStore) -> list[str]:
    """Routing keys of the facts that wait to be sent, in order."""
    return [row.key for waiting in await store.pending() for row in waiting.rows if row.key.startswith("roster.")]


async def test_what_was_withdrawn_is_revised_and_submitted_again(store: SqliteStore) -> None:
    roster = await in_state(store, SUBMITTED)
    roster = await steps.step(store, KEY, SESSION, asked(HEAD, roster.version), "withdraw", "漏报一人")
    assert (roster.state, roster.passed, roster.history[-1].reason) == (DRAFT, 3, "漏报一人")
    again = storage.sealed_pages([LINES[:4]])
    roster.take_lines(COLLEAGUE, MORNING, storage.import_id(SESSION, again), again)
    await storage.write(store, roster.import_id, map(storage.text_of, [LINES[:4]]))
    await repository.save(store, roster)
    roster = await up(store, roster, 3)
    assert (roster.state, roster.passed) == (APPROVED, 4)
    assert await told_of(store) == [
        "roster.submitted.v1",
        "roster.withdrawn.v1",
        "roster.submitted.v1",
        "roster.endorsed.v1",
        "roster.approved.v1",
    ]


async def test_it_is_taken_back_or_endorsed_and_not_both(store: SqliteStore) -> None:
    roster = await in_state(store, SUBMITTED)
    endorsed = await steps.step(store, KEY, SESSION, asked(OFFICER, roster.version), "endorse")
    with pytest.raises(NotAllowed):
        await steps.step(store, KEY, SESSION, asked(HEAD, endorsed.version), "withdraw")
    sent_back = await steps.step(store, KEY, SESSION, asked(APPROVER, endorsed.version), "send_back", "请核对")
    with pytest.raises(WrongState):  # the Centre acted on it: it may be returned, not taken back
        await steps.step(store, KEY, SESSION, asked(HEAD, sent_back.version), "withdraw")


async def test_in_the_place_of_a_discarded_one_another_is_opened(store: SqliteStore) -> None:
    """Nothing of it is left but its history; the request that opened the first one opens no second."""
    roster = await in_state(store, RETURNED)
    roster = await steps.step(store, KEY, SESSION, asked(HEAD, roster.version), "discard")
    assert (await opened(store)).state == DISCARDED, "the same request again"
    fresh = await opened(store, COLLEAGUE, "another")
    assert (fresh.state, fresh.pages, fresh.import_id, fresh.imported_by) == (DRAFT, [], "", "")
    assert (fresh.prepared_by, fresh.submitted_by, fresh.returned_because) == ("colleague", "", "")
    verbs = ["draft", "import", "submit", "send_back", "discard", "redraft"]
    assert [entry.verb for entry in fresh.history] == verbs
    assert (await opened(store, COLLEAGUE, "another")).version == fresh.version, "a repeat changes nothing"


async def test_a_discarded_one_goes_with_its_session_to_another_body(store: SqliteStore) -> None:
    await in_state(store, DISCARDED)
    await approved(store, DIRECT)
    with pytest.raises(NotFound):
        await opened(store, COLLEAGUE, "another")
    fresh = await opened(store, NEW_CLERK, "another")
    assert (fresh.body, fresh.path, fresh.state) == (DIRECT, PATHS[DIRECT], DRAFT)


async def test_whoever_prepared_a_discarded_one_decides_on_no_later_one(store: SqliteStore) -> None:
    """Four eyes count the whole history (docs/decisions/0030)."""
    await in_state(store, DISCARDED)
    fresh = await opened(store, COLLEAGUE, "another")
    pages = storage.sealed_pages([LINES[:3]])
    fresh.take_lines(COLLEAGUE, MORNING, storage.import_id(SESSION, pages), pages, Checked.of(fresh.held_on, {}))
    await repository.save(store, fresh)
    fresh = await up(store, fresh, 2)
    promoted = an_actor("clerk", Role.CENTRE_APPROVER, CENTRE)
    with pytest.raises(NotAllowed, match="four eyes"):
        await steps.step(store, KEY, SESSION, asked(promoted, fresh.version), "approve")


@pytest.mark.parametrize(
    ("verb", "by", "refusal"),
    [("submit", OFFICER, NotAllowed), ("endorse", OFFICER, WrongState), ("approve", APPROVER, WrongState)],
)
async def test_whoever_may_not_hears_of_that_first(
    store: SqliteStore, verb: str, by: Actor, refusal: type[Exception]
) -> None:
    """And not what else is wrong: lines of children, and a station that was suspended."""
    roster = await with_lines(store, [line.model_copy(update={"birth": HELD_ON}) for line in LINES[:3]], checked=False)
    await hear_of_body(store, STATION, PATHS[STATION], suspensions=[Suspension(first=HELD_ON)])
    with pytest.raises(refusal):
        await steps.step(store, KEY, SESSION, asked(by, roster.version), verb)


@pytest.mark.parametrize("verb", ["submit", "endorse", "return", "withdraw", "discard"])
async def test_the_day_of_the_exam_is_in_every_fact_of_its_way(store: SqliteStore, verb: str) -> None:
    roster = await in_state(store, SUBMITTED)
    assert roster.fact_of(verb).model_dump()["held_on"] == roster.held_on
