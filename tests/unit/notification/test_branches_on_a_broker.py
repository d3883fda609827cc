"""What stands on the broker for a body, where a process died in the middle or somebody had a hand in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from shared.adapters.rabbitmq import branches as adapter
from shared.adapters.rabbitmq.branches import FEW, LIMITS, POLICY, RabbitBranches
from shared.errors import Refused, Unavailable

VHOST, BODY = "branches", "49050001"
USER, QUEUE = f"branch-{BODY}", f"branch.{BODY}"


class Killed(BaseException):
    """The process is gone at this very point."""


class PaperManagement:
    """kept: path of an object → what was put there. before: is asked before each request, and may raise."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.before: Callable[[httpx.Request], httpx.Response | None] = lambda request: None

    def answer(self, request: httpx.Request) -> httpx.Response:
        said = self.before(request)
        if said is not None:
            return said
        path = unquote(request.url.path.removeprefix("/api/"))
        match request.method:
            case "PUT":
                self.kept[path] = json.loads(request.content)
                return httpx.Response(201)
            case "DELETE":
                gone = [one for one in self.kept if one == path or (path.startswith("users/") and one.endswith(USER))]
                gone += [one for one in self.kept if path == f"users/{USER}" and one.startswith(f"user-limits/{USER}/")]
                for one in gone:
                    self.kept.pop(one, None)
                return httpx.Response(204 if gone else 404)
        return httpx.Response(200, json=self.listed(path))

    def listed(self, path: str) -> list[dict[str, Any]]:
        def under(folder: str) -> list[tuple[str, Any]]:
            return [(one.rpartition("/")[2], body) for one, body in self.kept.items() if one.startswith(folder + "/")]

        match path:
            case "users":
                return [
                    {"name": name, **body, "tags": list(filter(None, [body["tags"]]))} for name, body in under("users")
                ]
            case "permissions":
                return [
                    {"user": one.split("/")[2], "vhost": one.split("/")[1], **body}
                    for one, body in self.kept.items()
                    if one.startswith("permissions/")
                ]
            case "user-limits":
                users = {one.split("/")[1] for one in self.kept if one.startswith("user-limits/")}
                return [
                    {"user": user, "value": {n: body["value"] for n, body in under(f"user-limits/{user}")}}
                    for user in users
                ]
            case _:
                return [{**body, "name": name} for name, body in under(path)]


@pytest.fixture
def management(monkeypatch: pytest.MonkeyPatch) -> PaperManagement:
    paper = PaperManagement()

    def client(url: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=url, transport=httpx.MockTransport(paper.answer))

    monkeypatch.setattr(adapter, "to_management", client)
    return paper


@pytest.fixture
async def branches(management: PaperManagement) -> RabbitBranches:
    made = RabbitBranches("amqp://admin:x@broker/core", "http://admin:x@broker:15672", VHOST)
    await made.prepare()
    return made


async def test_whoever_is_let_in_is_there(branches: RabbitBranches) -> None:
    await branches.let_in(BODY, "hash")
    assert await branches.there() == {BODY: "hash"}


async def test_killed_at_any_request_it_is_seen_to_be_half_done(
    branches: RabbitBranches, management: PaperManagement
) -> None:
    """Also where everything stood there before: a user without rights would be taken for one who has them, for good."""
    await branches.let_in(BODY, "hash")
    for point in range(20):
        left = point

        def kill(request: httpx.Request) -> None:
            nonlocal left
            if request.method != "GET":
                left -= 1
                if left < 0:
                    raise Killed

        management.before = kill
        try:
            await branches.let_in(BODY, "hash")
            break
        except Killed:
            management.before = lambda request: None
        before = dict(management.kept)
        if (await branches.there()) == {BODY: "hash"}:
            assert f"permissions/{VHOST}/{USER}" in before and f"queues/{VHOST}/{QUEUE}" in before
            assert {name: before[f"user-limits/{USER}/{name}"]["value"] for name in FEW} == FEW
    else:
        pytest.fail("it never ended")
    assert point > 4


RIGHTS = f"permissions/{VHOST}/{USER}"


@pytest.mark.parametrize(
    "hand",
    [
        pytest.param(lambda kept: kept.pop(RIGHTS), id="rights taken away"),
        pytest.param(lambda kept: kept[RIGHTS].update(read=".*"), id="reads everything"),
        pytest.param(lambda kept: kept[RIGHTS].update(write=".*"), id="writes everything"),
        pytest.param(lambda kept: kept.update({f"permissions/core/{USER}": kept[RIGHTS]}), id="enters core"),
        pytest.param(lambda kept: kept[f"users/{USER}"].update(tags="administrator"), id="administrator"),
        pytest.param(lambda kept: kept.pop(f"user-limits/{USER}/max-connections"), id="any number of connections"),
        pytest.param(lambda kept: kept.pop(f"queues/{VHOST}/{QUEUE}"), id="no queue"),
        pytest.param(lambda kept: kept.pop(f"users/{USER}"), id="no user"),
    ],
)
async def test_what_somebody_changed_by_hand_is_seen_and_made_anew(
    branches: RabbitBranches, management: PaperManagement, hand: Callable[[dict[str, Any]], None]
) -> None:
    await branches.let_in(BODY, "hash")
    hand(management.kept)
    assert await branches.there() == {BODY: ""}
    await branches.let_in(BODY, "hash")
    assert await branches.there() == {BODY: "hash"}
    assert [one for one in management.kept if one.endswith(USER) and one.startswith("permissions/")] == [RIGHTS]


async def test_limits_that_somebody_took_away_are_put_back(
    branches: RabbitBranches, management: PaperManagement
) -> None:
    policy = f"policies/{VHOST}/{POLICY}"
    for changed in ({}, {policy: {"definition": {**LIMITS, "overflow": "reject-publish"}}}):
        management.kept.pop(policy)
        management.kept.update(changed)
        await branches.there()
        assert management.kept[policy]["definition"] == LIMITS


@pytest.mark.parametrize(
    "nonsense",
    [
        httpx.Response(200, text="<html>welcome</html>"),
        httpx.Response(200, text='[{"name": "branch.'),
        httpx.Response(200, json={"error": "x"}),
        httpx.Response(200, json=["branch.49050001"]),
        httpx.Response(200, json=None),
        httpx.Response(200, content=b"\xff\xfe"),
        httpx.Response(204),
        httpx.Response(500, text="x"),
    ],
)
async def test_nonsense_is_no_answer(
    branches: RabbitBranches, management: PaperManagement, nonsense: httpx.Response
) -> None:
    management.before = lambda request: nonsense
    with pytest.raises(Unavailable, match="management"):
        await branches.there()


@pytest.mark.parametrize(
    "said", [httpx.Response(400, json=["x"]), httpx.Response(403, text="<p>"), httpx.Response(404)]
)
async def test_a_refusal_has_a_sentence_whatever_it_looks_like(
    branches: RabbitBranches, management: PaperManagement, said: httpx.Response
) -> None:
    management.before = lambda request: said
    with pytest.raises(Refused, match="refuses"):
        await branches.there()
