"""Signing in, and losing access: through HTTP, in all services of the house."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.demo.cast import STATIONS
from services.directory.accounts import hashing
from services.directory.accounts.account import FAILURES, LOCKED_FOR, Account
from services.directory.accounts.desk import Asker
from services.directory.accounts.storage import REFUSED, TRIES
from services.directory.provisioning import seed_machines
from services.directory.signing_in.usecases import SET_BACK
from services.directory.signing_keys.signing_key import LONGEST_TOKEN_LIFE
from shared.audit import chain as audit
from shared.keeping import repository
from shared.web.tokens import REFRESH
from tests.world.doors import DOORS, ask, is_let_in, letters, machine_token, refresh, sign_in, token
from tests.world.house import CHEAP, PASSWORD, House
from tests.world.seeding import APPROVER, CLERK
from tests.world.topology import INTERFACES

HEAD = STATIONS[0].account("station_head")
WITHIN_A_MINUTE = 59
assert set(DOORS) == set(INTERFACES)


def claims(access_token: str) -> dict[str, Any]:
    body = access_token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def kid(access_token: str) -> str:
    head = access_token.split(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"])


# --- the token endpoint -----------------------------------------------------------------------------------------------------


async def test_people_sign_in_with_a_password(bare_house: House) -> None:
    got = await token(bare_house, HEAD)
    assert (got["token_type"], got["expires_in"], got["scope"]) == ("Bearer", 900, "")
    me = (await ask(bare_house, got["access_token"], "/directory/me")).json()
    assert (me["id"], me["roles"], me["practising"]) == (HEAD, ["station_head"], False)
    assert me["sign_in"] == got["refresh_token"].partition(".")[0] == claims(got["access_token"])["sid"]


async def test_machines_sign_in_with_a_secret_and_get_no_refresh_token(bare_house: House) -> None:
    got = (await machine_token(bare_house, "plan")).json()
    assert "refresh_token" not in got
    assert claims(got["access_token"])["sid"] == ""


async def test_each_kind_is_told_its_grant(bare_house: House) -> None:
    person, machine = await machine_token(bare_house, HEAD), await sign_in(bare_house, "plan")
    assert (person.status_code, "grant_type=password" in person.json()["detail"]) == (403, True)
    assert (machine.status_code, "client_credentials" in machine.json()["detail"]) == (403, True)
    for guessed in (await machine_token(bare_house, HEAD, "wrong"), await sign_in(bare_house, "plan", "wrong")):
        assert (guessed.status_code, guessed.json()["detail"]) == (401, REFUSED), "only to whoever knows the password"


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"grant_type": "implicit"}, ["/grant_type"]),
        ({"grant_type": "password"}, ["/username", "/password"]),
        ({"grant_type": "client_credentials", "client_id": "plan"}, ["/client_secret"]),
        ({"grant_type": "refresh_token"}, ["/refresh_token"]),
        ({"grant_type": "password", "username": "x", "password": "y", "scope": "everything"}, ["/scope"]),
        ({"grant_type": "client_credentials", "client_id": "x", "client_secret": "y", "scope": "training"}, ["/scope"]),
    ],
)
async def test_what_is_missing_is_named(bare_house: House, form: dict[str, str], wrong: list[str]) -> None:
    answer = await bare_house.client.post("/directory/tokens", data=form)
    assert answer.status_code == 422
    assert [error["where"] for error in answer.json()["errors"]] == wrong


async def test_to_practise_is_to_work_in_the_other_tree(bare_house: House) -> None:
    got = await token(bare_house, HEAD, scope="training")
    assert got["scope"] == "training"
    me = (await ask(bare_house, got["access_token"], "/directory/me")).json()
    assert (me["practising"], me["at"], me["body"]) == (True, "99053012", "49053012")
    again = (await refresh(bare_house, got["refresh_token"])).json()
    assert (again["scope"], claims(again["access_token"])["training"]) == ("training", True)
    assert (await sign_in(bare_house, "operator", scope="training")).status_code == 403


async def test_a_sign_in_stands_in_the_audit(bare_house: House) -> None:
    got = await token(bare_house, HEAD)
    assert (await ask(bare_house, got["access_token"], "/directory/sign-out", "POST")).status_code == 204
    await bare_house.run_until_quiet()
    page = await bare_house.stores["directory"].find(audit.ENTRIES.name, limit=500)
    acts = [entry.body["told"] for entry in page.records if entry.body["act"].startswith("sign_in/")]
    assert [(act["by"], act["verb"], act["to_state"]) for act in acts] == [
        (HEAD, "open", "open"),
        (HEAD, "end", "ended"),
    ]
    assert {entry.body["chain"] for entry in page.records if entry.body["act"].startswith("sign_in/")} == {"49053012"}


# --- refreshing -------------------------------------------------------------------------------------------------------------


async def test_a_token_expires_and_is_refreshed(bare_house: House) -> None:
    got = await token(bare_house, HEAD)
    bare_house.clock.advance(15 * 60)
    late = await ask(bare_house, got["access_token"], "/directory/me")
    assert (late.status_code, "expired" in late.json()["detail"]) == (401, True)
    again = (await refresh(bare_house, got["refresh_token"])).json()
    assert (await ask(bare_house, again["access_token"], "/directory/me")).status_code == 200
    assert claims(again["access_token"])["sid"] == claims(got["access_token"])["sid"]
    bare_house.clock.advance(bare_house.settings.refresh_days * 86_400)
    assert (await refresh(bare_house, again["refresh_token"])).status_code == 401


async def test_a_lost_answer_is_no_theft(bare_house: House) -> None:
    got = await token(bare_house, HEAD)
    await refresh(bare_house, got["refresh_token"])  # the answer is lost
    bare_house.clock.advance(30)
    again = (await refresh(bare_house, got["refresh_token"])).json()
    bare_house.clock.advance(3600)
    assert (await refresh(bare_house, again["refresh_token"])).status_code == 200


async def test_two_windows_that_refresh_with_the_same_token_go_on_with_one_successor(bare_house: House) -> None:
    got = await token(bare_house, HEAD)
    answers = await asyncio.gather(*(refresh(bare_house, got["refresh_token"]) for _ in range(8)))
    bare_house.clock.advance(59)
    answers.append(await refresh(bare_house, got["refresh_token"]))
    assert [answer.status_code for answer in answers] == [200] * 9
    (successor,) = {answer.json()["refresh_token"] for answer in answers}
    for answer in answers:
        assert (await ask(bare_house, answer.json()["access_token"], "/directory/me")).status_code == 200
    bare_house.clock.advance(3600)
    assert (await refresh(bare_house, successor)).status_code == 200


@pytest.mark.parametrize("jump", [3600, -3600])
async def test_a_clock_that_somebody_sets_keeps_nobody_out(bare_house: House, jump: int) -> None:
    """Signing in, refreshing and being locked, an hour forward and an hour back."""
    before = await token(bare_house, HEAD)
    await guess(bare_house, APPROVER)
    bare_house.clock.set_by(jump)
    after = await token(bare_house, HEAD)
    again = await refresh(bare_house, before["refresh_token"])
    assert again.status_code == 200
    for got in (after, again.json()):
        assert (await ask(bare_house, got["access_token"], "/directory/me")).status_code == 200
    assert (await sign_in(bare_house, APPROVER)).status_code == 200, "a lock lasts no hour longer"


async def test_ended_access_is_told_long_enough_for_a_clock_that_was_set_back(bare_house: House) -> None:
    """A token of ten o'clock, ended when the clock said nine: it must not open again at ten past ten."""
    got = await token(bare_house, HEAD)
    bare_house.clock.set_by(-3600)
    await keep(bare_house, HEAD, "/closing", json={"reason": "left"})
    bare_house.clock.advance(3600 + 120)
    service = (await machine_token(bare_house, "plan")).json()["access_token"]
    told = (await ask(bare_house, service, "/directory/ended-access")).json()
    assert told["accounts"] == {HEAD: 1}
    assert not await is_let_in(bare_house, got["access_token"], "plan")


@pytest.mark.parametrize("service", DOORS)
async def test_a_copied_refresh_token_ends_the_sign_in_everywhere(bare_house: House, service: str) -> None:
    other = await token(bare_house, HEAD)
    got = await token(bare_house, HEAD)
    thief = (await refresh(bare_house, got["refresh_token"])).json()
    assert await is_let_in(bare_house, thief["access_token"], service)
    bare_house.clock.advance(61)
    assert (await refresh(bare_house, got["refresh_token"])).status_code == 401
    assert (await refresh(bare_house, thief["refresh_token"])).status_code == 401
    bare_house.clock.advance(WITHIN_A_MINUTE)
    assert not await is_let_in(bare_house, thief["access_token"], service)
    assert await is_let_in(bare_house, other["access_token"], service), "another sign-in of the same person goes on"


async def test_made_up_refresh_tokens_end_nothing(bare_house: House) -> None:
    got = await token(bare_house, HEAD)
    sign_in_id = got["refresh_token"].partition(".")[0]
    for made_up in (sign_in_id, f"{sign_in_id}.", f"{sign_in_id}.a.b", "a.b.c", "."):
        assert (await refresh(bare_house, made_up)).status_code == 401
    assert (await refresh(bare_house, got["refresh_token"])).status_code == 200


async def test_a_refreshed_token_has_the_roles_of_today(bare_house: House) -> None:
    got = await token(bare_house, HEAD)
    await keep(bare_house, HEAD, "", "PUT", json=ENTRY | {"roles": ["station_head", "station_clerk"]})
    again = (await refresh(bare_house, got["refresh_token"])).json()
    assert claims(again["access_token"])["roles"] == ["station_head", "station_clerk"]


# --- losing access ------------------------------------------------------------------------------------------------------------

ENTRY = {"name": "吴刚", "email": "wu@example.org", "roles": ["station_clerk"]}


async def keep(house: House, account: str, verb: str, method: str = "POST", **content: Any) -> dict[str, Any]:
    """What the operator does to an account."""
    path = f"/directory/accounts/{account}"
    etag = (await house.operator.ask("GET", path)).headers["ETag"]
    answer = await house.operator.ask(method, path + verb, etag, **content)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


async def sign_out(house: House, got: dict[str, Any]) -> None:
    for _ in range(2):  # safe to repeat
        assert (await ask(house, got["access_token"], "/directory/sign-out", "POST")).status_code == 204


async def sign_out_everywhere(house: House, got: dict[str, Any]) -> None:
    elsewhere = await token(house, HEAD)
    answer = await ask(house, elsewhere["access_token"], "/directory/sign-out-everywhere", "POST")
    assert answer.status_code == 204


async def closed(house: House, got: dict[str, Any]) -> None:
    await keep(house, HEAD, "/closing", json={"reason": "left the station"})


async def shrunk(house: House, got: dict[str, Any]) -> None:
    await keep(house, HEAD, "", "PUT", json=ENTRY)


async def initial_password(house: House, got: dict[str, Any]) -> None:
    await keep(house, HEAD, "/initial-password", json={"password": "told on the telephone"})


async def changed_password(house: House, got: dict[str, Any]) -> None:
    change = {"account": HEAD, "old": PASSWORD, "new": "another good one"}
    assert (await house.client.post("/directory/passwords", json=change)).status_code == 204


WAYS: dict[str, Callable[[House, dict[str, Any]], Awaitable[None]]] = {
    way.__name__: way for way in (sign_out, sign_out_everywhere, closed, shrunk, initial_password, changed_password)
}


@pytest.mark.parametrize("service", DOORS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scope", ["", "training"])
async def test_access_that_was_ended_opens_nothing_within_a_minute(
    bare_house: House, way: str, service: str, scope: str
) -> None:
    got = await token(bare_house, HEAD, scope=scope)
    assert await is_let_in(bare_house, got["access_token"], service), "and the service has just fetched what was ended"
    await WAYS[way](bare_house, got)
    bare_house.clock.advance(WITHIN_A_MINUTE)
    assert not await is_let_in(bare_house, got["access_token"], service)
    assert (await refresh(bare_house, got["refresh_token"])).status_code == 401


async def test_what_was_ended_is_told_until_the_last_token_has_ended(bare_house: House) -> None:
    got = await token(bare_house, HEAD)
    await sign_out(bare_house, got)
    await keep(bare_house, CLERK, "/closing", json={"reason": "left"})

    async def ended() -> dict[str, Any]:
        service = (await machine_token(bare_house, "plan")).json()["access_token"]
        found: dict[str, Any] = (await ask(bare_house, service, "/directory/ended-access")).json()
        return found

    assert await ended() == {"accounts": {CLERK: 1}, "sign_ins": [claims(got["access_token"])["sid"]]}
    bare_house.clock.advance((LONGEST_TOKEN_LIFE + SET_BACK).total_seconds())
    assert (await ended())["accounts"] == {CLERK: 1}
    bare_house.clock.advance(1)
    assert await ended() == {"accounts": {}, "sign_ins": []}


async def test_somebody_who_lost_access_signs_in_again(bare_house: House) -> None:
    await sign_out_everywhere(bare_house, {})
    bare_house.clock.advance(WITHIN_A_MINUTE)
    got = await token(bare_house, HEAD)
    assert [service for service in DOORS if not await is_let_in(bare_house, got["access_token"], service)] == []


async def test_machines_have_no_sign_in_to_end(bare_house: House) -> None:
    service = (await machine_token(bare_house, "plan")).json()["access_token"]
    for path in ("/directory/sign-out", "/directory/sign-out-everywhere"):
        assert (await ask(bare_house, service, path, "POST")).status_code == 403


# --- locks --------------------------------------------------------------------------------------------------------------------


async def guess(house: House, account: str = HEAD, times: int = FAILURES) -> list[tuple[int, str]]:
    answers = [await sign_in(house, account, f"guess {n}") for n in range(times)]
    return [(answer.status_code, answer.json()["detail"]) for answer in answers]


async def test_a_locked_an_unknown_and_a_known_account_look_the_same(bare_house: House) -> None:
    assert set(await guess(bare_house)) == set(await guess(bare_house, "nobody.at.all")) == {(401, REFUSED)}
    locked = await sign_in(bare_house, HEAD)
    assert (locked.status_code, locked.json()["detail"]) == (401, REFUSED)
    await keep(bare_house, APPROVER, "/closing", json={"reason": "left"})
    assert set(await guess(bare_house, APPROVER)) == {(401, REFUSED)}, "a closed one too, to whoever guesses"


async def test_a_lock_ends_by_itself(bare_house: House) -> None:
    got = await token(bare_house, HEAD)
    await guess(bare_house)
    assert (await refresh(bare_house, got["refresh_token"])).status_code == 200, "who is signed in goes on"
    bare_house.clock.advance(LOCKED_FOR.total_seconds() - 1)
    assert (await sign_in(bare_house, HEAD)).status_code == 401
    bare_house.clock.advance(1)
    assert (await sign_in(bare_house, HEAD)).status_code == 200
    await guess(bare_house, times=FAILURES - 1)
    assert (await sign_in(bare_house, HEAD)).status_code == 200, "the right one in between begins anew"


async def test_an_officer_unlocks(bare_house: House) -> None:
    await guess(bare_house)
    clerk, path = bare_house.person(CLERK), f"/directory/accounts/{HEAD}"
    read = await clerk.ask("GET", path)
    assert read.json()["locked_until"]
    answer = await clerk.ask("POST", f"{path}/unlocking", read.headers["ETag"], json={"reason": "asked on the phone"})
    assert (answer.status_code, answer.json()["locked_until"]) == (200, None)
    assert (await sign_in(bare_house, HEAD)).status_code == 200


async def test_the_holder_gets_a_letter_about_the_lock(bare_house: House) -> None:
    await guess(bare_house)
    await bare_house.run_until_quiet()
    (letter,) = letters(bare_house, "account-locked")
    assert str(letter["To"]).endswith(f"<{HEAD}@example.org>")
    assert "15 分钟" in letter.get_body(("plain",)).get_content()


async def test_guesses_at_the_same_time_are_all_counted(bare_house: House) -> None:
    await asyncio.gather(*(sign_in(bare_house, HEAD, f"guess {n}") for n in range(FAILURES)))
    assert (await sign_in(bare_house, HEAD)).status_code == 401


async def test_machines_cannot_be_locked_out(bare_house: House) -> None:
    for n in range(FAILURES + 2):
        assert (await machine_token(bare_house, "plan", f"guess {n}")).status_code == 401
    assert (await machine_token(bare_house, "plan")).status_code == 200


async def test_guessing_is_slowed_down_whatever_it_guesses_at(bare_house: House) -> None:
    for account in (HEAD, "nobody.at.all"):
        statuses = [(await sign_in(bare_house, account, "wrong")).status_code for _ in range(22)]
        assert statuses == [401] * 20 + [429] * 2
    change = {"account": HEAD, "old": "wrong", "new": "another good one"}
    assert (await bare_house.client.post("/directory/passwords", json=change)).status_code == 429, "the same throttle"


# --- keys ---------------------------------------------------------------------------------------------------------------------


async def rotate(house: House, key: str, compromised: bool) -> None:
    content = {"compromised": compromised, "reason": "as it is done once a year"}
    headers = {"Idempotency-Key": key}
    answer = await house.operator.ask("POST", "/directory/keys/rotation", json=content, headers=headers)
    assert answer.status_code == 200, answer.text
    assert "jwk" not in answer.text


@pytest.mark.parametrize("service", DOORS)
async def test_a_new_key_is_known_everywhere_and_old_tokens_live_on(bare_house: House, service: str) -> None:
    bare_house.clock.advance(3600)
    old = await token(bare_house, HEAD)
    assert await is_let_in(bare_house, old["access_token"], service)
    await rotate(bare_house, "in turn", compromised=False)
    bare_house.clock.advance(60)
    await bare_house.tick()
    new = (await refresh(bare_house, old["refresh_token"])).json()
    assert kid(new["access_token"]) != kid(old["access_token"])
    assert await is_let_in(bare_house, new["access_token"], service)
    assert await is_let_in(bare_house, old["access_token"], service)
    bare_house.clock.advance(13 * 60)
    assert await is_let_in(bare_house, old["access_token"], service), "until it ends by itself"


@pytest.mark.parametrize("service", DOORS)
async def test_what_a_compromised_key_signed_opens_nothing_within_a_minute(bare_house: House, service: str) -> None:
    bare_house.clock.advance(3600)
    old = await token(bare_house, HEAD)
    assert await is_let_in(bare_house, old["access_token"], service)
    await rotate(bare_house, "lost", compromised=True)
    bare_house.clock.advance(WITHIN_A_MINUTE)
    assert not await is_let_in(bare_house, old["access_token"], service)
    new = (await refresh(bare_house, old["refresh_token"])).json()
    assert await is_let_in(bare_house, new["access_token"], service), "nobody has to type a password again"


async def test_the_house_works_on_over_a_rotation(bare_house: House) -> None:
    """Services hold tokens too: they ask for new ones by themselves."""
    await rotate(bare_house, "lost", compromised=True)
    bare_house.clock.advance(REFRESH + 1)
    await guess(bare_house)
    await bare_house.run_until_quiet()
    assert len(letters(bare_house, "account-locked")) == 1


async def test_a_new_password_of_a_service_ends_its_tokens(bare_house: House) -> None:
    """Also in the directory itself. The service has the old password still, so it cannot ask, and is left out."""
    got = (await machine_token(bare_house, "certificate")).json()["access_token"]
    passwords_of = {"certificate": "another password of this service"}
    await seed_machines(bare_house.stores["directory"], bare_house.clock, passwords_of)
    bare_house.clock.advance(WITHIN_A_MINUTE)
    assert [name for name in INTERFACES if name != "certificate" and await is_let_in(bare_house, got, name)] == []


async def test_nobody_keeps_the_operator_out(bare_house: House) -> None:
    for n in range(FAILURES + 1):
        await sign_in(bare_house, "operator", f"guess {n}")
    assert (await sign_in(bare_house, "operator")).status_code == 200


async def test_a_right_guess_among_many_at_the_same_time_finds_the_lock(
    bare_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them were answered with the account as it was before the first one was counted."""
    counted, fits = asyncio.Event(), Asker.fits

    async def the_right_one_last(asker: Asker, password_hash: str, password: str, **more: Any) -> bool:
        if password == PASSWORD:
            await counted.wait()
        return await fits(asker, password_hash, password, **more)

    monkeypatch.setattr(Asker, "fits", the_right_one_last)
    last = asyncio.create_task(sign_in(bare_house, HEAD))
    for n in range(FAILURES):
        await sign_in(bare_house, HEAD, f"guess {n}")
    counted.set()
    assert (await last).status_code == 401


async def test_the_old_password_opens_nothing_when_it_is_changed_in_that_moment(
    bare_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was right when it was looked at; the change came before the answer."""
    fits = Asker.fits
    tries = 0

    async def changed_meanwhile(asker: Asker, password_hash: str, password: str, **more: Any) -> bool:
        nonlocal tries
        found = await fits(asker, password_hash, password, **more)
        tries += 1
        if tries == 1:
            account = await repository.load(bare_house.stores["directory"], Account, HEAD)
            account.change_password(bare_house.clock.now(), hashing.hashed("another good one"))
            for _ in range(3):
                account.count_failure(bare_house.clock.now())
            await repository.save(bare_house.stores["directory"], account)
        return found

    monkeypatch.setattr(Asker, "fits", changed_meanwhile)
    assert (await sign_in(bare_house, HEAD)).status_code == 401
    assert tries == 2, "it was looked at again"
    account = await repository.load(bare_house.stores["directory"], Account, HEAD)
    assert account.failures == 4, "one more wrong one, and the old password forgives none"
    assert (await sign_in(bare_house, HEAD, "another good one")).status_code == 200


async def test_an_account_that_changes_all_the_time_is_asked_for_a_few_times_only(
    bare_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits, tries = Asker.fits, 0

    async def changed_each_time(asker: Asker, password_hash: str, password: str, **more: Any) -> bool:
        nonlocal tries
        tries += 1
        account = await repository.load(bare_house.stores["directory"], Account, HEAD)
        account.change_password(bare_house.clock.now(), f"{CHEAP.hash(PASSWORD)}")
        await repository.save(bare_house.stores["directory"], account)
        return await fits(asker, password_hash, password, **more)

    monkeypatch.setattr(Asker, "fits", changed_each_time)
    answer = await sign_in(bare_house, HEAD)
    assert (answer.status_code, "Retry-After" in answer.headers, tries) == (503, True, TRIES)
