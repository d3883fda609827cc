"""The trial letter of the day: one a day whoever asks, and a figure that grows as long as none goes out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.notification.letters.letter import LetterWriter
from services.notification.mailings.mailing import Mailing
from services.notification.mailings.usecases.canary import DAYS, Canary
from services.notification.settings import NotificationSettings
from services.runtime.catalogue import REGISTER
from shared.keeping import repository
from tests.unit.notification.radar.duties import World, nine, officer, radar_room

TO = "postmaster@example.org"
SITE = "https://jianding.example.org"
HOUR = 3600.0


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with radar_room(tmp_path) as room:
        yield room


def canary(world: World, to: str = TO) -> Canary:
    return Canary(world.store, to, SITE)


async def letters(world: World) -> list[Mailing]:
    return [one async for one in repository.every(world.store, Mailing)]


async def send_all(world: World, at: str) -> None:
    for one in await letters(world):
        if one.sent_at is None:
            one.send(nine(at))
            await repository.save(world.store, one)


def age(one: Canary, at: str) -> float:
    (measured,) = one.measured(nine(at))
    assert measured.name == "jianding_canary_age_seconds"
    return measured.value


async def test_one_a_day_whoever_asks_and_however_often(world: World) -> None:
    several = [canary(world) for _ in range(3)]
    for hours in (0, 1, 14, 16, 40, 41):
        now = nine("2026-03-02") + timedelta(hours=hours)
        await asyncio.gather(*(one.watch(now) for one in several))
    found = sorted(await letters(world), key=lambda one: one.planned_at)
    assert [one.subject_of for one in found] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert {one.to for one in found} == {TO}
    assert all([row.key for row in one.outbox] == [] and one.state == "due" for one in found)
    waiting = [row.key for one in await world.store.pending() for row in one.rows]
    assert waiting == ["mailing.planned.v1"] * 3, "and each is handed over by the queue that all letters take"


async def test_it_is_a_letter_that_can_be_written(world: World) -> None:
    await canary(world).watch(nine("2026-03-02"))
    (found,) = await letters(world)
    subject, text, html = LetterWriter(REGISTER.templates.values()).render(found.letter, found.values)
    assert subject == "试投信 2026年3月2日 · Trial letter of 2 March 2026"
    assert "无须办理" in text and "nothing is to be done about it" in html


async def test_no_officer_finds_it_in_a_list(world: World) -> None:
    await canary(world).watch(nine("2026-03-02"))
    page = await repository.below(world.store, Mailing.KIND, officer("49000001"))
    assert page.records == []


async def test_its_age_grows_until_one_goes_out(world: World) -> None:
    one = canary(world)
    assert list(one.measured(nine("2026-03-02"))) == [], "before the first look nothing is known"
    await one.watch(nine("2026-03-02"))
    assert age(one, "2026-03-02") == DAYS * 24 * HOUR, "none went out so far: that is an alarm"
    await send_all(world, "2026-03-02")
    await one.watch(nine("2026-03-02"))
    assert age(one, "2026-03-02") == 0
    await one.watch(nine("2026-03-03"))
    assert age(one, "2026-03-03") == 24 * HOUR
    await one.watch(nine("2026-03-04"))
    assert age(one, "2026-03-04") == 48 * HOUR, "planned is not sent"
    await send_all(world, "2026-03-04")
    await one.watch(nine("2026-03-04"))
    assert age(one, "2026-03-04") == 0
    assert age(one, "2026-03-07") == 72 * HOUR, "also where the clock itself stands still"


@pytest.mark.parametrize(
    "jump", [timedelta(days=-3), timedelta(hours=-5), timedelta(days=1), timedelta(days=400)], ids=str
)
async def test_a_clock_that_is_set_doubles_no_letter_and_raises_no_false_alarm(world: World, jump: timedelta) -> None:
    one, now = canary(world), nine("2026-03-02")
    await one.watch(now)
    await send_all(world, "2026-03-02")
    for moment in (now, now + jump, now, now + jump, now):
        await one.watch(moment)
        (measured,) = one.measured(now)
        assert measured.value >= 0
    found = [mailing.subject_of for mailing in await letters(world)]
    assert len(found) == len(set(found)) <= 2, "one for each day that the clock ever said"
    assert age(one, "2026-03-02") == 0, "and once the clock is right, so is the figure"


async def test_who_wants_none_gets_none_and_measures_nothing(world: World) -> None:
    one = canary(world, "")
    await one.watch(nine("2026-03-02"))
    assert (await letters(world), list(one.measured(nine("2026-03-02")))) == ([], [])


@pytest.mark.parametrize("wrong", ["nobody", "a@b@c", "a b@example.org", "@example.org"])
def test_an_address_that_cannot_exist_is_refused_at_the_start(wrong: str) -> None:
    with pytest.raises(ValueError, match="is no mailbox"):
        NotificationSettings(canary_to=wrong)
    assert NotificationSettings(canary_to=TO).canary_to == TO
