"""What is due when, who is late, what exactly is missing: by place, and without losing count."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notification.radar import usecases
from services.notification.radar.row import RadarRow
from services.notification.radar.storage import readable
from services.notification.radar.summary import AHEAD, Summary, named, sentence
from services.notification.radar.usecases import Wanted, listed, summed_up
from services.runtime.catalogue import REGISTER
from shared.actor import Actor
from tests.unit.notification.radar.duties import (
    BRANCH,
    CENTRE,
    DIRECT,
    FAR,
    OTHER_BRANCH,
    SECOND,
    STATION,
    World,
    duty,
    nine,
    officer,
    radar_room,
)

TODAY = date(2026, 3, 4)  # a Wednesday


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with radar_room(tmp_path) as room:
        done, late_done = duty(OTHER_BRANCH), duty(BRANCH)
        done.settle(nine("2026-02-20"), nine("2026-02-20"))
        late_done.settle(nine("2026-03-02"), nine("2026-03-02"))
        await room.hear(
            done,
            late_done,
            duty(STATION),
            duty(SECOND),
            duty(FAR),
            duty(DIRECT, "2026-03-20", "session_plan_approval"),
            duty(BRANCH, "2026-03-02", "session_plan_endorsement", concerns=STATION, period=""),
            duty(BRANCH, "2026-03-03", "session_plan_endorsement", concerns=SECOND, period=""),
            duty(BRANCH, "2026-03-06", "annual_plan_endorsement", concerns=STATION, period="2027"),
            duty(STATION, "2027-02-28", period="2027"),
        )
        yield room


async def bodies(world: World, by: Actor, **wanted: Any) -> list[str]:
    page = await listed(world.store, by, Wanted(**({"state": "open"} | wanted)), TODAY, None, 100)
    rows, _ = readable(page.records)
    assert [row.due_on for row in rows] == sorted(row.due_on for row in rows)
    return [row.body for row in rows]


@pytest.mark.parametrize(
    ("who", "wanted", "found"),
    [
        (CENTRE, {}, [STATION, SECOND, FAR, BRANCH, BRANCH, BRANCH, DIRECT, STATION]),
        (BRANCH, {}, [STATION, SECOND, BRANCH, BRANCH, BRANCH, STATION]),
        (OTHER_BRANCH, {}, [FAR]),
        (STATION, {}, [STATION, STATION]),
        (DIRECT, {}, [DIRECT]),
        (CENTRE, {"late": True}, [STATION, SECOND, FAR, BRANCH, BRANCH]),
        (BRANCH, {"late": True}, [STATION, SECOND, BRANCH, BRANCH]),
        (CENTRE, {"since": TODAY}, [BRANCH, DIRECT, STATION]),
        (CENTRE, {"since": TODAY, "late": True}, []),
        (CENTRE, {"state": "settled"}, [OTHER_BRANCH, BRANCH]),
        (CENTRE, {"state": "settled", "late": True}, [BRANCH]),
        (CENTRE, {"body": STATION}, [STATION, STATION]),
        (OTHER_BRANCH, {"body": STATION}, []),
        (CENTRE, {"what": "session_plan_endorsement"}, [BRANCH, BRANCH]),
        (CENTRE, {"what": "session_plan_endorsement", "body": DIRECT}, []),
    ],
    ids=str,
)
async def test_everybody_sees_what_lies_at_their_place_and_below(
    world: World, who: str, wanted: dict[str, Any], found: list[str]
) -> None:
    assert sorted(await bodies(world, officer(who), **wanted)) == sorted(found)


async def test_page_after_page_nothing_is_missed(world: World) -> None:
    found, after = [], None
    while True:
        page = await listed(world.store, officer(CENTRE), Wanted("open"), TODAY, after, 3)
        found += [record.id for record in page.records]
        after = page.next
        if after is None:
            break
    assert len(found) == len(set(found)) == 8


async def test_the_summary_of_the_centre(world: World) -> None:
    found = await summed_up(world.store, officer(CENTRE), TODAY)
    assert (found.open, found.settled, found.summary.late, found.whole) == (8, 2, 5, True)
    weeks = [(week.first, week.last, dict(week.by_duty)) for week in found.summary.weeks]
    assert weeks == [
        (date(2026, 3, 4), date(2026, 3, 8), {"annual_plan_endorsement": 1}),
        (date(2026, 3, 9), date(2026, 3, 15), {}),
        (date(2026, 3, 16), date(2026, 3, 22), {"session_plan_approval": 1}),
        (date(2026, 3, 23), date(2026, 3, 29), {}),
        (date(2026, 3, 30), date(2026, 4, 2), {}),
    ]
    late = [(one.body, one.duties, (TODAY - one.oldest).days) for one in found.summary.late_bodies]
    assert late == [(STATION, 1, 4), (SECOND, 1, 4), (FAR, 1, 4), (BRANCH, 2, 2)]
    missing = [(what, period, [one.body for one in who]) for what, period, who in found.summary.missing]
    assert missing == [
        ("annual_plan", "2026", [STATION, SECOND, FAR]),
        ("session_plan_endorsement", "", [BRANCH]),
    ]


async def test_what_is_missing_in_one_sentence(world: World) -> None:
    found = await summed_up(world.store, officer(BRANCH), TODAY)
    said = [
        sentence(named(REGISTER.duties, what), period, who, found.names) for what, period, who in found.summary.missing
    ]
    assert said[0] == (
        "报送年度培训和鉴定计划（附表一）（2026）：示例49053012（49053012）、示例49053017（49053017） · "
        "submit the annual plan (form 1), 2026: Example 49053012 (49053012), Example 49053017 (49053017)"
    )
    assert said[1].endswith("review a session plan (form 2): Example 49050001 (49050001) × 2")


async def test_a_body_or_a_duty_that_is_not_known_here_is_called_by_its_number() -> None:
    summary = Summary(TODAY)
    summary.add(RadarRow(noun="x_duty", duty="1", what="visits", body="49990000", due_on=date(2026, 3, 1)))
    ((what, period, late),) = summary.missing
    assert sentence(named(REGISTER.duties, what), period, late, {}) == "visits：49990000 · visits: 49990000"


@pytest.mark.parametrize("start", [date(2026, 3, 2) + timedelta(days=n) for n in range(7)], ids=str)
def test_the_weeks_cover_every_day_once(start: date) -> None:
    weeks = Summary(start).weeks
    days = [week.first + timedelta(days=n) for week in weeks for n in range((week.last - week.first).days + 1)]
    assert days == [start + timedelta(days=n) for n in range(AHEAD)]
    assert all(week.last.isoweekday() == 7 for week in weeks[:-1])


async def test_the_last_day_itself_is_not_late(world: World) -> None:
    found = await summed_up(world.store, officer(DIRECT), date(2026, 3, 20))
    assert (found.summary.late, found.summary.weeks[0].duties) == (0, 1)
    found = await summed_up(world.store, officer(DIRECT), date(2026, 3, 21))
    assert (found.summary.late, found.summary.weeks[0].duties) == (1, 0)


async def test_of_too_many_it_says_that_it_is_not_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usecases, "MOST", 3)
    found = await summed_up(world.store, officer(CENTRE), TODAY)
    assert (found.whole, found.summary.late, found.open) == (False, 3, 8)
    monkeypatch.setattr(usecases, "MOST", 7)
    assert (await summed_up(world.store, officer(CENTRE), TODAY)).whole
