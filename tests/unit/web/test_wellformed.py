"""What is refused at the door, at the very edge of each rule."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from shared.web.edge.wellformed import WellFormed

KILOBYTE = 1024


class Door:
    """What came through, and what was said to the others."""

    def __init__(self) -> None:
        self.let_in: list[str] = []
        self.said: list[Message] = []

    async def ask(
        self, path: bytes = b"/plan", headers: Any = (), host: bytes = b"x", **changed: Any
    ) -> tuple[int, dict[str, str]]:
        """Status and headers; 200 for what comes through."""
        self.said.clear()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            self.let_in.append(scope["type"])

        async def receive() -> Message:
            raise AssertionError("nothing of it need be read")

        async def send(message: Message) -> None:
            self.said.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": "/plan",
            "raw_path": path,
            "query_string": b"",
            "headers": [(b"host", host), *headers],
            **changed,
        }
        known = len(self.let_in)
        await WellFormed(app)(scope, receive, send)
        if len(self.let_in) > known:
            return 200, {}
        start, content = self.said
        assert json.loads(content["body"])["status"] == start["status"]
        return start["status"], {name.decode(): text.decode() for name, text in start["headers"]}


async def test_headers_have_sixteen_kilobytes_with_the_address_they_are_for() -> None:
    door = Door()
    room = 16 * KILOBYTE - len(b"hostx") - len(b"/plan") - len(b"a=1") - len(b"x-long")
    for size, status in ((room, 200), (room + 1, 431)):
        long = [(b"x-long", b"y" * size)]
        assert (await door.ask(headers=long, query_string=b"a=1"))[0] == status
    assert "16 KB" in json.loads(door.said[1]["body"])["detail"]


@pytest.mark.parametrize("version", ["0.9", "1.2", "2", "3"])
async def test_other_versions_than_these_are_not_spoken(version: str) -> None:
    assert (await Door().ask(http_version=version))[0] == 505


async def test_a_browser_of_long_ago_is_let_in() -> None:
    assert (await Door().ask(http_version="1.0"))[0] == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_methods_that_there_are(method: str) -> None:
    assert (await Door().ask(method=method))[0] == 200


async def test_who_asks_by_another_method_is_told_which_there_are() -> None:
    status, headers = await Door().ask(method="BREW")
    assert (status, headers["allow"]) == (405, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
    assert "allow" not in (await Door().ask(http_version="2"))[1]


@pytest.mark.parametrize(
    "name", ["host", "authorization", "content-type", "content-length", "transfer-encoding", "idempotency-key"]
)
async def test_what_may_come_once(name: str) -> None:
    header = (name.encode(), b"1")
    once = [] if name == "host" else [header]
    assert (await Door().ask(headers=once))[0] == 200
    status, headers = await Door().ask(headers=[*once, header])
    assert (status, headers["connection"]) == (400, "close"), "nobody knows where the next request begins"


async def test_others_may_come_more_often() -> None:
    assert (await Door().ask(headers=[(b"accept", b"a"), (b"accept", b"b")]))[0] == 200


@pytest.mark.parametrize(("expected", "status"), [(b"100-continue", 200), (b"100-Continue", 200), (b"200-ok", 417)])
async def test_what_can_be_expected(expected: bytes, status: int) -> None:
    assert (await Door().ask(headers=[(b"expect", expected)]))[0] == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (b"door.example", 200),
        (b"door.example:8443", 200),
        (b"127.0.0.1:1", 200),
        (b"[::1]:65535", 200),
        (b"x:123456", 400),
        (b"x:", 400),
        (b"x y", 400),
        (b"", 400),
    ],
)
async def test_hosts(host: bytes, status: int) -> None:
    assert (await Door().ask(host=host))[0] == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (b"/", 200),
        (b"/plan/a.b", 200),
        (b"/plan/...", 200),
        (b"/plan/.b", 200),
        (b"/plan/%41", 200),
        (b"/plan/%252541", 200),  # decoded three times it stays as it is
        (b"/plan/%25252541", 400),  # nobody of ours writes so, and nobody looks any further
        (b"/plan/%e9%94%99", 200),
        (b"/plan/%e9%94", 400),
        (b"/plan/%4", 400),
        (b"/plan/%4g", 400),
        (b"plan", 400),
        (b"", 400),
        (b"/plan//a", 400),
        (b"/plan/./a", 400),
        (b"/plan/../a", 400),
        (b"/plan/.", 400),
        (b"/plan/..", 400),
        (b"/plan/a;b", 400),
        (b"/plan/a\\b", 400),
        (b"/plan/a%7fb", 400),
        (b"/plan/a%1fb", 400),
        (b"/plan/a%20b", 200),
    ],
)
async def test_paths(path: bytes, status: int) -> None:
    assert (await Door().ask(path))[0] == status


async def test_what_is_no_request_passes() -> None:
    door = Door()
    await door.ask(type="lifespan", http_version="-", method="-")
    assert door.let_in == ["lifespan"]
