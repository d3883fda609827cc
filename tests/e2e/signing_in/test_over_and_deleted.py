"""Sign-ins and states of identity providers are deleted when they are over: not earlier, not twice, and nothing else with
them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import get_args

import pytest

from services.demo.cast import STATIONS
from services.directory.oidc import usecases as oidc
from services.directory.oidc.begun import LEEWAY, LIFE, Begun
from services.directory.settings import DirectorySettings
from services.directory.signing_in import usecases as signing_in
from services.directory.signing_in.sign_in import SignIn
from services.directory.signing_in.usecases import NO_LONGER, SET_BACK
from services.directory.signing_keys.signing_key import LONGEST_TOKEN_LIFE
from services.runtime.catalogue import REGISTER
from services.runtime.wiring import MACHINERY
from shared.audit.check import check
from shared.audit.checked import Checked
from shared.errors import NotSignedIn
from shared.keeping import expiring
from shared.keeping.expiring import AT_ONCE, KEPT_FOR, PAGE
from shared.ports import Record, Store
from tests.world.doors import ask, is_let_in, refresh, token
from tests.world.house import House
from tests.world.troubles import Crash, Fragile, When

HEAD = STATIONS[0].account("station_head")
A_DAY = 24 * 3600
UNUSED = DirectorySettings.model_fields["refresh_days"].default
"""Days after which an unused sign-in is over."""


def store_of(house: House) -> Store:
    return house.stores["directory"]


async def sign_ins(house: House) -> set[str]:
    return {record.id for record in (await store_of(house).find(SignIn.KIND, limit=1000)).records}


async def checked(house: House) -> Checked:
    return await check(store_of(house), (*REGISTER.declared["directory"].kinds, *MACHINERY))


def id_of(got: dict[str, str]) -> str:
    return got["refresh_token"].partition(".")[0]


async def sweep(house: House) -> None:
    await signing_in.sweep(house.outsides["directory"].store, house.clock.now())
    await oidc.sweep(house.outsides["directory"].store, house.clock.now())


def test_nothing_is_deleted_while_a_token_may_live_or_a_clock_be_set_back() -> None:
    assert KEPT_FOR > LONGEST_TOKEN_LIFE + SET_BACK
    assert KEPT_FOR > LIFE + LEEWAY + SET_BACK


async def test_an_unused_sign_in_is_deleted_a_day_after_its_end(bare_house: House) -> None:
    got = await token(bare_house, HEAD)
    await bare_house.run_until_quiet()
    bare_house.clock.advance((UNUSED + 1) * A_DAY - 60)
    await bare_house.tick()
    assert id_of(got) in await sign_ins(bare_house)
    bare_house.clock.advance(A_DAY)
    before = await checked(bare_house)
    await bare_house.tick()
    assert id_of(got) not in await sign_ins(bare_house)
    after = await checked(bare_house)
    assert (before.findings, after.findings, after.entries) == ([], [], before.entries), "the audit keeps what was done"
    answer = await refresh(bare_house, got["refresh_token"])
    assert (answer.status_code, answer.json()["detail"]) == (401, NO_LONGER), "as of every sign-in that is over"


async def test_one_that_was_ended_is_told_of_until_no_token_of_it_lives_and_then_deleted(bare_house: House) -> None:
    got = await token(bare_house, HEAD)
    other = await token(bare_house, HEAD)
    assert (await ask(bare_house, got["access_token"], "/directory/sign-out", "POST")).status_code == 204
    await bare_house.run_until_quiet()
    for _ in range(4):
        await bare_house.tick()
        assert id_of(got) in (await signing_in.ended_access(store_of(bare_house), bare_house.clock.now())).sign_ins
        assert not await is_let_in(bare_house, got["access_token"], "plan")
        bare_house.clock.advance(40 * 60)
    bare_house.clock.advance(A_DAY)
    await bare_house.tick()
    assert await sign_ins(bare_house) == {id_of(other)}


async def test_one_in_use_is_never_over(bare_house: House) -> None:
    got = await token(bare_house, HEAD)
    for _ in range(UNUSED + 3):
        bare_house.clock.advance(A_DAY)
        got = (await refresh(bare_house, got["refresh_token"])).json()
        await bare_house.run_until_quiet()
        await bare_house.tick()
    assert await sign_ins(bare_house) == {id_of(got)}


async def test_what_was_done_is_brought_to_the_audit_before_anything_goes(bare_house: House) -> None:
    got = await token(bare_house, HEAD)  # and no relay runs
    bare_house.clock.advance((UNUSED + 2) * A_DAY)
    await bare_house.tick()
    assert id_of(got) in await sign_ins(bare_house)
    await bare_house.run_until_quiet()
    await bare_house.tick()
    assert await sign_ins(bare_house) == set()
    assert (await checked(bare_house)).findings == []


async def test_the_history_of_one_that_is_there_must_be_whole(bare_house: House) -> None:
    """That a sign-in may be gone excuses nobody who shortened what one did."""
    got = await token(bare_house, HEAD)
    await bare_house.run_until_quiet()
    known = await store_of(bare_house).get(SignIn.KIND, id_of(got))
    assert known is not None
    await store_of(bare_house).put(
        SignIn.KIND, Record(known.id, {**known.body, "history": []}, known.version, known.facts)
    )
    (found,) = (await checked(bare_house)).findings
    assert found.entry.startswith(f"{SignIn.KIND}/{id_of(got)}#")


@pytest.mark.parametrize("when", get_args(When))
async def test_it_dies_in_the_middle(bare_house: House, when: When) -> None:
    for _ in range(3):
        await token(bare_house, HEAD)
    await bare_house.run_until_quiet()
    bare_house.clock.advance((UNUSED + 2) * A_DAY)
    last = await token(bare_house, HEAD)
    await bare_house.run_until_quiet()
    fall = Fragile("directory store", "delete", when, nth=2)
    bare_house.troubles.append(fall)
    bare_house.born()
    with pytest.raises(Crash):
        await sweep(bare_house)
    bare_house.born()
    assert len(await sign_ins(bare_house)) == (3 if when == "before" else 2)
    await sweep(bare_house)
    assert fall.fired and await sign_ins(bare_house) == {id_of(last)}
    assert (await checked(bare_house)).findings == []


async def test_two_sweep_at_the_same_time(bare_house: House) -> None:
    for _ in range(5):
        await token(bare_house, HEAD)
    await bare_house.run_until_quiet()
    bare_house.clock.advance((UNUSED + 2) * A_DAY)
    await asyncio.gather(*(sweep(bare_house) for _ in range(3)))
    assert await sign_ins(bare_house) == set()


async def test_one_that_is_used_in_that_moment_goes_on(bare_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a process whose clock was set back meanwhile: for it the sign-in lasts still."""
    got = await token(bare_house, HEAD)
    await bare_house.run_until_quiet()
    store, now = store_of(bare_house), bare_house.clock.now() + timedelta(days=UNUSED + 2)
    find = store.find

    async def overtaken(*given: object, **named: object) -> object:
        page = await find(*given, **named)  # type: ignore[arg-type]
        if given == (SignIn.KIND,) and page.records:
            assert (await refresh(bare_house, got["refresh_token"])).status_code == 200
        return page

    monkeypatch.setattr(store, "find", overtaken)
    await signing_in.sweep(store, now)
    assert await sign_ins(bare_house) == {id_of(got)}


async def test_one_that_is_deleted_while_it_is_used_is_over(bare_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other way round: whoever refreshes or signs out finds nothing there, and nobody a fault."""
    got, other = await token(bare_house, HEAD), await token(bare_house, HEAD)
    await bare_house.run_until_quiet()
    store = store_of(bare_house)
    put = store.put

    async def overtaken(kind: str, record: Record, *more: object) -> None:
        if kind == SignIn.KIND:
            await store.delete(kind, record.id, record.version)
        await put(kind, record, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "put", overtaken)
    answer = await refresh(bare_house, got["refresh_token"])
    assert (answer.status_code, answer.json()["detail"]) == (401, NO_LONGER)
    assert (await ask(bare_house, other["access_token"], "/directory/sign-out", "POST")).status_code == 204
    assert await sign_ins(bare_house) == set()


async def test_thousands_are_deleted_in_several_turns(bare_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiring, "PAGE", 10)
    store = store_of(bare_house)
    many = 10 * AT_ONCE + 15
    await store.add_many(SignIn.KIND, [Record(f"{n:06d}", {"until": "2026-01-01T00:00:00Z"}) for n in range(many)])
    await sweep(bare_house)
    assert await store.count(SignIn.KIND) == 15
    await sweep(bare_house)
    assert await store.count(SignIn.KIND) == 0
    assert PAGE <= 100, "small pages"


async def test_the_state_of_an_answer_is_kept_until_its_cookie_can_never_count_again(bare_house: House) -> None:
    begun, store = Begun.now(bare_house.clock.now()), store_of(bare_house)
    await oidc._take_once(store, begun)
    bare_house.clock.advance(LIFE.total_seconds() + KEPT_FOR.total_seconds() - 1)
    await bare_house.tick()
    with pytest.raises(NotSignedIn):
        await oidc._take_once(store, begun)
    bare_house.clock.advance(2)
    await bare_house.tick()
    assert await store.count(oidc.ANSWERS.name) == 0
