"""Who asks once and who asks again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from services.demo import patient_clerk
from services.demo.clerk import Clerk, Refusal
from services.demo.patient_clerk import PatientClerk


class World(httpx.AsyncBaseTransport):
    """Answers in the order given; every request is kept. A `None` ends the connection."""

    def __init__(self) -> None:
        self.answers: list[httpx.Response | None] = []
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/directory/tokens":
            return httpx.Response(200, json={"access_token": "t"})
        self.asked.append(request)
        answer = self.answers.pop(0)
        if answer is None:
            raise httpx.ReadError("the connection ended")
        return answer


class Plain(Clerk):
    async def token(self) -> str:
        return "t"


def says(status: int, content: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=content or {}, headers={k.replace("_", "-"): v for k, v in headers.items()})


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=world, base_url="http://house") as client:
        yield client


@pytest.fixture
def plain(client: httpx.AsyncClient) -> Clerk:
    return Plain(client)


@pytest.fixture
def patient(client: httpx.AsyncClient, pauses: list[float]) -> PatientClerk:
    return PatientClerk(client, "clerk", "password-of-a-clerk")


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(patient_clerk.asyncio, "sleep", sleep)
    return slept


@pytest.mark.parametrize("status", [200, 400, 401, 409, 412, 429, 503])
async def test_a_clerk_asks_once_and_tells_the_answer_as_it_is(plain: Clerk, world: World, status: int) -> None:
    world.answers = [says(status)]
    assert (await plain.ask("GET", "/a")).status_code == status
    assert len(world.asked) == 1


async def test_a_connection_that_ended_is_told_too(plain: Clerk, world: World) -> None:
    world.answers = [None]
    with pytest.raises(httpx.ReadError):
        await plain.ask("GET", "/a")


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (lambda clerk: clerk.get("/a"), 204),
        (lambda clerk: clerk.look("/a"), 404),
        (lambda clerk: clerk.everything("/a"), 503),
        (lambda clerk: clerk.create("/a", {}, "k"), 200),
        (lambda clerk: clerk.act("/a", "approval", 1), 201),
    ],
)
async def test_another_answer_than_hoped_for_is_a_refusal(
    plain: Clerk, world: World, ask: Callable[[Clerk], Any], status: int
) -> None:
    world.answers = [says(status, {"detail": "why"})]
    with pytest.raises(Refusal, match=f"/a.*: {status} why") as raised:
        await ask(plain)
    assert raised.value.status == status


async def test_requests_are_signed_and_name_key_and_version(plain: Clerk, world: World) -> None:
    world.answers = [says(201), says(200, ETag='"v7"'), says(200), says(200)]
    await plain.create("/a", {"n": 1}, "k1")
    await plain.step("/a/1", "approval", json={"yes": True})
    await plain.ask("PUT", "/a/1", 3)
    created, _, acted, put = world.asked
    assert {request.headers["Authorization"] for request in world.asked} == {"Bearer t"}
    assert created.headers["Idempotency-Key"] == "k1"
    assert (acted.url.path, acted.headers["If-Match"], acted.content) == ("/a/1/approval", '"v7"', b'{"yes":true}')
    assert put.headers["If-Match"] == '"v3"'


async def test_a_list_is_read_to_its_end(plain: Clerk, world: World) -> None:
    world.answers = [says(200, {"items": [{"n": 1}], "next": "x"}), says(200, {"items": [{"n": 2}], "next": None})]
    assert await plain.everything("/a?state=new") == [{"n": 1}, {"n": 2}]
    assert [str(request.url) for request in world.asked] == [
        "http://house/a?state=new&limit=500",
        "http://house/a?state=new&limit=500&after=x",
    ]


async def test_a_patient_clerk_asks_until_the_system_is_back(
    patient: PatientClerk, world: World, pauses: list[float]
) -> None:
    world.answers = [None, says(503), says(429), says(502), says(504), says(409, Retry_After="1"), says(401), says(201)]
    await patient.create("/a", {}, "k")
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]
    assert {request.headers["Idempotency-Key"] for request in world.asked} == {"k"}


async def test_a_no_is_a_no(patient: PatientClerk, world: World, pauses: list[float]) -> None:
    world.answers = [says(403, {"detail": "not yours"})]
    with pytest.raises(Refusal, match="not yours"):
        await patient.get("/a")
    assert not pauses


async def test_what_an_earlier_run_made_is_fetched(patient: PatientClerk, world: World) -> None:
    world.answers = [says(409, Location="/a/1"), says(200, {"id": "1"})]
    assert await patient.create("/a", {}, "k") == {"id": "1"}
    world.answers = [says(409)]
    with pytest.raises(Refusal):
        await patient.create("/a", {}, "k")


async def test_a_step_whose_answer_was_lost_is_not_done_twice(patient: PatientClerk, world: World) -> None:
    world.answers = [
        says(200, {"state": "draft"}, ETag='"v1"'),
        None,  # it was done, and nobody heard
        says(412),
        says(200, {"state": "submitted"}, ETag='"v2"'),
    ]
    assert (await patient.bring("/a/1", "submission", ("submitted",)))["state"] == "submitted"
    assert [request.method for request in world.asked] == ["GET", "POST", "POST", "GET"]


async def test_patience_ends(patient: PatientClerk, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_clerk, "PATIENCE", -1.0)
    world.answers = [says(503, {"detail": "closed"})]
    with pytest.raises(TimeoutError, match="503"):
        await patient.get("/a")


async def test_who_is_patient_signs_in_anew_where_that_is_asked_for(world: World, patient: PatientClerk) -> None:
    world.answers = [says(403, {"detail": "…", "sign_in": "fresh"}), says(200, {"id": "x"})]
    assert await patient.get("/plan/x") == {"id": "x"}


@pytest.mark.parametrize("answer", [says(403, {"detail": "…"}), httpx.Response(403, text="a proxy says no")])
async def test_another_no_stays_one(world: World, patient: PatientClerk, answer: httpx.Response) -> None:
    world.answers = [answer]
    with pytest.raises(Refusal):
        await patient.get("/plan/x")
