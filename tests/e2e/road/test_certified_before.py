"""Nobody is certified twice in an occupation and level unless the Centre says why: named at the import, asked for at the
approval, whatever key, release or tree."""

from __future__ import annotations

import logging
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.certificate.production.production import Production
from services.reporting.certified.storage import CERTIFIED
from services.reporting.windup import ReportingWindUp
from shared.contracts.certificate import CertificatesVoided
from shared.contracts.envelope import PREFIX, Envelope
from shared.errors import Unavailable
from shared.keeping import repository
from shared.procedure.windup import acting_for
from shared.trade.numbers.resident_id import resident_id_check
from tests.world import books
from tests.world.books import everything
from tests.world.fixtures import built_by
from tests.world.house import House
from tests.world.seeding import (
    APPROVER,
    FITTER,
    TECHNICIAN,
    TURNER,
    Planned,
    approve,
    bring_roster,
    lines_of,
    plan_session,
    up,
    workbook,
)
from tests.world.sharing import Once
from tests.world.twice import (
    BECAUSE,
    ONE,
    OTHER,
    RULE,
    WHERE,
    both_wait,
    forget_the_certified,
    plan_both,
    try_to_approve,
    with_the_same,
)


@pytest.fixture(scope="session")
def planned_folder(once: Once) -> Path:
    return once("certified before", built_by(plan_both))


@pytest.fixture(scope="session")
def waiting_folder(once: Once) -> Path:
    return once("certified twice", built_by(both_wait))


async def opened(folder: Path, place: Path, **options: Any) -> House:
    shutil.copytree(folder, place, dirs_exist_ok=True)
    return House(place, **options)


@pytest.fixture
async def planned(planned_folder: Path, tmp_path: Path) -> AsyncIterator[House]:
    house = await opened(planned_folder, tmp_path / "house")
    yield house
    await house.close()


@pytest.fixture
async def waiting(waiting_folder: Path, tmp_path: Path) -> AsyncIterator[House]:
    house = await opened(waiting_folder, tmp_path / "house")
    yield house
    await house.close()


async def hear_voided(house: House, planned: Planned) -> None:
    body = planned.station.code
    fact = CertificatesVoided(
        roster=planned.id,
        body=body,
        path=f"/49000001/49050001/{body}/",
        producer="49050001",
        certificates=planned.size,
        sanction="s",
    )
    envelope = Envelope(
        id=f"/certificate/production/{planned.id}#0000000099",
        source="/certificate",
        type=PREFIX + fact.TYPE,
        subject=planned.id,
        time=house.clock.now(),
        sequence="0000000099",
        data=fact.model_dump(mode="json"),
    )
    await house.services["reporting"].handlers["certified"][fact.TYPE](envelope)


# --- named at the import --------------------------------------------------------------------------------------------------


async def test_whoever_is_certified_is_named_at_the_import_and_needs_a_reason_at_the_approval(planned: House) -> None:
    await approve(planned, ONE)
    imported = await bring_roster(planned, OTHER, with_the_same())
    (warning,) = imported["warnings"]
    assert (warning["n"], warning["name"], warning["rule"]) == (2, with_the_same()[1].name, RULE)
    assert ONE.id in warning["what"]
    assert ONE.station.code in warning["what"]
    shown = await planned.person(APPROVER).get(OTHER.path)
    assert [one["rule"] for one in shown["needs"]] == [RULE]
    assert warning["name"] not in str(shown), "who only counts candidates reads it too"

    status, refused = await try_to_approve(planned, OTHER)
    assert (status, [row["where"] for row in refused["errors"]]) == (422, [WHERE])
    assert ONE.id in refused["errors"][0]["what"]
    status, approved = await try_to_approve(planned, OTHER, BECAUSE)
    assert (status, approved["state"], approved["needs"]) == (200, "approved", [])
    assert [(one["rule"], one["reason"]) for one in approved["exceptions"]] == list(BECAUSE["exceptions"].items())
    await planned.run_until_quiet()
    made = await books.certificates_of(planned, OTHER)
    assert [one.holder.n for one in made] == [1, 2, 3]


async def test_the_same_workbook_again_says_the_same(planned: House) -> None:
    await approve(planned, ONE)
    imported = await bring_roster(planned, OTHER, with_the_same())
    for _ in range(2):
        await planned.person(APPROVER).step(OTHER.path, "return", json={"reason": "请核对"})
        if OTHER.branch is not None:
            await planned.person(OTHER.branch.account("branch_officer")).step(
                OTHER.path, "return", json={"reason": "请核对"}
            )
        assert await _import_again(planned) == imported["warnings"]
        await _up(planned)


async def _import_again(house: House) -> Any:
    clerk = house.person(OTHER.station.account("station_clerk"))
    _, etag = await clerk.look(OTHER.path)
    answer = await clerk.ask("PUT", f"{OTHER.path}/workbook", etag, content=workbook(OTHER, with_the_same()))
    return answer.json()["warnings"]


async def _up(house: House) -> None:
    await up(house, OTHER, OTHER.path, approve=False)


async def test_two_levels_of_one_person_in_one_workbook_are_said(planned: House) -> None:
    both = Planned(OTHER.station, 2, ((TURNER, 1), (FITTER, 2), (TECHNICIAN, 1)), emails=0)
    await plan_session(planned, both)
    await planned.run_until_quiet()
    turner, fitter, other, technician = lines_of(both)
    who = {"id_number": fitter.id_number, "birth": fitter.birth, "name": fitter.name}
    imported = await bring_roster(
        planned, both, [turner.model_copy(update=who), fitter, other, technician.model_copy(update=who)]
    )
    assert [(one["n"], one["name"], one["rule"]) for one in imported["warnings"]] == [(4, fitter.name, "")]
    assert "第 2 行" in imported["warnings"][0]["what"]
    assert "5 和 2" in imported["warnings"][0]["what"]


# --- found anew at the approval -------------------------------------------------------------------------------------------


async def test_who_was_certified_since_the_import_is_found_at_the_approval(waiting: House) -> None:
    assert (await waiting.person(APPROVER).get(OTHER.path))["needs"] == []
    await approve(waiting, ONE)
    status, refused = await try_to_approve(waiting, OTHER)
    assert (status, [row["where"] for row in refused["errors"]]) == (422, [WHERE])
    assert (await waiting.person(APPROVER).get(OTHER.path))["state"] == "endorsed"
    assert (await try_to_approve(waiting, OTHER, BECAUSE))[0] == 200


async def test_a_reason_for_nobody_is_refused(waiting: House) -> None:
    status, refused = await try_to_approve(waiting, OTHER, BECAUSE)
    assert (status, [row["where"] for row in refused["errors"]]) == (422, [WHERE])


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("first", [ONE, OTHER], ids=["one", "other"])
async def test_voided_certificates_do_not_count(waiting: House, first: Planned, times: int) -> None:
    second = OTHER if first is ONE else ONE
    await approve(waiting, first)
    for _ in range(times):
        await hear_voided(waiting, first)
    status, approved = await try_to_approve(waiting, second)
    assert (status, approved["exceptions"]) == (200, [])


async def _voided(house: House, planned: Planned) -> None:
    """As the certificate service does it for a revoked body."""
    store = house.stores["certificate"]
    production = await repository.load(store, Production, planned.id)
    production.void(acting_for("s"), house.clock.now(), "取消资质", "s")
    await repository.save(store, production)


async def test_the_certificate_service_tells_of_voided_certificates(waiting: House) -> None:
    await approve(waiting, ONE)
    await waiting.run_until_quiet()
    await _voided(waiting, ONE)
    await waiting.run_until_quiet()
    assert (await try_to_approve(waiting, OTHER))[0] == 200


async def test_what_was_voided_before_anybody_told_of_it_is_asked_for(waiting: House) -> None:
    """An earlier release had no ear for it: of bodies that were revoked the certificate service is asked."""
    await approve(waiting, ONE)
    await waiting.run_until_quiet()
    await _voided(waiting, ONE)
    body = ONE.station.code
    done = ReportingWindUp(id="s", body=body, path=f"/49000001/49050001/{body}/", effects=[])
    assert await repository.add(waiting.stores["reporting"], done)
    forget_the_certified(waiting)
    waiting.closed_doors.add("certificate")
    with pytest.raises(Unavailable):
        await waiting.services["reporting"].ticks[0](waiting.clock.now())
    assert (await try_to_approve(waiting, OTHER))[0] == 409, "it waits"
    waiting.closed_doors.clear()
    await waiting.tick()
    assert (await try_to_approve(waiting, OTHER))[0] == 200


async def test_after_an_exception_both_count(waiting: House) -> None:
    """Voiding one of the two does not make the person uncertified."""
    third = Planned(OTHER.station, 2, ((TURNER, 1),), emails=0)
    await plan_session(waiting, third)
    await waiting.run_until_quiet()
    await approve(waiting, ONE)
    assert (await try_to_approve(waiting, OTHER, BECAUSE))[0] == 200
    same = lines_of(ONE)[0]
    who = {"id_number": same.id_number, "birth": same.birth, "name": same.name}
    imported = await bring_roster(waiting, third, [lines_of(third)[0].model_copy(update=who)])
    assert ONE.id in imported["warnings"][0]["what"]
    await hear_voided(waiting, ONE)
    status, refused = await try_to_approve(waiting, third)
    assert (status, OTHER.id in str(refused)) == (422, True)
    await hear_voided(waiting, OTHER)
    assert (await try_to_approve(waiting, third))[0] == 200


async def test_another_level_or_occupation_is_another_certificate(planned: House) -> None:
    await approve(planned, ONE)
    higher = Planned(OTHER.station, 2, ((FITTER, 1), (TECHNICIAN, 1)), emails=0)
    await plan_session(planned, higher)
    await planned.run_until_quiet()
    same, (fitter, technician) = lines_of(ONE)[0], lines_of(higher)
    who = {"id_number": same.id_number, "birth": same.birth, "name": same.name}
    imported = await bring_roster(planned, higher, [fitter.model_copy(update=who), technician])
    assert imported["warnings"] == []
    assert (await try_to_approve(planned, higher))[0] == 200


# --- privacy ----------------------------------------------------------------------------------------------------------------


async def test_the_hash_leaves_the_service_nowhere(waiting: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await approve(waiting, ONE)
    await try_to_approve(waiting, OTHER)
    answer = await waiting.person(APPROVER).ask("GET", OTHER.path)
    hashes = [record.id for record in await everything(waiting.stores["reporting"], CERTIFIED)]
    assert len(hashes) == ONE.size
    number = lines_of(ONE)[0].id_number
    assert number[17] == resident_id_check(number[:17])
    kept = await everything(waiting.stores["reporting"], CERTIFIED)
    assert number not in str([(record.id, record.body) for record in kept])
    assert not any(hash in answer.text or hash in caplog.text for hash in hashes)


# --- the key ----------------------------------------------------------------------------------------------------------------


async def test_without_a_key_nothing_is_approved_and_everything_else_goes_on(
    planned_folder: Path, tmp_path: Path
) -> None:
    """As in a deployment of the release before, whose settings name none."""
    house = await opened(planned_folder, tmp_path / "house", person_key="")
    imported = await bring_roster(house, OTHER, with_the_same())
    assert [one["n"] for one in imported["warnings"]] == [0]
    status, refused = await try_to_approve(house, OTHER)
    assert (status, "JIANDING_PERSON_KEY" in refused["detail"]) == (503, True)
    await house.tick()
    await house.close()


async def test_another_key_is_noticed_and_takes_the_place_of_the_first_only_on_purpose(
    waiting_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "house"
    house = await opened(waiting_folder, place)
    await approve(house, ONE)
    await house.close()

    house = House(place, person_key="another key of sixteen")
    status, refused = await try_to_approve(house, OTHER)
    assert status == 503
    caplog.clear()
    await house.tick()
    assert any("JIANDING_PERSON_KEY" in record.getMessage() for record in caplog.records)
    fingerprint = refused["detail"].partition("原 ")[2][:12]
    await house.close()

    house = House(place, person_key="another key of sixteen", person_key_replaces=fingerprint)
    status, refused = await try_to_approve(house, OTHER)
    assert (status, "正在登记" in refused["detail"]) == (409, True)
    await house.tick()
    status, refused = await try_to_approve(house, OTHER)
    assert (status, [row["where"] for row in refused["errors"]]) == (422, [WHERE])
    await house.close()


# --- what earlier releases approved ---------------------------------------------------------------------------------------------


async def test_rosters_of_before_are_entered_first(waiting: House) -> None:
    await approve(waiting, ONE)
    await waiting.run_until_quiet()
    forget_the_certified(waiting)
    status, refused = await try_to_approve(waiting, OTHER)
    assert (status, "正在登记以往批准的名册" in refused["detail"]) == (409, True)
    for _ in range(2):
        await waiting.tick()
    assert len(await everything(waiting.stores["reporting"], CERTIFIED)) == ONE.size
    status, refused = await try_to_approve(waiting, OTHER)
    assert (status, [row["where"] for row in refused["errors"]]) == (422, [WHERE])


async def test_where_nothing_was_approved_before_nothing_waits(waiting: House) -> None:
    assert (await try_to_approve(waiting, ONE))[0] == 200
    assert (await try_to_approve(waiting, OTHER, BECAUSE))[0] == 200


async def test_two_rosters_of_before_may_have_certified_the_same(waiting: House) -> None:
    await approve(waiting, ONE)
    assert (await try_to_approve(waiting, OTHER, BECAUSE))[0] == 200
    await waiting.run_until_quiet()
    forget_the_certified(waiting)
    await waiting.tick()
    (shared,) = [
        one for one in await everything(waiting.stores["reporting"], CERTIFIED) if len(one.body["holders"]) > 1
    ]
    assert sorted(one["roster"] for one in shared.body["holders"]) == sorted([ONE.id, OTHER.id])
