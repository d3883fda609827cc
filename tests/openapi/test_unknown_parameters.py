"""A parameter that an endpoint does not have is refused, everywhere, and each of them is named."""

from __future__ import annotations

import pytest

from shared.web.openapi.queries import ANSWERED_ELSEWHERE
from shared.web.problems import MEDIA_TYPE
from tests.openapi.operations import OPERATIONS, Operation
from tests.openapi.whoever import asked, may
from tests.world.house import House
from tests.world.topology import INTERFACES


def headers_of(operation: Operation) -> dict[str, str]:
    have = {"If-Match": '"v1"', "Idempotency-Key": "one"}
    return {name: have[name] for name, header in operation.parameters("header").items() if header["required"]}


def is_page(operation: Operation) -> bool:
    return any("text/html" in answer.get("content", {}) for answer in operation.answers().values())


@pytest.mark.parametrize("service", INTERFACES)
async def test_each_is_named(doors: House, service: str) -> None:
    for operation in (one for one in OPERATIONS if one.service == service):
        if operation.address() in ANSWERED_ELSEWHERE or is_page(operation):
            continue
        stray = {"sate": "approved", "州": ["x", "y"]}
        known = dict.fromkeys(operation.parameters("query"), "1")
        answer = await asked(doors, operation, params={**known, **stray}, headers=headers_of(operation))
        assert (answer.status_code, answer.headers["Content-Type"]) == (422, MEDIA_TYPE), f"{operation} {answer.text}"
        problem = answer.json()
        assert [row["where"] for row in problem["errors"]] == ["query sate", "query 州"], operation
        assert all(row["what"].startswith("没有这个参数") for row in problem["errors"])
        assert all(name in problem["errors"][0]["fix"] for name in known), "what there is, is told"


@pytest.mark.parametrize("service", INTERFACES)
async def test_what_is_documented_is_none_of_them(doors: House, service: str) -> None:
    """Whatever else its value may be."""
    for operation in (one for one in OPERATIONS if one.service == service):
        known = dict.fromkeys(operation.parameters("query"), "1")
        answer = await asked(doors, operation, params=known, headers=headers_of(operation))
        assert "没有这个参数" not in answer.text, operation


@pytest.mark.parametrize("service", INTERFACES)
async def test_strangers_are_told_to_sign_in_first(bare_house: House, service: str) -> None:
    for operation in (one for one in OPERATIONS if one.service == service and may(one)):
        answer = await bare_house.client.request(operation.method, operation.address(), params={"sate": "x"})
        assert answer.status_code == 401, operation


async def test_whoever_may_not_is_told_that(bare_house: House) -> None:
    answer = await bare_house.operator.ask("GET", "/reporting/rosters?sate=x")
    assert answer.status_code == 403


async def test_an_identity_provider_may_add_what_it_likes(bare_house: House) -> None:
    """The option is off in this house: that, and nothing about parameters, is the answer."""
    answer = await bare_house.client.get("/directory/oidc/callback?state=a&code=b&session_state=c&iss=d")
    assert answer.status_code == 404


async def test_whoever_passes_on_a_link_may_lengthen_it(bare_house: House) -> None:
    answer = await bare_house.client.get("/certificate/v/4926003012300015/unknown?from=singlemessage")
    assert "没有这个参数" not in answer.text


async def test_pages_of_the_documentation_are_no_endpoints(bare_house: House) -> None:
    assert (await bare_house.client.get("/plan/docs?x=1")).status_code == 200


async def test_a_form_is_no_query(bare_house: House) -> None:
    form = {"grant_type": "client_credentials", "client_id": "plan", "client_secret": "wrong", "more": "x"}
    assert (await bare_house.client.post("/directory/tokens", data=form)).status_code == 401
