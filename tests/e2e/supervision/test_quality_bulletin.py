"""The bulletin through HTTP: from the road of certificates to the published paper, and a work report on its way."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from io import BytesIO
from typing import Any

import pypdf
import pytest

from services.demo.cast import BODIES, CENTRE
from services.supervision.bulletins import files as drawing
from shared.ports import Record
from shared.trade.roles import Role
from tests.world.books import certificates_of, everything
from tests.world.fixtures import OpenHouse
from tests.world.house import House
from tests.world.seeding import AGAIN, APPROVER, CLERK, DIRECT, LARGE, SECOND, SMALL, approve, post

APPROVED = (SMALL, SECOND, LARGE, DIRECT)
MAILED = (SMALL, LARGE, DIRECT)
QUARTER = "2026-Q2"  # the house lives on 3 April: exams are held, rosters approved and posted on that day
STATION, HEAD = (SMALL.station.account(role) for role in ("station_clerk", "station_head"))
assert SMALL.branch is not None
BRANCH = SMALL.branch.account("branch_officer")
AUDITOR = "auditor.of.the.centre"
REPORT = {"work_done": "组织鉴定两批\n发证三张", "problems": "无", "suggestions": "无"}


async def road(house: House) -> None:
    await approve(house, *APPROVED)
    await house.run_until_quiet()
    await post(house, *MAILED)
    await house.run_until_quiet()


def figures(rows: list[dict[str, Any]], body: str, *kinds: str) -> dict[str, Any]:
    (row,) = [one for one in rows if one["body"] == body and one["kind"] in kinds]
    found: dict[str, Any] = row["figures"]
    return found


async def test_the_figures_are_those_of_the_certificates_issued(house: House) -> None:
    await road(house)
    rows = (await house.person(CLERK).get(f"/supervision/figures/{QUARTER}"))["rows"]
    made = {planned: len(await certificates_of(house, planned)) for planned in MAILED}
    assert figures(rows, CENTRE.code, "total")["certificates"] == sum(made.values()) == sum(one.size for one in MAILED)
    for planned in MAILED:
        assert figures(rows, planned.station.code, "station")["certificates"] == made[planned]
    assert figures(rows, SMALL.station.code, "station")["passed"] == SMALL.size + SECOND.size
    total = figures(rows, CENTRE.code, "total")
    assert total["passed"] == total["examined"] == sum(one.size for one in APPROVED)
    assert (total["sessions"], total["held"]) == (5, 4)
    assert total["heads_planned"] == sum(one.size for one in (*APPROVED, AGAIN))
    assert (await house.person(CLERK).get("/supervision/figures/2026-Q1"))["rows"] == [], "nobody was registered yet"


async def test_each_sees_its_own_path_before_it_is_published(house: House) -> None:
    await road(house)
    read = {
        account: {row["body"] for row in (await house.person(account).get(f"/supervision/figures/{QUARTER}"))["rows"]}
        for account in (CLERK, BRANCH, STATION)
    }
    assert read[CLERK] == {body.code for body in BODIES}
    assert read[BRANCH] == {"49050001", "49053012", "49053013"}
    assert read[STATION] == {"49053012"}


async def published(house: House) -> dict[str, Any]:
    """After the quarter is over: compiled by the clerk, published by the approver."""
    house.clock.advance(timedelta(days=100).total_seconds())
    made = await house.person(CLERK).create(
        "/supervision/bulletins", {"quarter": QUARTER, "summary": "各单位严格执行程序。"}, "bulletin"
    )
    assert made["state"] == "draft"
    return await house.person(APPROVER).step(f"/supervision/bulletins/{QUARTER}", "publication")


async def test_published_is_frozen_whatever_comes_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await road(house)
    done = await published(house)
    path = f"/supervision/bulletins/{QUARTER}"
    reader = house.person(STATION)
    before = [(await reader.ask("GET", f"{path}/bulletin.{kind}")).content for kind in ("pdf", "xlsx")]
    read = await reader.get(path)

    store = house.stores["supervision"]
    (parcel, *_) = await everything(store, "record", {"what": "certificates.mailed"})
    later = {**parcel.body, "subject": "later", "counts": {**parcel.body["counts"], "certificates": 77}}
    await store.add("record", Record("certificates.mailed/later", later))
    await approve(house, AGAIN)
    await house.run_until_quiet()
    house.clock.advance(3600 * 24 * 30)

    assert [(await reader.ask("GET", f"{path}/bulletin.{kind}")).content for kind in ("pdf", "xlsx")] == before
    monkeypatch.setattr(drawing, "draw", lambda *_: b"as a later release draws it, with other fonts")
    assert [(await reader.ask("GET", f"{path}/bulletin.{kind}")).content for kind in ("pdf", "xlsx")] == before
    assert await reader.get(path) == read
    assert read["seal"] == done["seal"]
    now = (await house.person(CLERK).get(f"/supervision/figures/{QUARTER}"))["rows"]
    frozen = figures(read["rows"], CENTRE.code, "total")["certificates"]
    assert figures(now, CENTRE.code, "total")["certificates"] == frozen + 77
    text = "".join((page.extract_text() or "") for page in pypdf.PdfReader(BytesIO(before[0])).pages)
    assert done["seal"] in text
    assert "history" not in read
    assert "compiled_by" not in read


async def test_every_branch_and_station_gets_one_letter_and_finds_it_in_its_list(house: House) -> None:
    await published(house)
    await house.run_until_quiet()
    letters = await house.person(CLERK).everything(f"/notification/mailings?about={QUARTER}")
    assert Counter(one["body"] for one in letters) == {body.code: 1 for body in BODIES if body != CENTRE}
    assert {(one["letter"], one["state"]) for one in letters} == {("bulletin-published", "sent")}
    (mine,) = await house.person(HEAD).everything(f"/notification/mailings?about={QUARTER}")
    assert mine["body"] == SMALL.station.code


async def test_corrected_by_a_new_one_that_everybody_hears_of(house: House) -> None:
    """The figures of the correction are counted anew; the corrected one stays, and says by which it was corrected."""
    await published(house)
    clerk, reader, path = house.person(CLERK), house.person(STATION), f"/supervision/bulletins/{QUARTER}"
    before = [(await reader.ask("GET", f"{path}/bulletin.{kind}")).content for kind in ("pdf", "xlsx")]
    first = await reader.get(path)
    await road(house)
    content = {"summary": "更正后的说明", "reason": "汇总时名册尚未批准"}
    assert (await clerk.ask("POST", f"{path}/corrections", json=content)).status_code == 400, "without a key"
    draft = await clerk.create(f"{path}/corrections", content, "correction")
    assert (draft["id"], draft["state"], draft["corrects"]) == (f"{QUARTER}-2", "draft", QUARTER)
    assert (await reader.ask("GET", f"{path}-2")).status_code == 404
    assert (await reader.get(path))["corrected_by"] == ""
    done = await house.person(APPROVER).step(f"{path}-2", "publication")
    assert [first["document_number"], done["document_number"]] == ["机职鉴通〔2026〕1号", "机职鉴通〔2026〕2号"]

    assert await reader.get(path) == {**first, "corrected_by": f"{QUARTER}-2"}
    assert [(await reader.ask("GET", f"{path}/bulletin.{kind}")).content for kind in ("pdf", "xlsx")] == before
    listed = {one["id"]: one["corrected_by"] for one in await reader.everything("/supervision/bulletins")}
    assert listed == {QUARTER: f"{QUARTER}-2", f"{QUARTER}-2": ""}
    shown = await reader.get(f"{path}-2")
    assert (shown["reason"], shown["correction"]) == (content["reason"], 1)
    pages = pypdf.PdfReader(BytesIO((await reader.ask("GET", f"{path}-2/bulletin.pdf?copy=1")).content)).pages
    text = "".join("".join((page.extract_text() or "").split()) for page in pages)
    assert "更正（1）" in text
    assert "更正理由：汇总时名册尚未批准。" in text
    assert "机职鉴通〔2026〕1号" in text

    await house.run_until_quiet()
    letters = await house.person(HEAD).everything(f"/notification/mailings?about={QUARTER}-2")
    assert [(one["letter"], one["state"]) for one in letters] == [("bulletin-corrected", "sent")]
    mails = [one.read_text(encoding="utf-8") for one in (house.folder / "mail").glob("*.eml")]
    assert sum("X-Jianding-Letter: bulletin-corrected" in one for one in mails) == len(BODIES) - 1
    assert (
        await clerk.ask("POST", f"{path}/corrections", json=content, headers={"Idempotency-Key": "b"})
    ).status_code == 409


async def test_there_are_no_figures_of_what_nobody_lived_through(house: House) -> None:
    clerk = house.person(CLERK)
    assert (await clerk.ask("GET", "/supervision/figures/2026-Q3")).status_code == 422, "it has not begun"
    store = house.stores["supervision"]
    for record in await everything(store, "copy_body"):
        told = {**record.body, "copy": {**record.body["copy"], "registered_on": "2026-04-03"}}
        await store.put("copy_body", Record(record.id, told, record.version, record.facts))
    for account in (CLERK, BRANCH, STATION):
        found = await house.person(account).get("/supervision/figures/2020-Q1")
        assert found == {"quarter": "2020-Q1", "rows": [], "left_out": 0}
    key = {"Idempotency-Key": "early"}
    early = await clerk.ask("POST", "/supervision/bulletins", json={"quarter": "2020-Q1"}, headers=key)
    assert early.status_code == 422


async def test_a_draft_is_for_the_centres_office(house: House) -> None:
    await house.seed_account(AUDITOR, Role.AUDITOR, CENTRE.code, f"/{CENTRE.code}/")
    clerk, path = house.person(CLERK), f"/supervision/bulletins/{QUARTER}"
    await clerk.create("/supervision/bulletins", {"quarter": QUARTER}, "bulletin")
    for account, status in ((CLERK, 200), (APPROVER, 200), (AUDITOR, 200), (BRANCH, 404), (STATION, 404)):
        assert (await house.person(account).ask("GET", path)).status_code == status, account
        items = await house.person(account).everything("/supervision/bulletins")
        assert len(items) == (1 if status == 200 else 0), account
        assert all("rows" not in one for one in items)
    for account, status in ((CLERK, 200), (APPROVER, 200), (AUDITOR, 200), (BRANCH, 404), (STATION, 404)):
        for kind in ("pdf", "xlsx"):
            answer = await house.person(account).ask("GET", f"{path}/bulletin.{kind}")
            assert answer.status_code == status, account
            if status == 200:
                assert answer.headers["Content-Disposition"].endswith(f'"bulletin-{QUARTER}-draft-1.{kind}"')
    pages = pypdf.PdfReader(BytesIO((await clerk.ask("GET", f"{path}/bulletin.pdf")).content)).pages
    assert all("送审稿" in "".join((page.extract_text() or "").split()) for page in pages if page.extract_text())
    again = await clerk.ask(
        "POST", "/supervision/bulletins", json={"quarter": QUARTER}, headers={"Idempotency-Key": "b"}
    )
    assert again.status_code == 409
    early = await house.person(APPROVER).ask("POST", f"{path}/publication", 1)
    assert early.status_code == 422
    house.clock.advance(timedelta(days=100).total_seconds())
    changed = await clerk.ask("PUT", path, 1, json={"summary": "重新汇总"})
    assert changed.status_code == 200, changed.text
    assert (await house.person(APPROVER).ask("POST", f"{path}/publication", 1)).status_code == 412
    assert (await clerk.ask("POST", f"{path}/publication", 2)).status_code == 403
    assert (await house.person(APPROVER).ask("POST", f"{path}/publication", 2)).status_code == 200
    assert (await clerk.ask("PUT", path, 3, json={"summary": "再改"})).status_code == 409


@pytest.mark.parametrize("quarter", ["2026-Q5", "2026", "../x", "2026-Q1;"])
async def test_what_is_no_quarter_is_told_so(house: House, quarter: str) -> None:
    answer = await house.person(CLERK).ask(
        "POST", "/supervision/bulletins", json={"quarter": quarter}, headers={"Idempotency-Key": "x"}
    )
    assert answer.status_code == 422
    assert (await house.person(CLERK).ask("GET", "/supervision/figures/2026-Q9")).status_code == 422


async def test_a_work_report_up_to_the_centre_and_into_the_bulletin(open_house: OpenHouse) -> None:
    house = open_house()
    await road(house)
    clerk, branch = house.person(STATION), house.person(BRANCH)
    report = await clerk.create("/supervision/work-reports", {"quarter": QUARTER, **REPORT}, "report")
    path = f"/supervision/work-reports/{report['id']}"
    assert (await house.person(HEAD).ask("POST", f"{path}/submission", 1)).status_code == 422, "the quarter is not over"
    house.clock.advance(timedelta(days=95).total_seconds())  # 7 July
    submitted = await house.person(HEAD).step(path, "submission")
    assert submitted["figures"]["certificates"] == SMALL.size
    assert submitted["figures"]["reports_missing"] == submitted["figures"]["reports_pending"] == 0
    await branch.step(path, "return", json={"reason": "问题一节过于简略"})
    read = await clerk.ask("GET", path)
    revised = await clerk.ask("PUT", path, read.headers["ETag"], json={**REPORT, "problems": "考评人员不足"})
    assert revised.status_code == 200, revised.text
    for account, verb in ((HEAD, "submission"), (BRANCH, "endorsement"), (APPROVER, "approval")):
        done = await house.person(account).step(path, verb)
    assert done["state"] == "approved"
    await house.run_until_quiet()
    letters = await house.person(CLERK).everything(f"/notification/mailings?about={report['id']}")
    assert Counter(one["letter"] for one in letters) == {"awaiting-review": 3, "returned": 1, "approved": 1}
    cousin = house.person(LARGE.station.account("station_head"))
    assert (await cousin.ask("GET", path)).status_code == 404
    assert await cousin.everything("/supervision/work-reports") == []
    rows = (await house.person(CLERK).get(f"/supervision/figures/{QUARTER}"))["rows"]
    total = figures(rows, CENTRE.code, "total")
    assert (total["reports_on_time"], total["reports_pending"]) == (1, len(BODIES) - 2)
    house.clock.advance(timedelta(days=10).total_seconds())  # 17 July
    rows = (await house.person(CLERK).get(f"/supervision/figures/{QUARTER}"))["rows"]
    total = figures(rows, CENTRE.code, "total")
    assert (total["reports_on_time"], total["reports_missing"]) == (1, len(BODIES) - 2)


async def test_the_clock_reminds_each_body_once(house: House) -> None:
    house.clock.advance(timedelta(days=95).total_seconds())  # 7 July: of the quarter in which they were registered
    for _ in range(3):
        await house.tick()
    await house.run_until_quiet()
    due = [
        one
        for one in await house.person(CLERK).everything("/notification/mailings")
        if one["letter"] == "duty-ahead" and one["subject_of"].endswith(f"-{QUARTER}.work_report")
    ]
    assert Counter(one["body"] for one in due) == {body.code: 1 for body in BODIES if body != CENTRE}
    mails = [one.read_bytes() for one in (house.folder / "mail").glob("*.eml")]
    assert sum(b"X-Jianding-Letter: duty-ahead" in one for one in mails) >= len(due)


async def test_an_edited_bulletin_is_shown_to_nobody(house: House) -> None:
    await published(house)
    store = house.stores["supervision"]
    record = await store.get("bulletin", QUARTER)
    assert record is not None
    body = json.loads(json.dumps(record.body))
    body["rows"][0]["figures"]["passed"] += 1
    await store.put("bulletin", Record(record.id, body, record.version, record.facts))
    for path in ("", "/bulletin.pdf", "/bulletin.xlsx"):
        answer = await house.person(STATION).ask("GET", f"/supervision/bulletins/{QUARTER}{path}")
        assert answer.status_code == 503
