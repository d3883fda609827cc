"""The calendar of a body: its verbs, what stands in it, and who may not read it any more."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from icalendar import Calendar as Read

from services.notification.calendars import usecases
from services.notification.calendars.calendar import OFFICERS, OPEN, REVOKED, Calendar, digest_of, drawn
from services.notification.calendars.requests import NewCalendar
from services.notification.calendars.usecases import Calendars
from services.runtime.catalogue import REGISTER
from shared.errors import Invalid, NotAllowed, NotFound, WrongState
from shared.keeping.asked import Asked
from shared.trade.roles import Role
from tests.unit.notification.radar.duties import (
    BRANCH,
    STATION,
    TREE,
    World,
    duty,
    nine,
    officer,
    radar_room,
    told,
)
from tests.world.hearing import hear_of_body

NOW = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)
TOKEN = drawn()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with radar_room(tmp_path) as room:
        yield room


@pytest.fixture
def calendars(world: World) -> Calendars:
    return Calendars(world.store, REGISTER, "https://jianding.example.org")


def asked(body: str = STATION, role: Role = Role.STATION_CLERK, version: int = 1) -> Asked:
    return Asked(officer(body, role), NOW, version)


# --- verbs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("state", [OPEN, REVOKED])
def test_every_role_in_every_state(role: Role, state: str) -> None:
    made = Calendar.create("c", "", TOKEN, officer(STATION, Role.STATION_HEAD), NOW)
    if state == REVOKED:
        made.revoke(officer(STATION, Role.STATION_HEAD), NOW)
    by = officer(STATION, role)
    if role not in OFFICERS:
        with pytest.raises(NotAllowed):
            Calendar.create("d", "", TOKEN, by, NOW)
        with pytest.raises(NotAllowed):
            made.revoke(by, NOW)
        return
    if state == REVOKED:
        with pytest.raises(WrongState, match="make another one"):
            made.revoke(by, NOW)
        return
    made.revoke(by, NOW, "换人")
    assert (made.state, made.history[-1].reason) == (REVOKED, "换人")
    assert len(made.outgoing) == 2, "both acts go to the audit chain"


def test_an_office_above_revokes_nothing_of_a_station() -> None:
    made = Calendar.create("c", "", TOKEN, officer(STATION, Role.STATION_HEAD), NOW)
    with pytest.raises(NotAllowed):
        made.revoke(officer(BRANCH), NOW)


def test_a_copy_of_the_database_opens_no_calendar() -> None:
    made = Calendar.create("c", "", TOKEN, officer(STATION, Role.STATION_HEAD), NOW)
    written = made.model_dump_json() + "".join(row.wire for row in made.outgoing)
    assert TOKEN not in written
    assert len({drawn() for _ in range(50)}) == 50 and len(TOKEN) >= 43


# --- use cases --------------------------------------------------------------------------------------------------------


async def test_its_address_is_known_once(calendars: Calendars) -> None:
    made, token = await calendars.create(asked(), "k", NewCalendar(label="办公室"))
    again, nothing = await calendars.create(asked(), "k", NewCalendar(label="办公室"))
    assert (again.id, nothing) == (made.id, "")
    assert made.digest == digest_of(token)
    assert (await calendars.at(token)).id == made.id


@pytest.mark.parametrize("token", ["", "x" * 43, drawn()], ids=["nothing", "made up", "drawn anew"])
async def test_a_guess_opens_nothing(calendars: Calendars, token: str) -> None:
    await calendars.create(asked(), "k", NewCalendar())
    with pytest.raises(NotFound):
        await calendars.at(token)


async def test_a_revoked_one_opens_nothing_and_the_others_stay(calendars: Calendars) -> None:
    made, token = await calendars.create(asked(), "k", NewCalendar())
    _, other = await calendars.create(asked(), "l", NewCalendar())
    await calendars.revoke(made.id, asked(), "")
    with pytest.raises(NotFound):
        await calendars.at(token)
    assert (await calendars.at(other)).body == STATION


@pytest.mark.parametrize("state", ["revoked", "struck_off"])
async def test_of_a_body_whose_standing_ended_nobody_reads_on(world: World, calendars: Calendars, state: str) -> None:
    _, token = await calendars.create(asked(), "k", NewCalendar())
    await hear_of_body(world.store, STATION, TREE[STATION], state="suspended")
    assert await calendars.at(token)
    await hear_of_body(world.store, STATION, TREE[STATION], state=state)
    with pytest.raises(NotFound):
        await calendars.at(token)
    with pytest.raises(NotAllowed):
        await calendars.create(asked(), "l", NewCalendar())


async def test_a_body_has_so_many_at_most(calendars: Calendars, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usecases, "MOST", 2)
    made, _ = await calendars.create(asked(), "1", NewCalendar())
    await calendars.create(asked(), "2", NewCalendar())
    with pytest.raises(Invalid):
        await calendars.create(asked(), "3", NewCalendar())
    await calendars.create(asked(BRANCH, Role.BRANCH_OFFICER), "3", NewCalendar())
    await calendars.revoke(made.id, asked(), "")
    await calendars.create(asked(), "3", NewCalendar())


# --- what stands in it ------------------------------------------------------------------------------------------------


async def test_each_duty_that_is_still_to_be_done_is_a_day(world: World, calendars: Calendars) -> None:
    done = duty(STATION, "2026-03-10", period="2025")
    done.settle(nine("2026-01-20"), nine("2026-01-20"))
    await world.hear(
        done,
        told("2026-01-29", of=duty(STATION)),
        duty(BRANCH, "2026-03-02", "annual_plan_endorsement", concerns=STATION),
    )
    (event,) = Read.from_ical(await calendars.text(STATION)).walk("VEVENT")
    assert str(event["summary"]) == "报送年度培训和鉴定计划（附表一）（2026） · submit the annual plan (form 1), 2026"
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2026, 2, 28), date(2026, 3, 1))
    assert str(event["uid"]) == f"plan_duty.{STATION}-2026.annual_plan@jianding"
    (event,) = Read.from_ical(await calendars.text(BRANCH)).walk("VEVENT")
    assert "示例49053012" in str(event["summary"]), "whose plan it is"


async def test_it_is_the_same_until_something_changes(world: World, calendars: Calendars) -> None:
    """Of two looks a program keeps one, and never shows a duty twice."""
    one = duty(STATION)
    await world.hear(one)
    first = await calendars.text(STATION)
    assert await calendars.text(STATION) == first
    await world.hear(told("2026-01-29", of=one))
    second = await calendars.text(STATION)
    assert second != first
    uids = [re.findall(rb"UID:(.+)\r\n", text) for text in (first, second)]
    assert uids[0] == uids[1]


async def test_no_alarm_and_no_name_of_a_person(world: World, calendars: Calendars) -> None:
    await calendars.create(asked(), "k", NewCalendar(label="秘密标签"))
    await world.hear(duty(STATION))
    text = (await calendars.text(STATION)).decode()
    assert "VALARM" not in text and "ATTENDEE" not in text and "ORGANIZER" not in text
    assert "办事员" not in text and "秘密标签" not in text


async def test_names_with_signs_of_the_format_break_nothing(world: World, calendars: Calendars) -> None:
    name = "甲;乙,丙\\丁\r\nBEGIN:VALARM" + "长" * 80
    await hear_of_body(world.store, STATION, TREE[STATION], name_zh=name)
    await world.hear(duty(BRANCH, "2026-03-02", "annual_plan_endorsement", concerns=STATION), duty(STATION))
    for body in (STATION, BRANCH):
        text = await calendars.text(body)
        assert not Read.from_ical(text).walk("VALARM")
        assert b"\nBEGIN:VALARM" not in text
        assert all(len(line) <= 75 for line in text.split(b"\r\n"))
        assert "长" * 80 in text.replace(b"\r\n ", b"").decode(), "in several lines, and whole"


async def test_an_empty_calendar_is_one_too(calendars: Calendars) -> None:
    assert not Read.from_ical(await calendars.text(STATION)).walk("VEVENT")
