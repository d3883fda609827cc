"""A provider's limits are kept to the letter, and bulk never stands before one letter that is waited for."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.mail.rates import PROFILES, RatedMail
from shared.adapters.mail.smtp import BULK_SESSIONS, SESSIONS, SmtpMailer
from shared.ports import PutOff, ReadyLetter
from tests.contract.test_mailer import PostOffice, a_letter, office
from tests.world.clock import HandClock

__all__ = ["office"]

WRITTEN = a_letter()


class Timed:
    """When each letter was handed over."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self.sent: list[tuple[float, ReadyLetter]] = []

    async def send(self, letter: ReadyLetter) -> None:
        self.sent.append((self._clock.monotonic(), letter))

    async def close(self) -> None:
        """Nothing is held open."""


def letter(n: int, bulk: bool = False, to: str = "") -> ReadyLetter:
    id, to = f"<m{n}@jianding.example>", to or f"clerk{n}@station.example"
    return replace(WRITTEN, message_id=id, to=to, bulk=bulk)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize("name", PROFILES)
async def test_no_span_has_more_letters_than_the_provider_takes(name: str) -> None:
    clock, profile = HandClock(), PROFILES[name]
    post = Timed(clock)
    mailer = RatedMail(post, profile, clock)
    total = profile.all.letters * 2 + 7
    going = [asyncio.create_task(mailer.send(letter(n, bulk=n % 2 == 0))) for n in range(total)]
    while len(post.sent) < total:
        await asyncio.sleep(0)
        if clock.sleepers:
            clock.advance(profile.all.seconds / 10)
    await asyncio.gather(*going)
    times = [at for at, _ in post.sent]
    for first in range(total - profile.all.letters):
        assert times[first + profile.all.letters] - times[first] >= profile.all.seconds - 1e-6


@pytest.mark.parametrize("name", PROFILES)
async def test_a_mailbox_that_had_enough_is_put_off_until_it_may_have_another(name: str) -> None:
    clock, profile = HandClock(), PROFILES[name]
    post = Timed(clock)
    mailer = RatedMail(post, profile, clock)
    for n in range(profile.mailbox.letters):
        sending = asyncio.create_task(mailer.send(letter(n, to="Office@station.example")))
        await settle()
        if not sending.done():
            clock.advance(profile.all.seconds)
        await sending
    with pytest.raises(PutOff) as caught:
        await mailer.send(letter(99, to="office@station.example"))
    assert 0 < caught.value.wait <= profile.mailbox.seconds
    await mailer.send(letter(100, to="other@station.example"))
    clock.advance(caught.value.wait)
    await mailer.send(letter(99, to="office@station.example"))


@pytest.mark.parametrize("name", PROFILES)
async def test_one_letter_goes_at_once_while_fifty_thousand_wait(name: str) -> None:
    clock, profile = HandClock(), PROFILES[name]
    post = Timed(clock)
    mailer = RatedMail(post, profile, clock)
    bulk = [asyncio.create_task(mailer.send(letter(n, bulk=True))) for n in range(50_000)]
    await asyncio.sleep(0)
    await settle()
    assert len(post.sent) == profile.room_for_bulk
    assert clock.sleepers, "bulk has what it may have, and waits"
    asked = clock.monotonic()
    for n in range(profile.all.letters - profile.room_for_bulk):
        await mailer.send(letter(100_000 + n))
    assert {at for at, one in post.sent if not one.bulk} == {asked}
    for task in bulk:
        task.cancel()
    await asyncio.gather(*bulk, return_exceptions=True)


async def test_bulk_leaves_a_session_for_whoever_is_waited_for(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every bulk letter hangs in the server's DATA; the single one goes through all the same."""
    stuck, arrived, smtp = asyncio.Event(), asyncio.Event(), SmtpMailer(f"smtp+plaintext://127.0.0.1:{office.port}")
    hanging = 0

    async def hangs(server: Any, session: Any, envelope: Any) -> str:
        nonlocal hanging
        if b"<single@" in envelope.content:
            return "250 OK"
        hanging += 1
        if hanging == BULK_SESSIONS:
            arrived.set()
        await stuck.wait()
        return "250 OK"

    monkeypatch.setattr(office, "handle_DATA", hangs)
    bulk = [asyncio.create_task(smtp.send(letter(n, bulk=True))) for n in range(200)]
    await asyncio.wait_for(arrived.wait(), 20)
    await asyncio.wait_for(smtp.send(a_letter("<single@jianding.example>")), 20)
    assert (hanging, BULK_SESSIONS) == (BULK_SESSIONS, SESSIONS - 1)
    stuck.set()
    await asyncio.gather(*bulk)
    await smtp.close()
