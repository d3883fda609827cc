"""A header that a request cannot do without is told as such, and its absence is answered as a problem of its own."""

from __future__ import annotations

import pytest
from fastapi.dependencies.models import Dependant

from shared.web.idempotency import IDEMPOTENCY_KEY, _key
from shared.web.preconditions import IF_MATCH, Needed, _expected_version
from shared.web.problems import MEDIA_TYPE
from tests.openapi.operations import OPERATIONS, Operation
from tests.openapi.whoever import asked
from tests.rules.test_access import APPS, routes_of
from tests.world.house import House
from tests.world.topology import INTERFACES

READ_BY = {_expected_version: IF_MATCH, _key: IDEMPOTENCY_KEY}


def reads(dependant: Dependant) -> set[Needed]:
    own = {READ_BY[dependant.call]} if dependant.call in READ_BY else set()
    return own.union(*(reads(one) for one in dependant.dependencies))


NEEDS = {
    f"{method} /{service}{path}": reads(dependant)
    for service in INTERFACES
    for path, methods, dependant in routes_of(APPS[service])
    for method in methods
}


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_what_is_needed_is_told_as_required(operation: Operation) -> None:
    """A header that may be left out is read without ado."""
    documented = {name: header for name, header in operation.parameters("header").items() if header["required"]}
    assert set(documented) == {one.name for one in NEEDS[str(operation)]}
    for header in documented.values():
        assert header["description"][0] > "\u4e00", "Chinese first"


@pytest.mark.parametrize("service", INTERFACES)
async def test_its_absence_is_a_problem_of_its_own(doors: House, service: str) -> None:
    """Whatever else is wrong with the request: the content below is wrong everywhere."""
    for operation in OPERATIONS:
        for needed in NEEDS[str(operation)] if operation.service == service else ():
            answer = await asked(doors, operation, json={})
            assert (answer.status_code, answer.headers["Content-Type"]) == (needed.status, MEDIA_TYPE), str(operation)
            assert answer.json()["detail"] == needed.sentence


async def test_an_empty_header_is_as_good_as_none(doors: House) -> None:
    step, creation = "/plan/annual-plans/none/submission", "/plan/annual-plans"
    clerk = doors.person("knocker.49053012.station-clerk")
    assert (await clerk.ask("POST", step, "")).status_code == IF_MATCH.status
    content = {"year": 2026, "items": [{"occupation": "6-18-01-01", "level": 4, "heads": 1}]}
    answer = await clerk.ask("POST", creation, headers={"Idempotency-Key": " "}, json=content)
    assert (answer.status_code, answer.json()["detail"]) == (IDEMPOTENCY_KEY.status, IDEMPOTENCY_KEY.sentence)


async def test_everything_else_that_is_wrong_is_told_at_once(doors: House) -> None:
    answer = await doors.person("knocker.49053012.station-clerk").ask("POST", "/plan/annual-plans", json={"year": "x"})
    places = {row["where"] for row in answer.json()["errors"]}
    assert places >= {"header Idempotency-Key", "/year", "/items"}
