"""Tokens: signed by the directory, checked by everybody for themselves."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from shared.access_token import ISSUER, Claims, sign
from shared.actor import LONG_AGO
from shared.contracts.access import EndedAccess, PublishedKeys
from shared.errors import AppError, NotSignedIn, Unavailable
from shared.trade.roles import Role
from shared.web.tokens import Keyring
from tests.world.clock import HandClock
from tests.world.eventually import eventually

NOON = datetime(2026, 4, 3, 4, 0, tzinfo=UTC)


class Directory:
    """Publishes its keys, counts who asks, and may be away."""

    def __init__(self) -> None:
        self.keys = [OKPKey.generate_key("Ed25519", auto_kid=True)]
        self.ended = EndedAccess()
        self.asked = 0
        self.away = False

    async def publish(self) -> PublishedKeys:
        self.asked += 1
        if self.away:
            raise Unavailable("away")
        return PublishedKeys(keys=[key.as_dict(private=False) for key in self.keys])

    async def end(self) -> EndedAccess:
        if self.away:
            raise Unavailable("away")
        return self.ended

    def token(self, minutes: int = 15, issuer: str = ISSUER, key: OKPKey | None = None, auth_time: Any = None) -> str:
        issued = int(NOON.timestamp())
        claims = Claims(
            iss=issuer,
            sub="zhou.ning",
            name="周宁",
            body="49053012",
            path="/49000001/49050001/49053012/",
            roles=[Role.STATION_CLERK],
            iat=issued,
            exp=issued + minutes * 60,
        ).model_copy(update={"auth_time": auth_time})
        return sign(claims, key or self.keys[-1])


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOON)


@pytest.fixture
def keyring(directory: Directory, clock: HandClock) -> Keyring:
    return Keyring(directory.publish, directory.end, clock)


async def test_a_token_names_the_actor(keyring: Keyring, directory: Directory) -> None:
    actor = await keyring.actor(directory.token())
    assert (actor.id, actor.body, actor.roles) == ("zhou.ning", "49053012", frozenset({Role.STATION_CLERK}))


async def test_the_keys_are_asked_for_once(keyring: Keyring, directory: Directory) -> None:
    for _ in range(20):
        await keyring.actor(directory.token())
    assert directory.asked == 1


async def test_an_expired_token_is_refused(keyring: Keyring, directory: Directory, clock: HandClock) -> None:
    token = directory.token(minutes=15)
    clock.advance(15 * 60 - 1)
    await keyring.actor(token)
    clock.advance(1)
    with pytest.raises(NotSignedIn, match="expired"):
        await keyring.actor(token)


@pytest.mark.parametrize("broken", ["", "x", "a.b", "a.b.c", "e30.e30.e30", "bnVsbA.e30.", "é.é.é"])
async def test_what_is_no_token_is_refused(keyring: Keyring, broken: str) -> None:
    with pytest.raises(NotSignedIn):
        await keyring.actor(broken)


async def test_a_token_that_somebody_else_signed_is_refused(keyring: Keyring, directory: Directory) -> None:
    forged = OKPKey.generate_key("Ed25519", {"kid": directory.keys[0].kid})
    with pytest.raises(NotSignedIn):
        await keyring.actor(directory.token(key=forged))
    with pytest.raises(NotSignedIn, match="somebody else"):
        await keyring.actor(directory.token(issuer="jianding/plan"))


async def test_a_changed_token_is_refused(keyring: Keyring, directory: Directory) -> None:
    head, claims, signature = directory.token().split(".")
    with pytest.raises(NotSignedIn):
        await keyring.actor(f"{head}.{claims[:-2]}AA.{signature}")


async def test_a_new_key_is_learnt_and_strange_ones_do_not_flood_the_directory(
    keyring: Keyring, directory: Directory, clock: HandClock
) -> None:
    await keyring.actor(directory.token())
    directory.keys.append(OKPKey.generate_key("Ed25519", auto_kid=True))
    clock.advance(6)
    await keyring.actor(directory.token())
    asked = directory.asked
    for _ in range(50):
        with pytest.raises(NotSignedIn):
            await keyring.actor(directory.token(key=OKPKey.generate_key("Ed25519", auto_kid=True)))
    assert directory.asked == asked


async def test_known_keys_outlive_the_directory(keyring: Keyring, directory: Directory, clock: HandClock) -> None:
    token = directory.token(minutes=60)
    await keyring.actor(token)
    directory.away = True
    clock.advance(timedelta(minutes=20).total_seconds())
    assert (await keyring.actor(token)).id == "zhou.ning"
    with pytest.raises(Unavailable):
        await keyring.actor(directory.token(key=OKPKey.generate_key("Ed25519", auto_kid=True)))


async def test_while_keys_are_changed_both_are_known(keyring: Keyring, directory: Directory, clock: HandClock) -> None:
    directory.keys.append(OKPKey.generate_key("Ed25519", auto_kid=True))
    for _ in range(3):
        for key in directory.keys:
            await keyring.actor(directory.token(key=key))
        clock.advance(6)
    assert directory.asked == 1


async def test_a_directory_that_is_away_is_not_asked_for_every_token(
    keyring: Keyring, directory: Directory, clock: HandClock
) -> None:
    token = directory.token()
    await keyring.actor(token)
    directory.away = True
    clock.advance(21)
    for asked in (2, 3, 4):
        for _ in range(5):
            await keyring.actor(token)
        assert directory.asked == asked
        clock.advance(5)


async def test_nobody_passes_before_it_is_known_what_was_ended(directory: Directory, clock: HandClock) -> None:
    """A service that starts asks once, and everybody waits for that answer."""
    known, asked = asyncio.Event(), 0

    async def slowly() -> EndedAccess:
        nonlocal asked
        asked += 1
        await known.wait()
        return EndedAccess(accounts={"zhou.ning": 1})

    keyring = Keyring(directory.publish, slowly, clock)
    knocking = [asyncio.create_task(keyring.actor(directory.token())) for _ in range(5)]
    await eventually(lambda: asked)
    known.set()
    answers = await asyncio.gather(*knocking, return_exceptions=True)
    assert [type(one) for one in answers] == [NotSignedIn] * 5
    assert asked == 1


async def test_a_fault_of_the_first_answer_opens_nothing(directory: Directory, clock: HandClock) -> None:
    async def faulty() -> EndedAccess:
        raise AppError("500")

    keyring = Keyring(directory.publish, faulty, clock)
    for _ in range(2):
        with pytest.raises(AppError, match="500"):
            await keyring.actor(directory.token())


async def test_what_was_ended_outlives_the_directory(keyring: Keyring, directory: Directory, clock: HandClock) -> None:
    directory.ended = EndedAccess(accounts={"zhou.ning": 1})
    token = directory.token(minutes=60)
    with pytest.raises(NotSignedIn, match="ended"):
        await keyring.actor(token)
    directory.away = True
    clock.advance(300)
    with pytest.raises(NotSignedIn, match="ended"):
        await keyring.actor(token)


@pytest.mark.parametrize(("auth_time", "proved_at"), [(None, NOON), (0, LONG_AGO), (1_775_188_800, NOON)])
async def test_a_token_says_when_its_holder_proved_who_they_are(
    directory: Directory, keyring: Keyring, auth_time: int | None, proved_at: datetime
) -> None:
    """One of an earlier release says when it was signed."""
    token = directory.token(auth_time=auth_time)
    assert (await keyring.actor(token)).proved_at == proved_at


@pytest.mark.parametrize("auth_time", [-1, 10**15])
async def test_no_time_that_no_calendar_has(directory: Directory, keyring: Keyring, auth_time: Any) -> None:
    with pytest.raises(NotSignedIn):
        await keyring.actor(directory.token(auth_time=auth_time))
