"""Inspections with evidence, the number check, the ladder of sanctions: through HTTP, as each side sees it (R2, R3)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from services.demo.cast import BRANCHES, CENTRE, STATIONS
from services.directory.bodies.body import Body
from services.runtime.catalogue import REGISTER
from shared.actor import Actor
from shared.audit.check import check as verify
from shared.keeping import repository
from shared.trade.roles import Role
from tests.unit.reporting.workbooks.filled_in import good, saved
from tests.world import winding
from tests.world.books import certificates_of, everything, parked
from tests.world.house import House
from tests.world.seeding import APPROVER, CLERK, HELD_ON, SMALL, approve, body_entry
from tests.world.winding import SECOND

STATION, SISTER = STATIONS[0], STATIONS[1]
OFFICER, OTHER_OFFICER = (branch.account("branch_officer") for branch in BRANCHES)
HEAD, STATION_CLERK, SISTER_HEAD = (
    STATION.account("station_head"),
    STATION.account("station_clerk"),
    SISTER.account("station_head"),
)
PHOTO = b"\x89PNG not really " + bytes(2_000_000)  # more than JSON may have
FOREIGN = "2631011001400001"


async def letters_to(house: House, email: str) -> list[str]:
    """Since its licence was announced."""
    records = await everything(house.stores["notification"], "mailing", {"to": email})
    return sorted(record.body["letter"] for record in records if record.body["values"].get("from_state") != "applied")


# --- inspections ------------------------------------------------------------------------------------------------------


async def plan(house: House, by: str = CLERK, body: str = STATION.code) -> str:
    content = {"body": body, "on": "2026-04-20", "inspectors": "检查人甲、检查人乙"}
    made = await house.person(by).create("/supervision/inspections", content, f"inspect {body}")
    return f"/supervision/inspections/{made['id']}"


async def test_a_planned_inspection_is_withdrawn_by_the_office_that_planned_it(bare_house: House) -> None:
    """The station hears nothing of it, then or later; nor does anything refer to it."""
    house = bare_house
    inspection = await plan(house, OFFICER)
    for by, reason, status in (
        (CLERK, "改期", 403),
        (OFFICER, " ", 422),
        (OFFICER, "改期", 200),
        (OFFICER, "改期", 409),
    ):
        read = await house.person(by).ask("GET", inspection)
        answer = await house.person(by).ask(
            "POST", f"{inspection}/withdrawal", read.headers["ETag"], json={"reason": reason}
        )
        assert answer.status_code == status, answer.text
    assert answer.json()["state"] == "withdrawn"
    assert (await house.person(HEAD).ask("GET", inspection)).status_code == 404
    assert (await house.person(HEAD).get("/supervision/inspections"))["items"] == []
    (listed,) = (await house.person(CLERK).get("/supervision/inspections?state=withdrawn"))["items"]
    assert listed["history"][-1]["reason"] == "改期"
    await house.run_until_quiet()
    assert await letters_to(house, STATION.email) == []
    content = {
        "body": STATION.code,
        "trigger": "paper_leak",
        "description": "泄题",
        "inspection": inspection.split("/")[-1],
    }
    refused = await house.person(CLERK).ask(
        "POST", "/supervision/violations", json=content, headers={"Idempotency-Key": "k"}
    )
    assert [one["where"] for one in refused.json()["errors"]] == ["/inspection"]
    for name, code, path in (
        ("centre", CENTRE.code, f"/{CENTRE.code}/"),
        ("branch", BRANCHES[0].code, f"/{CENTRE.code}/{BRANCHES[0].code}/"),
        ("station", STATION.code, f"/{CENTRE.code}/{BRANCHES[0].code}/{STATION.code}/"),
    ):
        await house.seed_account(name, Role.AUDITOR, code, path)
        read_by = [row["told"]["verb"] for row in await house.person(name).everything("/supervision/audit")]
        assert read_by == ([] if name == "station" else ["plan", "withdraw"])


async def test_an_empty_record_of_an_inspection_is_refused(bare_house: House) -> None:
    inspection = await plan(bare_house)
    read = await bare_house.person(CLERK).ask("GET", inspection)
    for content in ({}, {"findings": []}, {"summary": "  ", "findings": []}):
        answer = await bare_house.person(CLERK).ask(
            "POST", f"{inspection}/performance", read.headers["ETag"], json=content
        )
        assert [one["where"] for one in answer.json()["errors"]] == ["/summary"]
    assert (await bare_house.person(HEAD).ask("GET", inspection)).status_code == 404


FINDINGS = {
    "summary": "现场检查",
    "findings": [
        {"category": "examiners", "severity": "serious", "description": "考评人员不足三人"},
        {"category": "fees", "severity": "minor", "description": "收费公示不全"},
    ],
    "rectify_by": "2026-06-01",
}


async def test_an_inspection_from_the_plan_to_the_recheck(bare_house: House) -> None:
    house = bare_house
    inspection = await plan(house)
    clerk, head = house.person(CLERK), house.person(HEAD)
    # Nobody at the station knows of it, neither by its address nor in a list, and no letter was written.
    assert (await head.ask("GET", inspection)).status_code == 404
    assert (await head.get("/supervision/inspections"))["items"] == []
    await house.run_until_quiet()
    assert await letters_to(house, STATION.email) == []
    assert (await house.person(OFFICER).get(inspection))["state"] == "planned"
    # It is performed: the station reads it and has a letter.
    await clerk.step(inspection, "performance", json=FINDINGS)
    await house.run_until_quiet()
    assert await letters_to(house, STATION.email) == ["inspection-performed"]
    assert (await head.get(inspection))["rectify_by"] == "2026-06-01"
    assert (await house.person(SISTER_HEAD).ask("GET", inspection)).status_code == 404
    # Evidence, larger than any JSON may be.
    evidence = f"{inspection}/findings/1/evidence?title=考评人员名单.png"
    read = await clerk.ask("GET", inspection)
    put = await clerk.ask("PUT", evidence, read.headers["ETag"], content=PHOTO)
    assert put.status_code == 200, put.text
    (piece,) = put.json()["findings"][0]["evidence"]
    assert (piece["seal"], piece["size"]) == ("sha256:" + hashlib.sha256(PHOTO).hexdigest(), len(PHOTO))
    again = await clerk.ask("PUT", evidence, read.headers["ETag"], content=PHOTO)
    assert (again.status_code, again.headers["ETag"]) == (200, put.headers["ETag"]), "the same file changes nothing"
    stale = await clerk.ask("PUT", evidence, read.headers["ETag"], content=b"another")
    assert stale.status_code == 412
    for who, status in ((HEAD, 200), (OFFICER, 200), (SISTER_HEAD, 404), (OTHER_OFFICER, 404)):
        file = await house.person(who).ask("GET", f"{inspection}/evidence/{piece['seal']}")
        assert file.status_code == status, who
        assert status != 200 or file.content == PHOTO
    other = "sha256:" + "0" * 64
    assert (await head.ask("GET", f"{inspection}/evidence/{other}")).status_code == 404
    # The station answers; a first re-check gives it more time, a second one passes.
    await head.step(inspection, "answer", json={"measures": "已增聘考评员"})
    await clerk.step(inspection, "recheck", json={"outcome": "extend", "rectify_by": "2026-06-30", "note": "收费"})
    closed = await clerk.step(inspection, "recheck", json={"outcome": "pass"})
    assert (closed["state"], closed["outcome"], closed["rechecks"]) == ("closed", "rectified", 2)
    await house.run_until_quiet()
    assert await letters_to(house, STATION.email) == ["inspection-closed", "inspection-performed"]


async def test_what_is_too_large_is_refused(bare_house: House) -> None:
    house = bare_house
    inspection = await plan(house)
    await house.person(CLERK).step(inspection, "performance", json=FINDINGS)
    read = await house.person(CLERK).ask("GET", inspection)
    evidence = f"{inspection}/findings/1/evidence?title=x"
    large = bytes(house.settings.largest_upload_mb * 1024 * 1024 + 1)
    assert (await house.person(CLERK).ask("PUT", evidence, read.headers["ETag"], content=large)).status_code == 413
    assert (await house.person(CLERK).ask("PUT", evidence, read.headers["ETag"], content=b"")).status_code == 422


async def test_a_branch_inspects_below_itself_only(bare_house: House) -> None:
    house = bare_house
    mine = await plan(house, OFFICER)
    for body, status in ((BRANCHES[0].code, 422), (STATIONS[2].code, 404), ("99053012", 404)):
        content = {"body": body, "on": "2026-04-20", "inspectors": "检查人"}
        answer = await house.person(OFFICER).ask(
            "POST", "/supervision/inspections", json=content, headers={"Idempotency-Key": body}
        )
        assert answer.status_code == status, answer.text
    # One of the branch itself, planned by the Centre, stays hidden from the branch until it is performed.
    theirs = await plan(house, CLERK, BRANCHES[0].code)
    officer = house.person(OFFICER)
    assert (await officer.ask("GET", theirs)).status_code == 404
    assert [one["id"] for one in (await officer.get("/supervision/inspections"))["items"]] == [mine.split("/")[-1]]
    await house.person(CLERK).step(theirs, "performance", json={"summary": "未发现问题"})
    assert (await officer.get(theirs))["state"] == "performed"


async def test_auditors_read_of_it_no_earlier_than_their_body_may_know(bare_house: House) -> None:
    """Who planned an inspection, raised a violation or proposed a sanction, and who stands above: nobody else."""
    house, auditors = bare_house, {"centre": CENTRE.code, "branch": BRANCHES[0].code, "station": STATION.code}
    path = "/"
    for name, code in auditors.items():
        path += f"{code}/"
        await house.seed_account(name, Role.AUDITOR, code, path)

    async def read(by: str) -> list[tuple[str, str, str]]:
        await house.run_until_quiet()
        rows = await house.person(by).everything("/supervision/audit")
        return sorted((row["chain"], row["act"].split("/")[0], row["told"]["verb"]) for row in rows)

    of_branch = await plan(house, CLERK, BRANCHES[0].code)
    of_station = await plan(house, OFFICER)
    branch, station = (BRANCHES[0].code, "inspection"), (STATION.code, "inspection")
    assert await read("centre") == [(*branch, "plan"), (*station, "plan")]
    assert await read("branch") == [(*station, "plan")]
    assert await read("station") == []
    for inspection, by in ((of_branch, CLERK), (of_station, OFFICER)):
        await house.person(by).step(inspection, "performance", json={"summary": "未发现问题"})
    assert await read("branch") == [(*branch, "perform"), (*station, "perform"), (*station, "plan")]
    assert await read("station") == [(*station, "perform")]

    proposed = await winding.propose(house, "suspension")
    confirmed = (STATION.code, "violation", "confirm")
    assert await read("station") == [(*station, "perform"), confirmed]
    assert (STATION.code, "sanction", "propose") in await read("centre")
    assert (STATION.code, "sanction", "propose") not in await read("branch"), "the Centre proposed it"
    await winding.confirm(house, proposed["id"], APPROVER)
    assert await read("station") == [(*station, "perform"), (STATION.code, "sanction", "confirm"), confirmed]
    assert (await verify(house.stores["supervision"], REGISTER.declared["supervision"].kinds)).findings == []


async def test_what_nobody_raised_is_read_right_above(house: House) -> None:
    """A workbook held the number: its finder sits nowhere."""
    for name, code, path in (
        ("branch", BRANCHES[0].code, f"/{CENTRE.code}/{BRANCHES[0].code}/"),
        ("station", STATION.code, f"/{CENTRE.code}/{BRANCHES[0].code}/{STATION.code}/"),
    ):
        await house.seed_account(name, Role.AUDITOR, code, path)
    read = await house.person(STATION_CLERK).ask("GET", SMALL.path)
    content = saved(good({"B4": HELD_ON, "N7": FOREIGN}))
    await house.person(STATION_CLERK).ask("PUT", f"{SMALL.path}/workbook", read.headers["ETag"], content=content)
    await house.run_until_quiet()
    rows = {by: await house.person(by).everything("/supervision/audit") for by in ("branch", "station")}
    assert ([row["told"]["verb"] for row in rows["branch"]], rows["station"]) == (["raise"], [])


# --- the number check -------------------------------------------------------------------------------------------------


async def check(house: House, number: str, by: str = OFFICER) -> dict[str, Any]:
    content = {"number": number, "presented_by": STATION.code}
    answer = await house.person(by).ask("POST", "/supervision/number-checks", json=content)
    assert answer.status_code == 200, answer.text
    checked: dict[str, Any] = answer.json()
    return checked


async def all_violations(house: House) -> list[dict[str, Any]]:
    return await house.person(APPROVER).everything("/supervision/violations")


async def test_a_foreign_number_raises_one_violation(bare_house: House) -> None:
    checked = await check(bare_house, FOREIGN)
    assert not checked["fits"]
    assert [row["where"] for row in checked["problems"]] == ["第 3-4 位 行业代码 · digits 3-4 industry"]
    again = await check(bare_house, "２６31011001400001 ", CLERK)
    assert again["violation"] == checked["violation"]
    (violation,) = await all_violations(bare_house)
    assert violation["id"] == checked["violation"]
    assert (violation["trigger"], violation["source"], violation["body"]) == (
        "foreign_number",
        "number_check",
        STATION.code,
    )
    assert (violation["institution"], violation["masked"]) == ("31011001", "26310110014*****")
    assert FOREIGN not in str(violation)


@pytest.mark.parametrize("number", ["2649053012400001", "264905301240000", "2649053012900001", "2699053012400001"])
async def test_other_numbers_raise_none(bare_house: House, number: str) -> None:
    """One of ours that was never given, a short one, one with a wrong level, and one of the practice tree."""
    checked = await check(bare_house, number)
    assert (checked["fits"], checked["violation"]) == (False, "")
    assert checked["entry"] == ("absent" if number == "2649053012400001" else "")
    assert checked["problems"]
    assert await all_violations(bare_house) == []


async def test_a_number_of_ours_is_looked_up_in_the_register(house: House) -> None:
    """By a service, without a word of the holder; nobody else may ask with a number alone."""
    await approve(house, SMALL)
    await house.run_until_quiet()
    number = (await certificates_of(house, SMALL))[0].number
    assert await check(house, number) == {
        "number": number,
        "fits": True,
        "problems": [],
        "entry": "valid",
        "violation": "",
    }
    assert (await house.person(OFFICER).ask("GET", f"/certificate/numbers/{number}")).status_code == 403
    house.closed_doors.add("certificate")
    content = {"number": number, "presented_by": STATION.code}
    answer = await house.person(OFFICER).ask("POST", "/supervision/number-checks", json=content)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.json()["detail"].startswith("暂时无法查询证书登记，请稍后再试")


async def test_what_the_centre_presented_itself_is_seen_and_decided_there(bare_house: House) -> None:
    house = bare_house
    content = {"number": FOREIGN, "presented_by": CENTRE.code}
    answer = await house.person(CLERK).ask("POST", "/supervision/number-checks", json=content)
    (violation,) = await all_violations(house)
    path = f"/supervision/violations/{violation['id']}"
    assert (violation["id"], violation["body"]) == (answer.json()["violation"], CENTRE.code)
    assert (await house.person(CLERK).get(path))["state"] == "raised"
    assert (await house.person(OFFICER).ask("GET", path)).status_code == 404
    await house.person(APPROVER).step(path, "confirmation", json={"reason": "属实"})
    await house.run_until_quiet()
    assert await letters_to(house, CENTRE.email) == ["violation-confirmed"]


async def test_nobody_inspects_or_sanctions_the_centre(bare_house: House) -> None:
    """There is nobody above who could; each refusal says so."""
    house = bare_house
    content = {"number": FOREIGN, "presented_by": CENTRE.code}
    checked = await house.person(CLERK).ask("POST", "/supervision/number-checks", json=content)
    violation = checked.json()["violation"]
    await house.person(APPROVER).step(f"/supervision/violations/{violation}", "confirmation", json={"reason": "属实"})
    asked = {
        "/supervision/inspections": {"on": "2026-04-20", "inspectors": "检查人"},
        "/supervision/violations": {"trigger": "paper_leak", "description": "泄题"},
        "/supervision/sanctions": {"measure": "notice", "reason": "泄题", "violations": [violation]},
    }
    for path, what in asked.items():
        answer = await house.person(CLERK).ask(
            "POST", path, json={"body": CENTRE.code, **what}, headers={"Idempotency-Key": path}
        )
        assert (answer.status_code, "本机构" in answer.json()["detail"]) == (422, True), answer.text
    for body in (CENTRE.code, BRANCHES[0].code):
        preview = await house.person(CLERK).ask("GET", f"/supervision/sanctions/preview?body={body}")
        assert (preview.status_code, "只能取消鉴定站资质" in preview.json()["detail"]) == (422, True)


async def test_a_workbook_with_foreign_numbers_is_refused_and_told(house: House) -> None:
    content = saved(good({"B4": HELD_ON, "N7": FOREIGN, "N8": "2649053012400001"}))
    clerk = house.person(STATION_CLERK)
    for _ in range(2):
        read = await clerk.ask("GET", SMALL.path)
        answer = await clerk.ask("PUT", f"{SMALL.path}/workbook", read.headers["ETag"], content=content)
        assert answer.status_code == 422
        assert {row["where"] for row in answer.json()["errors"]} == {"名册!N7", "名册!N8"}
    await house.run_until_quiet()
    (violation,) = await all_violations(house)
    assert (violation["source"], violation["session"], violation["masked"]) == (
        "roster_import",
        SMALL.id,
        "26310110014*****",
    )
    # The number check of the same number, presented by the same station, finds it there.
    assert (await check(house, FOREIGN))["violation"] == violation["id"]
    assert len(await all_violations(house)) == 1
    assert (await house.person(HEAD).get("/supervision/violations"))["items"] == [], (
        "not disclosed before it is confirmed"
    )
    path = f"/supervision/violations/{violation['id']}"
    await house.person(APPROVER).step(path, "confirmation", json={"reason": "核实"})
    assert [one["id"] for one in (await house.person(HEAD).get("/supervision/violations"))["items"]] == [
        violation["id"]
    ]


async def test_a_workbook_full_of_them_fills_no_store(house: House) -> None:
    numbers = {f"N{row}": f"26310110014{row:05d}" for row in range(7, 107)}
    content = saved(good({"B4": HELD_ON, **numbers, **{f"B{row}": f"T-{row}" for row in range(7, 107)}}))
    read = await house.person(STATION_CLERK).ask("GET", SMALL.path)
    answer = await house.person(STATION_CLERK).ask(
        "PUT", f"{SMALL.path}/workbook", read.headers["ETag"], content=content
    )
    assert answer.status_code == 422
    await house.run_until_quiet()
    assert len(await all_violations(house)) == 50


async def test_a_violation_of_an_inspection_refers_to_it(bare_house: House) -> None:
    house = bare_house
    inspection = (await plan(house)).split("/")[-1]
    content = {"body": STATION.code, "trigger": "too_few_examiners", "description": "不足", "inspection": inspection}
    key = {"Idempotency-Key": "k"}
    clerk = house.person(CLERK)
    refused = await clerk.ask("POST", "/supervision/violations", json=content, headers=key)
    assert refused.status_code == 422, "it was not performed"
    await clerk.step(f"/supervision/inspections/{inspection}", "performance", json=FINDINGS)
    nine = await clerk.ask("POST", "/supervision/violations", json={**content, "finding": 9}, headers=key)
    assert nine.status_code == 404
    made = await clerk.create("/supervision/violations", {**content, "finding": 1}, "k")
    assert (made["source"], made["inspection"], made["finding"]) == ("inspection", inspection, 1)


# --- the ladder -------------------------------------------------------------------------------------------------------


async def body_state(house: House) -> str:
    return str((await house.person(APPROVER).get(f"/directory/bodies/{STATION.code}"))["state"])


async def test_the_ladder_up_and_down(bare_house: House) -> None:
    house = bare_house
    centre = house.person(APPROVER)
    before = await body_state(house)

    async def order(measure: str, **more: Any) -> str:
        made = await winding.propose(house, measure, key=measure, skips_because="", **more)
        await winding.confirm(house, made["id"], APPROVER)
        await house.run_until_quiet()
        return f"/supervision/sanctions/{made['id']}"

    notice = await order("notice")
    assert await body_state(house) == before
    rectification = await order("rectification", until="2026-06-01")
    assert await body_state(house) == "rectifying"
    suspension = await order("suspension")
    assert await body_state(house) == "suspended"
    # The suspension took the place of the rectification: there is nothing to lift there any more.
    assert (await centre.get(rectification))["state"] == "superseded"
    read = await centre.ask("GET", rectification)
    refused = await centre.ask("POST", f"{rectification}/lifting", read.headers["ETag"], json={"reason": "合格"})
    assert refused.status_code == 409
    await centre.step(suspension, "lifting", json={"reason": "已整改"})
    await house.run_until_quiet()
    assert await body_state(house) == before
    assert (await centre.get(notice))["state"] == "confirmed"
    told = [*["sanction-confirmed"] * 3, "sanction-lifted", *["violation-confirmed"] * 3]
    assert await letters_to(house, STATION.email) == told
    assert await letters_to(house, BRANCHES[0].email) == told
    assert await letters_to(house, CENTRE.email) == ["sanction-waits"] * 3


async def test_whoever_reads_a_decision_gets_its_paper(bare_house: House) -> None:
    """And before it is one, nobody: the body concerned does not learn that there is anything."""
    house = bare_house
    made = await winding.propose(house, "notice", skips_because="")
    paper = f"/supervision/sanctions/{made['id']}/decision.pdf"
    early = await house.person(CLERK).ask("GET", paper)
    assert (early.status_code, early.headers["content-type"]) == (409, "application/problem+json")
    assert "不能出具决定书" in early.json()["detail"]
    assert (await house.person(STATION_CLERK).ask("GET", paper)).status_code == 404
    await winding.confirm(house, made["id"], APPROVER)
    await house.run_until_quiet()
    read = [await house.person(who).ask("GET", paper) for who in (CLERK, APPROVER, OFFICER, HEAD)]
    assert {answer.status_code for answer in read} == {200}
    assert len({answer.content for answer in read}) == 1 and read[0].content.startswith(b"%PDF")
    assert read[0].headers["content-type"] == "application/pdf"
    assert f'filename="decision-{STATION.code}.pdf"' in read[0].headers["content-disposition"]


async def test_a_lifted_sanction_never_comes_back(bare_house: House) -> None:
    """Its confirmation arrives again, and for the first time after the lifting."""
    house = bare_house
    before = await body_state(house)
    made = await winding.propose(house, "suspension")
    document = f"/supervision/sanctions/{made['id']}"
    await winding.confirm(house, made["id"], APPROVER)
    await house.person(APPROVER).step(document, "lifting", json={"reason": "误判"})
    held: list[Any] = []
    publish = house.real_bus.publish

    async def backwards(message: Any) -> None:
        if message.key == "sanction.confirmed.v1" and not held:
            held.append(message)
            return
        await publish(message)

    house.real_bus.publish = backwards  # type: ignore[method-assign]
    began = house.clock.now()
    await house.run_until_quiet(until=lambda: bool(held) and (house.clock.now() - began).total_seconds() > 5)
    await publish(held[0])
    await publish(held[0])
    await house.run_until_quiet()
    assert await body_state(house) == before
    history = [act["verb"] for act in (await house.operator.get(f"/directory/bodies/{STATION.code}"))["history"]]
    assert history[-2:] == ["suspend", "reinstate"]


async def test_a_body_that_cannot_take_a_measure_is_told_so_at_once(bare_house: House) -> None:
    """A station that has applied, a branch centre without a licence: 422, and nobody's letter."""
    house, new = bare_house, "49053099"
    await house.person(CLERK).create("/directory/bodies", {**body_entry(STATION), "code": new}, "new")
    await house.run_until_quiet()
    for body, measure, state in (
        (new, "suspension", "waiting for its licence"),
        (new, "rectification", "waiting for its licence"),
        (BRANCHES[0].code, "suspension", "registered"),
    ):
        violation = await winding.a_confirmed_violation(house, body, f"{body} {measure}")
        content = {
            "body": body,
            "measure": measure,
            "reason": "泄题",
            "violations": [violation],
            "skips_because": "严重",
        }
        answer = await house.person(CLERK).ask(
            "POST", "/supervision/sanctions", json=content, headers={"Idempotency-Key": f"{body} {measure}"}
        )
        assert answer.status_code == 422
        (problem,) = answer.json()["errors"]
        assert problem["where"] == "/measure" and state in problem["what"]


async def test_a_confirmation_asks_the_standing_again(bare_house: House) -> None:
    house = bare_house
    made = await winding.propose(house, "suspension")
    await by_hand(house, lambda body: body.revoke(HAND, house.clock.now(), "伪造证书"))
    await house.run_until_quiet()
    document = f"/supervision/sanctions/{made['id']}"
    read = await house.person(APPROVER).ask("GET", document)
    answer = await house.person(APPROVER).ask("POST", f"{document}/confirmation", read.headers["ETag"])
    assert (answer.status_code, [one["where"] for one in answer.json()["errors"]]) == (422, ["/measure"])
    assert await letters_to(house, STATION.email) == ["standing-changed", "violation-confirmed"]
    again = {**REVOCATION, "violations": [await winding.a_confirmed_violation(house, key="again")]}
    refused = await house.person(CLERK).ask(
        "POST", "/supervision/sanctions", json=again, headers={"Idempotency-Key": "again"}
    )
    assert [one["where"] for one in refused.json()["errors"]] == ["/measure"]


async def test_a_rectification_of_a_body_that_is_rectifying_already(bare_house: House) -> None:
    """An annual inspection ordered it. The newer term counts, and lifting ends it."""
    house = bare_house
    failed = {"year": 2026, "passed": False, "findings": ["量具未检定"], "until": "2026-05-01"}
    path = f"/directory/bodies/{STATION.code}"
    await house.person(CLERK).step(path, "annual-inspections", json=failed)
    await house.run_until_quiet()
    made = await winding.propose(house, "rectification", until="2026-06-01")
    document = f"/supervision/sanctions/{made['id']}"
    await winding.confirm(house, made["id"], APPROVER)
    await house.run_until_quiet()
    body = await house.person(APPROVER).get(path)
    assert (body["state"], body["until"], body["because"]) == ("rectifying", "2026-06-01", made["reason"])
    sanction = await house.person(APPROVER).get(document)
    assert (sanction["state"], sanction["put"]) == (
        "confirmed",
        {"from_state": "rectifying", "to_state": "rectifying"},
    )
    await house.person(APPROVER).step(document, "lifting", json={"reason": "合格"})
    await house.run_until_quiet()
    sanction = await house.person(APPROVER).get(document)
    assert (sanction["state"], sanction["ended"]) == ("lifted", {"from_state": "rectifying", "to_state": "licensed"})
    assert await body_state(house) == "licensed"
    assert await letters_to(house, STATION.email) == [
        "sanction-confirmed",
        "sanction-lifted",
        "standing-changed",
        "violation-confirmed",
    ]


async def test_what_a_sanction_ordered_ends_with_the_sanction(bare_house: House) -> None:
    """The directory's clearance says where; the next rectification is in nobody's way."""
    house, body = bare_house, f"/directory/bodies/{STATION.code}"
    centre = house.person(APPROVER)
    made = await winding.propose(house, "rectification", until="2026-06-01")
    lifting = f"/supervision/sanctions/{made['id']}"
    await winding.confirm(house, made["id"], APPROVER)
    await house.run_until_quiet()
    for away, status, said in ((False, 409, f"POST {lifting}/lifting"), (True, 503, "暂时无法向监督服务核实")):
        house.closed_doors = {"supervision"} if away else set()
        read = await centre.ask("GET", body)
        refused = await centre.ask("POST", f"{body}/clearance", read.headers["ETag"], json={"reason": "合格"})
        assert (refused.status_code, said in refused.json()["detail"]) == (status, True), refused.text
    house.closed_doors.clear()
    assert await body_state(house) == "rectifying"
    await centre.step(lifting, "lifting", json={"reason": "合格"})
    await house.run_until_quiet()
    assert await body_state(house) == "licensed"
    again = await winding.propose(house, "rectification", key="again", until="2026-06-20")
    await winding.confirm(house, again["id"], APPROVER)
    await house.run_until_quiet()
    assert await body_state(house) == "rectifying"


async def test_a_body_that_an_earlier_release_cleared_while_the_sanction_binds_has_a_way_out(bare_house: House) -> None:
    """The Centre lifts the sanction. Until then nothing new is in its way but what it can name."""
    house = bare_house
    made = await winding.propose(house, "rectification", until="2026-06-01")
    document = f"/supervision/sanctions/{made['id']}"
    await winding.confirm(house, made["id"], APPROVER)
    await house.run_until_quiet()
    await by_hand(house, lambda body: body.clear_rectification(HAND, house.clock.now(), "合格"))
    await house.run_until_quiet()
    violation = await winding.a_confirmed_violation(house, key="another violation")
    again = {"body": STATION.code, "measure": "rectification", "reason": "泄题", "violations": [violation]}
    key = {"Idempotency-Key": "again"}
    refused = await house.person(CLERK).ask("POST", "/supervision/sanctions", json=again, headers=key)
    assert f"lift sanction {made['id']} first" in refused.json()["errors"][0]["fix"]
    await house.person(APPROVER).step(document, "lifting", json={"reason": "合格"})
    await house.run_until_quiet()
    sanction = await house.person(APPROVER).get(document)
    assert (sanction["state"], sanction["ended"]) == ("lifted", {"from_state": "licensed", "to_state": "licensed"})
    assert await parked(house, "directory") == []
    await house.person(CLERK).create("/supervision/sanctions", again, "again")


async def test_a_sanction_overtaken_on_its_way_says_that_it_is_without_effect(bare_house: House) -> None:
    """Revoked in the moment between the confirmation and its arrival. Nothing waits for it; there is nothing to lift."""
    house = bare_house
    made = await winding.propose(house, "suspension")
    document = f"/supervision/sanctions/{made['id']}"
    await by_hand(house, lambda body: body.revoke(HAND, house.clock.now(), "伪造证书"))
    await winding.confirm(house, made["id"], APPROVER)
    await house.run_until_quiet()
    read = await house.person(APPROVER).ask("GET", document)
    assert (read.json()["state"], read.json()["put"]) == (
        "without_effect",
        {"from_state": "revoked", "to_state": "revoked"},
    )
    refused = await house.person(APPROVER).ask(
        "POST", f"{document}/lifting", read.headers["ETag"], json={"reason": "x"}
    )
    assert (refused.status_code, refused.json()["state"]) == (409, "without_effect")
    history = (await house.operator.get(f"/directory/bodies/{STATION.code}"))["history"]
    assert [(act["verb"], act["by"]) for act in history[-2:]] == [
        ("revoke", HAND.id),
        ("suspend", f"sanction:{made['id']}"),
    ]
    assert [await parked(house, service) for service in house.stores] == [[]] * len(house.stores)


HAND = Actor("hand", "hand", "", "/", frozenset())
REVOCATION = {"body": STATION.code, "measure": "revocation", "reason": "伪造证书", "skips_because": "严重"}


async def by_hand(house: House, change: Callable[[Body], None]) -> None:
    """Past every door; nobody hears of it before the house runs."""
    body = await repository.load(house.stores["directory"], Body, STATION.code)
    change(body)
    await repository.save(house.stores["directory"], body)


async def test_a_withdrawn_proposal_does_nothing(bare_house: House) -> None:
    house = bare_house
    made = await winding.propose(house, "suspension")
    document = f"/supervision/sanctions/{made['id']}"
    await house.person(CLERK).step(document, "withdrawal", json={"reason": "证据不足"})
    read = await house.person(APPROVER).ask("GET", document)
    answer = await house.person(APPROVER).ask("POST", f"{document}/confirmation", read.headers["ETag"])
    assert (answer.status_code, answer.json()["state"]) == (409, "withdrawn")
    await house.run_until_quiet()
    assert await letters_to(house, STATION.email) == ["violation-confirmed"], "and nothing of the proposal"
    waits = await everything(house.stores["notification"], "mailing", {"letter": "sanction-waits"})
    assert [(one.body["to"], one.body["path"]) for one in waits] == [(CENTRE.email, f"/{CENTRE.code}/")]
    for account in (HEAD, OFFICER):
        seen = await house.person(account).everything("/notification/mailings")
        assert made["id"] not in str(seen)


async def test_references_must_stand(bare_house: House) -> None:
    """Of another body, not decided, or unknown: each is named."""
    house = bare_house
    other = await winding.a_confirmed_violation(house, SISTER.code, "other")
    content = {"body": STATION.code, "trigger": "paper_leak", "description": "泄题"}
    raised = (await house.person(CLERK).create("/supervision/violations", content, "raised"))["id"]
    planned = (await plan(house)).split("/")[-1]
    answer = await house.person(CLERK).ask(
        "POST",
        "/supervision/sanctions",
        json={
            "body": STATION.code,
            "measure": "notice",
            "reason": "泄题",
            "violations": [other, raised, "none"],
            "inspections": [planned],
        },
        headers={"Idempotency-Key": "k"},
    )
    assert answer.status_code == 422
    assert [row["where"] for row in answer.json()["errors"]] == [
        "/violations/0",
        "/violations/1",
        "/violations/2",
        "/inspections/0",
    ]
    assert SECOND not in answer.text
