"""Tokens that are signed with the directory's own key, and that the directory never signs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import OKPKey

from shared.access_token import ALGORITHM, ISSUER, LEEWAY, LONGEST_LIFE, Claims, sign
from shared.actor import Actor
from shared.contracts.access import EndedAccess, PublishedKeys
from shared.errors import NotSignedIn
from shared.trade.roles import Role
from shared.web.tokens import Keyring
from tests.world.clock import MORNING, HandClock

NOW = int(MORNING.timestamp())
MINUTE, YEAR = 60, 365 * 24 * 3600
KEY = OKPKey.generate_key("Ed25519", auto_kid=True)
GOOD: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "zhou.ning",
    "name": "周宁",
    "body": "49053012",
    "path": "/49000001/49050001/49053012/",
    "roles": ["station_clerk"],
    "iat": NOW,
    "exp": NOW + 15 * MINUTE,
}


async def _keys() -> PublishedKeys:
    return PublishedKeys(keys=[KEY.as_dict(private=False)])


async def _ended() -> EndedAccess:
    return EndedAccess()


async def believed(**changed: Any) -> Actor:
    """What becomes of a token with these claims; one that is None is left out."""
    claims = {name: value for name, value in (GOOD | changed).items() if value is not None}
    header = {"alg": ALGORITHM, "kid": KEY.kid}
    token = jws.serialize_compact(header, json.dumps(claims), KEY, algorithms=[ALGORITHM])
    return await Keyring(_keys, _ended, HandClock(MORNING)).actor(token)


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": NOW + 3 * YEAR},
        {"exp": NOW + LONGEST_LIFE + 1},
        {"exp": NOW + 1, "iat": NOW - LONGEST_LIFE},
        {"iat": NOW + 3 * YEAR, "exp": NOW + 3 * YEAR + 15 * MINUTE},
        {"iat": NOW + LEEWAY + 1},
        {"nbf": NOW + LEEWAY + 1},
        {"nbf": NOW + 15 * MINUTE},
        {"iat": NOW + 15 * MINUTE, "exp": NOW + 15 * MINUTE},
        {"iat": NOW + LEEWAY, "exp": NOW + LEEWAY - 1},
        {"exp": NOW},
        {"exp": NOW, "iat": NOW - MINUTE},
        {"iat": NOW + YEAR, "exp": NOW + YEAR + MINUTE, "nbf": NOW - MINUTE},
        {"exp": -1},
        {"aud": "jianding/password-reset"},
        {"aud": ["jianding/directory"]},
        {"aud": []},
        {"aud": ""},
        {"aud": 0},
        {"iss": "jianding/plan"},
        {"iss": None},
        {"sub": None},
        {"iat": None},
        {"exp": None},
        {"path": None},
        {"path": "\ud800"},
        {"sub": "\udfff"},
        {"sid": "\ud800"},
        {"roles": None},
        {"roles": ["emperor"]},
        *(
            {name: value}
            for name in ("iat", "exp", "nbf", "auth_time")
            for value in (str(NOW + 60), NOW + 60.5, NOW + 60.0, True)
        ),
        {"exp": 1e300},
        {"exp": [NOW + 60]},
    ],
    ids=str,
)
async def test_a_forged_token_opens_nothing(changed: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn):
        await believed(**changed)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"exp": NOW + LONGEST_LIFE},
        {"iat": NOW + LEEWAY},  # signed on a machine whose clock goes before ours
        {"iat": NOW - LONGEST_LIFE + 1, "exp": NOW + 1},
        {"nbf": NOW + LEEWAY},
        {"nbf": NOW - 10},
    ],
    ids=str,
)
async def test_what_lies_within_the_bounds_is_believed(changed: dict[str, Any]) -> None:
    assert (await believed(**changed)).id == "zhou.ning"


async def test_what_we_sign_says_nothing_of_an_audience() -> None:
    claims = Claims.model_validate(GOOD)
    token = sign(claims, KEY)
    said = jwt.decode(token, KEY, algorithms=[ALGORITHM]).claims
    assert not {"aud", "nbf"} & said.keys()
    actor = await Keyring(_keys, _ended, HandClock(MORNING)).actor(token)
    assert actor.roles == frozenset({Role.STATION_CLERK})
