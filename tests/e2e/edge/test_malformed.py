"""Ten thousand malformed requests a service, through real sockets: no fault, a 503 only with when to ask again, and the
process goes on."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections import Counter
from typing import Any

import httpx
import pytest

from services.gateway.app import gateway_app
from shared.settings import Settings
from shared.web.problems import MEDIA_TYPE
from tests.access.actors import open_accounts
from tests.e2e.edge.malformed import Malformed, Sent
from tests.openapi.operations import OPERATIONS, Operation
from tests.openapi.whoever import may
from tests.world.house import House
from tests.world.sockets import Served, served
from tests.world.topology import INTERFACES, PAGES

REQUESTS = int(os.environ.get("MALFORMED_REQUESTS", "600"))
"""Of each service. The suite takes a part, so that it stays a matter of minutes; the whole number is 10000."""
AT_ONCE = 16


class Answers:
    """What a process answered, seen before the way back: also when nobody waits for it any more."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def seen(message: Any) -> None:
            if message["type"] == "http.response.start":
                self._judge(scope, message["status"], dict(message["headers"]))
            await send(message)

        await self._app(scope, receive, seen)

    def _judge(self, scope: Any, status: int, headers: dict[bytes, bytes]) -> None:
        self.statuses[status] += 1
        asked = f"{scope['method']} {scope['raw_path']!r} {status}"
        kind = headers.get(b"content-type", b"").decode().partition(";")[0]
        if status >= 500 and not (status == 503 and b"retry-after" in headers):
            self.wrong.append(asked)
        elif status >= 400 and kind not in (MEDIA_TYPE, "text/html") and b"/static/" not in scope["raw_path"]:
            self.wrong.append(f"{asked}: {kind}")


async def thrown(there: Served, requests: list[Sent]) -> list[str]:
    """What the process itself answered where no application was reached; only what is wrong with it."""
    wrong: list[str] = []
    waiting = iter(requests)

    async def visitor() -> None:
        for sent in waiting:
            answer = await _thrown(there, sent)
            if sent.is_whole and not answer:
                wrong.append(f"no answer: {sent.content[:300]!r}")
            if answer.startswith(b"HTTP/1.1 500"):
                wrong.append(f"{sent.content[:300]!r}")

    await asyncio.gather(*(visitor() for _ in range(AT_ONCE)))
    return wrong


async def _thrown(there: Served, sent: Sent) -> bytes:
    reader, writer = await there.open()
    try:
        writer.write(sent.content)
        if not sent.is_whole:
            writer.write_eof()
        return await asyncio.wait_for(reader.read(), 30)
    except ConnectionError:  # it was refused before it was read to its end
        return b"-"
    finally:
        writer.close()


async def tokens(house: House, operations: list[Operation]) -> dict[str, bytes]:
    accounts = {may(operation) for operation in operations} - {""}
    return {"": b"", **{account: (await house.token(account)).encode() for account in accounts}}


def malformed(service: str, operations: list[Operation], known: dict[str, bytes], count: int) -> list[Sent]:
    source = Malformed(service, operations, lambda operation: known[may(operation)])
    return list(itertools.islice(iter(source.next, None), count))


@pytest.mark.parametrize("service", INTERFACES)
async def test_no_request_stops_a_service(bare_house: House, service: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("ERROR")
    await open_accounts(bare_house)
    operations = [operation for operation in OPERATIONS if operation.service == service]
    answers = Answers(bare_house.app)
    requests = malformed(service, operations, await tokens(bare_house, operations), REQUESTS)
    async with served(answers) as there:
        for start in range(0, len(requests), 200):
            bare_house.rooms.forget()  # throttles are not what is tried here
            assert await thrown(there, requests[start : start + 200]) == []
        assert b" 200 " in await there.ask(
            f"GET /{service}/docs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        )
    assert answers.wrong == []
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
    assert len(answers.statuses) > 5, f"too little of it got anywhere: {answers.statuses}"


async def test_no_request_stops_the_gateway(bare_house: House, caplog: pytest.LogCaptureFixture) -> None:
    """All services stand behind it, each with its own door."""
    caplog.set_level("ERROR")
    await open_accounts(bare_house)
    known = await tokens(bare_house, OPERATIONS)
    async with served(bare_house.app) as behind:
        settings = Settings(neighbours=f"http://127.0.0.1:{behind.port}")
        gateway = Answers(gateway_app(settings, INTERFACES, PAGES, httpx.AsyncHTTPTransport()))
        requests = malformed("gateway", list(OPERATIONS), known, REQUESTS)
        async with served(gateway) as there:
            for start in range(0, len(requests), 200):
                bare_house.rooms.forget()
                assert await thrown(there, requests[start : start + 200]) == []
    assert gateway.wrong == []
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
    assert len(gateway.statuses) > 5, f"too little of it got anywhere: {gateway.statuses}"
