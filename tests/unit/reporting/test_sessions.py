"""What reporting makes of what planning and the directory tell about a session, in whatever order, and what becomes of the
rosters: those that are opened too early, for a session that was not allowed, postponed or cancelled, without a draw."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from services.reporting.declares import KINDS
from services.reporting.rosters import storage
from services.reporting.rosters.requests import RosterEntry
from services.reporting.rosters.roster import VOIDED, Checked, Roster
from services.reporting.rosters.usecases import following, importing, opening, steps
from services.reporting.rosters.usecases.certifying import Looked
from services.reporting.sessions import storage as sessions
from services.runtime.wiring import MACHINERY
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.directory import Licence, Suspension
from shared.contracts.envelope import Envelope
from shared.contracts.plan import (
    SessionPlanCancelled,
    SessionPlanPapersDrawn,
    SessionPlanPostponed,
    SessionPlanVoided,
)
from shared.errors import Invalid, NotYet, Stale, WrongState
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.procedure.approval import APPROVED, DISCARDED, DRAFT, ENDORSED, RETURNED, SUBMITTED
from tests.unit.reporting.test_rosters import (
    BRANCH,
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
    PATHS,
    SESSION,
    STATION,
    WAY,
    a_session,
    approved,
    asked,
    know,
    opened,
    told_by,
    up,
    with_lines,
)
from tests.world.clock import MORNING
from tests.world.hearing import hear_of_body, told

LATER = date(2026, 5, 8)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """The bodies are known; the session is not."""
    store = SqliteStore(tmp_path / "reporting.sqlite", (*KINDS, *MACHINERY))
    for code in PATHS:
        await know(store, code)
    yield store
    await store.close()


def postponed(held_on: date = LATER, body: str = STATION, reason: str = "停电", **more: Any) -> SessionPlanPostponed:
    content = a_session(body, held_on=held_on, **more).model_dump()
    return SessionPlanPostponed(**content, branch=BRANCH, held_before=HELD_ON, reason=reason)


def cancelled(reason: str = "无人报名") -> SessionPlanCancelled:
    place = {"plan": SESSION, "session": SESSION, "body": STATION, "path": PATHS[STATION], "at_desk": STATION}
    return SessionPlanCancelled(**place, branch=BRANCH, centre=CENTRE, held_on=HELD_ON, reason=reason)


def drawn() -> SessionPlanPapersDrawn:
    place = {"plan": SESSION, "session": SESSION, "body": STATION, "path": PATHS[STATION], "at_desk": STATION}
    return SessionPlanPapersDrawn(**place)


async def take(store: SqliteStore, *envelopes: Envelope) -> None:
    """As the handlers do."""
    for one in envelopes:
        match one.fact_type:
            case SessionPlanPostponed.TYPE:
                await following.postponed(store, MORNING, one)
            case SessionPlanCancelled.TYPE:
                await following.cancelled(store, MORNING, one)
            case SessionPlanPapersDrawn.TYPE:
                await following.drawn(store, one)
            case _:
                await following.approved(store, MORNING, one)


def on(day: date, by: Any = CLERK, version: int = 0) -> Asked:
    """At nine in the morning in Shanghai."""
    return Asked(by, datetime(day.year, day.month, day.day, 1, tzinfo=UTC), version)


# --- before its day -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "early"), [(-10, True), (-9, False), (0, False)], ids=["the day before", "0:00", "9:00"]
)
async def test_a_roster_is_opened_from_the_day_of_the_exam_on(store: SqliteStore, hours: int, early: bool) -> None:
    """The day begins at midnight in Shanghai."""
    await approved(store)
    at = Asked(CLERK, on(HELD_ON).at + timedelta(hours=hours))
    if not early:
        assert (await opening.open_roster(store, at, "roster", NEW)).state == DRAFT
        return
    with pytest.raises(Invalid, match=f"{HELD_ON}"):
        await opening.open_roster(store, at, "roster", NEW)
    assert await repository.seek(store, Roster, SESSION) is None


async def test_no_lines_are_imported_before_the_day_of_the_exam(store: SqliteStore) -> None:
    """Of a roster that an earlier release let open, or whose session was postponed."""
    await approved(store)
    roster = await opened(store)
    before = on(HELD_ON - timedelta(days=1), version=roster.version)
    pages = storage.sealed_pages([LINES[:1]])
    with pytest.raises(Invalid, match=f"{HELD_ON}"):
        roster.take_lines(CLERK, before.at, "import", pages)

    async def nothing() -> AsyncIterator[bytes]:
        raise AssertionError("the workbook is not even read")
        yield b""

    with pytest.raises(Invalid, match=f"{HELD_ON}"):
        await importing.examine(store, None, KEY, SESSION, before, nothing())  # type: ignore[arg-type]


# --- a session that was not allowed ---------------------------------------------------------------------------------------


def a_licence(first: date, last: date) -> Licence:
    return Licence(licence_no="机械-测试", valid_from=first, valid_until=last, scope=[])


DAY = timedelta(days=1)
LONG = a_licence(date(2020, 1, 1), date(2039, 12, 31))
ENDED_BEFORE, ENDS_ON = a_licence(date(2020, 1, 1), HELD_ON - DAY), a_licence(date(2020, 1, 1), HELD_ON)
BEGINS_AFTER, BEGINS_ON = a_licence(HELD_ON + DAY, date(2039, 12, 31)), a_licence(HELD_ON, date(2039, 12, 31))

NOT_ALLOWED: dict[str, dict[str, Any]] = {
    "suspended from that day on": {"licence": LONG, "suspensions": [Suspension(first=HELD_ON)]},
    "suspended until that day": {"licence": LONG, "suspensions": [Suspension(first=date(2026, 1, 1), last=HELD_ON)]},
    "suspended now, as an earlier release tells it": {"state": "suspended", "licence": LONG, "suspensions": None},
    "its licence had ended": {"licence": ENDED_BEFORE, "suspensions": []},
    "the next licence began later": {"licence": BEGINS_AFTER, "former_licences": [ENDED_BEFORE], "suspensions": []},
    "it never had one": {"licence": None, "suspensions": []},
    "its licence had ended, as an earlier release tells it": {"licence": ENDED_BEFORE, "suspensions": None},
}
ALLOWED: dict[str, dict[str, Any]] = {
    "licensed": {"licence": LONG, "suspensions": []},
    "suspended before and after": {
        "licence": LONG,
        "state": "suspended",
        "suspensions": [Suspension(first=date(2026, 1, 1), last=HELD_ON - DAY), Suspension(first=HELD_ON + DAY)],
    },
    "the last day of its licence": {"licence": ENDS_ON, "suspensions": []},
    "the first day of its licence": {"licence": BEGINS_ON, "suspensions": []},
    "under the licence before the present one": {
        "licence": BEGINS_AFTER,
        "former_licences": [ENDS_ON],
        "suspensions": [],
    },
    "revoked since: its winding-up let the session go on": {
        "state": "revoked",
        "licence": LONG,
        "suspensions": [],
        "ended_on": HELD_ON,
    },
    "an earlier release replaced its licence, and kept none of it": {
        "licence": BEGINS_AFTER,
        "licences_since": HELD_ON + DAY,
        "suspensions": [],
    },
    "a later licence, as an earlier release tells it": {"licence": BEGINS_AFTER, "suspensions": None},
}


@pytest.mark.parametrize("case", NOT_ALLOWED)
async def test_a_session_that_was_not_allowed_gets_no_roster(store: SqliteStore, case: str) -> None:
    await approved(store)
    await hear_of_body(store, STATION, PATHS[STATION], **NOT_ALLOWED[case])
    with pytest.raises(Invalid) as caught:
        await opened(store)
    assert [problem.where for problem in caught.value.problems] == ["/session"]
    assert f"{HELD_ON}" in caught.value.problems[0].what
    assert "请中心" in caught.value.problems[0].fix
    assert await repository.seek(store, Roster, SESSION) is None


@pytest.mark.parametrize("case", ALLOWED)
async def test_a_session_that_was_allowed_gets_one(store: SqliteStore, case: str) -> None:
    await approved(store)
    await hear_of_body(store, STATION, PATHS[STATION], **ALLOWED[case])
    await opened(store)


@pytest.mark.parametrize("taken", [0, 1, 2])
async def test_what_turns_out_later_stops_it_at_its_next_step(store: SqliteStore, taken: int) -> None:
    """The suspension was heard of after the roster was opened. It may be sent back, and goes no further."""
    await approved(store)
    roster = await up(store, await with_lines(store, LINES), taken)
    await hear_of_body(store, STATION, PATHS[STATION], **NOT_ALLOWED["suspended from that day on"])
    by, verb = WAY[taken]
    with pytest.raises(Invalid, match="not allowed"):
        await steps.step(store, KEY, SESSION, asked(by, roster.version), verb)
    assert (await repository.load(store, Roster, SESSION)).version == roster.version
    if taken == 0:
        assert (await steps.step(store, KEY, SESSION, asked(HEAD, roster.version), "discard")).state == DISCARDED


@pytest.mark.parametrize(
    ("case", "refused"),
    [("its licence had ended", False), ("it never had one", False), ("suspended from that day on", True)],
)
async def test_what_an_earlier_release_approved_keeps_its_approval(
    store: SqliteStore, case: str, refused: bool
) -> None:
    """The licence was asked for then. What was held while suspended stays forbidden."""
    await approved(store, draw_needed=None)
    await hear_of_body(store, STATION, PATHS[STATION], **NOT_ALLOWED[case])
    if refused:
        with pytest.raises(Invalid):
            await opened(store)
    else:
        await opened(store)


MOVED_BEFORE, MOVED_AFTER = HELD_ON - DAY, HELD_ON + DAY


@pytest.mark.parametrize(
    ("moved_on", "suspended", "refused"),
    [
        (MOVED_AFTER, DIRECT, False),  # it took over what another body had held
        (MOVED_AFTER, STATION, True),
        (MOVED_BEFORE, DIRECT, True),  # it held the session itself
        (MOVED_BEFORE, STATION, False),
        (HELD_ON, DIRECT, True),
        (HELD_ON, STATION, False),
    ],
)
async def test_of_a_moved_session_who_held_it_on_the_day_is_judged(
    store: SqliteStore, moved_on: date, suspended: str, refused: bool
) -> None:
    await take(store, told(SESSION, a_session(), at=on(date(2026, 1, 5)).at))
    moved = told(SESSION, a_session(DIRECT), at=on(moved_on).at)
    later = told(SESSION, a_session(DIRECT), at=MORNING)
    await take(store, later, moved, moved)  # in the wrong order, and twice
    for code in (STATION, DIRECT):
        standing = NOT_ALLOWED["suspended from that day on"] if code == suspended else ALLOWED["licensed"]
        await hear_of_body(store, code, PATHS[code], **standing)
    if refused:
        with pytest.raises(Invalid, match="not allowed"):
            await opened(store, NEW_CLERK)
    else:
        assert (await opened(store, NEW_CLERK)).body == DIRECT


# --- the draw of self-made papers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("taken", [0, 1, 2])
async def test_a_roster_waits_for_the_draw_of_self_made_papers(store: SqliteStore, taken: int) -> None:
    await approved(store)
    roster = await up(store, await with_lines(store, LINES), taken)
    await approved(store, draw_needed=True)  # told anew, by a release that asks for it
    by, verb = WAY[taken]
    with pytest.raises(NotYet, match=f"请中心在鉴定计划 {SESSION} 中记录抽取"):
        await steps.step(store, KEY, SESSION, asked(by, roster.version), verb)
    await take(store, *[told(SESSION, drawn())] * 2)
    assert (await steps.step(store, KEY, SESSION, asked(by, roster.version), verb)).version == roster.version + 1


async def test_the_draw_may_be_heard_of_before_the_approval(store: SqliteStore) -> None:
    await take(store, told(SESSION, drawn(), 9), told(SESSION, a_session(draw_needed=True), 5))
    assert (await up(store, await with_lines(store, LINES), 3)).state == APPROVED


@pytest.mark.parametrize("draw_needed", [None, False])
async def test_others_need_no_draw(store: SqliteStore, draw_needed: bool | None) -> None:
    await approved(store, draw_needed=draw_needed)
    assert (await up(store, await with_lines(store, LINES), 3)).state == APPROVED


async def test_what_was_shown_on_the_day_is_drawn_anew_for_the_next(store: SqliteStore) -> None:
    """From the day of the exam on the station sees which of its own sets was drawn; then the exam was put off."""
    await take(
        store, told(SESSION, a_session(draw_needed=True), 1), told(SESSION, drawn(), 2), told(SESSION, drawn(), 3)
    )
    assert (await sessions.known(store, SESSION)).drawn
    before = on(HELD_ON - timedelta(days=1)).at
    await take(store, told(SESSION, postponed(date(2026, 3, 25), draw_needed=True), 4, before))
    assert (await sessions.known(store, SESSION)).drawn, "nobody had seen them"
    later = postponed(LATER, draw_needed=True).model_copy(update={"held_before": date(2026, 3, 25)})
    await take(store, *[told(SESSION, later, 5, on(date(2026, 3, 25)).at)] * 2)
    session = await sessions.known(store, SESSION)
    assert not session.drawn
    with pytest.raises(NotYet, match="改期后须重新抽题"):
        session.must_be_drawn()
    await take(store, told(SESSION, drawn(), 6), told(SESSION, drawn(), 2))
    (await sessions.known(store, SESSION)).must_be_drawn()


# --- postponed ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("taken", [0, 1, 2, 3])
async def test_a_roster_follows_its_postponed_session_unless_it_is_approved(store: SqliteStore, taken: int) -> None:
    """What was on its way is back at the station, which is told why; lines of the day before are gone."""
    await approved(store)
    roster = await up(store, await with_lines(store, LINES), taken)
    await take(store, *[told(SESSION, postponed(), 900_000)] * 3)
    found = await repository.load(store, Roster, SESSION)
    if taken == 3:
        assert (found.state, found.version, found.held_on) == (APPROVED, roster.version, HELD_ON)
        return
    assert (found.state, found.version) == ((DRAFT, RETURNED, RETURNED)[taken], roster.version + 1)
    assert (found.held_on, found.pages, found.import_id, found.imported_by, found.checked) == (LATER, [], "", "", None)
    act = found.history[-1]
    assert (act.verb, act.by) == ("postpone", f"session_plan:{SESSION}")
    assert "停电" in act.reason
    assert (found.submitted_by, found.endorsed_by) == ("", "")
    told_facts = [row.key for waiting in await store.pending() for row in waiting.rows if row.key.startswith("roster.")]
    assert told_facts.count("roster.returned.v1") == (1 if taken else 0)
    assert found.returned_because == (act.reason if taken else "")
    with pytest.raises(Invalid, match=f"{LATER}"):
        await steps.step(store, KEY, SESSION, asked(HEAD, found.version), "submit")


async def test_a_return_by_postponement_is_told_as_one(store: SqliteStore) -> None:
    """So that it does not count against the station, as a reviewer's return does."""
    await approved(store)
    await up(store, await with_lines(store, LINES), 1)
    await take(store, told(SESSION, postponed()))
    assert (await told_by(store, "roster.returned"))["postponed_to"] == f"{LATER}"


async def test_what_was_imported_for_another_day_is_not_taken_over(store: SqliteStore) -> None:
    """The session was postponed while the workbook was being read."""
    await approved(store)
    roster = await opened(store)
    seals = tuple(storage.sealed_pages([LINES[:1]]))
    checked = Checked.of(HELD_ON, {("6-04-01-01", 4): 1})
    examined = importing.Passed((), seals, checked, Looked(KEY, roster))
    await sessions.note_postponed(store, told(SESSION, postponed()))
    with pytest.raises(Stale):
        await importing.take_over(store, KEY, SESSION, asked(CLERK, roster.version), examined)
    found = await repository.load(store, Roster, SESSION)
    assert (found.held_on, found.pages) == (LATER, [])


async def test_it_is_reported_anew_on_the_new_day(store: SqliteStore) -> None:
    """Also with the very workbook lines of the day before."""
    await approved(store)
    await up(store, await with_lines(store, LINES), 1)
    await take(store, told(SESSION, postponed()))
    roster = await repository.load(store, Roster, SESSION)
    pages = storage.sealed_pages([LINES[:200]])
    import_ = storage.import_id(SESSION, pages)
    await storage.write(store, import_, map(storage.text_of, [LINES[:200]]))
    roster.take_lines(CLERK, on(LATER).at, import_, pages)
    await repository.save(store, roster)
    for by, verb in WAY:
        roster = await steps.step(store, KEY, SESSION, on(LATER, by, roster.version), verb)
    assert (roster.state, roster.held_on) == (APPROVED, LATER)


async def test_postponed_again_and_back(store: SqliteStore) -> None:
    """The latest day counts, whatever arrives last."""
    await approved(store)
    await opened(store)
    first, second = told(SESSION, postponed(date(2026, 4, 9))), told(SESSION, postponed(LATER, reason="再停电"))
    await take(store, second, first, second)
    roster = await repository.load(store, Roster, SESSION)
    assert (roster.held_on, [one.verb for one in roster.history]) == (LATER, ["draft", "postpone"])
    assert "再停电" in roster.history[-1].reason
    await take(store, first)
    assert (await sessions.known(store, SESSION)).postponed == "再停电"


@pytest.mark.parametrize("verb", ["revise", "submit", "discard", "open"])
async def test_one_that_was_opened_in_the_moment_follows_before_its_next_step(store: SqliteStore, verb: str) -> None:
    """The postponement was noted while the roster was being written: nothing happens by the old day."""
    await approved(store)
    roster = await with_lines(store, LINES)
    await sessions.note_postponed(store, told(SESSION, postponed()))
    with pytest.raises((Stale, Invalid)):
        match verb:
            case "revise":
                await opening.revise(store, SESSION, asked(HEAD, roster.version), RosterEntry(attendance=HEADS))
            case "open":
                await opened(store, CLERK, "another")
            case _:
                await steps.step(store, KEY, SESSION, asked(HEAD, roster.version), verb)
    if verb == "open":  # it is too early to open one, and nothing was done
        return
    found = await repository.load(store, Roster, SESSION)
    assert (found.held_on, found.pages, found.version) == (LATER, [], roster.version + 1)


# --- cancelled ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("taken", [0, 1, 2, 3])
async def test_a_roster_ends_with_its_cancelled_session_unless_it_is_approved(store: SqliteStore, taken: int) -> None:
    await approved(store)
    roster = await up(store, await with_lines(store, LINES), taken)
    await take(store, *[told(SESSION, cancelled(), 900_000)] * 2)
    found = await repository.load(store, Roster, SESSION)
    if taken == 3:
        assert (found.state, found.version) == (APPROVED, roster.version)
        return
    assert (found.state, found.version) == (VOIDED, roster.version + 1)
    assert (found.history[-1].by, found.history[-1].verb) == (f"session_plan:{SESSION}", "void")
    assert "无人报名" in found.history[-1].reason


async def test_no_roster_is_opened_for_a_cancelled_session(store: SqliteStore) -> None:
    """Whichever arrives first; the refusal says why it was cancelled."""
    await take(store, told(SESSION, cancelled(), 9))
    with pytest.raises(NotYet):
        await opened(store)
    await take(store, told(SESSION, a_session(), 5))
    with pytest.raises(WrongState, match="无人报名") as caught:
        await opened(store)
    assert caught.value.state == "cancelled"


async def test_one_that_slipped_in_is_voided_before_its_next_step(store: SqliteStore) -> None:
    await approved(store)
    roster = await up(store, await with_lines(store, LINES), 1)
    await sessions.note_cancelled(store, told(SESSION, cancelled()))
    with pytest.raises(Stale):
        await steps.step(store, KEY, SESSION, asked(WAY[1][0], roster.version), "endorse")
    assert (await repository.load(store, Roster, SESSION)).state == VOIDED


@pytest.mark.parametrize("taken", [0, 1, 2])
async def test_a_voided_session_brings_its_roster_back_to_nobodys_desk(store: SqliteStore, taken: int) -> None:
    """The new day arrives between the note and the roster's own end: nobody is asked to import anything anew."""
    await approved(store)
    roster = await up(store, await with_lines(store, LINES), taken)
    place = {"plan": SESSION, "session": SESSION, "body": STATION, "path": PATHS[STATION]}
    await sessions.note_voided(store, SessionPlanVoided(**place, sanction="s"))
    await take(store, told(SESSION, postponed(), 900_000))
    found = await repository.load(store, Roster, SESSION)
    assert (found.state, found.held_on, found.version) == (roster.state, HELD_ON, roster.version)


async def test_a_cancellation_that_was_overtaken_counts_no_more(store: SqliteStore) -> None:
    """The roster was approved in the moment of the cancellation: planning tells the approval anew, and reporting knows it."""
    await take(store, told(SESSION, a_session(), 3))
    roster = await up(store, await with_lines(store, LINES), 3)
    await take(store, told(SESSION, cancelled(), 5), told(SESSION, a_session(), 7))
    known = await sessions.known(store, SESSION)
    assert (known.ended, (await repository.load(store, Roster, SESSION)).version) == ("", roster.version)


async def test_an_older_cancellation_does_not_hide_a_newer_one(store: SqliteStore) -> None:
    older, newer = told(SESSION, cancelled(), 5), told(SESSION, cancelled("考场关闭"), 9)
    await take(store, newer, told(SESSION, a_session(), 7), older)
    known = await sessions.known(store, SESSION)
    assert (known.ended, known.because) == ("cancelled", "考场关闭")


# --- in any order, any number of times ------------------------------------------------------------------------------------

STORY = (
    told(SESSION, a_session(draw_needed=True), 3),
    told(SESSION, postponed(date(2026, 3, 25), draw_needed=True), 5),
    told(SESSION, drawn(), 6),
    told(SESSION, cancelled(), 8),
    told(SESSION, a_session(held_on=date(2026, 3, 25), draw_needed=True), 11),
)


@pytest.mark.parametrize("length", range(1, len(STORY) + 1))
async def test_whatever_the_order_the_end_is_the_same(store: SqliteStore, tmp_path: Path, length: int) -> None:
    """All orders of the story's first chapters, each of them told twice."""
    chapters = STORY[:length]
    ends = []
    for n, order in enumerate(permutations(chapters)):
        fresh = SqliteStore(tmp_path / f"{length}-{n}.sqlite", (*KINDS, *MACHINERY))
        await take(fresh, *order, *order)
        ends.append(await sessions.known(fresh, SESSION))
        await fresh.close()
        if n >= 40:
            break
    expected = ends[0]
    assert all(end == expected for end in ends)
    assert expected.ended == ("cancelled" if length == 4 else "")
    assert expected.told.held_on == (HELD_ON if length == 1 else date(2026, 3, 25))
    assert expected.drawn == (length >= 3)


@pytest.mark.parametrize("state", [DRAFT, RETURNED, SUBMITTED, ENDORSED])
async def test_an_open_roster_comes_to_the_same_end_in_any_order(tmp_path: Path, state: str) -> None:
    """Postponed and then cancelled: voided, whichever is heard first."""
    ends = set()
    for n, order in enumerate(permutations((told(SESSION, postponed(), 900_001), told(SESSION, cancelled(), 900_002)))):
        store = SqliteStore(tmp_path / f"{n}.sqlite", (*KINDS, *MACHINERY))
        for code in PATHS:
            await know(store, code)
        await approved(store)
        roster = await up(
            store, await with_lines(store, LINES), {DRAFT: 0, SUBMITTED: 1, ENDORSED: 2, RETURNED: 1}[state]
        )
        if state == RETURNED:
            roster = await steps.step(store, KEY, SESSION, asked(WAY[1][0], roster.version), "send_back", "请核对")
        await take(store, *order, *order)
        found = await repository.load(store, Roster, SESSION)
        ends.add((found.state, (await sessions.known(store, SESSION)).ended))
        await store.close()
    assert ends == {(VOIDED, "cancelled")}
