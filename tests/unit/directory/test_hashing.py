"""Passwords: what one must be like, how they are kept, and that only the right one fits."""

from __future__ import annotations

import secrets

import pytest

from services.directory.accounts import hashing
from services.runtime.reach import TRY_OUT
from shared.errors import Invalid

DRAWN = "yvC0_w7OQ2dV-ak8rTnB5LxZe1mHsJ4u"


@pytest.mark.parametrize("password", ["short", "a" * 9, "a" * 201, "my-zhou.ning-1", "ZHOU.NING 2026"])
def test_passwords_that_are_no_good(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        hashing.must_be_good(password, "zhou.ning", "/new")
    assert {problem.where for problem in refusal.value.problems} == {"/new"}


@pytest.mark.parametrize("password", ["a" * 10, "a" * 200])
def test_passwords_that_are_just_good(password: str) -> None:
    hashing.must_be_good(password, "zhou.ning", "/new")


def test_a_new_password_is_another_one() -> None:
    hashing.must_be_another(False, "/new")
    with pytest.raises(Invalid) as refusal:
        hashing.must_be_another(True, "/new")
    assert [problem.where for problem in refusal.value.problems] == ["/new"]


def test_a_hash_fits_its_password_only() -> None:
    known = hashing.hashed("right password")
    assert known.startswith("$argon2id$")
    assert not hashing.is_fast(known)
    assert hashing.fits(known, "right password")
    assert not hashing.fits(known, "wrong password")
    assert not hashing.fits("no hash at all", "right password")


def test_a_secret_drawn_by_chance_is_kept_fast_and_salted() -> None:
    known, other = hashing.hashed_fast(DRAWN), hashing.hashed_fast(DRAWN)
    assert hashing.is_fast(known)
    assert DRAWN not in known
    assert known != other, "two accounts with the same secret do not look alike"
    for kept in (known, other):
        assert hashing.fits(kept, DRAWN)
        assert not hashing.fits(kept, DRAWN[:-1] + "v")
        assert not hashing.fits(kept, "")


def test_what_is_stored_today_opens_tomorrow() -> None:
    """The form of the hash is part of the stored document."""
    salt, digest = (
        "000102030405060708090a0b0c0d0e0f",
        "0b91223d07c292f192aab6e8ee4185ddaf274e431201be9bc39a9882e7e18316",
    )
    assert hashing.fits(f"$hmac-sha256${salt}${digest}", DRAWN)
    assert not hashing.fits(f"$hmac-sha256${salt[:-1]}e${digest}", DRAWN)


def test_secrets_of_machines_and_what_make_secrets_draws_are_recognised() -> None:
    assert len(hashing.new_secret()) == 43
    drawn = [secrets.token_urlsafe(24) for _ in range(300)]
    assert sum(hashing.looks_drawn(password) for password in drawn) >= 280, "but for those without a digit"


@pytest.mark.parametrize(
    "password",
    [
        "password-of-a-machine",
        f"reporting{TRY_OUT}",
        f"the-Directory-of-the-Centre-2026{TRY_OUT}",
        DRAWN[:31],
        "Aa1" * 20,
        "correct-horse-battery-staple-and-many-others",
        "a1" + "b" * 40,
        DRAWN[:-1] + " ",
        DRAWN[:-1] + "鉴",
        DRAWN.lower(),
        DRAWN.upper(),
        "".join(letter for letter in DRAWN if not letter.isdigit()) * 2,
    ],
)
def test_what_people_made_up_is_hashed_slowly(password: str) -> None:
    assert not hashing.looks_drawn(password)
    assert hashing.hashed_as_fits(password).startswith("$argon2id$")


def test_what_looks_drawn_is_kept_fast() -> None:
    assert hashing.looks_drawn(DRAWN)
    assert hashing.is_fast(hashing.hashed_as_fits(DRAWN))


def test_a_hash_costs_as_much_where_there_is_no_account() -> None:
    cost = hashing.NOBODY.rpartition("$")[0].rpartition("$")[0]
    assert hashing.hashed("x").startswith(cost)
