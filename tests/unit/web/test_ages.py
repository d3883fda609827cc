"""What every service keeps for a while, with a clock that somebody sets in either direction."""

from __future__ import annotations

import httpx
import pytest
from joserfc.jwk import OKPKey
from pydantic import BaseModel

from shared.access_token import ISSUER, LEEWAY, Claims, sign
from shared.adapters.http.neighbours import EARLY, HttpNeighbours
from shared.contracts.access import EndedAccess, PublishedKeys
from shared.errors import NotSignedIn, Unavailable
from shared.trade.roles import Role
from shared.web.tokens import REFRESH, Keyring
from tests.world.clock import HandClock

BOTH_WAYS = pytest.mark.parametrize("seconds", [-3600.0, 3600.0])


class Directory:
    """Publishes keys and what it ended, signs tokens, answers over HTTP, and counts what it is asked. fast: by how many
    seconds its clock goes before the others'."""

    def __init__(self, clock: HandClock) -> None:
        self.clock, self.fast = clock, 0.0
        self.keys = [OKPKey.generate_key("Ed25519", auto_kid=True)]
        self.ended = EndedAccess()
        self.away = False
        self.asked_keys = self.asked_ended = self.signed = 0
        self.keyring = Keyring(self.publish, self.end, clock)

    async def publish(self) -> PublishedKeys:
        self.asked_keys += 1
        if self.away:
            raise Unavailable("away")
        return PublishedKeys(keys=[key.as_dict(private=False) for key in self.keys])

    async def end(self) -> EndedAccess:
        self.asked_ended += 1
        if self.away:
            raise Unavailable("away")
        return self.ended

    def token(self) -> str:
        self.signed += 1
        issued = int(self.clock.now().timestamp() + self.fast)
        claims = Claims(
            iss=ISSUER,
            sub="plan",
            name="plan",
            body="",
            path="/",
            roles=[Role.SERVICE],
            iat=issued,
            exp=issued + 15 * 60,
        )
        return sign(claims, self.keys[-1])

    async def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/directory/tokens":
            return httpx.Response(200, json={"access_token": self.token(), "expires_in": 15 * 60})
        try:
            await self.keyring.actor(request.headers["Authorization"].removeprefix("Bearer "))
        except NotSignedIn as error:
            return httpx.Response(401, json={"detail": str(error)})
        return httpx.Response(200, json={"said": "yes"})


class Said(BaseModel):
    said: str


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def directory(clock: HandClock) -> Directory:
    return Directory(clock)


@pytest.fixture
def neighbours(directory: Directory, clock: HandClock) -> HttpNeighbours:
    return HttpNeighbours("plan", "secret", lambda _: "http://house", clock, httpx.MockTransport(directory.answer))


@BOTH_WAYS
async def test_ended_access_is_known_within_a_minute(directory: Directory, clock: HandClock, seconds: float) -> None:
    await directory.keyring.actor(directory.token())
    clock.set_by(seconds)
    token = directory.token()
    await directory.keyring.actor(token)
    directory.ended = EndedAccess(accounts={"plan": 1})
    clock.advance(REFRESH + 1)
    with pytest.raises(NotSignedIn, match="ended"):
        await directory.keyring.actor(token)


@BOTH_WAYS
async def test_a_clock_that_was_set_has_everything_asked_anew(
    directory: Directory, clock: HandClock, seconds: float
) -> None:
    """The directory chooses by the time of day what it tells."""
    await directory.keyring.actor(directory.token())
    clock.set_by(seconds)
    await directory.keyring.actor(directory.token())
    assert (directory.asked_keys, directory.asked_ended) == (2, 2)
    for _ in range(10):
        await directory.keyring.actor(directory.token())
    assert (directory.asked_keys, directory.asked_ended) == (2, 2), "once"


async def test_a_clock_that_is_put_right_by_seconds_changes_nothing(directory: Directory, clock: HandClock) -> None:
    for seconds in (LEEWAY, -LEEWAY):
        await directory.keyring.actor(directory.token())
        clock.set_by(seconds)
    await directory.keyring.actor(directory.token())
    assert (directory.asked_keys, directory.asked_ended) == (1, 1)


@BOTH_WAYS
async def test_a_withdrawn_key_opens_nothing_within_a_minute(
    directory: Directory, clock: HandClock, seconds: float
) -> None:
    await directory.keyring.actor(directory.token())
    clock.set_by(seconds)
    token = directory.token()
    await directory.keyring.actor(token)
    directory.keys = [OKPKey.generate_key("Ed25519", auto_kid=True)]
    clock.advance(REFRESH + 1)
    with pytest.raises(NotSignedIn):
        await directory.keyring.actor(token)
    await directory.keyring.actor(directory.token())


@BOTH_WAYS
async def test_a_new_key_is_learnt_and_strange_ones_do_not_flood(
    directory: Directory, clock: HandClock, seconds: float
) -> None:
    await directory.keyring.actor(directory.token())
    directory.keys.append(OKPKey.generate_key("Ed25519", auto_kid=True))
    clock.set_by(seconds)
    await directory.keyring.actor(directory.token())
    asked, directory.keys = directory.asked_keys, [OKPKey.generate_key("Ed25519", auto_kid=True)]
    for _ in range(20):
        with pytest.raises(NotSignedIn):
            await directory.keyring.actor(directory.token())
    assert directory.asked_keys == asked


@BOTH_WAYS
async def test_what_is_known_outlives_the_directory(directory: Directory, clock: HandClock, seconds: float) -> None:
    await directory.keyring.actor(directory.token())
    directory.away = True
    clock.set_by(seconds)
    assert (await directory.keyring.actor(directory.token())).id == "plan"


@BOTH_WAYS
async def test_a_service_gets_another_token_by_itself(
    directory: Directory, neighbours: HttpNeighbours, clock: HandClock, seconds: float
) -> None:
    """Signed before the clock was set back, a token begins later than now; before it was set on, it has ended."""
    for signed in (1, 2):
        for _ in range(5):
            assert (await neighbours.get("directory", "/ended-access", Said)).said == "yes"
        assert directory.signed == signed
        clock.set_by(seconds)
    clock.set_by(-seconds)


@BOTH_WAYS
async def test_a_token_is_renewed_before_it_ends_however_the_clock_is_set(
    directory: Directory, neighbours: HttpNeighbours, clock: HandClock, seconds: float
) -> None:
    await neighbours.get("directory", "/me", Said)
    clock.set_by(seconds)
    await neighbours.get("directory", "/me", Said)
    assert directory.signed == 2
    clock.advance(15 * 60 - EARLY - 1)
    await neighbours.get("directory", "/me", Said)
    assert directory.signed == 2
    clock.advance(1)
    await neighbours.get("directory", "/me", Said)
    assert directory.signed == 3


@pytest.mark.parametrize("seconds", [-20.0, 20.0])
async def test_a_clock_that_is_put_right_by_seconds_renews_nothing(
    directory: Directory, neighbours: HttpNeighbours, clock: HandClock, seconds: float
) -> None:
    await neighbours.get("directory", "/me", Said)
    clock.set_by(seconds)
    clock.advance(15 * 60 - EARLY - 1)
    await neighbours.get("directory", "/me", Said)
    assert directory.signed == 1
    clock.advance(1)
    await neighbours.get("directory", "/me", Said)
    assert directory.signed == 2


@pytest.mark.parametrize("fast", [-LEEWAY, LEEWAY])
async def test_clocks_that_differ_by_seconds_understand_each_other(
    directory: Directory, neighbours: HttpNeighbours, fast: float
) -> None:
    directory.fast = fast
    for _ in range(5):
        assert (await neighbours.get("directory", "/me", Said)).said == "yes"
    assert directory.signed == 1


async def test_clocks_that_differ_by_minutes_are_said_and_do_not_cost_the_message(
    directory: Directory, neighbours: HttpNeighbours
) -> None:
    directory.fast = 120
    with pytest.raises(Unavailable, match="begins later than now"):
        await neighbours.get("directory", "/me", Said)
