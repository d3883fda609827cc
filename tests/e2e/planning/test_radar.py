"""The radar of a house: duties of a year come up by themselves, and everybody sees those at their place; the calendar of an
office at its private address."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import httpx
from icalendar import Calendar

from services.notification.calendars.api import WRONG_ONES
from shared.trade.roles import Role
from tests.world.fixtures import OpenHouse
from tests.world.house import House
from tests.world.seeding import APPROVER, SMALL, TURNER

STATION, BRANCH = SMALL.station, SMALL.branch
assert BRANCH is not None
CLERK, HEAD, OFFICER = (
    STATION.account("station_clerk"),
    STATION.account("station_head"),
    BRANCH.account("branch_officer"),
)
YEAR = 2027
RADAR, CALENDARS = "/notification/radar", "/notification/calendars"


async def day(house: House, month: int, day: int) -> None:
    """09:00 in Beijing, the clock asked, and everything that followed from it done."""
    house.clock.set_by((datetime(YEAR, month, day, 1, tzinfo=UTC) - house.clock.now()).total_seconds())
    await house.tick()
    await house.run_until_quiet()


async def shown(house: House, account: str, query: str = "") -> list[dict[str, Any]]:
    return await house.person(account).everything(f"{RADAR}{query}")


async def hand_in(house: House) -> None:
    content = {"year": YEAR, "items": [{"occupation": TURNER.occupation, "level": TURNER.level, "heads": 4}]}
    await house.person(CLERK).create("/plan/annual-plans", content, "annual")
    await house.person(HEAD).step(f"/plan/annual-plans/{STATION.code}-{YEAR}", "submission")
    await house.run_until_quiet()


async def make(house: House, account: str, key: str = "k") -> httpx.Response:
    return await house.person(account).ask(
        "POST", CALENDARS, json={"label": "办公室"}, headers={"Idempotency-Key": key}
    )


def events_of(answer: httpx.Response) -> set[str]:
    return {str(event["uid"]) for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def of_plans(duties: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [duty for duty in duties if duty["what"] == "annual_plan"]


async def test_from_the_first_mark_to_a_plan_handed_in_late(bare_house: House) -> None:
    house = bare_house
    await day(house, 1, 4)
    (own,) = of_plans(await shown(house, CLERK))
    assert (own["body"], own["body_zh"], own["due_on"]) == (STATION.code, STATION.name_zh, f"{YEAR}-02-28")
    assert (own["state"], own["late"], own["days_left"], own["rule"]) == ("open", False, 55, "R1")
    below = {duty["body"] for duty in of_plans(await shown(house, OFFICER))}
    assert STATION.code in below and BRANCH.code in below
    assert below < {duty["body"] for duty in of_plans(await shown(house, APPROVER))}
    await day(house, 3, 3)
    summed = await house.person(OFFICER).get(f"{RADAR}/summary")
    (missing,) = [one for one in summed["missing"] if one["what"] == "annual_plan"]
    assert STATION.code in {one["body"] for one in missing["bodies"]}
    assert f"{STATION.name_zh}（{STATION.code}）" in missing["sentence"]
    assert missing["bodies"][0]["days_late"] == 3
    assert summed["late"] == len(await shown(house, OFFICER, "?late=true"))
    await hand_in(house)
    (done,) = of_plans(await shown(house, CLERK, "?state=settled"))
    assert (done["state"], done["late"], done["settled_on"]) == ("settled", True, f"{YEAR}-03-03")
    assert of_plans(await shown(house, CLERK)) == []
    (waiting,) = [one for one in await shown(house, OFFICER) if one["what"] == "annual_plan_endorsement"]
    assert (waiting["body"], waiting["concerns"]) == (BRANCH.code, STATION.code)


async def test_who_practises_sees_nothing_of_it_and_an_auditor_and_a_machine_do(bare_house: House) -> None:
    house = bare_house
    await day(house, 1, 4)
    assert await house.practising(CLERK).everything(RADAR) == []
    summed = await house.practising(CLERK).get(f"{RADAR}/summary")
    assert (summed["open"], summed["late"], summed["missing"]) == (0, 0, [])
    for role in (Role.AUDITOR, Role.BRANCH_SYSTEM):
        await house.seed_account(f"x-{role}", role, BRANCH.code, f"/{BRANCH.parent}/{BRANCH.code}/")
        assert of_plans(await shown(house, f"x-{role}"))


async def test_the_calendar_of_an_office(bare_house: House) -> None:
    house = bare_house
    await day(house, 1, 4)
    answer = await make(house, CLERK)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    made = answer.json()
    repeated = await make(house, CLERK)
    assert (repeated.status_code, repeated.json()["id"], repeated.json()["address"]) == (201, made["id"], "")
    path = made["address"].removeprefix(house.settings.url)
    token = path.rpartition("/")[2].removesuffix(".ics")
    read = await house.client.get(path)
    assert (read.status_code, read.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert read.headers["Cache-Control"] == "private, max-age=900"
    of_plan = f"plan_duty.{STATION.code}-{YEAR}.annual_plan@jianding"
    assert of_plan in events_of(read)
    again = await house.client.get(path, headers={"If-None-Match": read.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    listed = await house.person(OFFICER).get(CALENDARS)
    assert [one["id"] for one in listed["items"]] == [made["id"]]
    assert "address" not in listed["items"][0] and token not in json.dumps(listed)
    stored = (house.folder / "data").glob("*.sqlite*")
    assert all(token.encode() not in one.read_bytes() for one in stored)
    await hand_in(house)
    later = await house.client.get(path, headers={"If-None-Match": read.headers["ETag"]})
    assert (later.status_code, events_of(later)) == (200, events_of(read) - {of_plan})
    revocation = f"{CALENDARS}/{made['id']}/revocation"
    assert (await house.person(OFFICER).ask("POST", revocation, 1, json={})).status_code == 403
    assert (await house.person(CLERK).ask("POST", revocation, 1, json={"reason": "换人"})).status_code == 200
    gone = await house.client.get(path)
    never = await house.client.get(path.replace(token, "x" * len(token)))
    assert gone.status_code == never.status_code == 404
    assert gone.json()["detail"] == never.json()["detail"], "nobody is told that it ever was"
    history = (await house.person(CLERK).get(f"{CALENDARS}/{made['id']}"))["history"]
    assert [(one["verb"], one["by"]) for one in history] == [("create", CLERK), ("revoke", CLERK)]


async def test_who_guesses_is_stopped_and_nobody_else(bare_house: House) -> None:
    house = bare_house
    path = (await make(house, CLERK)).json()["address"].removeprefix(house.settings.url)
    answers = [
        (await house.client.get(f"/notification/calendar/{'guess' * 5}{n}.ics")).status_code
        for n in range(WRONG_ONES + 1)
    ]
    assert answers == [404] * WRONG_ONES + [429]
    assert (await house.client.get(path)).status_code == 200, "a right address is no guess"


async def test_whoever_practises_has_a_calendar_of_the_practice_tree(bare_house: House) -> None:
    """With nothing in it, for there nothing is owed."""
    house = bare_house
    answer = await house.practising(CLERK).ask("POST", CALENDARS, json={}, headers={"Idempotency-Key": "p"})
    assert (answer.status_code, answer.json()["body"][:2]) == (201, "99")
    read = await house.client.get(answer.json()["address"].removeprefix(house.settings.url))
    assert (read.status_code, Calendar.from_ical(read.content).walk("VEVENT")) == (200, [])


async def test_the_trial_letter_of_the_day_reaches_the_post(open_house: OpenHouse) -> None:
    house = open_house(canary_to="postmaster@example.org")
    for _ in range(2):
        await house.tick()
        await house.run_until_quiet()
    letters = [message_from_bytes(one.read_bytes(), policy=default) for one in (house.folder / "mail").glob("*.eml")]
    assert [str(one["Subject"]) for one in letters if "postmaster@example.org" in str(one["To"])] == [
        "试投信 2026年4月3日 · Trial letter of 3 April 2026"
    ]
    await house.tick()
    measures = house.services["notification"].measures
    assert measures is not None
    ages = [one.value for one in measures() if one.name == "jianding_canary_age_seconds"]
    assert ages and ages[0] < 3600
