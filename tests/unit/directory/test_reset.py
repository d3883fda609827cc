"""The token of a reset letter: what it is bound to, and what does not pass for one although the same key signed it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from services.directory.resets import reset
from shared.access_token import ALGORITHM, ISSUER
from shared.errors import NotSignedIn
from tests.unit.directory.test_account import an_account
from tests.world.clock import MORNING as NOW

KEY = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)


def signed(key: OKPKey = KEY, **more: Any) -> str:
    good = {"iss": ISSUER, "aud": reset.AUDIENCE, "sub": "zhou.ning", "exp": int(NOW.timestamp()) + 60, "bound": "b"}
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, {**good, **more}, key, algorithms=[ALGORITHM])


def test_it_names_the_account_and_is_bound_to_its_password() -> None:
    account = an_account()
    id, bound = reset.account_in(reset.reset_token(account, NOW, KEY), NOW, [KEY])
    assert id == account.id
    reset.must_be_bound(account, bound)
    for changed in (
        an_account(password_hash="new"),
        an_account("closed"),
        an_account(email=""),
        an_account(id="somebody.else"),
    ):
        with pytest.raises(NotSignedIn):
            reset.must_be_bound(changed, bound)


def test_it_ends_after_half_an_hour() -> None:
    token = reset.reset_token(an_account(), NOW, KEY)
    reset.account_in(token, NOW + reset.LIFE - timedelta(seconds=1), [KEY])
    with pytest.raises(NotSignedIn):
        reset.account_in(token, NOW + reset.LIFE, [KEY])


@pytest.mark.parametrize(
    "token",
    [
        signed(aud="somebody-else"),
        signed(iss="somebody/else"),
        signed(bound=None),
        signed(OKPKey.generate_key("Ed25519", {"kid": KEY.kid})),
        signed(OKPKey.generate_key("Ed25519", auto_kid=True)),
        "",
        "a.b.c",
        "x" * 5000,
        signed(bound="b" * 5000),
        "é.é.é",
    ],
)
def test_what_does_not_pass(token: str) -> None:
    reset.account_in(signed(), NOW, [KEY])
    with pytest.raises(NotSignedIn):
        reset.account_in(token, NOW, [KEY])


def test_a_clock_set_back_makes_no_link_live_longer() -> None:
    token = reset.reset_token(an_account(), NOW, KEY)
    reset.account_in(token, NOW - reset.LEEWAY, [KEY])
    with pytest.raises(NotSignedIn):
        reset.account_in(token, NOW - timedelta(hours=1), [KEY])
    with pytest.raises(NotSignedIn):
        reset.account_in(signed(exp=int((NOW + timedelta(days=900)).timestamp())), NOW, [KEY])
