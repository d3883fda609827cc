"""Every error that an operation can answer stands in its document, as a problem (RFC 9457) and as nothing else."""

from __future__ import annotations

import json

import pytest

from shared.web.problems import MEDIA_TYPE, TITLES
from tests.openapi.operations import DOCUMENTS, OPERATIONS, Operation
from tests.openapi.whoever import asked
from tests.world.house import House
from tests.world.topology import INTERFACES

THROTTLED = {
    "POST /directory/tokens",
    "GET /directory/oidc/sign-in",
    "GET /directory/oidc/callback",
    "POST /directory/passwords",
    "POST /directory/password",
    "POST /directory/password-resets",
    "POST /directory/password-resets/redemption",
    "POST /directory/reset",
    "GET /notification/feed",
    "GET /notification/calendar/{token}.ics",
    "GET /notification/unsubscribing/{token}",
    "POST /notification/unsubscribing/{token}",
    "POST /notification/webhooks/{id}/ping",
    "POST /certificate/verifications",
    "GET /certificate/v/{number}/{key}",
}
"""By hand: the document finds throttles by itself."""


def errors(operation: Operation) -> set[int]:
    return {status for status in operation.answers() if status >= 400}


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_errors_are_problems(operation: Operation) -> None:
    for status in errors(operation):
        answer = operation.answers()[status]
        assert answer["description"] == TITLES[status]
        assert answer["content"][MEDIA_TYPE]["schema"] == {"$ref": "#/components/schemas/ProblemDetails"}
        assert set(answer["content"]) <= {MEDIA_TYPE, "text/html"}
        assert ("Retry-After" in answer.get("headers", {})) == (status in (409, 429, 503))


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_each_tells_what_it_can_answer_and_not_what_it_cannot(operation: Operation) -> None:
    statuses, headers = errors(operation), operation.parameters("header")
    assert statuses >= {422, 500, 503}
    is_open, is_throttled = not operation.row.roles, str(operation) in THROTTLED
    assert {401, 403} & statuses == ({401, 403} if not is_open or is_throttled else set())
    assert (429 in statuses) == is_throttled
    assert {412, 428} & statuses == ({412, 428} if "If-Match" in headers else set())
    assert (413 in statuses) == ("requestBody" in operation.document)
    if headers or "application/json" in operation.document.get("requestBody", {}).get("content", {}):
        assert 400 in statuses
    if "{" in operation.path:
        assert 404 in statuses
    if operation.method != "GET" and not is_open:
        assert 409 in statuses


@pytest.mark.parametrize("service", INTERFACES)
def test_nothing_of_the_frameworks_own_errors_is_left(service: str) -> None:
    assert "ValidationError" not in json.dumps(DOCUMENTS[service])


PAGES = {
    "GET /directory/reset",
    "POST /directory/reset",
    "GET /directory/password",
    "POST /directory/password",
    "GET /certificate/v/{number}/{key}",
    "GET /notification/letters/{name}",
    "GET /notification/unsubscribing/{token}",
    "POST /notification/unsubscribing/{token}",
}


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_pages_are_told_as_pages(operation: Operation) -> None:
    """What a form sends is refused on its page, too."""
    pages = {status for status, answer in operation.answers().items() if "text/html" in answer.get("content", {})}
    if str(operation) not in PAGES:
        assert pages == set()
    elif operation.method == "POST":
        assert pages == set(operation.answers())
    else:
        assert pages == {200}


async def test_what_is_no_path_and_what_is_no_method_are_problems_too(doors: House) -> None:
    for path in ("/nowhere", "/plan/", "/plan/nowhere", "/plan/occupations/none"):
        answer = await doors.client.get(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, MEDIA_TYPE), path
    for operation in OPERATIONS:
        answer = await doors.client.request("PATCH", operation.address())
        assert (answer.status_code, answer.headers["Content-Type"]) == (405, MEDIA_TYPE), str(operation)
        assert answer.json()["title"] == TITLES[405]


async def test_a_method_that_nobody_knows_is_a_problem(doors: House) -> None:
    for operation in OPERATIONS[:1]:
        answer = await doors.client.request("BREW", operation.address())
        assert (answer.status_code, answer.headers["Content-Type"]) == (405, MEDIA_TYPE)


async def test_an_error_of_every_door_is_what_the_document_says(doors: House) -> None:
    """Asked with nothing at all."""
    for operation in OPERATIONS:
        answer = await asked(doors, operation)
        if answer.status_code >= 400:
            assert answer.status_code in errors(operation), f"{operation}: {answer.text}"
            assert answer.headers["Content-Type"].partition(";")[0] in (MEDIA_TYPE, "text/html")
