"""Stores that earlier releases wrote: everything in them is read, shown and verified as before.

`tests/stores/` holds what their demos left, document by document: made-up people; without keys, and without the accounts
of machines, which provisioning makes anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from services.certificate.certificates.certificate import Certificate
from services.directory.bodies.body import TELLING
from services.runtime.catalogue import REGISTER
from services.runtime.wiring import MACHINERY
from shared.audit.check import check
from shared.contracts.directory import BodyRegistered
from shared.keeping import local_copies
from shared.keeping.aggregate import Aggregate
from shared.ports import Record
from tests.world.earlier import RELEASES, documents, house_of
from tests.world.house import House
from tests.world.topology import SERVICES
from tests.world.troubles import Crash, Fragile, When

APPROVER, CLERK = "demo.49000001.centre-approver", "demo.49000001.centre-clerk"
LISTS = {
    "body": "/directory/bodies",
    "annual_plan": "/plan/annual-plans",
    "session_plan": "/plan/session-plans",
    "roster": "/reporting/rosters",
    "production": "/certificate/productions",
    "mailing": "/notification/mailings",
}


@pytest.fixture(params=RELEASES)
async def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[House, dict[str, Any]]]:
    """A house that opens what an earlier release left, and the documents as they were written."""
    house = await house_of(request.param, tmp_path / "house")
    yield house, documents(request.param)
    await house.close()


def nouns() -> dict[str, type[Aggregate]]:
    def below(kind: type[Aggregate]) -> set[type[Aggregate]]:
        return {kind}.union(*(below(one) for one in kind.__subclasses__()))

    return {noun.KIND: noun for noun in below(Aggregate) if "KIND" in vars(noun)}


async def test_every_document_is_read_as_it_was_written(earlier: tuple[House, dict[str, Any]]) -> None:
    _, written = earlier
    read = 0
    for row in (row for rows in written.values() for row in rows):
        noun = nouns().get(row["kind"])
        if noun is not None:
            document = noun.from_record(Record(row["id"], row["body"], row["version"], row["facts"]))
            kept = document.as_record().body
            for entry in kept.get("history", ()):
                if entry["n"] == 0:  # before there was an audit chain
                    del entry["n"]
            lost = {name for name, value in row["body"].items() if kept.get(name) != value}
            # Stations of release 0.1 were `registered`; they count as applied.
            assert lost <= {"state"} if row["kind"] == "body" else not lost, (row["kind"], row["id"], lost)
            read += 1
    assert read > 80


async def test_every_list_shows_all_of_it(earlier: tuple[House, dict[str, Any]]) -> None:
    house, written = earlier
    for kind, path in LISTS.items():
        rows = [row for rows in written.values() for row in rows if row["kind"] == kind]
        asked = house.operator if kind == "body" else house.person(APPROVER)
        shown = {one["id"] for one in await asked.everything(path)}
        assert shown == {row["id"] for row in rows}, kind


async def test_every_certificate_verifies(earlier: tuple[House, dict[str, Any]]) -> None:
    house, written = earlier
    rows = [row for row in written["certificate"] if row["kind"] == Certificate.KIND]
    assert len({row["body"]["number"] for row in rows}) == len(rows) > 5
    for row in rows:
        question = {"number": row["body"]["number"], "name": row["body"]["holder"]["name"]}
        answer = (await house.client.post("/certificate/verifications", json=question)).json()
        assert answer["outcome"] == "valid", question


async def test_its_audit_is_what_was_written(earlier: tuple[House, dict[str, Any]]) -> None:
    house, written = earlier
    for service in SERVICES:
        checked = await check(house.stores[service], (*REGISTER.declared[service].kinds, *MACHINERY))
        assert checked.findings == [], service
        entries = [row for row in written.get(service, []) if row["kind"] == "audit"]
        assert checked.entries == len(entries)


async def test_what_was_done_since_stands_beside_it(earlier: tuple[House, dict[str, Any]]) -> None:
    """An office changes its mailbox: an old document takes a new act, and everybody hears of it."""
    house, _ = earlier
    path = "/directory/bodies/49053012"
    seen = await house.person(CLERK).ask("GET", path)
    entry = {"name_zh": "示例机床集团鉴定站", "name_en": "Station", "email": "new@example.org"}
    answer = await house.person(CLERK).ask("PUT", path, seen.headers["ETag"], json=entry)
    assert answer.status_code == 200, answer.text
    await house.run_until_quiet()
    assert (await house.person(CLERK).get(path))["email"] == "new@example.org"
    for service in SERVICES:
        assert (await check(house.stores[service], (*REGISTER.declared[service].kinds, *MACHINERY))).findings == []


REGISTERED_ON = (date(2026, 4, 3), date(2026, 11, 27))
"""In the stores' own histories; the later ones at 16:42 UTC, when that day had begun in China."""
COPIERS = tuple(name for name in SERVICES if any(kind.name == "copy_body" for kind in REGISTER.declared[name].kinds))


@pytest.mark.parametrize("when", get_args(When))
async def test_everybody_is_told_of_every_body_anew_once(earlier: tuple[House, dict[str, Any]], when: When) -> None:
    """With a death in the middle: whoever copied a body knows afterwards what an earlier release did not tell."""
    house, written = earlier
    codes = [row["id"] for row in written["directory"] if row["kind"] == "body"]
    assert len(COPIERS) == 5 and len(codes) > 4
    fall = Fragile("directory store", "put", when, nth=3)
    house.troubles.append(fall)
    house.born()
    with pytest.raises(Crash):
        await house.tick()
    house.born()
    for _ in range(2):
        await house.tick()
    assert fall.fired
    await house.run_until_quiet()
    directory = house.stores["directory"]
    assert await directory.count("body", {"told": TELLING}) == len(codes)
    facts = [(await directory.get("body", code)).facts for code in codes]  # type: ignore[union-attr]
    for service in COPIERS:
        for code in codes:
            known = await local_copies.seek(house.stores[service], BodyRegistered, code)
            assert known is not None and (known.suspensions, known.ended_on) == ([], None)
            assert known.registered_on in REGISTERED_ON
    await house.tick()
    assert facts == [(await directory.get("body", code)).facts for code in codes], "once"  # type: ignore[union-attr]
