"""Every door says who may come in: each route of each service asks the access table, once, or is open on purpose."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from services.gateway.app import gateway_app
from services.runtime.catalogue import REGISTER, blueprint_of
from shared.settings import Settings
from shared.trade.roles import Role
from shared.web.access import READING, by_the_table
from shared.web.routers.health import router as health
from tests.world.clock import HandClock
from tests.world.empty import empty_house
from tests.world.house import House
from tests.world.seeding import CLERK
from tests.world.topology import INTERFACES, PAGES, SERVICES

OPEN = {
    "POST /directory/tokens",
    "GET /directory/jwks.json",
    "GET /directory/oidc/sign-in",
    "GET /directory/oidc/callback",
    "POST /directory/passwords",  # with the old one: an initial password opens nothing else
    "GET /directory/password",
    "POST /directory/password",
    "GET /directory/forgotten",
    "POST /directory/forgotten",  # answers everybody the same
    "POST /directory/password-resets",  # answers everybody the same
    "POST /directory/password-resets/redemption",  # with the token of a letter
    "GET /directory/reset",
    "POST /directory/reset",
    "POST /certificate/verifications",
    "GET /certificate/v/{number}/{key}",
    "GET /notification/calendar/{token}.ics",  # for calendar programs, which cannot sign in; whoever has its address
    "GET /notification/unsubscribing/{token}",  # with the token of a letter, by whoever has it
    "POST /notification/unsubscribing/{token}",
}
"""What is open on purpose. Whoever adds a line here should know why."""

OWN_SIGN_IN = {"POST /directory/sign-out", "POST /directory/sign-out-everywhere"}
"""What concerns nothing but the caller's own sign-in is open to every role."""

DOCUMENTATION = {"/docs"}
"""It shows the contract, and nothing of what is stored."""


def apps() -> dict[str, FastAPI]:
    built = {name: blueprint_of(name).build(empty_house()).app for name in SERVICES}
    watch = FastAPI(openapi_url=None)
    watch.include_router(health((), HandClock(), {}))
    return {**built, "gateway": gateway_app(Settings(), INTERFACES, PAGES), "health": watch}


APPS = apps()


def routes_of(app: FastAPI) -> Iterator[tuple[str, frozenset[str], Dependant]]:
    """(path, methods, dependencies) of everything that answers, those of included routers with theirs."""
    for route in app.routes:
        if isinstance(route, APIRoute) and route.path not in DOCUMENTATION:
            yield route.path, frozenset(route.methods), route.dependant
        elif hasattr(route, "effective_candidates"):
            for candidate in route.effective_candidates():
                yield candidate.path, frozenset(candidate.methods), candidate.dependant


def asks(dependant: Dependant) -> int:
    """How often the table is asked before the endpoint runs."""
    return (dependant.call is by_the_table) + sum(asks(one) for one in dependant.dependencies)


@pytest.mark.parametrize("service", INTERFACES)
def test_the_walk_misses_nothing(service: str) -> None:
    """It goes by how the framework keeps routes, so it is held against what the documentation shows."""
    walked = {f"{method} {path}" for path, methods, _ in routes_of(APPS[service]) for method in methods}
    documented = APPS[service].openapi()["paths"]
    assert {f"{method.upper()} {path}" for path, methods in documented.items() for method in methods} == walked


@pytest.mark.parametrize("name", INTERFACES)
def test_every_route_asks_the_table_once_or_is_open_on_purpose(name: str) -> None:
    found = {
        f"{method} /{name}{path}": asks(dependant)
        for path, methods, dependant in routes_of(APPS[name])
        for method in methods
    }
    assert found, "no routes were found: the test tests nothing"
    assert found == {endpoint: 0 if endpoint in OPEN else 1 for endpoint in found}


@pytest.mark.parametrize("name", ["gateway", "health"])
def test_the_door_and_the_health_of_a_process_show_nothing_that_is_stored(name: str) -> None:
    paths = {path for path, _, _ in routes_of(APPS[name])}
    assert paths <= {"/healthz", "/readyz", "/metrics", "/{path:path}"}


def test_what_is_open_is_open_on_purpose() -> None:
    assert {endpoint for endpoint, row in REGISTER.access.items() if not row.roles} == OPEN


def test_what_concerns_ones_own_sign_in_has_no_gate_and_nothing_else() -> None:
    assert {endpoint for endpoint, row in REGISTER.access.items() if row.own} == OWN_SIGN_IN


SOFTWARE_WRITES = {"POST /certificate/productions/{roster}/parcel"}
"""What a branch centre's own software does besides reading."""


@pytest.mark.parametrize("endpoint", REGISTER.access)
def test_nobody_who_only_reads_can_write(endpoint: str) -> None:
    """Auditors change nothing, services write nothing to each other over HTTP, a branch's software
    writes down nothing but how it wants to be told, operators touch machines only."""
    method, _, path = endpoint.partition(" ")
    if method in READING or endpoint in OPEN | OWN_SIGN_IN:
        return
    roles = REGISTER.access[endpoint].roles
    assert not roles & {Role.AUDITOR, Role.SERVICE}
    assert (
        Role.BRANCH_SYSTEM not in roles
        or endpoint in SOFTWARE_WRITES
        or path.startswith(("/notification/webhooks", "/notification/queues"))
    )
    assert Role.OPERATOR not in roles or path.startswith("/directory/") or "/parked" in path


async def test_an_endpoint_without_a_row_lets_nobody_in(bare_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even whoever may do everything else."""
    table = bare_house.services["plan"].app.state.access
    monkeypatch.delitem(table, "GET /occupations")
    answer = await bare_house.person(CLERK).ask("GET", "/plan/occupations")
    assert (answer.status_code, "row" in answer.text) == (403, True)


@pytest.mark.parametrize("name", INTERFACES)
async def test_without_a_token_every_other_door_is_shut(bare_house: House, name: str) -> None:
    """The rule is not only written there: it is asked before anything else."""
    for path, methods, _ in routes_of(APPS[name]):
        for method in methods:
            if f"{method} /{name}{path}" not in OPEN:
                filled = path.replace("{page}", "0").replace("{", "").replace("}", "")
                answer = await bare_house.client.request(method, f"/{name}{filled}")
                assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
