"""Accounts, machines and new passwords: through HTTP, with the letters in the mail folder."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from services.demo.cast import BRANCHES, CENTRE, STATIONS
from services.directory.accounts.account import RESET_COUNTS_FOR, Account
from services.directory.accounts.desk import Asker
from services.directory.accounts.roles import THE_DIRECTORY
from services.directory.accounts.storage import CLOSED, REFUSED
from services.directory.bodies.body import Body
from services.directory.bodies.standing import REVOKED
from services.directory.ids import account_reference
from services.directory.resets.reset import LIFE, reset_token
from services.directory.signing_keys import storage as keys
from services.notification.mailings.mailing import Mailing
from shared.keeping import repository
from tests.world.books import everything
from tests.world.doors import ask, is_let_in, letters, link_in, machine_token, sign_in, token
from tests.world.fixtures import OpenHouse
from tests.world.house import PASSWORD, House
from tests.world.seeding import APPROVER, CLERK, SMALL, approve, post

HEAD = STATIONS[0].account("station_head")
OFFICER = BRANCHES[0].account("branch_officer")
OTHER_OFFICER = BRANCHES[1].account("branch_officer")
INITIAL, OWN = "told on the telephone", "nobody else knows this"
NEW = {
    "id": "zhang.wei",
    "name": "张伟",
    "email": "zhang.wei@example.org",
    "body": STATIONS[0].code,
    "roles": ["station_clerk"],
    "password": INITIAL,
}


async def opens(house: House, by: str, key: str = "k", **more: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key}
    return await house.person(by).ask("POST", "/directory/accounts", json={**NEW, **more}, headers=headers)


async def change_password(house: House, old: str, new: str, account: str = "zhang.wei") -> httpx.Response:
    return await house.client.post("/directory/passwords", json={"account": account, "old": old, "new": new})


def wrong(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["where"] for error in answer.json()["errors"]]


# --- opening ------------------------------------------------------------------------------------------------------------------


async def test_an_account_from_its_opening_to_its_end(bare_house: House) -> None:
    opened = await opens(bare_house, CLERK)
    assert (opened.status_code, opened.json()["must_change_password"]) == (201, True)
    assert not {"password", "password_hash"} & set(opened.json())
    refused = await sign_in(bare_house, "zhang.wei", INITIAL)
    assert refused.status_code == 403
    assert refused.json()["password"] == "https://certificates.example.org/directory/password"
    assert refused.json()["password"] in refused.json()["detail"]

    assert wrong(await change_password(bare_house, INITIAL, "short")) == ["/new"]
    assert wrong(await change_password(bare_house, INITIAL, INITIAL)) == ["/new"]
    assert wrong(await change_password(bare_house, INITIAL, "zhang.wei-2026")) == ["/new"]
    assert (await change_password(bare_house, "not the old one", OWN)).status_code == 401
    assert (await change_password(bare_house, INITIAL, OWN)).status_code == 204
    assert (await sign_in(bare_house, "zhang.wei", INITIAL)).status_code == 401
    await token(bare_house, "zhang.wei", OWN)

    path = opened.headers["Location"]
    read = await bare_house.person(CLERK).ask("GET", path)
    closed = await bare_house.person(CLERK).ask(
        "POST", f"{path}/closing", read.headers["ETag"], json={"reason": "left"}
    )
    assert closed.json()["state"] == "closed"
    assert [act["verb"] for act in closed.json()["history"]] == ["open", "change_password", "close"]
    told = await sign_in(bare_house, "zhang.wei", OWN)
    assert (told.status_code, told.json()["detail"]) == (401, CLOSED), "that it is closed, and no reason"
    again = await bare_house.person(CLERK).ask("POST", f"{path}/closing", closed.headers["ETag"], json={"reason": "x2"})
    assert again.status_code == 409
    assert (await sign_in(bare_house, "zhang.wei", INITIAL)).json()["detail"] == REFUSED


async def test_an_opening_is_recognised_by_its_key(bare_house: House) -> None:
    first = await opens(bare_house, CLERK)
    assert (await opens(bare_house, CLERK)).json() == first.json()
    assert (await opens(bare_house, CLERK, password="another initial one")).status_code == 422
    assert (await opens(bare_house, CLERK, name="李伟")).status_code == 422
    taken = await opens(bare_house, CLERK, "other")
    assert (taken.status_code, taken.headers["Location"]) == (409, "/directory/accounts/zhang.wei")
    await change_password(bare_house, INITIAL, OWN)
    late = await opens(bare_house, CLERK)
    assert (late.status_code, late.json()["must_change_password"]) == (201, False)


async def test_what_is_wrong_with_an_opening_is_named(bare_house: House) -> None:
    unknown = await opens(bare_house, CLERK, roles=["station_clerk", "emperor"], email="x", id="A")
    assert set(wrong(unknown)) == {"/roles/1", "/email", "/id"}
    (sentence,) = [error["what"] for error in unknown.json()["errors"] if error["where"] == "/roles/1"]
    assert "没有这个角色" in sentence.partition(" · ")[0]
    assert "station_head" in sentence
    assert "operator" not in sentence
    for role in ("operator", "service", "branch_system"):
        assert wrong(await opens(bare_house, CLERK, roles=[role])) == ["/roles/0"], "nobody opens these like this"
    assert wrong(await opens(bare_house, CLERK, roles=["auditor"])) == ["/roles"]
    assert wrong(await opens(bare_house, CLERK, body="49059999")) == ["/body"]
    nowhere = await opens(bare_house, CLERK, body="49053099")
    assert (wrong(nowhere), "未登记" in nowhere.text) == (["/body"], True)
    assert wrong(await opens(bare_house, CLERK, password="zhang.wei 123")) == ["/password"]
    assert wrong(await opens(bare_house, CLERK, password="short")) == ["/password"]


async def test_nobody_opens_an_account_at_a_revoked_body(bare_house: House) -> None:
    """Nor a machine: what such a body still had was finished, moved or closed one by one."""
    store, clerk = bare_house.stores["directory"], bare_house.person(CLERK)
    for code in (STATIONS[0].code, BRANCHES[0].code):
        body = await repository.load(store, Body, code)
        body.move("revoke", REVOKED, THE_DIRECTORY, bare_house.clock.now(), "伪造证书")
        await repository.save(store, body)
    assert wrong(await opens(bare_house, CLERK)) == ["/body"]
    machine = {"id": "east.system", "name": "东部", "body": BRANCHES[0].code}
    refused = await clerk.ask("POST", "/directory/machines", json=machine, headers={"Idempotency-Key": "m"})
    assert wrong(refused) == ["/body"]
    assert "已取消资质" in refused.text


async def test_nobody_opens_an_account_outside_their_own_tree(bare_house: House) -> None:
    store = bare_house.stores["directory"]
    station = await repository.load(store, Body, STATIONS[0].code)
    elsewhere = station.model_copy(update={"id": "50053012", "path": "/50000001/50053012/"})
    await repository.add(store, Body.from_record(elsewhere.as_record()))
    assert (await opens(bare_house, CLERK, body="50053012")).status_code == 404
    assert (await opens(bare_house, "operator", body="50053012")).status_code == 201


async def test_who_opens_accounts(bare_house: House) -> None:
    for by in (HEAD, OFFICER, APPROVER):
        assert (await opens(bare_house, by)).status_code == 403
    approver = {"body": CENTRE.code, "roles": ["centre_approver"]}
    assert (await opens(bare_house, CLERK, **approver)).status_code == 403
    assert (await opens(bare_house, "operator", **approver)).status_code == 201


# --- looking and changing -------------------------------------------------------------------------------------------------------


async def test_who_sees_which_accounts(bare_house: House) -> None:
    everybody = {account["id"] for account in await bare_house.operator.everything("/directory/accounts")}
    assert {"operator", "plan", CLERK, HEAD} <= everybody
    own = {account["body"] for account in await bare_house.person(HEAD).everything("/directory/accounts")}
    assert own == {STATIONS[0].code}
    below = {account["body"] for account in await bare_house.person(OFFICER).everything("/directory/accounts")}
    assert below == {BRANCHES[0].code, STATIONS[0].code, STATIONS[1].code}
    there = await bare_house.person(OFFICER).everything(f"/directory/accounts?body={STATIONS[1].code}&state=active")
    assert {account["body"] for account in there} == {STATIONS[1].code}
    path = f"/directory/accounts/{HEAD}"
    assert (await bare_house.person(OFFICER).ask("GET", path)).status_code == 200
    outside = await bare_house.person(OTHER_OFFICER).ask("GET", path)
    unknown = await bare_house.person(OTHER_OFFICER).ask("GET", f"{path}x")
    assert (outside.status_code, unknown.status_code) == (404, 404)
    assert outside.json()["detail"].replace(HEAD, "") == unknown.json()["detail"].replace(f"{HEAD}x", "")


async def test_changes_need_the_version_seen_and_stay_within_the_rules(bare_house: House) -> None:
    clerk, path = bare_house.person(CLERK), f"/directory/accounts/{HEAD}"
    entry = {"name": "吴 刚", "email": "wu@example.org", "roles": ["station_head", "station_clerk"]}
    assert (await clerk.ask("PUT", path, json=entry)).status_code == 428
    assert (await clerk.ask("PUT", path, 9, json=entry)).status_code == 412
    changed = await clerk.ask("PUT", path, 1, json=entry)
    assert (changed.status_code, changed.json()["roles"]) == (200, entry["roles"])
    assert wrong(await clerk.ask("PUT", path, changed.headers["ETag"], json=entry | {"roles": ["auditor"]})) == [
        "/roles"
    ]
    own = entry | {"roles": ["centre_clerk", "auditor"]}
    assert (await clerk.ask("PUT", f"/directory/accounts/{CLERK}", 1, json=own)).status_code == 403
    for account in ("operator", "plan"):
        closing = await bare_house.operator.ask(
            "POST", f"/directory/accounts/{account}/closing", 1, json={"reason": "by mistake"}
        )
        assert closing.status_code == 403
        assert (await clerk.ask("GET", f"/directory/accounts/{account}")).status_code == 404, "not in the Centre's tree"


async def test_a_clerk_does_not_get_into_the_approvers_account(bare_house: House) -> None:
    clerk, path = bare_house.person(CLERK), f"/directory/accounts/{APPROVER}"
    entry = {"name": "孙敏", "email": "clerk-reads-this@example.org", "roles": ["centre_approver"]}
    for method, verb, content in (
        ("PUT", "", entry),
        ("POST", "/initial-password", {"password": INITIAL}),
        ("POST", "/unlocking", {"reason": "please"}),
        ("POST", "/closing", {"reason": "please"}),
    ):
        assert (await clerk.ask(method, path + verb, 1, json=content)).status_code == 403


async def test_a_new_initial_password(bare_house: House) -> None:
    path = f"/directory/accounts/{HEAD}"
    answer = await bare_house.person(CLERK).ask("POST", f"{path}/initial-password", 1, json={"password": INITIAL})
    assert (answer.status_code, answer.json()["must_change_password"]) == (200, True)
    for bad in ("short", f"{HEAD} 2026"):
        again = await bare_house.person(CLERK).ask(
            "POST", f"{path}/initial-password", answer.headers["ETag"], json={"password": bad}
        )
        assert wrong(again) == ["/password"]
    assert (await sign_in(bare_house, HEAD)).status_code == 401
    assert (await sign_in(bare_house, HEAD, INITIAL)).status_code == 403
    assert (await change_password(bare_house, INITIAL, OWN, HEAD)).status_code == 204
    await token(bare_house, HEAD, OWN)


# --- machines -------------------------------------------------------------------------------------------------------------------

MACHINE = {"id": "east.system", "name": "东方分中心业务系统", "body": BRANCHES[0].code}


async def test_a_branch_system_reads_what_its_officers_read(bare_house: House) -> None:
    headers = {"Idempotency-Key": "machine"}
    opened = await bare_house.person(CLERK).ask("POST", "/directory/machines", json=MACHINE, headers=headers)
    assert opened.status_code == 201, opened.text
    secret = opened.json()["secret"]
    assert opened.headers["Cache-Control"] == "no-store"
    again = await bare_house.person(CLERK).ask("POST", "/directory/machines", json=MACHINE, headers=headers)
    assert (again.status_code, "secret" in again.json()) == (201, False), "it is shown once"
    got = (await machine_token(bare_house, "east.system", secret)).json()["access_token"]
    for path in (
        "/directory/me",
        "/plan/annual-plans",
        "/plan/session-plans",
        "/reporting/rosters",
        "/certificate/productions",
        "/notification/mailings",
    ):
        assert (await ask(bare_house, got, path)).status_code == 200, path
    for path in ("/reporting/rosters/x/pages/0", "/certificate/certificates?roster=x", "/directory/accounts"):
        assert (await ask(bare_house, got, path)).status_code == 403, f"{path} shows people"
    assert (await ask(bare_house, got, "/plan/annual-plans", "POST", json={})).status_code == 403

    path = "/directory/accounts/east.system"
    etag = (await bare_house.operator.ask("GET", path)).headers["ETag"]
    renewed = await bare_house.operator.ask("POST", "/directory/machines/east.system/secret", etag)
    assert renewed.status_code == 200
    assert (await machine_token(bare_house, "east.system", secret)).status_code == 401
    assert (await machine_token(bare_house, "east.system", renewed.json()["secret"])).status_code == 200
    bare_house.clock.advance(59)
    assert not await is_let_in(bare_house, got, "reporting")


async def test_machines_are_opened_by_keepers_at_branch_centres(bare_house: House) -> None:
    headers = {"Idempotency-Key": "machine"}
    refused = await bare_house.person(OFFICER).ask("POST", "/directory/machines", json=MACHINE, headers=headers)
    assert refused.status_code == 403
    at_station = {**MACHINE, "body": STATIONS[0].code}
    assert wrong(await bare_house.operator.ask("POST", "/directory/machines", json=at_station, headers=headers)) == [
        "/body"
    ]
    assert (await bare_house.operator.ask("POST", f"/directory/machines/{HEAD}/secret", 1)).status_code == 403


# --- resets ---------------------------------------------------------------------------------------------------------------------


async def ask_for_reset(house: House, account: str = HEAD) -> httpx.Response:
    return await house.client.post("/directory/password-resets", json={"account": account})


async def link(house: House) -> str:
    await ask_for_reset(house)
    await house.run_until_quiet()
    return link_in(max(letters(house, "account-reset"), key=lambda letter: str(letter["Date"])))


async def redeem(house: House, link: str, new: str = OWN) -> httpx.Response:
    (in_link,) = parse_qs(urlsplit(link).query)["token"]
    content = {"token": in_link, "password": new}
    return await house.client.post("/directory/password-resets/redemption", json=content)


async def test_a_forgotten_password_by_letter_and_page(bare_house: House) -> None:
    got = await token(bare_house, HEAD)
    opened = await link(bare_house)
    (letter,) = letters(bare_house, "account-reset")
    assert str(letter["To"]).endswith(f"<{HEAD}@example.org>")
    page = await bare_house.client.get(opened)
    assert page.status_code == 200
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "same-origin")
    assert "<script" not in page.text
    (in_link,) = parse_qs(urlsplit(opened).query)["token"]
    assert in_link in page.text
    form = {"token": in_link, "password": "short", "again": "short"}
    short = await bare_house.client.post("/directory/reset", data=form)
    assert (short.status_code, "10 至 200 个字符" in short.text, in_link in short.text) == (422, True, True)
    differ = await bare_house.client.post("/directory/reset", data=form | {"again": "other"})
    assert (differ.status_code, "不一致" in differ.text) == (422, True)
    same = await bare_house.client.post("/directory/reset", data=form | dict.fromkeys(("password", "again"), PASSWORD))
    assert (same.status_code, "与原密码相同" in same.text) == (422, True)
    done = await bare_house.client.post("/directory/reset", data=form | dict.fromkeys(("password", "again"), OWN))
    assert (done.status_code, "密码已修改" in done.text, in_link in done.text) == (200, True, False)
    assert (await sign_in(bare_house, HEAD)).status_code == 401
    await token(bare_house, HEAD, OWN)
    bare_house.clock.advance(59)
    assert not await is_let_in(bare_house, got["access_token"], "plan"), "all other access has ended"
    twice = await bare_house.client.post(
        "/directory/reset", data=form | dict.fromkeys(("password", "again"), OWN + "2")
    )
    assert (twice.status_code, "链接已失效" in twice.text) == (401, True)


async def test_a_link_is_good_once_and_for_half_an_hour(bare_house: House) -> None:
    opened = await link(bare_house)
    assert wrong(await redeem(bare_house, opened, "short")) == ["/password"]
    bare_house.clock.advance(LIFE.total_seconds())
    assert (await redeem(bare_house, opened)).status_code == 401
    fresh = await link(bare_house)
    assert (await redeem(bare_house, fresh)).status_code == 204
    assert (await redeem(bare_house, fresh, "yet another one")).status_code == 401
    assert (await redeem(bare_house, fresh)).status_code == 401, "nor does it tell which password there is"


async def test_a_link_that_is_used_twice_at_the_same_moment_is_good_once(
    bare_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, hashed = await link(bare_house), Asker.hashed
    others: list[int] = []

    async def another_is_faster(asker: Asker, password: str) -> str:
        monkeypatch.setattr(Asker, "hashed", hashed)
        others.append((await redeem(bare_house, opened, "the other's password")).status_code)
        return await hashed(asker, password)

    monkeypatch.setattr(Asker, "hashed", another_is_faster)
    assert (await redeem(bare_house, opened)).status_code == 401
    assert others == [204]
    await token(bare_house, HEAD, "the other's password")


async def test_a_link_for_an_account_that_is_not_there(bare_house: House) -> None:
    store, now = bare_house.stores["directory"], bare_house.clock.now()
    nobody = (await repository.load(store, Account, HEAD)).model_copy(update={"id": "nobody.at.all"})
    made_up = reset_token(nobody, now, await keys.signing_key(store, now))
    answer = await redeem(bare_house, f"?token={made_up}")
    assert (answer.status_code, "链接已失效" in answer.text) == (404, True)


async def test_nobody_writes_to_a_closed_account(bare_house: House) -> None:
    etag = (await bare_house.operator.ask("GET", f"/directory/accounts/{HEAD}")).headers["ETag"]
    await bare_house.operator.ask("POST", f"/directory/accounts/{HEAD}/closing", etag, json={"reason": "left"})
    got = (await machine_token(bare_house, "notification")).json()["access_token"]
    where = f"/directory/addressees/{account_reference(HEAD)}?letter=training-due"
    assert (await ask(bare_house, got, where)).json()["email"] == ""


async def test_a_link_is_void_once_the_password_was_changed_otherwise(bare_house: House) -> None:
    opened = await link(bare_house)
    assert (await change_password(bare_house, PASSWORD, OWN, HEAD)).status_code == 204
    assert (await redeem(bare_house, opened, "yet another one")).status_code == 401
    await token(bare_house, HEAD, OWN)


async def test_a_closed_account_has_no_link(bare_house: House) -> None:
    opened = await link(bare_house)
    etag = (await bare_house.operator.ask("GET", f"/directory/accounts/{HEAD}")).headers["ETag"]
    await bare_house.operator.ask("POST", f"/directory/accounts/{HEAD}/closing", etag, json={"reason": "left"})
    assert (await redeem(bare_house, opened)).status_code == 401


async def test_a_reset_unlocks(bare_house: House) -> None:
    for n in range(10):
        await sign_in(bare_house, HEAD, f"guess {n}")
    assert (await sign_in(bare_house, HEAD)).status_code == 401
    assert (await redeem(bare_house, await link(bare_house))).status_code == 204
    await token(bare_house, HEAD, OWN)


async def test_an_access_token_is_no_link_and_a_link_no_access_token(bare_house: House) -> None:
    got = await token(bare_house, HEAD)
    assert (await redeem(bare_house, f"?token={got['access_token']}")).status_code == 401
    (in_link,) = parse_qs(urlsplit(await link(bare_house)).query)["token"]
    assert (await ask(bare_house, in_link, "/directory/me")).status_code == 401


async def test_nobody_learns_which_accounts_there_are(bare_house: House) -> None:
    answers = [await ask_for_reset(bare_house, account) for account in (HEAD, "nobody.at.all", "operator", "plan")]
    assert len({(answer.status_code, answer.text) for answer in answers}) == 1
    assert answers[0].status_code == 202
    await bare_house.run_until_quiet()
    assert len(letters(bare_house, "account-reset")) == 1
    for account in (HEAD, "nobody.at.all"):
        statuses = [(await ask_for_reset(bare_house, account)).status_code for _ in range(6)]
        assert 429 in statuses, "whether it exists or not"
    changes = [await change_password(bare_house, "wrong", OWN, account) for account in (HEAD, "nobody.at.all", "plan")]
    assert len({(answer.status_code, answer.json()["detail"]) for answer in changes}) == 1


async def test_the_mailbox_is_not_filled(bare_house: House) -> None:
    for _ in range(4):
        await ask_for_reset(bare_house)
    bare_house.clock.advance(301)
    await ask_for_reset(bare_house)
    await bare_house.run_until_quiet()
    assert len(letters(bare_house, "account-reset")) == 2


async def test_the_link_is_forgotten_once_the_letter_is_gone(bare_house: House) -> None:
    await link(bare_house)
    mailings = [
        Mailing.from_record(record) for record in await everything(bare_house.stores["notification"], Mailing.KIND)
    ]
    (ours,) = [mailing for mailing in mailings if mailing.letter == "account-reset"]
    assert (ours.state, "link" in ours.values) == ("sent", False)
    assert ours.subject_of == account_reference(HEAD)
    assert "token=" not in str(ours.as_record().body)


async def test_only_notification_learns_who_a_letter_is_for(bare_house: House) -> None:
    where = f"/directory/addressees/{account_reference(HEAD)}"
    for service, status in (("notification", 200), ("plan", 403)):
        got = (await machine_token(bare_house, service)).json()["access_token"]
        answer = await ask(bare_house, got, f"{where}?letter=training-due")
        assert answer.status_code == status
    person = (await ask(bare_house, (await token(bare_house, HEAD))["access_token"], f"{where}?letter=x")).status_code
    assert person == 403
    got = (await machine_token(bare_house, "notification")).json()["access_token"]
    addressee = (await ask(bare_house, got, f"{where}?letter=training-due")).json()
    assert (addressee["email"], addressee["link"]) == (f"{HEAD}@example.org", "")
    assert (await ask(bare_house, got, "/directory/addressees/x?letter=x")).status_code == 404


async def test_the_page_for_an_initial_password(bare_house: House) -> None:
    await opens(bare_house, CLERK)
    page = await bare_house.client.get("/directory/password")
    assert (page.status_code, "<script" in page.text) == (200, False)
    form = {"account": "zhang.wei", "old": "wrong", "password": OWN, "again": OWN}
    refused = await bare_house.client.post("/directory/password", data=form)
    assert (refused.status_code, "账号或密码不正确" in refused.text) == (401, True)
    done = await bare_house.client.post("/directory/password", data=form | {"old": INITIAL})
    assert (done.status_code, "密码已修改" in done.text) == (200, True)
    assert 'href="/sign-in"' in done.text
    await token(bare_house, "zhang.wei", OWN)


async def test_pages_of_passwords_have_the_footer_of_all_pages(open_house: OpenHouse) -> None:
    said = {"icp": "京ICP备00000000号", "police_record": "京公网安备 00000000000000号", "help_line": "010-1234"}
    house = open_house(**said)
    for path in ("/directory/password", "/directory/forgotten", "/directory/reset?token=x"):
        footer = (await house.client.get(path)).text.partition("<footer>")[2]
        assert 'href="/privacy"' in footer
        assert all(text in footer for text in said.values())


async def test_a_forgotten_password_by_pages(bare_house: House) -> None:
    """Nobody learns there which accounts there are."""
    page = await bare_house.client.get("/directory/forgotten")
    assert 'action="/directory/forgotten"' in page.text
    said = set()
    for account in (HEAD, "nobody.knows"):
        answer = await bare_house.client.post("/directory/forgotten", data={"account": account})
        assert answer.status_code == 200
        said.add(answer.text)
    assert len(said) == 1
    await bare_house.run_until_quiet()
    (letter,) = letters(bare_house, "account-reset")
    assert "/directory/reset?token=" in link_in(letter)


@pytest.mark.parametrize("account", ["operator", "plan"])
async def test_what_provisioning_keeps_has_its_password_there(bare_house: House, account: str) -> None:
    assert (await change_password(bare_house, PASSWORD, OWN, account)).status_code == 403


async def test_an_account_of_the_first_release_gets_its_letter(bare_house: House) -> None:
    """Stored without a reference; the fact is stored with one."""
    store = bare_house.stores["directory"]
    record = await store.get(Account.KIND, HEAD)
    assert record is not None
    for name in ("ref", "machine", "must_change_password", "failures"):
        del record.body[name]
    await store.put(Account.KIND, record)
    assert (await repository.load(store, Account, HEAD)).reference
    await link(bare_house)


async def test_a_link_that_nobody_asked_for_is_given_to_nobody(bare_house: House) -> None:
    got = (await machine_token(bare_house, "notification")).json()["access_token"]
    where = f"/directory/addressees/{account_reference(HEAD)}?letter=account-reset"
    assert (await ask(bare_house, got, where)).json()["link"] == ""
    await bare_house.client.post("/directory/password-resets", json={"account": HEAD})
    assert (await ask(bare_house, got, where)).json()["link"]
    other_letter = where.replace("account-reset", "training-due")
    assert (await ask(bare_house, got, other_letter)).json()["link"] == "", "and to no other letter"
    bare_house.clock.advance(RESET_COUNTS_FOR.total_seconds())
    fresh = (await machine_token(bare_house, "notification")).json()["access_token"]
    assert (await ask(bare_house, fresh, where)).json()["link"] == ""


async def test_a_link_is_void_once_the_mailbox_was_corrected(bare_house: House) -> None:
    await bare_house.client.post("/directory/password-resets", json={"account": HEAD})
    await bare_house.run_until_quiet()
    (letter,) = letters(bare_house, "account-reset")
    held = await bare_house.person(CLERK).ask("GET", f"/directory/accounts/{HEAD}")
    entry = {"name": held.json()["name"], "email": "another@example.org", "roles": held.json()["roles"]}
    changed = await bare_house.person(CLERK).ask("PUT", f"/directory/accounts/{HEAD}", held.headers["ETag"], json=entry)
    assert changed.status_code == 200
    stolen = parse_qs(urlsplit(link_in(letter)).query)["token"][0]
    redemption = {"token": stolen, "password": "something quite new"}
    answer = await bare_house.client.post("/directory/password-resets/redemption", json=redemption)
    assert answer.status_code == 401


async def test_a_branch_system_is_not_told_who_got_a_certificate(house: House) -> None:
    await approve(house, SMALL)
    await house.run_until_quiet()
    await post(house, SMALL)
    await house.run_until_quiet()
    made = await house.person(CLERK).ask(
        "POST",
        "/directory/machines",
        json={"id": "east.system", "name": "业务系统", "body": SMALL.station.parent},
        headers={"Idempotency-Key": "m"},
    )
    got = (await machine_token(house, "east.system", made.json()["secret"])).json()["access_token"]
    shown = (await ask(house, got, f"/notification/mailings?about={SMALL.id}&limit=500")).json()["items"]
    to_holders = [mailing for mailing in shown if mailing["letter"] == "certificate-on-its-way"]
    assert len(to_holders) == SMALL.emails
    assert {(mailing["to"], mailing["to_name"]) for mailing in to_holders} == {("", "")}
    assert all(mailing["to"] for mailing in shown if mailing["letter"] == "certificates-mailed")
