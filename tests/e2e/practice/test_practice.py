"""The training gate and practice through HTTP: records, reminders by letter, and a practice road beside a real
one, which notices nothing of it (R2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest

from services.certificate.numbers.number_register import NumberRegister
from services.certificate.production.drawing.sheet import WATERMARK
from services.directory.accounts.account import Account
from services.directory.ids import account_reference
from services.notification.mailings.mailing import Mailing
from services.plan.duties.duty import PlanDuty
from services.reporting.rosters.workbook.opening.sheets import open_workbook
from shared.keeping import repository
from shared.trade.deadline import CHINA
from shared.trade.practice import is_practice
from tests.world import books, doors
from tests.world.fixtures import OpenHouse
from tests.world.house import House, Person
from tests.world.practice import SMALL_PRACTICE, Crew, plan_practice, practise, register_twins
from tests.world.seeding import CLERK, SMALL, STATIONS, approve, post, workbook
from tests.world.workshops import ThreadWorkshop

STATION_CLERK = SMALL.station.account("station_clerk")
STATION_HEAD = SMALL.station.account("station_head")
RECORD = f"/directory/accounts/{STATION_CLERK}/training"
PASSED = {"certificate": "PX-2026-0137", "passed_on": "2026-04-01"}


def letters_in(house: House, kind: str = "") -> list[EmailMessage]:
    """kind: of this letter only."""
    files = (house.folder / "mail").glob("*.eml")
    letters: list[EmailMessage] = [message_from_bytes(one.read_bytes(), policy=default) for one in files]  # type: ignore[misc]
    return [one for one in letters if not kind or one["X-Jianding-Letter"] == kind]


def text_of(letter: EmailMessage, kind: str = "plain") -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


# --- records ----------------------------------------------------------------------------------------------------------


async def recorded(house: House, content: dict[str, Any], key: str = "k", by: Person | None = None) -> Any:
    return await (by or house.operator).ask("POST", RECORD, json=content, headers={"Idempotency-Key": key})


async def test_a_training_is_recorded_renewed_and_withdrawn(bare_house: House) -> None:
    house = bare_house
    first = await recorded(house, PASSED)
    assert first.status_code == 201, first.text
    assert (first.headers["Location"], first.headers["ETag"]) == (RECORD, '"v1"')
    assert (first.json()["valid_until"], first.json()["recorded_by"]) == ("2028-04-01", "operator")
    repeated = await recorded(house, PASSED)
    assert (repeated.status_code, repeated.json()) == (201, first.json())
    other = await recorded(house, {**PASSED, "certificate": "PX-2"})
    assert other.status_code == 422
    assert "Idempotency-Key" in other.json()["detail"]

    later = {"certificate": "PX-2026-0201", "passed_on": "2026-04-02", "valid_until": "2027-04-02"}
    renewed = await recorded(house, later, "k2", house.person(CLERK))
    assert (renewed.headers["ETag"], renewed.json()["valid_until"]) == ('"v2"', "2027-04-02")
    assert (await recorded(house, PASSED)).json()["valid_until"] == "2027-04-02", "a late repeat takes nothing back"

    withdrawal = f"{RECORD}/withdrawal"
    assert (await house.operator.ask("POST", withdrawal, json={"reason": "误登"})).status_code == 428
    assert (await house.operator.ask("POST", withdrawal, 1, json={"reason": "误登"})).status_code == 412
    withdrawn = await house.operator.ask("POST", withdrawal, 2, json={"reason": "误登"})
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    assert [one["verb"] for one in withdrawn.json()["history"]] == ["record", "renew", "withdraw"]
    assert (await house.operator.ask("POST", withdrawal, 3, json={"reason": "误登"})).status_code == 409


async def test_what_cannot_be_recorded(bare_house: House) -> None:
    house = bare_house
    wrong = await recorded(house, {"certificate": "PX", "passed_on": "2026-04-04", "valid_until": "2026-04-03"})
    assert wrong.status_code == 422
    assert [one["where"] for one in wrong.json()["errors"]] == ["/passed_on", "/valid_until"]
    unseen = await recorded(house, {"certificate": "", "passed_on": "31 April"})
    assert [one["where"] for one in unseen.json()["errors"]] == ["/certificate", "/passed_on"]
    for nobody in ("nobody.at.all", "zhang%20san"):
        unknown = await house.operator.ask(
            "POST", f"/directory/accounts/{nobody}/training", json=PASSED, headers={"Idempotency-Key": "x"}
        )
        assert unknown.status_code == 404
    own = await house.person(CLERK).ask(
        "POST", f"/directory/accounts/{CLERK}/training", json=PASSED, headers={"Idempotency-Key": "x"}
    )
    assert own.status_code == 403
    assert "four eyes" in own.json()["detail"]
    outside = await house.person(CLERK).ask(
        "POST", "/directory/accounts/operator/training", json=PASSED, headers={"Idempotency-Key": "x"}
    )
    assert outside.status_code == 404, "the operator stands outside the Centre's path"
    machine = await house.operator.ask(
        "POST", "/directory/accounts/plan/training", json=PASSED, headers={"Idempotency-Key": "x"}
    )
    assert machine.status_code == 422
    assert (await recorded(house, PASSED, by=house.person(STATION_HEAD))).status_code == 403
    untrained = await recorded(house, PASSED, by=house.untrained(CLERK))
    assert untrained.json()["training"] == "https://certificates.example.org/training"


async def test_records_are_listed_below_ones_own_body(bare_house: House) -> None:
    house = bare_house
    ends = {STATIONS[0]: "2026-05-01", STATIONS[1]: "2027-05-01", STATIONS[2]: "2026-06-01"}
    for station, until in ends.items():
        content = {**PASSED, "valid_until": until}
        path = f"/directory/accounts/{station.account('station_clerk')}/training"
        await house.operator.create(path, content, station.code)

    async def seen(by: Person, query: str = "") -> set[str]:
        return {one["body"] for one in await by.everything(f"/directory/training-records{query}")}

    head = house.person(STATIONS[0].account("station_head"))
    branch = house.person(f"demo.{STATIONS[0].parent}.branch-officer")
    assert await seen(head) == {STATIONS[0].code}
    assert await seen(branch) == {STATIONS[0].code, STATIONS[1].code}
    assert await seen(branch, "?due_before=2026-05-02") == {STATIONS[0].code}
    assert await seen(house.operator, "?due_before=2026-06-02") == {STATIONS[0].code, STATIONS[2].code}
    assert await seen(house.operator, "?due_before=2026-06-01") == {STATIONS[0].code}
    assert await seen(house.practising(STATIONS[0].account("station_head"))) == set()
    other = f"/directory/accounts/{STATIONS[1].account('station_clerk')}/training"
    assert (await branch.ask("GET", other)).status_code == 200
    assert (await head.ask("GET", other)).status_code == 404
    # Somebody who moves takes the record along.
    moved = await repository.load(house.stores["directory"], Account, STATIONS[1].account("station_clerk"))
    moved.body, moved.path = STATIONS[0].code, moved.path.replace(STATIONS[1].code, STATIONS[0].code)
    await repository.save(house.stores["directory"], moved)
    assert {one["id"] for one in await head.everything("/directory/training-records")} == {
        STATIONS[0].account("station_clerk"),
        moved.id,
    }
    assert (await head.ask("GET", other)).status_code == 200


async def test_everybody_reads_their_own_state_in_a_sentence(bare_house: House) -> None:
    house = bare_house
    clerk = house.untrained(STATION_CLERK)

    async def own(by: Person) -> Any:
        return await by.get("/directory/training")

    none = await own(clerk)
    assert (none["state"], none["practising"]) == ("none", False)
    assert none["training"] == "https://certificates.example.org/training"
    assert "scope=training" in none["how_to_practise"]
    await recorded(house, {**PASSED, "valid_until": "2026-04-05"})
    valid = await own(clerk)
    assert (valid["state"], valid["valid_until"], valid["days_left"]) == ("valid", "2026-04-05", 2)
    assert "2026-04-05" in valid["sentence"]
    assert (await own(house.practising(STATION_CLERK)))["practising"]
    house.clock.advance(3 * 24 * 3600)
    assert (await own(clerk))["state"] == "expired"
    await house.operator.ask("POST", f"{RECORD}/withdrawal", 1, json={"reason": "误登"})
    assert (await own(clerk))["state"] == "withdrawn"
    assert (await own(house.operator))["state"] == "not_needed"


# --- the gate ---------------------------------------------------------------------------------------------------------


async def test_the_gate_closes_at_midnight_in_china(bare_house: House) -> None:
    """With the same token: it carries the last day, and nobody needs to be asked."""
    house = bare_house
    evening = datetime(2026, 4, 3, 23, 55, tzinfo=CHINA)
    house.clock.advance((evening - house.clock.now()).total_seconds())
    token = await house.token(STATION_CLERK, evening.date())
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    items = [{"occupation": "6-04-01-01", "level": 4, "heads": 10}]

    async def draft(year: int) -> Any:
        return await house.client.post("/plan/annual-plans", json={"year": year, "items": items}, headers=headers)

    house.clock.advance(5 * 60 - 1)
    headers["Idempotency-Key"] = "before"
    assert (await draft(2026)).status_code == 201
    house.clock.advance(1)
    headers["Idempotency-Key"] = "after"
    refused = await draft(2027)
    assert refused.status_code == 403
    assert refused.json()["training"].endswith(".example.org/training")
    assert "no valid training record" in refused.json()["detail"]
    assert (await house.client.get("/plan/annual-plans", headers=headers)).status_code == 200, "reading goes on"


async def test_signing_in_takes_the_record_along(bare_house: House) -> None:
    """From the password to the first plan: refused, trained, allowed, withdrawn, refused."""
    house = bare_house

    async def draft(year: int) -> int:
        signed = await doors.token(house, STATION_CLERK)
        headers = {"Authorization": f"Bearer {signed['access_token']}", "Idempotency-Key": f"{year}"}
        items = [{"occupation": "6-04-01-01", "level": 4, "heads": 10}]
        return (
            await house.client.post("/plan/annual-plans", json={"year": year, "items": items}, headers=headers)
        ).status_code

    assert await draft(2026) == 403
    await recorded(house, PASSED)
    assert await draft(2026) == 201
    await house.operator.ask("POST", f"{RECORD}/withdrawal", 1, json={"reason": "误登"})
    assert await draft(2027) == 403


# --- reminders --------------------------------------------------------------------------------------------------------


async def test_a_reminder_reaches_the_person_and_nobody_else(bare_house: House) -> None:
    house = bare_house
    for id, email in ((STATION_CLERK, "zhou.ning@example.org"), (STATION_HEAD, "")):  # the head left no address
        account = await repository.load(house.stores["directory"], Account, id)
        account.email = email
        await repository.save(house.stores["directory"], account)
        path = f"/directory/accounts/{id}/training"
        await house.operator.create(path, {**PASSED, "valid_until": "2026-04-10"}, id)
    for _ in range(3):
        await house.tick()
        await house.run_until_quiet()
    (letter,) = letters_in(house, "training-due")
    assert str(letter["To"]) == "周宁 <zhou.ning@example.org>"
    assert str(letter["Subject"]).startswith("还有 7 天")
    assert "2026年4月10日" in text_of(letter)
    assert "https://certificates.example.org/training" in text_of(letter)
    (mailing,) = await books.everything(house.stores["notification"], Mailing.KIND, {"letter": "training-due"})
    assert mailing.body["subject_of"] == f"{account_reference(STATION_CLERK)}.training"
    assert STATION_CLERK not in str(mailing.body), "the account's id stays in the directory"

    await house.operator.create(RECORD, {**PASSED, "valid_until": "2028-04-10"}, "renewed")
    duty = await house.stores["directory"].get("directory_duty", f"{account_reference(STATION_CLERK)}.training")
    assert duty is not None and duty.body["state"] == "settled", "at once, and not at its next mark"
    house.clock.advance(timedelta(days=8).total_seconds())
    await house.tick()
    await house.run_until_quiet()
    assert len(letters_in(house, "training-due")) == 1, "renewed: no letter any more"


async def test_only_notification_asks_whom_to_write_to(bare_house: House) -> None:
    path = f"/directory/addressees/{account_reference(STATION_CLERK)}?letter=training-due"
    assert (await bare_house.person("notification").get(path))["name"] == "周宁"
    for other in ("plan", "operator", CLERK):
        assert (await bare_house.person(other).ask("GET", path)).status_code == 403
    missing = await bare_house.person("notification").ask("GET", "/directory/addressees/x?letter=training-due")
    assert missing.status_code == 404


# --- the practice road ------------------------------------------------------------------------------------------------


@pytest.fixture
async def both_roads(open_house: OpenHouse) -> AsyncIterator[House]:
    """A roster really approved and posted, and the same one practised by the same, untrained, people."""
    house = open_house(workshop=ThreadWorkshop())
    await register_twins(house)
    await approve(house, SMALL)
    crew = Crew.of(house, SMALL)
    await plan_practice(house, crew, SMALL_PRACTICE)
    await practise(house, crew, SMALL_PRACTICE)
    await post(house, SMALL)
    await house.run_until_quiet()
    yield house


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages]


async def test_a_whole_road_is_practised_beside_a_real_one(both_roads: House, tmp_path: Path) -> None:
    house, real, practice = both_roads, SMALL, SMALL_PRACTICE
    await books.are_right(house, real, mailed=[real])

    # Numbers: registers of their own, both from 1.
    made = await books.certificates_of(house, practice)
    assert sorted(one.number for one in made) == ["2699053012300001", "2699053012400001", "2699053012400002"]
    registers = await books.everything(house.stores["certificate"], NumberRegister.KIND)
    assert {one.id: one.body["next"] for one in registers} == {
        "2026-49053012-4": 3,
        "2026-49053012-3": 2,
        "2026-99053012-4": 3,
        "2026-99053012-3": 2,
    }

    # Paper: every practice page says what it is, no real page does.
    crew = Crew.of(house, real)
    for roster, person, marked in ((real, house.person(real.poster), False), (practice, crew.branch, True)):
        (batch,) = await person.everything(f"/certificate/batches?roster={roster.id}")
        printed = await person.ask("GET", f"/certificate/batches/{batch['id']}/print-file")
        found = pages(printed.content)
        assert len(found) == roster.size
        assert [all(word in page for word in WATERMARK.split()) for page in found] == [marked] * roster.size

    # Letters: to bodies as ever, but marked; to holders never.
    mailings = [Mailing.from_record(one) for one in await books.everything(house.stores["notification"], Mailing.KIND)]
    practised = [one for one in mailings if is_practice(one.path)]
    assert Counter(one.letter for one in practised if one.subject_of == practice.id) == (
        books.expected_letters(real, mailed=True)
        - Counter({"certificate-on-its-way": real.emails})
        + Counter({"awaiting-review": 2, "approved": 1})  # of the session plan, which has the same id
    )
    assert {one.to for one in practised} <= {
        f"office-{code}@example.org" for code in ("49000001", "49050001", "49053012")
    }
    planned = {one.id for one in practised}
    for letter in letters_in(house):
        marked = str(letter["Message-ID"]).strip("<>").partition("@")[0] in planned
        assert str(letter["Subject"]).startswith("【培训 Training】") is marked
        assert ("培训模式" in text_of(letter)) is marked
        assert ("培训模式" in text_of(letter, "html")) is marked


async def test_a_practised_number_verifies_nowhere(both_roads: House) -> None:
    house = both_roads
    sentence = "培训编号，不是证书 · a practice number, no certificate"
    for certificate in await books.certificates_of(house, SMALL_PRACTICE):
        asked = await house.client.post(
            "/certificate/verifications", json={"number": certificate.number, "name": certificate.holder.name}
        )
        scanned = await house.client.get(f"/certificate/v/{certificate.number}/{certificate.verify_key}")
        for answer in (asked, scanned):
            assert answer.status_code == 422
            assert answer.json()["detail"] == sentence
            assert certificate.holder.name not in answer.text
    (real, *_) = await books.certificates_of(house, SMALL)
    found = await house.client.get(f"/certificate/v/{real.number}/{real.verify_key}")
    assert (found.status_code, real.holder.name in found.text) == (200, True)


async def test_the_template_of_a_practice_roster_carries_the_twin(open_house: OpenHouse) -> None:
    house = open_house()
    await register_twins(house)
    crew = Crew.of(house, SMALL)
    await plan_practice(house, crew, SMALL_PRACTICE)
    heads = dict.fromkeys(("applied", "accepted", "examined"), SMALL_PRACTICE.size)
    await crew.clerk.create("/reporting/rosters", {"session": SMALL_PRACTICE.id, "attendance": heads}, "r")
    template = await crew.clerk.ask("GET", f"{SMALL_PRACTICE.path}/template.xlsx")
    cells = {f"{cell}" for sheet in open_workbook(template.content, 1000) for _, row in sheet.rows for cell in row}
    assert {SMALL_PRACTICE.station.code, SMALL_PRACTICE.id} <= cells
    assert SMALL.station.code not in cells
    # The workbook of the real roster is none of this one.
    seen = await crew.clerk.ask("GET", SMALL_PRACTICE.path)
    refused = await crew.clerk.ask(
        "PUT", f"{SMALL_PRACTICE.path}/workbook", seen.headers["ETag"], content=workbook(SMALL)
    )
    assert refused.status_code == 422


async def test_nothing_is_due_to_a_twin(open_house: OpenHouse) -> None:
    """Neither the annual plan nor anything else that a clock asks for."""
    house = open_house()
    await register_twins(house)
    day = datetime(2027, 2, 28, 9, tzinfo=CHINA)
    house.clock.advance((day - house.clock.now()).total_seconds())
    await house.tick()
    await house.run_until_quiet()
    duties = await books.everything(house.stores["plan"], PlanDuty.KIND)
    assert duties
    assert [one.id for one in duties if is_practice(one.body["body"])] == []


async def test_without_the_twin_nothing_can_be_practised_elsewhere(house: House) -> None:
    """Somebody who practises is refused wherever documents have no place in the practice tree."""
    practising = house.practising(CLERK)
    entry = {"name_zh": "示例站", "name_en": "Station", "email": "office@example.org"}
    refused = await practising.ask("PUT", f"/directory/bodies/{SMALL.station.code}", 1, json=entry)
    assert refused.status_code == 403
    assert "cannot be practised" in refused.json()["detail"]
    assert "training" not in refused.json()
    assert (await practising.ask("GET", f"/directory/bodies/{SMALL.station.code}")).status_code == 404
