"""A branch centre's software asks to be called, and is called for what its feed has; nobody calls in on whom they should not."""

from __future__ import annotations

import asyncio
import base64
from itertools import pairwise
from typing import Any

import httpx
import pytest

from services.demo.cast import CENTRE
from services.notification.webhooks import keys
from services.notification.webhooks.usecases.managing import MOST
from shared.errors import Unavailable
from shared.ports import Answered
from shared.trade.roles import Role
from tests.world.fixtures import OpenHouse
from tests.world.house import House, Person
from tests.world.receivers import Call
from tests.world.seeding import SMALL, approve

HOOKS = "/notification/webhooks"
ADDRESS = "https://branch.example.org/jianding"
BRANCH = SMALL.branch
assert BRANCH is not None
OFFICER = f"demo.{BRANCH.code}.branch-officer"


async def make(person: Person, key: str = "k", **content: Any) -> httpx.Response:
    return await person.ask("POST", HOOKS, json={"address": ADDRESS, **content}, headers={"Idempotency-Key": key})


async def made(person: Person, **content: Any) -> dict[str, Any]:
    answer = await make(person, **content)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def machine_of(house: House, code: str) -> Person:
    await house.seed_account(f"machine-{code}", Role.BRANCH_SYSTEM, code, f"/{CENTRE.code}/{code}/")
    return house.person(f"machine-{code}")


async def step(person: Person, id: str, name: str, version: int, **content: Any) -> httpx.Response:
    return await person.ask("POST", f"{HOOKS}/{id}/{name}", version, json=content)


def verified(secret: str, call: Call) -> bool:
    signed = keys.signature(keys.read(secret), call.id, int(call.headers["webhook-timestamp"]), call.content)
    return signed in call.headers["webhook-signature"].split(" ")


async def test_a_machine_is_called_for_everything_its_feed_has(open_house: OpenHouse) -> None:
    house = open_house()
    assert BRANCH is not None
    machine = await machine_of(house, BRANCH.code)
    hook = await made(machine, after=0)
    assert (hook["cursor"], hook["machine"], hook["state"]) == (0, f"machine-{BRANCH.code}", "active")
    house.pushing = True
    await approve(house, SMALL)
    await house.run_until_quiet(
        until=lambda: any(call.event["type"].endswith("certificates.ready.v1") for call in house.receivers.calls)
    )
    await house.run_until_quiet()  # the last call may have been cut off before its place was written down
    house.pushing = False
    feed = (await machine.ask("GET", "/notification/feed")).json()
    pushed = [
        event for before, event in pairwise([None, *(call.event for call in house.receivers.calls)]) if event != before
    ]
    assert pushed == feed[: len(pushed)], "in the feed's order; whoever was cut off calls once more with the same"
    assert len(pushed) > 10
    assert all(verified(hook["secret"], call) and call.url == ADDRESS for call in house.receivers.calls)
    shown = (await machine.ask("GET", f"{HOOKS}/{hook['id']}")).json()
    done = shown["cursor"]
    assert len(pushed) - done in (0, 1), "who was stopped between the call and the note of it calls once more"
    assert "secret" not in shown
    listed = (await machine.ask("GET", f"{HOOKS}/{hook['id']}/deliveries")).json()["items"]
    assert (listed[0]["n"], listed[0]["status"]) == (done, 204)
    (other,) = [one for one in (await machine.ask("GET", HOOKS)).json()["items"] if one["id"] == hook["id"]]
    assert other["lag"] == len(feed) - done


async def test_every_verb_stands_in_the_history(open_house: OpenHouse) -> None:
    house = open_house()
    officer = house.person(OFFICER)
    hook = await made(officer)
    id = hook["id"]
    revised = await officer.ask("PUT", f"{HOOKS}/{id}", 1, json={"address": ADDRESS + "/2", "types": []})
    assert revised.json()["address"] == ADDRESS + "/2"
    renewed = await step(officer, id, "secret", 2)
    assert renewed.json()["secret"] != hook["secret"]
    assert (renewed.headers["cache-control"], bool(renewed.json()["old_secret_until"])) == ("no-store", True)
    assert (await step(officer, id, "replay", 3, after=0)).json()["cursor"] == 0
    assert (await step(officer, id, "disabling", 4, reason="维护")).json()["state"] == "disabled"
    assert (await step(officer, id, "disabling", 5)).status_code == 409
    enabled = await officer.ask("POST", f"{HOOKS}/{id}/enabling", 5)
    assert enabled.json()["state"] == "active"
    assert (await officer.ask("POST", f"{HOOKS}/{id}/enabling", 6)).status_code == 409
    assert [entry["verb"] for entry in enabled.json()["history"]] == [
        *("create", "revise", "rotate", "replay", "disable", "enable")
    ]
    assert (await officer.ask("POST", f"{HOOKS}/{id}/enabling", 2)).status_code == 412


async def test_a_secret_is_shown_once_and_to_whoever_repeats_the_request_until_something_changes(
    open_house: OpenHouse,
) -> None:
    house = open_house()
    officer = house.person(OFFICER)
    first = await make(officer)
    again = await make(officer)
    assert (first.json()["secret"], first.json()["id"]) == (again.json()["secret"], again.json()["id"])
    assert (await make(officer, secret=keys.drawn())).status_code == 422, "the same key for another content"
    await step(officer, first.json()["id"], "disabling", 1)
    assert "secret" not in (await make(officer)).json()
    own = keys.drawn()
    assert (await made(officer, key="own", secret=own))["secret"] == own
    stored = (house.folder / "data").glob("notification.sqlite*")
    assert all(own.removeprefix("whsec_").encode() not in one.read_bytes() for one in stored)


async def test_a_test_call_moves_nothing(open_house: OpenHouse) -> None:
    house = open_house()
    officer = house.person(OFFICER)
    hook = await made(officer)
    house.receivers.answer = lambda call: Answered(418)
    answer = await officer.ask("POST", f"{HOOKS}/{hook['id']}/ping", 1)
    assert (answer.json()["status"], answer.json()["n"]) == (418, None)
    (call,) = house.receivers.calls
    assert call.event["type"] == "cn.jianding.webhook.ping.v1"
    assert verified(hook["secret"], call)
    shown = (await officer.ask("GET", f"{HOOKS}/{hook['id']}")).json()
    assert (shown["failures"], shown["cursor"]) == (0, hook["cursor"])

    def nobody(call: Call) -> Answered:
        raise Unavailable("没有应答 · no answer within 20 seconds")

    house.receivers.answer = nobody
    answers = [await officer.ask("POST", f"{HOOKS}/{hook['id']}/ping", 1) for _ in range(12)]
    assert (answers[0].status_code, answers[0].json()["error"]) == (200, "没有应答 · no answer within 20 seconds")
    assert answers[-1].status_code == 429


@pytest.mark.parametrize(
    ("content", "where", "sentence"),
    [
        ({"address": "http://branch.example.org/"}, "/address", "https://"),
        ({"address": "ftp://branch.example.org/"}, "/address", "https://"),
        ({"address": "https:///x"}, "/address", "没有主机名"),
        ({"address": "branch.example.org"}, "/address", "https://"),
        ({"address": "https://branch.example.org:99999/"}, "/address", "不是完整的网址"),
        ({"address": "https://user:pw@branch.example.org/"}, "/address", "用户名"),
        ({"address": "https://branch.example.org/#x"}, "/address", "`#`"),
        ({"address": "https://branch.example.org/a b"}, "/address", "字符"),
        ({"address": "https://内部.example.org/"}, "/address", "字符"),
        ({"address": "https://inside.example.org/"}, "/address", "内部网络"),
        (
            {"types": ["cn.jianding.roster.approved.v1", "roster.eaten.v1"]},
            "/types/1",
            "cn.jianding.roster.approved.v1",
        ),
        ({"types": ["cn.jianding.mailing.planned.v1"]}, "/types/0", "没有"),
        ({"secret": "whsec_" + base64.b64encode(b"short").decode()}, "/secret", "24"),
        ({"after": 99_999}, "/after", "尚无此条"),
        ({"after": -1}, "", ""),
    ],
)
async def test_what_is_refused_and_nothing_half_done(
    open_house: OpenHouse, content: dict[str, Any], where: str, sentence: str
) -> None:
    house = open_house()
    house.receivers.inside.add("inside.example.org")
    officer = house.person(OFFICER)
    answer = await make(officer, **content)
    assert answer.status_code == 422, answer.text
    if where:
        (error,) = answer.json()["errors"]
        assert (error["where"], sentence in error["what"]) == (where, True), error
    assert (await officer.ask("GET", HOOKS)).json()["items"] == []
    if "address" in content:
        hook = await made(officer, key="other")
        changed = await officer.ask("PUT", f"{HOOKS}/{hook['id']}", 1, json={"types": [], **content})
        assert changed.status_code == 422
        assert (await officer.ask("GET", f"{HOOKS}/{hook['id']}")).json()["address"] == ADDRESS


async def test_a_body_has_so_many_and_no_more(open_house: OpenHouse) -> None:
    house = open_house()
    officer = house.person(OFFICER)
    for n in range(MOST):
        await made(officer, key=f"k{n}")
    answer = await make(officer, key="more")
    assert (answer.status_code, str(MOST) in answer.json()["detail"]) == (422, True)


async def test_without_a_key_to_keep_secrets_under_none_is_made(open_house: OpenHouse) -> None:
    house = open_house(webhook_key="")
    answer = await make(house.person(OFFICER))
    assert (answer.status_code, "JIANDING_WEBHOOK_KEY" in answer.json()["detail"]) == (503, True)
    assert (await house.person(OFFICER).ask("GET", HOOKS)).json()["items"] == []


async def test_who_keeps_webhooks_and_whose(open_house: OpenHouse) -> None:
    house = open_house()
    hook = await made(house.person(OFFICER))
    other = house.person("demo.49060001.branch-officer")
    assert (await other.ask("GET", f"{HOOKS}/{hook['id']}")).status_code == 404
    assert (await other.ask("GET", HOOKS)).json()["items"] == []
    for role, code in (("station_clerk", SMALL.station), ("centre_approver", CENTRE)):
        assert (await make(house.person(str(code.account(role))))).status_code == 403
    practising = await make(house.practising(OFFICER))
    assert practising.json()["path"].startswith("/99")
    assert (await house.practising(OFFICER).ask("GET", f"{HOOKS}/{hook['id']}")).status_code == 404


async def test_a_machine_that_was_closed_and_a_letter_when_the_receiver_is_gone(open_house: OpenHouse) -> None:
    house = open_house()
    assert BRANCH is not None
    machine = await machine_of(house, BRANCH.code)
    of_machine, of_office = await made(machine, after=0), await made(house.person(OFFICER), after=0)
    account = f"/directory/accounts/machine-{BRANCH.code}"
    closed = await house.operator.ask("POST", f"{account}/closing", 1, json={"reason": "停用"})
    assert closed.status_code == 200, closed.text
    house.receivers.answer = lambda call: Answered(410)
    house.pushing = True
    letters = house.folder / "mail"

    def written() -> bool:
        return any(b"webhook-failing" in one.read_bytes() for one in letters.glob("*.eml"))

    await asyncio.wait_for(house.run_until_quiet(until=written), 60)
    officer = house.person(OFFICER)
    reasons = {}
    for id in (of_machine["id"], of_office["id"]):
        shown = (await officer.ask("GET", f"{HOOKS}/{id}")).json()
        reasons[id] = (shown["state"], shown["history"][-1]["reason"].partition(" · ")[2])
    assert reasons == {
        of_machine["id"]: ("disabled", "the machine's account that made it was closed"),
        of_office["id"]: ("disabled", "its receiver answered 410: gone"),
    }
    assert len(house.receivers.calls) == 1
