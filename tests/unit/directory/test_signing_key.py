"""Signing keys: every verb in every state, and which one signs when."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from services.directory.accounts.roles import THE_DIRECTORY
from services.directory.declares import KINDS
from services.directory.signing_keys import storage as keys
from services.directory.signing_keys import usecases
from services.directory.signing_keys.answers import SigningKeyAnswer
from services.directory.signing_keys.requests import Rotation
from services.directory.signing_keys.signing_key import (
    CURRENT,
    KNOWN_EVERYWHERE_AFTER,
    LONGEST_TOKEN_LIFE,
    RETIRED,
    STATES,
    WITHDRAWN,
    SigningKey,
)
from services.runtime.wiring import MACHINERY
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.errors import NotAllowed, WrongState
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Record, Store
from shared.trade.roles import Role
from tests.world.clock import MORNING as NOW
from tests.world.clock import HandClock

OPERATOR = Actor("operator", "operator", "", "/", frozenset({Role.OPERATOR}))
CLERK = Actor("qian.wen", "钱文", "49000001", "/49000001/", frozenset({Role.CENTRE_CLERK}))
MONTH = timedelta(days=30)
AT_ONCE = Rotation(compromised=True, reason="a backup was lost")
IN_TURN = Rotation(reason="as every year")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = SqliteStore(tmp_path / "directory.sqlite", (*KINDS, *MACHINERY))
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("verb", "allowed"), [("retire", {CURRENT}), ("withdraw", {CURRENT, RETIRED}), ("note_age", {CURRENT})]
)
@pytest.mark.parametrize("state", STATES)
def test_every_verb_in_every_state(state: str, verb: str, allowed: set[str]) -> None:
    key = SigningKey.make(OPERATOR, NOW)
    key.state = state

    def act() -> None:
        match verb:
            case "retire":
                key.retire(OPERATOR, NOW)
            case "withdraw":
                key.withdraw(OPERATOR, NOW, "lost")
            case "note_age":
                key.note_age(NOW)

    if state not in allowed:
        with pytest.raises(WrongState):
            act()
        return
    act()
    assert key.state == {"retire": RETIRED, "withdraw": WITHDRAWN, "note_age": state}[verb]
    assert ("d" in json.loads(key.jwk)) == (verb == "note_age"), "a key that signs no more keeps its public half only"


def test_only_operators_change_keys_by_hand() -> None:
    with pytest.raises(NotAllowed):
        SigningKey.make(CLERK, NOW)
    key = SigningKey.make(THE_DIRECTORY, NOW)
    for refused in (lambda: key.retire(CLERK, NOW), lambda: key.withdraw(CLERK, NOW, "x")):
        with pytest.raises(NotAllowed):
            refused()


def test_no_private_half_leaves_in_an_answer_or_an_act() -> None:
    key = SigningKey.make(OPERATOR, NOW)
    private = json.loads(key.jwk)["d"]
    assert private not in SigningKeyAnswer.of(key).model_dump_json()
    assert all(private not in row.wire for row in key.outgoing)
    assert "d" not in key.public


async def kids(store: Store, clock: HandClock) -> set[str]:
    return {key["kid"] for key in (await keys.published(store, clock.now())).keys}


async def signs(store: Store, clock: HandClock) -> str:
    return str((await keys.signing_key(store, clock.now())).kid)


async def test_a_key_is_known_before_it_signs_and_after_it_signed(store: Store) -> None:
    clock = HandClock()
    first = await signs(store, clock)
    clock.advance((MONTH - timedelta(seconds=1)).total_seconds())
    await usecases.watch(store, clock.now(), MONTH)
    assert await kids(store, clock) == {first}
    clock.advance(1)
    await usecases.watch(store, clock.now(), MONTH)
    (second,) = await kids(store, clock) - {first}
    await usecases.watch(store, clock.now(), MONTH)  # asked again: nothing happens twice
    assert await signs(store, clock) == first, "not everybody knows the second"
    clock.advance(KNOWN_EVERYWHERE_AFTER.total_seconds())
    assert await signs(store, clock) == second
    await usecases.watch(store, clock.now(), MONTH)
    clock.advance(LONGEST_TOKEN_LIFE.total_seconds() - 1)
    assert await kids(store, clock) == {first, second}
    clock.advance(1)
    assert await kids(store, clock) == {second}


async def test_the_key_of_the_first_release_goes_on_and_counts_from_when_the_clock_first_asks(store: Store) -> None:
    clock = HandClock()
    old = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
    await store.add(SigningKey.KIND, Record("current", {"jwk": json.dumps(old.as_dict(private=True))}))
    assert (await signs(store, clock), await kids(store, clock)) == (old.kid, {old.kid})
    await usecases.watch(store, clock.now(), MONTH)
    clock.advance((MONTH - timedelta(seconds=1)).total_seconds())
    await usecases.watch(store, clock.now(), MONTH)
    assert await kids(store, clock) == {old.kid}
    clock.advance(1)
    await usecases.watch(store, clock.now(), MONTH)
    clock.advance(60)
    await usecases.watch(store, clock.now(), MONTH)
    assert await signs(store, clock) != old.kid
    assert len(await kids(store, clock)) == 2


async def test_two_that_make_the_first_key_at_the_same_time(store: Store) -> None:
    clock = HandClock()
    for _ in range(2):
        made = SigningKey.make(THE_DIRECTORY, clock.now())
        await repository.add(store, made)
    clock.advance(60)
    signing = await signs(store, clock)
    assert len(await kids(store, clock)) == 2
    await usecases.watch(store, clock.now(), MONTH)
    assert await signs(store, clock) == signing
    assert [key.state for key in await keys.all_keys(store)] == [CURRENT, RETIRED]


async def test_a_compromised_key_is_withdrawn_at_once(store: Store) -> None:
    clock = HandClock()
    first = await signs(store, clock)
    clock.advance(3600)
    await usecases.rotate(store, Asked(OPERATOR, clock.now()), "in turn", IN_TURN)
    clock.advance(60)
    await usecases.watch(store, clock.now(), MONTH)
    assert len(await kids(store, clock)) == 2
    newest, *others = await usecases.rotate(store, Asked(OPERATOR, clock.now()), "lost", AT_ONCE)
    assert [key.state for key in others] == [WITHDRAWN] * 2
    assert first in {key.id for key in others}
    assert (await kids(store, clock), await signs(store, clock)) == ({newest.id}, newest.id)


async def test_a_late_repeat_of_a_rotation_reaches_nothing_newer(store: Store) -> None:
    clock = HandClock()
    await signs(store, clock)
    clock.advance(3600)
    await usecases.rotate(store, Asked(OPERATOR, clock.now()), "lost", AT_ONCE)
    clock.advance(3600)
    await usecases.rotate(store, Asked(OPERATOR, clock.now()), "in turn", IN_TURN)
    before = {key.id: key.state for key in await keys.all_keys(store)}
    await usecases.rotate(store, Asked(OPERATOR, clock.now()), "lost", AT_ONCE)
    assert {key.id: key.state for key in await keys.all_keys(store)} == before


@pytest.mark.parametrize("jump", [3600, -3600, MONTH.total_seconds() * 2, -MONTH.total_seconds() * 2])
async def test_there_is_a_key_that_signs_and_is_published_whatever_the_clock_does(store: Store, jump: float) -> None:
    """In every moment, with a rotation on each side of the jump."""
    clock = HandClock()

    async def goes_on() -> None:
        for _ in range(4):
            await usecases.watch(store, clock.now(), MONTH)
            assert await signs(store, clock) in await kids(store, clock)
            clock.advance(KNOWN_EVERYWHERE_AFTER.total_seconds() / 2)

    await signs(store, clock)
    await goes_on()
    await usecases.rotate(store, Asked(OPERATOR, clock.now()), "before", IN_TURN)
    await goes_on()
    clock.set_by(jump)
    await goes_on()
    before = await kids(store, clock)
    (newest, *_) = await usecases.rotate(store, Asked(OPERATOR, clock.now()), "after", IN_TURN)
    assert newest.id not in before
    await goes_on()
    assert await signs(store, clock) == newest.id, "the newest, though an older one may bear a later time"
    clock.set_by(-jump)
    await goes_on()
    signing = await repository.load(store, SigningKey, await signs(store, clock))
    assert signing.n >= newest.n, "at most one that was made since, in turn"


async def test_a_clock_set_back_saves_no_compromised_key(store: Store) -> None:
    """The older one bears the later time."""
    clock = HandClock()
    compromised = await signs(store, clock)
    clock.set_by(-3600)
    newest, *others = await usecases.rotate(store, Asked(OPERATOR, clock.now()), "lost", AT_ONCE)
    assert [(key.id, key.state) for key in others] == [(compromised, WITHDRAWN)]
    assert (await kids(store, clock), await signs(store, clock)) == ({newest.id}, newest.id)


async def test_a_key_made_with_the_clock_far_ahead_is_followed_in_time(store: Store) -> None:
    clock = HandClock()
    clock.set_by(MONTH.total_seconds() * 12)
    ahead = await signs(store, clock)
    clock.set_by(-MONTH.total_seconds() * 12)
    await usecases.watch(store, clock.now(), MONTH)
    clock.advance(KNOWN_EVERYWHERE_AFTER.total_seconds())
    assert await signs(store, clock) != ahead


async def test_keys_of_earlier_releases_come_before_all_that_are_counted(store: Store) -> None:
    clock = HandClock()
    old = SigningKey.make(THE_DIRECTORY, clock.now() + MONTH)
    record = old.as_record()
    del record.body["n"]
    await store.add(SigningKey.KIND, Record(old.id, record.body))
    newest, *others = await usecases.rotate(store, Asked(OPERATOR, clock.now()), "lost", AT_ONCE)
    assert ([key.id for key in others], newest.n) == ([old.id], 1)
    assert await signs(store, clock) == newest.id


async def test_keys_of_earlier_releases_are_told_apart_by_when_they_were_made(store: Store) -> None:
    """The one of the first release did not note it; none was counted."""
    for id, made_at in (("a later", NOW), ("current", None), ("earlier", NOW - MONTH)):
        record = SigningKey.make(OPERATOR, NOW).as_record()
        body = {**record.body, "made_at": made_at and made_at.isoformat()}
        del body["n"]
        await store.add(SigningKey.KIND, Record(id, body))
    assert [key.id for key in await keys.all_keys(store)] == ["a later", "earlier", "current"]
    assert [key.is_old(NOW, MONTH) for key in await keys.all_keys(store)] == [False, True, False]


async def test_nothing_is_done_where_there_is_no_key_yet(store: Store) -> None:
    await usecases.watch(store, NOW, MONTH)
    assert await keys.all_keys(store) == []


def test_the_age_of_a_key_is_noted_once() -> None:
    key = SigningKey.make(OPERATOR, NOW)
    key.note_age(NOW + MONTH)
    assert key.made_at == NOW
    key.made_at = None
    key.note_age(NOW + MONTH)
    assert key.made_at == NOW + MONTH


def test_a_retired_key_is_published_for_as_long_as_what_it_signed_lives() -> None:
    key = SigningKey.make(OPERATOR, NOW)
    key.retire(OPERATOR, NOW)
    assert key.is_published(NOW + LONGEST_TOKEN_LIFE - timedelta(seconds=1))
    assert not key.is_published(NOW + LONGEST_TOKEN_LIFE)
    key.retired_at = None
    assert not key.is_published(NOW)
