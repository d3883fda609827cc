"""A revocation does what was shown before it was confirmed (rules §4.9): looked at from outside, item by item."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.demo.cast import BODIES, CENTRE
from services.directory.accounts.account import FAILURES
from services.notification.mailings.mailing import Mailing
from services.runtime.catalogue import REGISTER
from shared.audit.check import check
from shared.trade.roles import Role
from tests.world import winding
from tests.world.books import certificates_of, everything, parked
from tests.world.doors import sign_in
from tests.world.fixtures import built_by
from tests.world.house import PASSWORD, House
from tests.world.seeding import APPROVER, LICENCE, lines_of, workbook
from tests.world.sharing import Once
from tests.world.troubles import Away
from tests.world.winding import (
    CLOSES,
    FINISHED,
    GOES,
    ISSUED,
    MOVED,
    REMINDER,
    SECOND,
    STATION,
    STAYS,
    TARGET,
    UNISSUED,
    VOIDED,
    confirm,
    propose,
    the_sanction,
)


@pytest.fixture(scope="module")
def furnished_folder(once: Once) -> Path:
    return once("furnished", built_by(winding.furnish))


@pytest.fixture
async def house(furnished_folder: Path, tmp_path: Path) -> AsyncIterator[House]:
    shutil.copytree(furnished_folder, tmp_path / "house")
    opened = House(tmp_path / "house")
    yield opened
    await opened.close()


async def revoke(house: House) -> dict[str, Any]:
    proposed = await propose(house)
    await confirm(house, proposed["id"], APPROVER, SECOND)
    await house.run_until_quiet()
    return await the_sanction(house)


def key(effect: dict[str, Any]) -> tuple[str, str, str]:
    return effect["service"], effect["kind"], effect["id"]


async def verified(house: House, number: str, name: str) -> dict[str, Any]:
    answer = await house.client.post("/certificate/verifications", json={"number": number, "name": name})
    assert answer.status_code == 200, answer.text
    outcome: dict[str, Any] = answer.json()
    return outcome


async def test_the_preview_shows_everything_that_is_open(house: House) -> None:
    shown = await house.person(APPROVER).get(f"/supervision/sanctions/preview?body={STATION.code}")
    items = {key(item): item for item in shown["items"]}
    assert set(items) == {
        *(("plan", "session", one.id) for one in (FINISHED, MOVED, VOIDED)),
        ("plan", "reminder", REMINDER),
        *(("reporting", "roster", one.id) for one in (MOVED, VOIDED)),
        ("certificate", "production", UNISSUED.id),
        *(("directory", "account", one) for one in (STAYS, GOES, CLOSES)),
    }
    production = items["certificate", "production", UNISSUED.id]
    assert (production["count"], production["choices"]) == (500, {"finish": "ready", "void": "voided"})
    assert items["plan", "session", FINISHED.id]["choices"] == {
        "finish": "approved",
        "move": "approved",
        "void": "voided",
    }
    assert items["plan", "reminder", REMINDER]["choices"] == {"void": "voided"}


async def test_what_happens_is_what_was_shown(house: House) -> None:
    proposed = await propose(house)
    assert proposed["state"] == "proposed"
    assert len(proposed["effects"]) == 10
    await confirm(house, proposed["id"], APPROVER)
    seconded = await the_sanction(house)
    assert (seconded["state"], seconded["effects"]) == ("seconded", proposed["effects"])
    await confirm(house, proposed["id"], SECOND)
    await house.run_until_quiet()
    done = await the_sanction(house)
    assert (done["state"], done["differs_in"]) == ("carried_out", [])
    happened = sorted((effect for one in done["results"].values() for effect in one), key=key)
    assert happened == proposed["effects"]
    assert set(done["results"]) == {"directory", "plan", "reporting", "certificate"}
    for service in house.stores:
        assert await parked(house, service) == []


async def test_what_became_of_each_item(house: House) -> None:
    """Not by what the sanction says, but by what those see who ask the services."""
    await revoke(house)
    centre = house.person(APPROVER)
    body = await centre.get(f"/directory/bodies/{STATION.code}")
    assert body["state"] == "revoked"
    # the three sessions
    plans = {one.id: await centre.get(f"/plan/session-plans/{one.id}") for one in (FINISHED, MOVED, VOIDED)}
    assert [(plans[one.id]["state"], plans[one.id]["body"]) for one in (FINISHED, MOVED, VOIDED)] == [
        ("approved", STATION.code),
        ("approved", TARGET.code),
        ("voided", STATION.code),
    ]
    rosters = {one.id: await centre.get(one.path) for one in (MOVED, VOIDED)}
    assert [(rosters[one.id]["state"], rosters[one.id]["body"]) for one in (MOVED, VOIDED)] == [
        ("returned", TARGET.code),
        ("voided", STATION.code),
    ]
    # the 500 certificates
    production = await centre.get(f"/certificate/productions/{UNISSUED.id}")
    assert (production["state"], production["certificates"]) == ("voided", 500)
    certificates = await centre.everything(f"/certificate/certificates?roster={UNISSUED.id}")
    assert len(certificates) == 500
    assert {one["state"] for one in certificates} == {"voided"}
    outcome = await verified(house, certificates[0]["number"], certificates[0]["holder"]["name"])
    assert outcome["outcome"] == "void"
    # those that were issued
    issued = await centre.everything(f"/certificate/certificates?roster={ISSUED.id}")
    assert {one["state"] for one in issued} == {"valid"}
    for certificate in issued:
        outcome = await verified(house, certificate["number"], certificate["holder"]["name"])
        assert (outcome["outcome"], outcome["mailed"]) == ("valid", True)
    # letters: to the body and its branch, about the certificates, and to the Centre about the end
    letters = [Mailing.from_record(one) for one in await everything(house.stores["notification"], Mailing.KIND)]
    about = [
        (one.letter, one.to)
        for one in letters
        if one.letter.startswith(("sanction", "certificates-v", "certificate-n", "revoc"))
    ]
    assert [one for one in letters if one.values.get("to_state") == "revoked"] == [], "one letter about it is enough"
    branch = next(one for one in BODIES if one.code == STATION.parent)
    assert sorted(about) == sorted(
        [
            ("sanction-confirmed", STATION.email),
            ("sanction-confirmed", branch.email),
            ("certificates-voided", STATION.email),
            ("sanction-waits", CENTRE.email),
            ("sanction-waits", CENTRE.email),
            *(("certificate-not-issued", f"holder-{UNISSUED.id}-{n}@example.org") for n in (1, 2)),
            ("revocation-carried-out", CENTRE.email),
        ]
    )


async def test_every_act_stands_in_the_audit_chain_of_the_body_it_concerns(house: House) -> None:
    await revoke(house)
    for service, store in house.stores.items():
        assert (await check(store, REGISTER.declared[service].kinds)).findings == [], service
    for service, verbs in (
        ("plan", {"finish", "transfer", "void"}),
        ("reporting", {"transfer", "void"}),
        ("certificate", {"void"}),
        ("directory", {"revoke", "finish", "transfer", "close"}),
    ):
        entries = await everything(house.stores[service], "audit", {"chain": STATION.code})
        sanctioned = [one.body["told"]["verb"] for one in entries if one.body["told"]["by"].startswith("sanction:")]
        assert set(sanctioned) == verbs, service


async def test_nobody_is_reminded_any_more_but_of_what_is_left_to_be_finished(house: House) -> None:
    await revoke(house)
    # 20 February 2027, and 2028: the ladders of both years
    for days in (323, 365):
        house.clock.advance(days * 86400)
        await house.tick()
    await house.run_until_quiet()
    letters = [Mailing.from_record(one) for one in await everything(house.stores["notification"], Mailing.KIND)]
    reminded = {(one.to, str(one.values["what"])) for one in letters if one.letter.startswith("duty-")}
    assert (TARGET.email, "annual_plan") in reminded, "the clock is not there yet: the test tests nothing"
    assert {what for to, what in reminded if to == STATION.email} == {"session_roster"}


async def test_a_finished_session_is_held_and_reported(house: House) -> None:
    """By the account that goes on working; its certificates are made and can be posted."""
    await revoke(house)
    clerk = house.person(STAYS)
    attendance = dict.fromkeys(("applied", "accepted", "examined"), FINISHED.size)
    await clerk.create("/reporting/rosters", {"session": FINISHED.id, "attendance": attendance}, "late")
    read = await clerk.ask("GET", FINISHED.path)
    answer = await clerk.ask("PUT", f"{FINISHED.path}/workbook", read.headers["ETag"], content=workbook(FINISHED))
    assert answer.status_code == 200, answer.text
    await clerk.step(FINISHED.path, "submission")
    assert FINISHED.branch is not None
    await house.person(FINISHED.branch.account("branch_officer")).step(FINISHED.path, "endorsement")
    await house.person(APPROVER).step(FINISHED.path, "approval")
    await house.run_until_quiet()
    production = await house.person(APPROVER).get(f"/certificate/productions/{FINISHED.id}")
    assert production["state"] == "ready"
    plan = await house.person(APPROVER).get(f"/plan/session-plans/{FINISHED.id}")
    assert plan["reported"] is True


async def test_a_moved_session_belongs_to_the_other_station(house: House) -> None:
    """Its people submit the roster anew, under the same number; the old station does not see it any more."""
    await revoke(house)
    assert (await house.person(STAYS).ask("GET", MOVED.path)).status_code == 404
    clerk, head = (house.person(TARGET.account(role)) for role in ("station_clerk", "station_head"))
    read = await clerk.ask("GET", MOVED.path)
    refused = await clerk.ask("PUT", f"{MOVED.path}/workbook", read.headers["ETag"], content=workbook(MOVED))
    assert refused.status_code == 422, "the workbook names the station that was revoked"
    await head.step(MOVED.path, "submission")
    assert MOVED.branch is not None
    await house.person(MOVED.branch.account("branch_officer")).step(MOVED.path, "endorsement")
    await house.person(APPROVER).step(MOVED.path, "approval")
    await house.run_until_quiet()
    made = await house.person(APPROVER).everything(f"/certificate/certificates?roster={MOVED.id}")
    assert [one["number"][2:10] for one in made] == [TARGET.code] * len(lines_of(MOVED))


async def test_a_voided_session_gets_no_roster(house: House) -> None:
    await revoke(house)
    clerk = house.person(STAYS)
    attendance = dict.fromkeys(("applied", "accepted", "examined"), 2)
    answer = await clerk.ask(
        "POST",
        "/reporting/rosters",
        json={"session": VOIDED.id, "attendance": attendance},
        headers={"Idempotency-Key": "never"},
    )
    assert answer.status_code == 409
    assert answer.json()["state"] == "voided"


async def test_voided_certificates_are_neither_posted_nor_printed_nor_drawn_again(house: House) -> None:
    await revoke(house)
    maker = house.person(UNISSUED.poster)
    production = f"/certificate/productions/{UNISSUED.id}"
    read = await maker.ask("GET", production)
    parcel = {"carrier": "中国邮政EMS", "parcel": "EA000000001CN"}
    refused = await maker.ask("POST", f"{production}/parcel", read.headers["ETag"], json=parcel)
    assert (refused.status_code, refused.json()["state"]) == (409, "voided")
    batch = f"/certificate/batches/{UNISSUED.id}-b0000"
    read = await maker.ask("GET", batch)
    assert (await maker.ask("POST", f"{batch}/redraw", read.headers["ETag"])).status_code == 409
    assert (await maker.ask("GET", f"{batch}/print-file")).status_code == 409
    # Numbers go on after those of the voided ones.
    registers = await everything(house.stores["certificate"], "number_register")
    assert [one.body["next"] for one in registers] == [504]


async def test_what_was_not_drawn_yet_is_not_drawn(house: House) -> None:
    """Revoked while a batch waits for a workshop that is away: the batch is voided, and its message finds nothing to do."""
    workshop = Away("workshop")
    house.troubles.append(workshop)
    await house.person(APPROVER).step(MOVED.path, "approval")
    await _for_an_hour(house)
    kinds = {"session": "void", "roster": "void", "production": "void", "account": "finish", "reminder": "void"}
    chosen = [{"kind": kind, "choice": choice} for kind, choice in kinds.items()]
    proposed = await propose(house, wind_up=[], wind_up_kinds=chosen)
    assert {one["id"] for one in proposed["effects"] if one["kind"] == "production"} == {UNISSUED.id, MOVED.id}
    await confirm(house, proposed["id"], APPROVER, SECOND)
    await _for_an_hour(house)
    workshop.on = False
    await house.run_until_quiet()
    assert (await the_sanction(house))["state"] == "carried_out"
    batch = await house.person(APPROVER).get(f"/certificate/batches/{MOVED.id}-b0000")
    assert (batch["state"], batch["print_files"]) == ("voided", [])
    production = await house.person(APPROVER).get(f"/certificate/productions/{MOVED.id}")
    assert production["state"] == "voided"


async def _for_an_hour(house: House) -> None:
    began = house.clock.now()
    await house.run_until_quiet(until=lambda: (house.clock.now() - began).total_seconds() > 3600)


async def test_the_number_of_a_voided_certificate_is_said_to_be_void(house: House) -> None:
    """One that was issued before stays good."""
    numbers = {planned: (await certificates_of(house, planned))[0].number for planned in (ISSUED, UNISSUED)}
    await revoke(house)
    for planned, entry in ((ISSUED, "valid"), (UNISSUED, "void")):
        content = {"number": numbers[planned], "presented_by": TARGET.code}
        answer = await house.person(APPROVER).ask("POST", "/supervision/number-checks", json=content)
        assert (answer.json()["entry"], answer.json()["fits"], answer.json()["violation"]) == (
            entry,
            entry == "valid",
            "",
        )


async def test_accounts_stay_move_or_end(house: House) -> None:
    tokens = {account: await house.token(account) for account in (STAYS, GOES, CLOSES)}
    await revoke(house)
    house.clock.advance(60)
    for account, fine in ((STAYS, True), (GOES, False), (CLOSES, False)):
        answer = await house.client.get("/plan/session-plans", headers={"Authorization": f"Bearer {tokens[account]}"})
        assert (answer.status_code == 200) is fine, account
    store = house.stores["directory"]
    accounts = {one.id: one.body for one in await everything(store, "account")}
    assert (accounts[STAYS]["state"], accounts[STAYS]["body"]) == ("active", STATION.code)
    assert (accounts[GOES]["state"], accounts[GOES]["body"]) == ("active", TARGET.code)
    assert accounts[GOES]["path"].endswith(f"/{TARGET.code}/")
    assert accounts[CLOSES]["state"] == "closed"


async def test_who_is_closed_out_is_told_why_with_the_right_password_only(house: House) -> None:
    """At the sign-in and where passwords are changed. Anybody else learns what an account that never was would tell them."""
    await revoke(house)
    house.clock.advance(3 * 86_400)
    for answer in (
        await sign_in(house, CLOSES),
        await house.client.post(
            "/directory/passwords", json={"account": CLOSES, "old": PASSWORD, "new": "another one"}
        ),
    ):
        told = answer.json()["detail"]
        assert answer.status_code == 401
        assert told.startswith(f"{STATION.name_zh}已于 2026-04-03 被取消鉴定资质，该账号随之关闭")
        assert CENTRE.name_zh in told and CENTRE.email in told
        assert f"{STATION.name_en} lost its licence on 2026-04-03" in told
    wrong, nobody = await sign_in(house, CLOSES, "not the one"), await sign_in(house, "nobody.at.all", "not the one")
    assert (wrong.status_code, wrong.content) == (nobody.status_code, nobody.content)
    for _ in range(FAILURES - 1):
        await sign_in(house, CLOSES, "not the one")
    locked = await sign_in(house, CLOSES)
    assert locked.content == nobody.content, "guessing is no quicker at a closed account"
    assert (await sign_in(house, STAYS)).status_code == 200


async def test_account_ids_stay_off_the_bus(house: House) -> None:
    wires: list[str] = []
    publish = house.real_bus.publish

    async def listening(message: Any) -> None:
        wires.append(message.wire)
        await publish(message)

    house.real_bus.publish = listening  # type: ignore[method-assign]
    await revoke(house)
    assert any("directory_windup.done" in wire for wire in wires)
    assert [wire for wire in wires if any(account in wire for account in (STAYS, GOES, CLOSES))] == []


# --- before it is confirmed -------------------------------------------------------------------------------------------


async def test_a_changed_house_makes_the_confirmation_stale(house: House) -> None:
    proposed = await propose(house)
    await confirm(house, proposed["id"], APPROVER)
    parcel = {"carrier": "中国邮政EMS", "parcel": "EA000000001CN"}
    await house.person(UNISSUED.poster).step(f"/certificate/productions/{UNISSUED.id}", "parcel", json=parcel)
    path = f"/supervision/sanctions/{proposed['id']}"
    before = await house.person(SECOND).ask("GET", path)
    answer = await house.person(SECOND).ask("POST", f"{path}/confirmation", before.headers["ETag"])
    assert answer.status_code == 412
    assert (
        f"证书制作 {UNISSUED.id} 已不在 · this changed since the preview: production {UNISSUED.id} is gone"
        in answer.json()["detail"]
    )
    assert (await the_sanction(house))["state"] == "seconded"


async def test_something_new_makes_the_confirmation_stale_too(house: House) -> None:
    proposed = await propose(house)
    path = f"/{CENTRE.code}/{STATION.parent}/{STATION.code}/"
    await house.seed_account("fourth.person", Role.STATION_CLERK, STATION.code, path)
    read = await house.person(APPROVER).ask("GET", f"/supervision/sanctions/{proposed['id']}")
    answer = await house.person(APPROVER).ask(
        "POST", f"/supervision/sanctions/{proposed['id']}/confirmation", read.headers["ETag"]
    )
    assert answer.status_code == 412
    assert (
        "账号 fourth.person 新出现 · this changed since the preview: account fourth.person is new"
        in answer.json()["detail"]
    )


async def test_two_other_persons_confirm(house: House) -> None:
    path = f"/{CENTRE.code}/"
    await house.seed_account("proposing.approver", Role.CENTRE_APPROVER, CENTRE.code, path)
    violation = await winding.a_confirmed_violation(house)
    content = {
        "body": STATION.code,
        "measure": "revocation",
        "reason": "擅自核发证书",
        "violations": [violation],
        "skips_because": "情节特别严重",
        "wind_up": winding.CHOICES,
        "wind_up_kinds": winding.KINDS,
    }
    proposed = await house.person("proposing.approver").create("/supervision/sanctions", content, "own")
    again = await house.person("proposing.approver").create("/supervision/sanctions", content, "own")
    assert again["id"] == proposed["id"]
    document = f"/supervision/sanctions/{proposed['id']}"

    async def tries(account: str) -> int:
        read = await house.person(account).ask("GET", document)
        return (await house.person(account).ask("POST", f"{document}/confirmation", read.headers["ETag"])).status_code

    assert await tries("proposing.approver") == 403
    assert await tries(APPROVER) == 200
    assert await tries(APPROVER) == 403
    assert await tries("proposing.approver") == 403
    assert await tries(winding.CLERK) == 403
    assert await tries(SECOND) == 200
    assert (await the_sanction(house))["state"] == "confirmed"


async def test_a_station_learns_of_it_when_it_is_confirmed(house: House) -> None:
    proposed = await propose(house)
    document = f"/supervision/sanctions/{proposed['id']}"
    head = house.person(GOES)
    assert (await head.ask("GET", document)).status_code == 404
    assert (await head.get("/supervision/sanctions"))["items"] == []
    await confirm(house, proposed["id"], APPROVER, SECOND)
    assert (await head.get(document))["measure"] == "revocation"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"wind_up": winding.CHOICES[:-1]}, "尚未选择 · nothing was chosen"),
        ({"wind_up": [*winding.CHOICES[:-1], {**winding.CHOICES[-1], "choice": "move"}]}, "此项不能"),
        ({"wind_up": [*winding.CHOICES[1:], {**winding.CHOICES[0], "target": TARGET.code}]}, "only a move"),
        ({"wind_up": [*winding.CHOICES, {**winding.CHOICES[0], "id": "none"}]}, "there is no such item"),
        (
            {
                "wind_up": [
                    *winding.CHOICES[:3],
                    {**winding.CHOICES[3], "choice": "void", "target": None},
                    *winding.CHOICES[4:],
                ]
            },
            "goes the way of its session",
        ),
        (
            {"wind_up": [{**one, "target": CENTRE.code} if one.get("target") else one for one in winding.CHOICES]},
            "no station that can take it over",
        ),
        ({"violations": [], "inspections": []}, "须引用"),
        ({"skips_because": ""}, "needs a reason"),
        ({"until": "2026-06-01"}, "has no term"),
    ],
)
async def test_choices_that_cannot_be_carried_out(house: House, change: dict[str, Any], complaint: str) -> None:
    violation = await winding.a_confirmed_violation(house)
    content = {
        "body": STATION.code,
        "measure": "revocation",
        "reason": "擅自核发证书",
        "violations": [violation],
        "skips_because": "情节特别严重",
        "wind_up": winding.CHOICES,
        "wind_up_kinds": winding.KINDS,
        **change,
    }
    answer = await house.person(winding.PROPOSER).ask(
        "POST", "/supervision/sanctions", json=content, headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 422, answer.text
    assert any(complaint in row["what"] for row in answer.json()["errors"]), answer.json()


async def test_a_target_must_be_licensed_for_what_it_gets(house: House) -> None:
    body = f"/directory/bodies/{TARGET.code}"
    scope = [{"occupation": "6-04-02-05", "levels": [5, 4, 3]}]
    await house.person(APPROVER).step(body, "licence", json={**LICENCE, "scope": scope})
    await house.run_until_quiet()
    complaints = await _complaints(house, "first")
    assert complaints == [f"{TARGET.code}：许可范围不含 6-04-01-01/4 · not within its licence"]
    suspension = await propose(house, "suspension", "of the target", body=TARGET.code)
    await confirm(house, suspension["id"], APPROVER)
    await house.run_until_quiet()
    complaints = await _complaints(house, "second")
    assert set(complaints) == {f"{TARGET.code}：没有有效的鉴定许可 · has no licence that is valid now"}


async def _complaints(house: House, key: str) -> list[str]:
    violation = await winding.a_confirmed_violation(house, key=key)
    content = {
        "body": STATION.code,
        "measure": "revocation",
        "reason": "擅自核发证书",
        "violations": [violation],
        "skips_because": "情节特别严重",
        "wind_up": winding.CHOICES,
        "wind_up_kinds": winding.KINDS,
    }
    answer = await house.person(winding.PROPOSER).ask(
        "POST", "/supervision/sanctions", json=content, headers={"Idempotency-Key": key}
    )
    assert answer.status_code == 422, answer.text
    return [row["what"] for row in answer.json()["errors"]]


async def test_a_branch_centre_is_not_revoked(house: House) -> None:
    violation = await winding.a_confirmed_violation(house, str(STATION.parent))
    content = {
        "body": STATION.parent,
        "measure": "revocation",
        "reason": "擅自核发证书",
        "violations": [violation],
        "skips_because": "情节特别严重",
    }
    answer = await house.person(winding.PROPOSER).ask(
        "POST", "/supervision/sanctions", json=content, headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 422
    assert "only a station" in answer.json()["detail"]


async def test_no_service_reads_what_is_ordered_of_another(house: House) -> None:
    proposed = await propose(house)
    await confirm(house, proposed["id"], APPROVER, SECOND)
    orders = f"/supervision/sanctions/{proposed['id']}/orders/directory"
    assert (await house.person("plan").ask("GET", orders)).status_code == 404
    answer = await house.person("directory").get(orders)
    assert sorted(one["id"] for one in answer["effects"]) == sorted([STAYS, GOES, CLOSES])
    for knocker in ("certificate", "notification"):
        assert (await house.person(knocker).ask("GET", "/plan/windups/preview?body=49053012")).status_code == 403


async def test_a_revocation_that_waits_too_long_is_logged(house: House, caplog: pytest.LogCaptureFixture) -> None:
    proposed = await propose(house)
    await confirm(house, proposed["id"], APPROVER, SECOND)
    house.closed_doors.add("reporting")
    await _for_an_hour(house)
    await house.tick()
    assert f"sanction {proposed['id']} waits for" in caplog.text
    house.closed_doors.clear()
    await house.run_until_quiet()
    assert (await the_sanction(house))["state"] == "carried_out"


async def test_a_target_that_was_suspended_since_takes_nothing_over(house: House) -> None:
    """Asked again at the confirmation, not only when it was proposed."""
    proposed = await propose(house)
    suspension = await propose(house, "suspension", "of the target", body=TARGET.code)
    await confirm(house, suspension["id"], APPROVER)
    await house.run_until_quiet()
    path = f"/supervision/sanctions/{proposed['id']}"
    read = await house.person(APPROVER).ask("GET", path)
    answer = await house.person(APPROVER).ask("POST", f"{path}/confirmation", read.headers["ETag"], json={})
    assert answer.status_code == 422, answer.text
    assert any(TARGET.code in one["what"] for one in answer.json()["errors"])
