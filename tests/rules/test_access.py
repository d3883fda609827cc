"""Every door says who may come in: each route of each service and of the gateway carries exactly one access rule."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from services.gateway.app import gateway_app
from services.runtime.catalogue import BLUEPRINTS
from shared.settings import Settings
from shared.trade.roles import Role
from shared.web.health import router as health
from tests.world.clock import HandClock
from tests.world.empty import empty_house
from tests.world.house import House

OPEN = {
    "POST /directory/tokens",
    "GET /directory/jwks.json",
    "GET /directory/oidc/sign-in",
    "GET /directory/oidc/callback",
    "POST /directory/passwords",  # with the old one: an initial password opens nothing else
    "GET /directory/password",
    "POST /directory/password",
    "POST /directory/password-resets",  # answers everybody the same
    "POST /directory/password-resets/redemption",  # with the token of a letter
    "GET /directory/reset",
    "POST /directory/reset",
    "POST /certificate/verifications",
    "GET /certificate/v/{number}/{key}",
}
"""What is open on purpose. Whoever adds a line here should know why."""

OWN_SIGN_IN = {"POST /directory/sign-out", "POST /directory/sign-out-everywhere"}
"""What concerns nothing but the caller's own sign-in is open to every role."""

DOCUMENTATION = {"/docs", "/docs/oauth2-redirect", "/redoc"}
"""Made by the framework: they show the contract, and nothing of what is stored."""


def apps() -> dict[str, FastAPI]:
    built = {name: blueprint.build(empty_house()).app for name, blueprint in BLUEPRINTS.items()}
    watch = FastAPI(openapi_url=None)
    watch.include_router(health((), HandClock(), {}))
    return {**built, "gateway": gateway_app(Settings()), "health": watch}


APPS = apps()


def routes_of(app: FastAPI) -> Iterator[tuple[str, frozenset[str], Dependant]]:
    """(path, methods, dependencies) of everything that answers, those of included routers with theirs."""
    for route in app.routes:
        if isinstance(route, APIRoute) and route.path not in DOCUMENTATION:
            yield route.path, frozenset(route.methods), route.dependant
        elif hasattr(route, "effective_candidates"):
            for one in route.effective_candidates():
                yield one.path, frozenset(one.methods), one.dependant


def rules(dependant: Dependant) -> list[frozenset[Role]]:
    own = getattr(dependant.call, "access", None)
    return ([own] if own is not None else []) + [rule for one in dependant.dependencies for rule in rules(one)]


@pytest.mark.parametrize("service", BLUEPRINTS)
def test_the_walk_misses_nothing(service: str) -> None:
    """It goes by how the framework keeps routes, so it is held against what the documentation shows."""
    walked = {f"{method} {path}" for path, methods, _ in routes_of(APPS[service]) for method in methods}
    documented = APPS[service].openapi()["paths"]
    assert {f"{method.upper()} {path}" for path, methods in documented.items() for method in methods} == walked


@pytest.mark.parametrize("name", APPS)
def test_every_route_has_exactly_one_rule(name: str) -> None:
    found = {path: rules(dependant) for path, _, dependant in routes_of(APPS[name])}
    assert found, "no routes were found: the test tests nothing"
    assert {path: said for path, said in found.items() if len(said) != 1} == {}


def test_what_is_open_is_open_on_purpose() -> None:
    found = {
        f"{method} /{name}{path}"
        for name in BLUEPRINTS
        for path, methods, dependant in routes_of(APPS[name])
        for method in methods
        if frozenset() in rules(dependant)
    }
    assert found == OPEN


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_nobody_who_only_reads_can_write(name: str) -> None:
    """Auditors change nothing, services write nothing to each other over HTTP, operators touch machines only."""
    for path, methods, dependant in routes_of(APPS[name]):
        (rule,) = rules(dependant)
        if methods & {"POST", "PUT", "PATCH", "DELETE"} and rule:
            if {f"{method} /{name}{path}" for method in methods} <= OWN_SIGN_IN:
                continue
            assert not rule & {Role.AUDITOR, Role.SERVICE, Role.BRANCH_SYSTEM}, f"{methods} {path}"
            if Role.OPERATOR in rule:
                assert name == "directory" or path.startswith("/parked"), f"{methods} {path}"


@pytest.mark.parametrize("name", BLUEPRINTS)
async def test_without_a_token_every_other_door_is_shut(bare_house: House, name: str) -> None:
    """The rule is not only written there: it is asked before anything else."""
    for path, methods, _ in routes_of(APPS[name]):
        for method in methods:
            if f"{method} /{name}{path}" not in OPEN:
                filled = path.replace("{page}", "0").replace("{", "").replace("}", "")
                answer = await bare_house.client.request(method, f"/{name}{filled}")
                assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
