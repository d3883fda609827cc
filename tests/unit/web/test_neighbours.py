"""Asking the other services: with whose token, what becomes of each answer, and who is asked whether they are back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qs

import httpx
import pytest
from pydantic import BaseModel

from shared import trace
from shared.adapters.http.neighbours import HttpNeighbours
from shared.errors import AppError, Invalid, NotAllowed, NotFound, NotYet, Unavailable
from tests.world.clock import HandClock


class Answer(BaseModel):
    known: bool


Respond = Callable[[httpx.Request], httpx.Response]


def known(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"known": True})


def refuses(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route")


def answers(status: int, content: str = '{"detail": "the detail"}') -> Respond:
    return lambda _: httpx.Response(status, text=content)


class Others:
    """The other services. life: seconds of the tokens they give out."""

    def __init__(self) -> None:
        self.clock, self.life = HandClock(), 900
        self.signed_in: list[dict[str, list[str]]] = []
        self.asked: list[httpx.Request] = []
        self.respond: Respond = known
        self.at_the_door: Respond = self._token
        self.client = HttpNeighbours(
            "certificate", "secret", lambda name: f"http://{name}.house", self.clock, httpx.MockTransport(self._answer)
        )

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        if str(request.url) == "http://directory.house/directory/tokens":
            return self.at_the_door(request)
        self.asked.append(request)
        return self.respond(request)

    def _token(self, request: httpx.Request) -> httpx.Response:
        self.signed_in.append(parse_qs(request.content.decode()))
        return httpx.Response(200, json={"access_token": f"t{len(self.signed_in)}", "expires_in": self.life})

    async def get(self) -> Answer:
        return await self.client.get("reporting", "/rosters/x", Answer)

    @property
    def with_tokens(self) -> list[str | None]:
        return [request.headers.get("Authorization") for request in self.asked]


@pytest.fixture
def others() -> Others:
    return Others()


async def test_everybody_of_a_service_shares_one_token(others: Others) -> None:
    found = await asyncio.gather(*(others.get() for _ in range(5)))
    assert found == [Answer(known=True)] * 5
    assert others.with_tokens == ["Bearer t1"] * 5
    assert others.signed_in == [
        {"grant_type": ["client_credentials"], "client_id": ["certificate"], "client_secret": ["secret"]}
    ]
    assert str(others.asked[0].url) == "http://reporting.house/reporting/rosters/x"


@pytest.mark.parametrize(("life", "used_for"), [(900, 840), (120, 60), (100, 50), (1, 0.5)])
async def test_a_token_is_renewed_a_minute_before_it_ends_and_a_short_one_half_way(
    others: Others, life: int, used_for: float
) -> None:
    others.life = life
    await others.get()
    others.clock.advance(used_for - 0.25)
    await others.get()
    assert len(others.signed_in) == 1
    others.clock.advance(0.25)
    await others.get()
    assert others.with_tokens == ["Bearer t1", "Bearer t1", "Bearer t2"]


async def test_a_token_that_is_refused_is_replaced_once_for_all_who_used_it(others: Others) -> None:
    def only_the_second(request: httpx.Request) -> httpx.Response:
        return known(request) if request.headers["Authorization"] == "Bearer t2" else answers(401)(request)

    others.respond = only_the_second
    found = await asyncio.gather(*(others.get() for _ in range(3)))
    assert found == [Answer(known=True)] * 3
    assert len(others.signed_in) == 2


async def test_who_refuses_a_fresh_token_too_counts_as_away(others: Others) -> None:
    others.respond = answers(401)
    with pytest.raises(Unavailable, match="reporting refuses a fresh token") as refused:
        await others.get()
    assert others.with_tokens == ["Bearer t1", "Bearer t2"]
    assert refused.value.ping is not None


async def test_a_password_that_is_refused_counts_as_an_outage_and_says_what_to_do(others: Others) -> None:
    others.at_the_door = answers(401)
    with pytest.raises(Unavailable, match="the password of certificate: run provision"):
        await others.get()
    assert others.asked == []


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (403, NotAllowed),
        (404, NotFound),
        (409, NotYet),
        (500, AppError),
        (429, Unavailable),
        (502, Unavailable),
        (503, Unavailable),
        (504, Unavailable),
        (400, Invalid),
        (422, Invalid),
        (307, Invalid),
    ],
)
async def test_what_each_refusal_becomes(others: Others, status: int, error: type[AppError]) -> None:
    others.respond = answers(status)
    with pytest.raises(AppError) as refused:
        await others.get()
    assert type(refused.value) is error
    assert (
        str(refused.value)
        == f"其他服务未能办理本服务的请求 · another service refuses reporting/rosters/x: {status} the detail"
    )
    assert len(others.asked) == 1


@pytest.mark.parametrize("content", ["x" * 300, "[]", '"x"', "{}", ""])
async def test_a_refusal_without_a_detail_is_told_as_far_as_it_is_short(others: Others, content: str) -> None:
    others.respond = answers(404, content)
    with pytest.raises(NotFound) as refused:
        await others.get()
    assert str(refused.value).endswith(f" · another service refuses reporting/rosters/x: 404 {content[:200]}")


async def test_a_refusal_in_both_languages_is_handed_on_in_both(others: Others) -> None:
    others.respond = answers(409, '{"detail": "先呈报 · submit it first"}')
    with pytest.raises(NotYet) as refused:
        await others.get()
    zh, _, en = str(refused.value).partition(" · ")
    assert zh == "其他服务未能办理本服务的请求：先呈报"
    assert en.endswith("reporting/rosters/x: 409 submit it first")


@pytest.mark.parametrize("content", ["{}", '{"known": "perhaps"}', "nonsense", ""])
async def test_an_answer_of_another_shape_is_no_outage(others: Others, content: str) -> None:
    others.respond = answers(200, content)
    with pytest.raises(Invalid, match="answered something unexpected"):
        await others.get()


@pytest.mark.parametrize("respond", [refuses, answers(503), answers(429)], ids=["silence", "503", "429"])
async def test_who_is_away_is_asked_himself_whether_he_is_back(others: Others, respond: Respond) -> None:
    others.respond = respond
    with pytest.raises(Unavailable) as away:
        await others.get()
    ping = away.value.ping
    assert ping
    for still in (refuses, answers(503), answers(404)):
        others.respond = still
        with pytest.raises(Unavailable, match=r" · reporting (does not answer|answers)"):
            await ping()
    others.respond = known
    await ping()
    assert str(others.asked[-1].url) == "http://reporting.house/reporting/openapi.json"


async def test_what_is_public_is_asked_without_a_token(others: Others) -> None:
    assert await others.client.public("reporting", "/open", Answer) == Answer(known=True)
    assert (others.with_tokens, others.signed_in) == ([None], [])


async def test_the_others_learn_which_request_they_work_for(others: Others) -> None:
    with trace.working_for("the.request"):
        await others.get()
    with trace.working_for("no header\r\n"):
        await others.client.public("reporting", "/open", Answer)
    assert [request.headers["X-Correlation-Id"] for request in others.asked] == ["the.request", ""]


async def test_it_is_closed(others: Others) -> None:
    await others.client.close()
    assert others.client._client.is_closed
