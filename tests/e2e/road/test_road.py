"""From the first body to the posted parcel through HTTP alone, and everything that may be asked wrongly on the way."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pypdf
import pytest

from services.demo.cast import BODIES, CENTRE, ITEMS, OFFICERS, ROLES
from services.directory.accounts.storage import REFUSED
from shared.contracts.reporting import RosterLine
from shared.trade.practice import twin
from tests.world.fixtures import OpenHouse
from tests.world.house import PASSWORD, House
from tests.world.practice import register_twins
from tests.world.seeding import (
    APPROVER,
    CLERK,
    DIRECT,
    HELD_ON,
    LICENCE,
    SECOND,
    SMALL,
    YEAR,
    Planned,
    a_line,
    approve,
    body_entry,
    lines_of,
    post,
    up,
    workbook,
)
from tests.world.troubles import Away
from tests.world.workshops import ThreadWorkshop

PROBLEM = "application/problem+json"
PAGES = ("/directory/reset", "/directory/password", "/directory/forgotten")


async def check(answer: httpx.Response) -> None:
    """No answer is a 5xx, and every refusal is a problem document with a sentence."""
    if answer.status_code < 400:
        return
    said = f"{answer.request.method} {answer.request.url}: {answer.status_code} {(await answer.aread())[:300]!r}"
    assert answer.status_code < 500, said
    if answer.request.url.path in PAGES and answer.headers["content-type"] == "text/html; charset=utf-8":
        assert 'class="said wrong"' in answer.text, said  # a person looks at it: the sentences stand in the page
        return
    assert answer.headers["content-type"] == PROBLEM, said
    problem = answer.json()
    assert problem["status"] == answer.status_code, said
    assert problem["title"], said
    assert problem["detail"], said
    assert problem["instance"] == answer.request.url.path, said


def strictly(house: House) -> House:
    house.client.event_hooks["response"].append(check)
    return house


@pytest.fixture(autouse=True)
def _strict(request: pytest.FixtureRequest) -> None:
    if "house" in request.fixturenames:
        strictly(request.getfixturevalue("house"))


# --- the road -------------------------------------------------------------------------------------------------------------


class Officer:
    """Somebody with an account and a password, and nothing else."""

    def __init__(self, client: httpx.AsyncClient, account: str, password: str) -> None:
        self._client, self._account, self._password = client, account, password
        self.token = ""

    async def ask(self, method: str, path: str, **content: Any) -> httpx.Response:
        if not self.token:
            form = {"grant_type": "password", "username": self._account, "password": self._password}
            answer = await self._client.post("/directory/tokens", data=form)
            assert answer.status_code == 200, answer.text
            self.token = answer.json()["access_token"]
        headers = {"Authorization": f"Bearer {self.token}", **content.pop("headers", {})}
        answer = await self._client.request(method, path, headers=headers, **content)
        assert answer.is_success, answer.text
        return answer

    async def take_over(self, initial: str) -> None:
        """The initial password opens nothing but the way to another one."""
        form = {"grant_type": "password", "username": self._account, "password": initial}
        refused = await self._client.post("/directory/tokens", data=form)
        assert refused.status_code == 403
        assert refused.json()["password"] in refused.json()["detail"]
        change = {"account": self._account, "old": initial, "new": self._password}
        answer = await self._client.post("/directory/passwords", json=change)
        assert answer.status_code == 204, answer.text

    async def create(self, path: str, content: dict[str, Any]) -> httpx.Response:
        answer = await self.ask("POST", path, json=content, headers={"Idempotency-Key": f"{path} once"})
        assert answer.status_code == 201
        made = await self.ask("GET", answer.headers["Location"])
        shown, said = made.json(), answer.json()
        assert {name: shown[name] for name in said} == said, "looked at alone, a form may say more"
        return made

    async def step(self, path: str, verb: str, method: str = "POST", **content: Any) -> dict[str, Any]:
        tag = (await self.ask("GET", path)).headers["ETag"]
        answer = await self.ask(method, f"{path}/{verb}", headers={"If-Match": tag}, **content)
        assert answer.headers["ETag"] != tag
        done: dict[str, Any] = answer.json()
        return done


@pytest.fixture
async def empty_house(tmp_path: Path) -> AsyncIterator[House]:
    """Machines and nobody else."""
    house = strictly(House(tmp_path / "house", workshop=ThreadWorkshop()))
    await house.seed_machines()
    yield house
    await house.close()


async def only_practises(house: House, untrained: Officer) -> None:
    """Nobody trained the Centre's clerk yet: there is reading, and practice, in which nothing reaches a real body."""
    assert (await untrained.ask("GET", "/directory/training")).json()["state"] == "none"
    assert (await untrained.ask("GET", "/directory/bodies")).json()["items"]
    entry = {**body_entry(SMALL.station), "code": "49053099"}
    headers = {"Authorization": f"Bearer {untrained.token}", "Idempotency-Key": "untrained"}
    refused = await house.client.post("/directory/bodies", json=entry, headers=headers)
    assert (refused.status_code, refused.json()["training"]) == (
        403,
        "https://certificates.example.org/training",
    )
    items = [{"occupation": item.occupation, "level": item.level, "heads": 5} for item in ITEMS]
    clerk = house.practising("station-clerk")
    practised = await clerk.create("/plan/annual-plans", {"year": YEAR, "items": items}, "practice")
    assert practised["id"] == f"{twin(SMALL.station.code)}-{YEAR}"
    await house.practising("station-head").step(f"/plan/annual-plans/{practised['id']}", "submission")
    assert (await untrained.ask("GET", "/plan/annual-plans")).json()["items"] == []


async def test_from_the_first_body_to_the_posted_parcel(empty_house: House) -> None:
    house, roster = empty_house, SMALL
    operator = Officer(house.client, "operator", PASSWORD)
    officers: dict[str, Officer] = {}
    for body in (one for one in BODIES if one in (CENTRE, roster.branch, roster.station)):
        entry = {**body_entry(body), "address": "示例路 1 号"}
        await operator.ask("POST", "/directory/bodies", json=entry, headers={"Idempotency-Key": body.code})
        for role in ROLES[body.kind]:
            account = {"id": role.replace("_", "-"), "name": OFFICERS[role], "body": body.code, "roles": [role]}
            content = {**account, "email": body.email_of(role), "password": "known to whoever opened it"}
            await operator.ask("POST", "/directory/accounts", json=content, headers={"Idempotency-Key": role})
            officers[role] = Officer(house.client, account["id"], f"password of {OFFICERS[role]}")
            await officers[role].take_over(content["password"])
            if role != "centre_clerk":
                training = {"certificate": f"PX-{role}", "passed_on": "2026-04-01"}
                await operator.create(f"/directory/accounts/{account['id']}/training", training)
    licensed = await officers["centre_approver"].step(
        f"/directory/bodies/{roster.station.code}", "licence", json=LICENCE
    )
    assert licensed["state"] == "licensed"
    await register_twins(house)
    await only_practises(house, officers["centre_clerk"])
    clerk, head, branch = officers["station_clerk"], officers["station_head"], officers["branch_officer"]
    centre, approver = officers["centre_clerk"], officers["centre_approver"]

    # Form 1 and form 2, each up to the Centre; form 2 is sent back once on the way, let through though its day is near, and
    # its papers are drawn.
    items = [{"occupation": item.occupation, "level": item.level, "heads": 500} for item in ITEMS]
    annual = (await clerk.create("/plan/annual-plans", {"year": YEAR, "items": items})).json()
    path = f"/plan/annual-plans/{annual['id']}"
    for officer, verb in ((head, "submission"), (branch, "endorsement"), (approver, "approval")):
        annual = await officer.step(path, verb)
    assert annual["state"] == "approved"
    session_items = [
        {"occupation": i.occupation, "level": i.level, "heads": n, "paper_sets": 3} for i, n in roster.heads
    ]
    entry = {"year": YEAR, "number": 1, "held_on": f"{HELD_ON}", "place": "一号车间", "in_charge": "吴刚"}
    session = (await clerk.create("/plan/session-plans", {**entry, "items": session_items})).json()
    path = f"/plan/session-plans/{session['id']}"
    await head.step(path, "submission")
    returned = await branch.step(path, "return", json={"reason": "考场地址不详"})
    assert (returned["state"], returned["returned_because"]) == ("returned", "考场地址不详")
    await head.step(path, "submission")
    session = await branch.step(path, "endorsement")
    assert [one["rule"] for one in session["needs"]] == ["lead_time"]
    session = await approver.step(path, "approval", json={"exceptions": {"lead_time": "首批鉴定，设备已就绪"}})
    assert [(one["rule"], one["reason"]) for one in session["exceptions"]] == [("lead_time", "首批鉴定，设备已就绪")]
    sets = [{"occupation": i.occupation, "level": i.level, "set": 2} for i, _ in roster.heads]
    session = await approver.step(path, "draw", json={"sets": sets, "witness": "何监督"})
    assert [one["verb"] for one in session["history"]] == [
        "draft",
        "submit",
        "send_back",
        "submit",
        "endorse",
        "approve",
        "draw",
    ]
    await house.run_until_quiet()

    # Form 6: the empty workbook comes from here, the filled one goes back; then up to the Centre.
    heads = dict.fromkeys(("applied", "accepted", "examined"), roster.size + 1)
    await clerk.create("/reporting/rosters", {"session": session["id"], "attendance": heads})
    template = await clerk.ask("GET", f"{roster.path}/template.xlsx")
    assert template.content.startswith(b"PK")
    imported = await clerk.step(roster.path, "workbook", "PUT", content=workbook(roster))
    assert (imported["passed"], imported["lines"]) == (3, {"4": 2, "3": 1})
    await head.step(roster.path, "submission")
    await branch.step(roster.path, "endorsement")
    one_more_than_planned = {"exceptions": {"examined_beyond_planned": "补考一人"}}
    approved = await approver.step(roster.path, "approval", json=one_more_than_planned)
    assert [one["rule"] for one in approved["exceptions"]] == ["examined_beyond_planned"]
    assert (approved["state"], approved["producer"]) == ("approved", "49050001")
    await house.run_until_quiet()

    # The producing body prints, posts, and everybody is told.
    production = (await centre.ask("GET", f"/certificate/productions/{roster.id}")).json()
    assert (production["state"], production["certificates"], production["refused"]) == ("ready", 3, 0)
    (batch,) = (await branch.ask("GET", f"/certificate/batches?roster={roster.id}")).json()["items"]
    printed = await branch.ask("GET", f"/certificate/batches/{batch['id']}/print-file")
    assert printed.headers["content-type"] == "application/pdf"
    assert len(pypdf.PdfReader(BytesIO(printed.content)).pages) == 3
    parcel = {"carrier": "中国邮政EMS", "parcel": "EA123456789CN"}
    mailed = await branch.step(f"/certificate/productions/{roster.id}", "parcel", json=parcel)
    assert mailed["state"] == "mailed"
    await house.run_until_quiet()
    letters = (await centre.ask("GET", f"/notification/mailings?about={roster.id}&limit=500")).json()["items"]
    about_roster = Counter(one["letter"] for one in letters if not one["fact"].startswith("/plan/"))
    assert about_roster == {
        "awaiting-review": 2,
        "approved": 1,
        "production-order": 1,
        "certificates-ready": 1,
        "certificates-made": 1,
        "certificates-mailed": 1,
        "certificate-on-its-way": 2,
    }
    assert {one["state"] for one in letters} == {"sent"}

    # The letter to a holder leads to the page that the QR code leads to.
    files = [message_from_bytes(one.read_bytes(), policy=default) for one in (house.folder / "mail").glob("*.eml")]
    (to_holder,) = [one for one in files if f"holder-{roster.id}-1@" in str(one["To"])]
    text = to_holder.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = next(word for word in text.split() if word.startswith("https://certificates.example.org/"))
    page = await house.client.get(link.removeprefix("https://certificates.example.org"))
    assert page.status_code == 200
    assert lines_of(roster)[0].name in page.text
    assert "EA123456789CN" in text or "EA123456789CN" in str(mailed)


# --- what is asked wrongly -------------------------------------------------------------------------------------------------

STATION_CLERK = SMALL.station.account("station_clerk")
STATION_HEAD = SMALL.station.account("station_head")
BRANCH = SMALL.branch.account("branch_officer") if SMALL.branch else ""
NEXT_SESSION = {
    "year": YEAR,
    "number": 77,
    "held_on": "2026-09-01",
    "place": "一号车间",
    "in_charge": "吴刚",
    "items": [{"occupation": "6-04-01-01", "level": 4, "heads": 10}],
}


async def test_without_a_token_or_with_a_false_one(house: House) -> None:
    missing = await house.client.get(SMALL.path)
    assert (missing.status_code, missing.headers["www-authenticate"]) == (401, "Bearer")
    for token in ("x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", f"{await house.token(STATION_CLERK)}x"):
        assert (await house.client.get(SMALL.path, headers={"Authorization": f"Bearer {token}"})).status_code == 401
    good = {"Authorization": f"Bearer {await house.token(STATION_CLERK)}"}
    assert (await house.client.get(SMALL.path, headers=good)).status_code == 200
    house.clock.advance(15 * 60)
    late = await house.client.get(SMALL.path, headers=good)
    assert (late.status_code, "expired" in late.json()["detail"]) == (401, True)


@pytest.mark.parametrize("account", [STATION_CLERK, "nobody.at.all"])
async def test_a_wrong_password_and_an_unknown_account_look_the_same(house: House, account: str) -> None:
    form = {"grant_type": "password", "username": account, "password": "wrong"}
    answer = await house.client.post("/directory/tokens", data=form)
    assert answer.status_code == 401
    assert answer.json()["detail"] == REFUSED


async def test_guessing_passwords_is_slowed_down(house: House) -> None:
    form = {"grant_type": "password", "username": STATION_CLERK, "password": "wrong"}
    statuses = [(await house.client.post("/directory/tokens", data=form)).status_code for _ in range(22)]
    assert statuses == [401] * 20 + [429] * 2


async def test_malformed_json(house: House) -> None:
    for content, status in ((b"{", 400), (b"", 422), (b"\xff\xfe", 400), (b"[" * 15_000, 400), (b"[" * 50_000, 413)):
        answer = await house.person(STATION_CLERK).ask(
            "POST",
            "/plan/session-plans",
            content=content,
            headers={"Idempotency-Key": "k", "Content-Type": "application/json"},
        )
        assert answer.status_code == status, content[:5]


async def test_an_unknown_field_is_named_by_its_pointer(house: House) -> None:
    content = {**NEXT_SESSION, "items": [{"occupation": "6-04-01-01", "level": 9, "heads": 10, "head": 1}], "boss": "x"}
    answer = await house.person(STATION_CLERK).ask(
        "POST", "/plan/session-plans", json=content, headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 422
    assert {one["where"] for one in answer.json()["errors"]} == {"/boss", "/items/0/head", "/items/0/level"}


async def test_every_contradiction_in_a_plan_is_named_at_once(house: House) -> None:
    items = [
        {"occupation": "6-04-01-01", "level": 4, "heads": 1},
        {"occupation": "6-04-01-01", "level": 4, "heads": 1},
        {"occupation": "9-99-99-99", "level": 4, "heads": 1},
    ]
    answer = await house.person(STATION_CLERK).ask(
        "POST", "/plan/session-plans", json={**NEXT_SESSION, "items": items}, headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 422
    assert [one["where"] for one in answer.json()["errors"]] == ["/items/1", "/items/2/occupation"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(
            ("email", address)
            for address in ("a,b@example.org", "<a@b.org>,c@d.org", "站@例子.org", "a@b", "", "a@b.org\n")
        ),
        *(("name_zh", name) for name in ("示例站\r\nBcc: x@example.org", "\x00\x00", "示")),
    ],
)
async def test_a_body_to_which_no_letter_could_be_written(house: House, field: str, value: str) -> None:
    """It would be noticed only when the letters about its rosters cannot be sent."""
    entry = {"name_zh": "示例站", "name_en": "Station", "email": "office@example.org", field: value}
    answer = await house.operator.ask("PUT", f"/directory/bodies/{SMALL.station.code}", 1, json=entry)
    assert answer.status_code == 422
    assert [one["where"] for one in answer.json()["errors"]] == [f"/{field}"]


async def test_a_creation_needs_a_key_and_is_recognised_by_it(house: House) -> None:
    clerk, path = house.person(STATION_CLERK), "/plan/session-plans"
    assert (await clerk.ask("POST", path, json=NEXT_SESSION)).status_code == 400
    assert (await clerk.ask("POST", path, json=NEXT_SESSION, headers={"Idempotency-Key": " "})).status_code == 400
    first = await clerk.ask("POST", path, json=NEXT_SESSION, headers={"Idempotency-Key": "mine"})
    again = await clerk.ask("POST", path, json=NEXT_SESSION, headers={"Idempotency-Key": "mine"})
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.headers["Location"] == again.headers["Location"] == "/plan/session-plans/49053012-2026-077"
    other = await clerk.ask("POST", path, json={**NEXT_SESSION, "number": 78}, headers={"Idempotency-Key": "mine"})
    assert other.status_code == 422
    taken = await clerk.ask("POST", path, json=NEXT_SESSION, headers={"Idempotency-Key": "another"})
    assert (taken.status_code, taken.headers["Location"]) == (409, first.headers["Location"])
    colleague = await house.person(STATION_HEAD).ask(
        "POST", path, json={**NEXT_SESSION, "number": 79}, headers={"Idempotency-Key": "mine"}
    )
    assert colleague.status_code == 201, "keys of different people are different keys"


async def test_a_change_needs_what_was_seen(house: House) -> None:
    approver = house.person(APPROVER)
    seen = (await approver.ask("GET", SMALL.path)).headers["ETag"]
    for tag, status in ((None, 428), ('"v1"', 412), ('W/"v1"', 400), ("*", 400), ('"v99999999999"', 400)):
        answer = await approver.ask("POST", f"{SMALL.path}/approval", tag)
        assert answer.status_code == status, tag
    assert (await approver.ask("POST", f"{SMALL.path}/approval", seen)).status_code == 200
    assert (await approver.ask("POST", f"{SMALL.path}/approval", seen)).status_code == 412


async def test_a_wrong_state_is_told(house: House) -> None:
    approver = house.person(APPROVER)
    await approver.step(SMALL.path, "approval")
    seen = (await approver.ask("GET", SMALL.path)).headers["ETag"]
    for verb, content in (("approval", {}), ("return", {"json": {"reason": "x"}})):
        answer = await approver.ask("POST", f"{SMALL.path}/{verb}", seen, **content)
        assert (answer.status_code, answer.json()["state"]) == (409, "approved")
    late = await house.person(STATION_CLERK).ask("PUT", f"{SMALL.path}/workbook", seen, content=workbook(SMALL))
    assert late.status_code == 200, "the same workbook again changes nothing"
    changed = workbook(SMALL, [*lines_of(SMALL)[:2], lines_of(SMALL)[2].model_copy(update={"theory": 99.0})])
    late = await house.person(STATION_CLERK).ask("PUT", f"{SMALL.path}/workbook", seen, content=changed)
    assert (late.status_code, late.json()["state"]) == (409, "approved")


async def test_other_bodies_and_other_roles(house: House) -> None:
    seen = (await house.person(APPROVER).ask("GET", SMALL.path)).headers["ETag"]
    stranger = house.person(DIRECT.station.account("station_head"))
    assert (await stranger.ask("GET", SMALL.path)).status_code == 404, "what one cannot reach is not there"
    assert (await stranger.ask("POST", f"{SMALL.path}/submission", seen)).status_code == 404
    assert (await stranger.ask("GET", "/reporting/rosters/no-such-roster")).status_code == 404
    assert [one["id"] for one in await stranger.everything("/reporting/rosters")] == [DIRECT.id]
    western = house.person("demo.49060001.branch-officer")
    assert (await western.ask("POST", f"{SMALL.path}/endorsement", seen)).status_code == 404
    assert (await house.person(STATION_HEAD).ask("POST", f"{SMALL.path}/approval", seen)).status_code == 403
    assert (await house.person(CLERK).ask("POST", f"{SMALL.path}/approval", seen)).status_code == 403
    assert (await house.person(CLERK).ask("GET", f"{SMALL.path}/sealed")).status_code == 403
    assert (await house.operator.ask("GET", SMALL.path)).status_code == 403, "who runs the machines sees no people"
    assert (await house.person(STATION_HEAD).ask("GET", "/certificate/holders?roster=x")).status_code == 403


async def test_it_is_the_turn_of_the_branch_and_not_of_the_centre(house: House) -> None:
    clerk = house.person(STATION_CLERK)
    plan = await clerk.create("/plan/session-plans", NEXT_SESSION, "turn")
    path = f"/plan/session-plans/{plan['id']}"
    await house.person(STATION_HEAD).step(path, "submission")
    seen = (await clerk.ask("GET", path)).headers["ETag"]
    returned = await house.person(APPROVER).ask("POST", f"{path}/return", seen, json={"reason": "x"})
    assert (returned.status_code, "49050001" in returned.json()["detail"]) == (403, True)
    early = await house.person(APPROVER).ask("POST", f"{path}/approval", seen)
    assert (early.status_code, early.json()["state"]) == (409, "submitted")


async def test_too_large(house: House) -> None:
    clerk = house.person(STATION_CLERK)
    forty = bytes(40 * 1024 * 1024)
    declared = await clerk.ask("PUT", f"{SMALL.path}/workbook", 1, content=forty)
    assert declared.status_code == 413

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(forty), 1024 * 1024):
            yield forty[start : start + 1024 * 1024]

    undeclared = await clerk.ask("PUT", f"{SMALL.path}/workbook", 1, content=in_pieces())
    assert undeclared.status_code == 413
    json_too_large = await clerk.ask(
        "POST", "/plan/session-plans", content=b" " * 1_100_000, headers={"Idempotency-Key": "k"}
    )
    assert json_too_large.status_code == 413


async def test_every_wrong_cell_of_a_workbook_is_named(house: House) -> None:
    clerk = house.person(STATION_CLERK)
    await approve(house, DIRECT)  # another road does not matter
    approver = house.person(BRANCH)
    await house.person(APPROVER).step(SMALL.path, "return", json={"reason": "请核对成绩"})
    await approver.step(SMALL.path, "return", json={"reason": "请核对成绩"})
    seen = (await clerk.ask("GET", SMALL.path)).headers["ETag"]
    good = lines_of(SMALL)
    bad = [
        good[0].model_copy(update={"theory": 12.0, "sex": "女"}),
        good[1].model_copy(update={"id_number": good[0].id_number, "birth": good[0].birth}),
        good[2].model_copy(update={"id_number": "999999197501010018", "education": "大大学"}),
    ]
    answer = await clerk.ask("PUT", f"{SMALL.path}/workbook", seen, content=workbook(SMALL, bad))
    assert answer.status_code == 422
    wrong = answer.json()["errors"]
    assert len(wrong) >= 5, wrong
    assert len({one["where"] for one in wrong}) >= 5
    assert all(one["what"] for one in wrong)
    assert (await clerk.get(SMALL.path))["passed"] == 3, "nothing was imported"
    assert good[0].id_number not in answer.text

    for content in (b"", b"PK\x03\x04 no workbook", b"<html>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)):
        assert (await clerk.ask("PUT", f"{SMALL.path}/workbook", seen, content=content)).status_code == 422
    other_session = await clerk.ask("PUT", f"{SMALL.path}/workbook", seen, content=workbook(SECOND))
    assert other_session.status_code == 422
    assert "鉴定批次" in {one["where"] for one in other_session.json()["errors"]}


async def test_a_roster_for_a_session_that_nobody_approved(house: House) -> None:
    attendance = dict.fromkeys(("applied", "accepted", "examined"), 1)
    answer = await house.person(STATION_CLERK).ask(
        "POST",
        "/reporting/rosters",
        json={"session": "49053012-2026-555", "attendance": attendance},
        headers={"Idempotency-Key": "k"},
    )
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "2")


async def test_attendance_that_cannot_be(house: House) -> None:
    """Heads grow on the way from application to exam; then nobody sat, and there is no workbook."""
    clerk = house.person(STATION_CLERK)
    papers = {"paper_source": "national_bank"}
    plan = await clerk.create("/plan/session-plans", {**NEXT_SESSION, **papers, "held_on": f"{HELD_ON}"}, "k")
    await up(house, SMALL, f"/plan/session-plans/{plan['id']}", approve=True)
    await house.run_until_quiet()
    growing = {"session": plan["id"], "attendance": {"applied": 1, "accepted": 2, "examined": 3}}
    answer = await clerk.ask("POST", "/reporting/rosters", json=growing, headers={"Idempotency-Key": "k2"})
    assert (answer.status_code, [one["where"] for one in answer.json()["errors"]]) == (422, ["/attendance"])
    nobody = {"session": plan["id"], "attendance": dict.fromkeys(("applied", "accepted", "examined"), 0)}
    await clerk.create("/reporting/rosters", nobody, "k3")
    path = f"/reporting/rosters/{plan['id']}"
    answer = await house.person(STATION_HEAD).ask("POST", f"{path}/submission", 1)
    assert (answer.status_code, [one["where"] for one in answer.json()["errors"]]) == (422, ["/pages"])


async def test_a_wrong_cursor_and_a_wrong_limit(house: House) -> None:
    clerk = house.person(CLERK)
    wrong: list[object] = ["", [], None, [1, 2], ["", 1], [None, "x"], [10**29, "x"], ["\ud800", "x"], ["x", "\udfff"]]
    cursors = [urlsafe_b64encode(json.dumps(one).encode()).decode() for one in wrong]
    for after in ("x", "5byg", "W" * 600, "W1tbW1tb" * 1000, *cursors):
        assert (await clerk.ask("GET", f"/reporting/rosters?after={after}")).status_code == 422, after[:40]
    for limit in ("0", "501", "-1", "x", "9" * 30):
        assert (await clerk.ask("GET", f"/reporting/rosters?limit={limit}")).status_code == 422


async def test_unknown_places_and_methods(house: House) -> None:
    for path in ("/nothing", "/plan/nothing", "/reporting/rosters/a/b/c"):
        assert (await house.client.get(path)).status_code == 404, path
    assert (await house.client.delete("/plan/annual-plans")).status_code == 405


async def test_pages_of_a_listing(house: House) -> None:
    clerk = house.person(CLERK)
    first = await clerk.get("/reporting/rosters?limit=2")
    second = await clerk.get(f"/reporting/rosters?limit=2&after={first['next']}")
    third = await clerk.get(f"/reporting/rosters?limit=2&after={second['next']}")
    ids = [one["id"] for page in (first, second, third) for one in page["items"]]
    assert len(ids) == len(set(ids)) == 5
    assert third["next"] is None


# --- verification ----------------------------------------------------------------------------------------------------------


async def made(house: House, planned: Planned = SMALL) -> list[dict[str, Any]]:
    await approve(house, planned)
    await house.run_until_quiet()
    return await house.person(CLERK).everything(f"/certificate/certificates?roster={planned.id}")


async def test_a_certificate_is_verified_by_any_second_thing_one_knows(house: House) -> None:
    (first, *_) = await made(house)
    line = lines_of(SMALL)[0]
    ask = house.client.post
    questions: list[dict[str, str]] = [
        {"name": line.name},
        {"name": f" {line.name} "},
        {"id_last": line.id_number[-4:]},
        {"id_last": line.id_number},
        {"id_last": line.id_number[-6:].lower(), "name": line.name},
    ]
    for question in questions:
        answer = await ask("/certificate/verifications", json={"number": first["number"], **question})
        assert answer.json()["outcome"] == "valid", question
        assert answer.json()["name"] == line.name
        assert line.id_number not in answer.text
    wide = first["number"].translate({ord("0") + n: chr(0xFF10 + n) for n in range(10)})
    answer = await ask("/certificate/verifications", json={"number": wide, "name": line.name})
    assert answer.json()["outcome"] == "valid"


async def test_a_wrong_second_field_and_an_unknown_number_look_the_same(house: House) -> None:
    (first, *_) = await made(house)
    line = lines_of(SMALL)[0]
    unknown = first["number"][:11] + "09999"
    ask = house.client.post
    questions: list[dict[str, str]] = [
        {"number": first["number"], "name": "别人"},
        {"number": first["number"], "id_last": "0000"},
        {"number": first["number"], "name": line.name, "id_last": "0000"},
        {"number": unknown, "name": line.name},
    ]
    answers = [(await ask("/certificate/verifications", json=question)).json() for question in questions]
    for answer in answers:
        assert answer.pop("number")
        assert answer == answers[0]
    assert answers[0]["outcome"] == "no_match"
    assert answers[0]["name"] == ""


async def test_a_number_of_somebody_else_is_refused_with_the_reason(house: House) -> None:
    ask = house.client.post
    foreign = await ask("/certificate/verifications", json={"number": "2611053012400001", "name": "张三"})
    assert foreign.status_code == 422
    (reason,) = foreign.json()["errors"]
    assert "49" in reason["what"]
    assert "3-4" in reason["where"]
    short = await ask("/certificate/verifications", json={"number": "26490530", "name": "张三"})
    assert short.status_code == 422
    alone = await ask("/certificate/verifications", json={"number": "2649053012400001"})
    assert alone.status_code == 422
    three = await ask("/certificate/verifications", json={"number": "2649053012400001", "id_last": "123"})
    assert three.status_code == 422


async def test_the_qr_code(house: House) -> None:
    (first, *_) = await made(house)
    holders = await _holders(house, SMALL)
    address = holders[0]["verify_url"].removeprefix("https://certificates.example.org")
    page = await house.client.get(address)
    assert page.status_code == 200
    assert "有效" in page.text
    in_groups = re.search(r'<span class="number">(.*?)</span></span>', page.text)
    assert in_groups is not None and re.findall(r'title="(.*?)"', in_groups[1]) == [
        "年份",
        "行业代码",
        "二级中心",
        "机构类别",
        "机构序号",
        "等级",
        "顺序号",
    ]
    assert re.sub(r"<.*?>", "", in_groups[1]) == first["number"], "copied as sixteen digits"
    assert lines_of(SMALL)[0].name in page.text
    forged = [await house.client.get(address[:-1] + ("A" if address[-1] != "A" else "B"))]
    forged.append(await house.client.get(f"/certificate/v/{first['number'][:11]}09999/{address.rsplit('/', 1)[1]}"))
    forged.append(await house.client.get(f"/certificate/v/{first['number']}/%E2%82%AC"))
    for answer in forged:
        assert answer.status_code == 200
        assert lines_of(SMALL)[0].name not in answer.text
    assert (await house.client.get(f"/certificate/v/2611053012400001/{address.rsplit('/', 1)[1]}")).status_code == 422


async def _holders(house: House, planned: Planned) -> list[dict[str, Any]]:
    return await house.person("notification").everything(f"/certificate/holders?roster={planned.id}")


async def test_looking_up_is_throttled(open_house: OpenHouse) -> None:
    house = strictly(open_house(verifications_per_minute=3))
    question = {"number": "2649053012400001", "name": "张三"}
    answers = [await house.client.post("/certificate/verifications", json=question) for _ in range(5)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]
    wait = int(answers[-1].headers["retry-after"])
    house.clock.advance(wait)
    assert (await house.client.post("/certificate/verifications", json=question)).status_code == 200


# --- producing ---------------------------------------------------------------------------------------------------------------


async def test_a_parcel_is_scanned_once_and_by_who_produces(house: House) -> None:
    await made(house)
    path, parcel = f"/certificate/productions/{SMALL.id}", {"carrier": "EMS", "parcel": "EA000000001CN"}
    version = (await house.person(CLERK).ask("GET", path)).headers["ETag"]
    assert (await house.person(CLERK).ask("POST", f"{path}/parcel", version, json=parcel)).status_code == 403
    assert (await house.person(STATION_HEAD).ask("POST", f"{path}/parcel", version, json=parcel)).status_code == 403
    odd = await house.person(BRANCH).ask("POST", f"{path}/parcel", version, json={**parcel, "parcel": "'; --"})
    assert odd.status_code == 422
    await post(house, SMALL)
    version = (await house.person(CLERK).ask("GET", path)).headers["ETag"]
    again = await house.person(BRANCH).ask("POST", f"{path}/parcel", version, json=parcel)
    assert (again.status_code, again.json()["state"]) == (409, "mailed")
    await house.run_until_quiet()


async def test_what_is_not_drawn_yet_is_being_made(house: House) -> None:
    await approve(house, SMALL)
    answer = await house.person(BRANCH).ask("GET", f"/certificate/productions/{SMALL.id}")
    assert answer.status_code == 404, "the approval is still on its way"
    fonts = Away("workshop")
    house.troubles.append(fonts)
    await house.run_until_quiet(until=lambda: fonts.refused > 0)
    (first, *_) = await house.person(CLERK).everything(f"/certificate/certificates?roster={SMALL.id}")
    question = {"number": first["number"], "name": lines_of(SMALL)[0].name}
    assert (await house.client.post("/certificate/verifications", json=question)).json()["outcome"] == "being_made"
    (batch,) = await house.person(BRANCH).everything(f"/certificate/batches?roster={SMALL.id}")
    missing = await house.person(BRANCH).ask("GET", f"/certificate/batches/{batch['id']}/print-file")
    assert missing.status_code == 404
    fonts.on = False
    await house.run_until_quiet()
    assert (await house.client.post("/certificate/verifications", json=question)).json()["outcome"] == "valid"


async def take_back_and_change(house: House, lines: Sequence[RosterLine]) -> None:
    """The roster goes back to the station, gets other lines, and waits for the Centre once more."""
    for account in (APPROVER, BRANCH):
        await house.person(account).step(SMALL.path, "return", json={"reason": "请核对"})
    clerk = house.person(STATION_CLERK)
    seen = (await clerk.ask("GET", SMALL.path)).headers["ETag"]
    imported = await clerk.ask("PUT", f"{SMALL.path}/workbook", seen, content=workbook(SMALL, lines))
    assert imported.status_code == 200, imported.text
    await house.person(STATION_HEAD).step(SMALL.path, "submission")
    await house.person(BRANCH).step(SMALL.path, "endorsement")


async def test_two_holders_with_one_mailbox_get_a_letter_each(house: House) -> None:
    shared = [line.model_copy(update={"email": "family@example.org"}) for line in lines_of(SMALL)]
    await take_back_and_change(house, shared)
    await made(house)
    await post(house, SMALL)
    await house.run_until_quiet()
    letters = await house.person(CLERK).everything(f"/notification/mailings?about={SMALL.id}")
    ours = [one for one in letters if one["letter"] == "certificate-on-its-way"]
    assert sorted(one["to_name"] for one in ours) == sorted(line.name for line in shared)
    assert {(one["to"], one["state"]) for one in ours} == {("family@example.org", "sent")}


async def test_a_name_that_no_font_has_does_not_keep_the_others_waiting(house: House) -> None:
    """The one is named, keeps its number and is drawn later; the letters say how many are refused."""
    lines = lines_of(SMALL)
    lines[1] = a_line(2, session=SMALL.id, name="张\U00032000", email=lines[1].email)
    await take_back_and_change(house, lines)
    await made(house)
    (batch,) = await house.person(BRANCH).everything(f"/certificate/batches?roster={SMALL.id}")
    assert (batch["state"], batch["drawn"]) == ("produced", 2)
    assert [one["characters"] for one in batch["refused"]] == [["\U00032000"]]
    refused = batch["refused"][0]["number"]
    question = {"number": refused, "id_last": lines[1].id_number[-4:]}
    answer = await house.client.post("/certificate/verifications", json=question)
    assert answer.json()["outcome"] == "being_made"
    await house.person(BRANCH).step(f"/certificate/batches/{batch['id']}", "redraw")
    await house.run_until_quiet()
    assert (await house.person(BRANCH).get(f"/certificate/batches/{batch['id']}"))["drawing"] == 2
    await post(house, SMALL)
    await house.run_until_quiet()
    mailings = await house.person(CLERK).everything(f"/notification/mailings?about={SMALL.id}")
    addressees = [one["to"] for one in mailings if one["letter"] == "certificate-on-its-way"]
    assert addressees == [lines[0].email], "nobody is told of a certificate that was not made"


async def test_a_returned_form_is_revised_and_submitted_again(house: House) -> None:
    for account in (APPROVER, BRANCH):
        await house.person(account).step(SMALL.path, "return", json={"reason": "人数有误"})
    head = house.person(STATION_HEAD)
    clerk = house.person(STATION_CLERK)
    seen = (await clerk.ask("GET", SMALL.path)).headers["ETag"]
    entry = {"attendance": {"applied": 9, "accepted": 8, "examined": 7}}
    assert (await house.person(BRANCH).ask("PUT", SMALL.path, seen, json=entry)).status_code == 403
    revised = await clerk.ask("PUT", SMALL.path, seen, json=entry)
    assert (revised.status_code, revised.json()["attendance"]["applied"]) == (200, 9)
    assert (await clerk.ask("PUT", SMALL.path, seen, json=entry)).status_code == 412
    await head.step(SMALL.path, "submission")
    seen = (await clerk.ask("GET", SMALL.path)).headers["ETag"]
    late = await clerk.ask("PUT", SMALL.path, seen, json=entry)
    assert (late.status_code, late.json()["state"]) == (409, "submitted")
    session = f"/plan/session-plans/{SMALL.id}"
    seen = (await clerk.ask("GET", session)).headers["ETag"]
    plan = {"held_on": f"{HELD_ON}", "place": "考场", "in_charge": "吴刚", "items": [an_item()]}
    approved = await clerk.ask("PUT", session, seen, json=plan)
    assert (approved.status_code, approved.json()["state"]) == (409, "approved")
    content = {**plan, "year": YEAR, "number": 99, "held_on": "2025-03-20"}
    wrong = await clerk.ask("POST", "/plan/session-plans", json=content, headers={"Idempotency-Key": "wrong"})
    assert (wrong.status_code, wrong.json()["errors"][0]["where"]) == (422, "/held_on")


def an_item() -> dict[str, Any]:
    return {"occupation": ITEMS[0].occupation, "level": ITEMS[0].level, "heads": 2}
