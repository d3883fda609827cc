"""Who owes the roster of a session, and when (R4.2): fifteen working days after the exam, once a mark, nobody for a session
that is not held; and the clocks of the offices that look at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.reporting import windup
from services.reporting.declares import KINDS
from services.reporting.duties.duty import RosterDuty
from services.reporting.duties.watching import duties
from services.reporting.handlers import handlers
from services.reporting.rosters.roster import Attendance, Roster
from services.reporting.sessions import storage as sessions
from services.runtime.wiring import MACHINERY
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import Fact
from shared.contracts.plan import (
    PlannedItem,
    SessionPlanApproved,
    SessionPlanCancelled,
    SessionPlanPostponed,
    SessionPlanVoided,
)
from shared.contracts.reporting import PageSeal, ReportingWindUpDone
from shared.contracts.windup import Effect
from shared.keeping import repository
from shared.procedure.windup import acting_for
from shared.trade.roles import Role
from tests.world.duty_desk import DutyDesk
from tests.world.hearing import hear_of_body, told

CENTRE, BRANCH, STATION, DIRECT = "49000001", "49050001", "49053012", "49003007"
PATHS = {
    CENTRE: f"/{CENTRE}/",
    BRANCH: f"/{CENTRE}/{BRANCH}/",
    STATION: f"/{CENTRE}/{BRANCH}/{STATION}/",
    DIRECT: f"/{CENTRE}/{DIRECT}/",
}
SESSION = f"{STATION}-2026-001"
ITEM = PlannedItem(occupation="6-04-01-01", occupation_zh="车工", occupation_en="turner", level=4, heads=9)
HELD_ON = "2026-03-20"
DUE = "2026-04-13"
"""Fifteen working days later: 6 April is off after Tomb-Sweeping Day."""
USUAL = [7, 1, 0, -1, -3]
"""Three days before it and the day before fall on the same Friday."""
PEOPLE = {
    "endorse": Actor("officer", "o", BRANCH, PATHS[BRANCH], frozenset({Role.BRANCH_OFFICER})),
    "approve": Actor("approver", "a", CENTRE, PATHS[CENTRE], frozenset({Role.CENTRE_APPROVER})),
}


class Desk(DutyDesk):
    """With the facts that arrive on the queue of the duties."""

    def __init__(self, store: SqliteStore, day: str = "2026-03-02") -> None:
        super().__init__(store, RosterDuty, duties, day)
        self.handlers = handlers(self.ports())["duties"]

    async def hear(self, fact: Fact, *, times: int = 1, about: str = SESSION, sequence: int = 0) -> None:
        envelope = told(about, fact, sequence, self.clock.now())
        for _ in range(times):
            await self.handlers[fact.TYPE](envelope)

    async def body(self, path: str = PATHS[STATION], **more: Any) -> None:
        """The directory tells of the station."""
        usual = {"body": STATION, "kind": "station", "path": path, "name_zh": "站", "name_en": "S", "email": ""}
        await self.hear(BodyRegistered.model_validate({**usual, "produces": False, **more}), about=STATION, times=2)

    async def of(self, what: str) -> list[str]:
        """Ids of the duties of this kind there ever were, the latest last."""
        return sorted((id for id in await self.told("opened") if f".{what}" in id), key=lambda id: (len(id), id))

    async def roster(self, body: str = STATION, day: str = HELD_ON) -> Roster:
        roster = Roster(
            id=SESSION,
            body=body,
            path=PATHS[body],
            prepared_by="clerk",
            session=SESSION,
            held_on=date.fromisoformat(day),
            items=[ITEM],
            attendance=Attendance(applied=9, accepted=9, examined=9),
            pages=[PageSeal(seal="sha256:" + "0" * 64, lines={4: 1})],
        )
        await repository.add(self.store, roster)
        return roster

    async def step(self, roster: Roster, *verbs: str, heard: bool = True) -> None:
        head = Actor("head", "h", roster.body, roster.path, frozenset({Role.STATION_HEAD}))
        roster.producer, roster.approved_on = BRANCH, self.clock.now().date()
        for verb in verbs:
            by = PEOPLE["endorse"] if verb == "send_back" else PEOPLE.get(verb, head)
            roster.step(verb, by, self.clock.now(), "理由")
            await repository.save(self.store, roster)
            if heard:
                await self.hear(roster.fact_of(verb), times=2)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "reporting.sqlite", (*KINDS, *MACHINERY))
    for code, path in PATHS.items():
        kind = "centre" if code == CENTRE else "branch" if code == BRANCH else "station"
        await hear_of_body(opened, code, path, kind=kind)
    yield opened
    await opened.close()


@pytest.fixture
async def desk(store: SqliteStore) -> Desk:
    desk = Desk(store)
    await desk.hear(approved(), times=2)
    return desk


def place(body: str = STATION) -> dict[str, Any]:
    return {"plan": SESSION, "session": SESSION, "body": body, "path": PATHS[body], "at_desk": body}


def approved(body: str = STATION, day: str = HELD_ON) -> SessionPlanApproved:
    what = {"items": [ITEM], "standard": "national", "paper_source": "self_made", "draw_needed": False}
    return SessionPlanApproved(**place(body), **what, held_on=date.fromisoformat(day))


def postponed(day: str, before: str = HELD_ON) -> SessionPlanPostponed:
    more = {"branch": BRANCH, "held_before": before, "reason": "停电"}
    return SessionPlanPostponed(**{**approved(day=day).model_dump(), **more})


# --- the roster -------------------------------------------------------------------------------------------------------


async def test_it_is_owed_fifteen_working_days_after_the_exam(desk: Desk) -> None:
    await desk.days("2026-03-02", "2026-04-18")
    (id,) = await desk.of("session_roster")
    assert (await desk.due())[id] == DUE
    assert await desk.marks() == {id: USUAL}
    told_of = (await desk.told("marked"))[id]
    assert {(one["body"], one["concerns"], one["period"], one["about"]) for one in told_of} == {
        (STATION, STATION, SESSION, SESSION)
    }
    assert [one["above"] for one in told_of] == [None] * 4 + [BRANCH]


async def test_over_the_national_day(store: SqliteStore) -> None:
    desk = Desk(store, "2026-09-01")
    await desk.hear(approved(day="2026-09-18"))
    (id,) = await desk.of("session_roster")
    assert (await desk.due())[id] == "2026-10-15"  # 1 to 7 October are off; 20 September and 10 October are worked on


@pytest.mark.parametrize("heard", [True, False], ids=["told", "not told"])
@pytest.mark.parametrize(("day", "late"), [("2026-03-23", False), (DUE, False), ("2026-04-14", True)])
async def test_handed_in(desk: Desk, day: str, late: bool, heard: bool) -> None:
    """The news of it may wait behind an outage: the roster itself is asked before anybody is reminded."""
    await desk.days("2026-03-20", "2026-03-22")
    desk.be(day)
    await desk.step(await desk.roster(), "submit", heard=heard)
    await desk.days(day, "2026-05-10")
    (id,) = await desk.of("session_roster")
    assert (await desk.ends())[id] == (late, False)
    assert not (await desk.marks()).get(id), "nobody asked for it before that day, and nobody after"


CANCELLED = SessionPlanCancelled(
    **place(), branch=BRANCH, centre=CENTRE, held_on=date.fromisoformat(HELD_ON), reason="停电"
)
VOIDED = SessionPlanVoided(plan=SESSION, session=SESSION, body=STATION, path=PATHS[STATION], sanction="s")


@pytest.mark.parametrize("ends", [CANCELLED, VOIDED], ids=["cancelled", "voided"])
async def test_of_a_session_that_is_not_held_there_is_none(desk: Desk, ends: Fact) -> None:
    desk.be("2026-03-10")
    await desk.hear(ends, times=2)
    (id,) = await desk.of("session_roster")
    assert (await desk.ends())[id] == (False, True)
    await desk.days("2026-03-11", "2026-05-10")
    assert await desk.marks() == {}


@pytest.mark.parametrize("ends", [CANCELLED, VOIDED], ids=["cancelled", "voided"])
async def test_nor_does_anybody_review_its_roster_any_more(desk: Desk, ends: Fact) -> None:
    desk.be("2026-03-23")
    await desk.step(await desk.roster(), "submit")
    (review,) = await desk.of("roster_endorsement")
    await desk.hear(ends)
    assert (await desk.ends())[review] == (False, True)


async def test_held_though_it_was_cancelled(desk: Desk) -> None:
    """Planning tells the approval anew: it is owed again."""
    await desk.hear(CANCELLED)
    await desk.hear(approved(), times=2)
    await desk.days("2026-03-20", "2026-04-13")
    first, again = await desk.of("session_roster")
    assert (await desk.ends()) == {first: (False, True)}
    assert await desk.marks() == {again: USUAL[:3]}


@pytest.mark.parametrize(
    ("on", "to", "due"),
    [
        ("2026-03-10", "2026-03-16", "2026-04-07"),  # earlier
        ("2026-03-10", "2026-04-17", "2026-05-12"),  # later; the first of May is off
        ("2026-04-08", "2026-04-17", "2026-05-12"),  # when it had been asked for already
    ],
)
async def test_a_session_put_off_is_reckoned_anew(desk: Desk, on: str, to: str, due: str) -> None:
    await desk.days("2026-03-02", on)
    await desk.hear(postponed(to), times=2)
    await desk.days(on, due)
    before, now = await desk.of("session_roster")
    assert (await desk.due())[now] == due
    assert await desk.ends() == {before: (False, True)}, "it was put off, not done"
    assert (await desk.marks())[now] == ([7, 1, 0] if due == "2026-04-07" else [7, 3, 1, 0])
    assert (await desk.marks()).get(before, []) == ([7] if on == "2026-04-08" else [])


async def test_there_and_back_again(desk: Desk) -> None:
    """To another day, and to the first one again."""
    await desk.hear(postponed("2026-04-17"))
    await desk.hear(postponed(HELD_ON, before="2026-04-17"))
    await desk.days("2026-03-20", DUE)
    assert await desk.marks() == {(await desk.of("session_roster"))[-1]: USUAL[:3]}


async def test_news_out_of_order_change_nothing(store: SqliteStore) -> None:
    desk = Desk(store)
    await desk.hear(postponed("2026-04-17"), sequence=900)
    await desk.hear(approved(), sequence=899)
    (id,) = await desk.of("session_roster")
    assert (await desk.due())[id] == "2026-05-12"


@pytest.mark.parametrize("verb", ["send_back", "withdraw"])
async def test_a_roster_that_came_back_is_owed_again(desk: Desk, verb: str) -> None:
    """By a return with a term of its own; who takes it back has only what is left."""
    desk.be("2026-03-24")
    roster = await desk.roster()
    await desk.step(roster, "submit")
    desk.be("2026-04-08")
    await desk.step(roster, verb)
    first, again = await desk.of("session_roster")
    assert (await desk.due())[again] == ("2026-04-29" if verb == "send_back" else DUE)
    assert await desk.ends() == {
        first: (False, False),
        (await desk.of("roster_endorsement"))[0]: (True, verb == "withdraw") if verb == "send_back" else (False, True),
    }
    await desk.step(roster, "submit")
    assert (await desk.ends())[again] == (False, False)


async def test_whoever_takes_a_session_over_answers_from_then_on(desk: Desk) -> None:
    desk.be("2026-04-10")
    await desk.hear(approved(DIRECT), times=2)
    before, now = await desk.of("session_roster")
    (opened,) = (await desk.told("opened"))[now]
    assert (opened["body"], opened["path"], opened["since"]) == (DIRECT, PATHS[DIRECT], "2026-04-10")
    assert await desk.ends() == {before: (False, True)}


async def test_a_revoked_body_has_to_finish_what_its_winding_up_left_it(desk: Desk) -> None:
    """Rules §4.9. Planning tells of every session that was voided or moved: what stands has to be finished."""
    desk.be("2026-03-23")
    await desk.body(state="revoked")
    assert await desk.ends() == {}
    await desk.days("2026-03-24", DUE)
    (id,) = await desk.of("session_roster")
    assert await desk.marks() == {id: USUAL[:3]}
    await desk.hear(VOIDED)
    await desk.days("2026-04-14", "2026-05-10")
    assert (await desk.marks(), await desk.ends()) == ({id: USUAL[:3]}, {id: (False, True)})


async def test_a_body_that_stands_elsewhere_is_told_to_stand_there_at_once(desk: Desk) -> None:
    await desk.body(path=f"/{CENTRE}/{STATION}/")
    (id,) = await desk.of("session_roster")
    (told_of,) = (await desk.told("reckoned"))[id]
    assert (told_of["path"], told_of["due_on"]) == (f"/{CENTRE}/{STATION}/", DUE)
    await desk.body(path=f"/{CENTRE}/{STATION}/", name_en="Another name")
    assert len((await desk.told("reckoned"))[id]) == 1, "and nothing is told where nothing changed"


async def test_nobody_who_practises_owes_one(store: SqliteStore) -> None:
    desk = Desk(store)
    twin = {**place(), "body": "99053012", "path": "/99000001/99053012/", "at_desk": "99053012"}
    await desk.hear(SessionPlanApproved(**{**approved().model_dump(), **twin}))
    assert await desk.of("") == []


async def test_a_winding_up_ends_what_is_owed_about_its_rosters(desk: Desk) -> None:
    """Which may have orders of their own, and tells of them by one fact."""
    desk.be("2026-03-23")
    roster = await desk.roster()
    await desk.step(roster, "submit")
    roster.void(acting_for("s"), desk.clock.now(), "取消资质")
    await repository.save(desk.store, roster)
    effect = Effect(
        service="reporting",
        kind="roster",
        id=SESSION,
        choice="void",
        from_state="submitted",
        to_state="voided",
        count=1,
    )
    done = windup.ReportingWindUp(id="s", body=STATION, path=PATHS[STATION], effects=[effect])
    await repository.add(desk.store, done)
    await desk.hear(ReportingWindUpDone(sanction="s", effects=1), about="s", times=2)
    (review,) = await desk.of("roster_endorsement")
    assert (await desk.ends())[review] == (False, True)


async def test_a_draft_that_is_voided_by_an_order_of_its_own_is_owed_no_more(desk: Desk) -> None:
    roster = await desk.roster()
    roster.void(acting_for("s"), desk.clock.now(), "取消资质")
    await repository.save(desk.store, roster)
    await desk.days("2026-03-20", DUE)
    assert await desk.marks() == {}
    assert list((await desk.ends()).values()) == [(False, True)]


async def test_nobody_has_reviewed_a_roster_whose_session_is_put_off(desk: Desk) -> None:
    desk.be("2026-03-23")
    await desk.step(await desk.roster(), "submit")
    (review,) = await desk.of("roster_endorsement")
    await desk.hear(postponed("2026-04-17"))
    assert (await desk.ends())[review] == (False, True)


# --- the offices ------------------------------------------------------------------------------------------------------


async def test_the_offices_have_clocks_of_their_own(desk: Desk) -> None:
    desk.be("2026-03-24")
    roster = await desk.roster()
    await desk.step(roster, "submit")
    (review,) = await desk.of("roster_endorsement")
    await desk.days("2026-03-25", "2026-04-03")
    opened = (await desk.told("opened"))[review][0]
    assert (opened["body"], opened["concerns"], opened["due_on"]) == (BRANCH, STATION, "2026-03-31")
    assert (await desk.marks())[review] == [1, 0, -1, -3]
    await desk.step(roster, "endorse")
    assert (await desk.ends())[review] == (True, False)
    (decision,) = await desk.of("roster_approval")
    opened = (await desk.told("opened"))[decision][0]
    assert (opened["body"], opened["concerns"], opened["due_on"]) == (CENTRE, STATION, "2026-04-20")
    desk.be("2026-04-20")
    await desk.step(roster, "approve")
    assert (await desk.ends())[decision] == (False, False)


async def test_a_body_without_a_branch_waits_for_the_centre_alone(store: SqliteStore) -> None:
    desk = Desk(store, "2026-03-24")
    await desk.hear(approved(DIRECT))
    await desk.step(await desk.roster(DIRECT), "submit")
    assert (await desk.of("roster_endorsement"), len(await desk.of("roster_approval"))) == ([], 1)


# --- clocks and earlier releases --------------------------------------------------------------------------------------


async def test_two_clocks_at_once_double_nothing(desk: Desk) -> None:
    clocks = [desk.keeper, desk.another(), desk.another()]
    for day in range(1, 27):
        now = desk.be(f"2026-04-{day:02d}")
        await asyncio.gather(*(clock.watch(now) for clock in clocks))
    assert list((await desk.marks()).values()) == [[*USUAL, -10]]


@pytest.mark.parametrize(
    ("away", "back", "then"), [("2026-04-11", "2026-04-15", -1), ("2026-04-01", "2026-04-23", -10)]
)
async def test_after_an_outage_the_nearest_mark_goes_out(desk: Desk, away: str, back: str, then: int) -> None:
    await desk.days("2026-03-20", away)
    before = list((await desk.marks()).values())
    await desk.day(back)
    assert list((await desk.marks()).values()) == [[*(before[0] if before else []), then]]


async def test_what_was_there_before_there_were_duties_is_found_at_the_first_round(store: SqliteStore) -> None:
    """Sessions, one of them with its roster, that earlier releases heard of; and nothing tells of them any more."""
    desk = Desk(store, "2026-04-07")
    other = f"{STATION}-2026-002"
    for id in (SESSION, other):
        more = {"session": id, "plan": id}
        await sessions.note_approved(store, told(id, SessionPlanApproved(**{**approved().model_dump(), **more})))
    await desk.step(await desk.roster(), "submit", heard=False)
    await desk.day("2026-04-07")
    await desk.day("2026-04-07", desk.another())
    assert [id.partition(".")[0] for id in await desk.of("session_roster")] == [other]
    assert [id.partition(".")[0] for id in await desk.of("roster_endorsement")] == [SESSION]
    assert list((await desk.marks()).values()) == [[7]]
