"""A request that could be read in two ways is refused at the door, of the gateway and of each service: raw, as it was sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from services.gateway.app import gateway_app
from services.runtime.serving import server
from shared.errors import Invalid
from shared.settings import Settings
from shared.web.app import not_found_app
from shared.web.edge.door import door
from shared.web.routers.health import router as health
from tests.e2e.edge.test_nonsense import ROUTES
from tests.world.clock import HandClock
from tests.world.house import House
from tests.world.sockets import Served, served
from tests.world.topology import INTERFACES

INNER = b"what only the machine itself may read"


@pytest.fixture
async def behind() -> AsyncIterator[Served]:
    """A process with one service and its metrics."""
    app = not_found_app()
    plan = not_found_app()

    @plan.get("/things")
    async def things() -> str:
        return "things"

    @plan.post("/things")
    async def new_thing(content: dict[str, Any]) -> int:
        return len(content)

    app.include_router(health((), HandClock(), {}))
    app.mount("/plan", plan)
    async with served(app) as found:
        yield found


@pytest.fixture
async def gateway(behind: Served) -> AsyncIterator[Served]:
    settings = Settings(neighbours=f"http://127.0.0.1:{behind.port}")
    async with served(gateway_app(settings, ("plan",), "console")) as found:
        yield found


@pytest.fixture(params=["gateway", "service"])
def asked(request: pytest.FixtureRequest, gateway: Served, behind: Served) -> Iterator[Served]:
    """Each of the two doors."""
    yield gateway if request.param == "gateway" else behind


def status(answer: bytes) -> int:
    assert answer.count(b"HTTP/1.1 ") == 1, "one request, one answer"
    return int(answer[9:12])


def head(target: str, *headers: str, method: str = "GET", host: str = "door.example") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def test_the_plain_way_is_open(asked: Served) -> None:
    for target in ("/plan/things", "/plan/things?x=../y;z//", "/plan/%74hings"):
        assert status(await asked.ask(head(target))) == 200
    sent = head("/plan/things", "Content-Type: application/json", "Content-Length: 7", method="POST") + b'{"a":1}'
    assert status(await asked.ask(sent)) == 200
    chunked = head("/plan/things", "Content-Type: application/json", "Transfer-Encoding: chunked", method="POST")
    assert status(await asked.ask(chunked + b'7\r\n{"a":1}\r\n0\r\n\r\n')) == 200
    assert status(await asked.ask(head("/plan/things%2F49053012"))) == 404


TWO_READINGS = [
    "/plan/../metrics",
    "/plan/./things",
    "/plan/..",
    "/plan/%2e%2e/metrics",
    "/plan/%2E./metrics",
    "/plan/%252e%252e/metrics",
    "/plan/%25252e%25252e/metrics",
    "/plan/..%2fmetrics",
    "/plan/%2e%2e%2fmetrics",
    "/plan/..%5cmetrics",
    "/plan/..\\metrics",
    "/plan/..;/metrics",
    "/plan/..%3b/metrics",
    "//metrics",
    "/plan//metrics",
    "/plan/%2fmetrics",
    "//elsewhere.example/%2e%2e",
    "/plan/things%00",
    "/plan/things%0d%0aX:y",
    "/plan/things%",
    "/plan/things%zz",
    "/plan/things%ff",
    "/plan/things#x",
    "plan/things",
    "*",
    "http://127.0.0.1/metrics",
    "http://door.example/plan/things",
]


async def test_a_path_with_two_readings_is_refused(asked: Served) -> None:
    found = {target: status(await asked.ask(head(target))) for target in TWO_READINGS}
    assert found == dict.fromkeys(TWO_READINGS, 400)


CONTRADICTIONS = [
    ["Content-Length: 3", "Transfer-Encoding: chunked"],
    ["Transfer-Encoding: chunked", "Content-Length: 0"],
    ["Content-Length: 3", "Content-Length: 4"],
    ["Content-Length: 3, 4"],
    ["Content-Length: +3"],
    ["Content-Length: 0x3"],
    ["Content-Length: "],
    ["Content-Length: 99999999999999999999999"],
    ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
    ["Transfer-Encoding: identity, chunked"],
    ["Transfer-Encoding : chunked"],
    ["Content-Length: 3", "Content-Type: application/json", "Content-Type: text/plain"],
    ["Content-Length: 3", "Authorization: Bearer a", "Authorization: Bearer b"],
    ["Content-Length: 3", "X\x01: y"],
    ["Content-Length: 3", "X: y\x00"],
    ["Host: other.example", "Content-Length: 3"],
]


async def test_headers_with_two_readings_are_refused(asked: Served) -> None:
    smuggled = b"0\r\n\r\nGET /plan/things HTTP/1.1\r\n\r\n"
    for headers in CONTRADICTIONS:
        answer = await asked.ask(head("/plan/things", *headers, method="POST") + smuggled)
        assert status(answer) in (400, 501), headers


async def test_a_host_that_is_none_is_refused(asked: Served) -> None:
    for host in ("", "a b", "a/b", "x@y", "[", "[::1", "a:b", "a:123456", "evil.example/..", "é"):
        assert status(await asked.ask(head("/plan/things", host=host))) == 400, host


async def test_no_answer_leads_where_the_visitor_says(asked: Served) -> None:
    """A redirect to an address that the Host header names would take people there by a link of ours."""
    for target in ["/", "/plan", "/plan/", "/plan/things/", "/directory/docs/", "/healthz/", "/metrics/", "/none"]:
        answer = await asked.ask(head(target, "X-Forwarded-Host: evil.example", host="evil.example"))
        assert b"evil.example" not in answer
        for line in answer.split(b"\r\n"):
            if line.lower().startswith(b"location:"):
                assert line.split(b": ")[1].startswith(b"/") and not line.split(b": ")[1].startswith(b"//")


async def test_metrics_are_for_the_machine_itself(behind: Served, gateway: Served) -> None:
    assert b"jianding_bus_up" in await behind.ask(head("/metrics"))
    for passed_on in (
        "X-Forwarded-For: 192.0.2.7",
        "Forwarded: for=192.0.2.7",
        "Via: 1.1 proxy",
        "X-Forwarded-Proto: http",
        "X-Real-IP: 192.0.2.7",
        "X-Forwarded-Host: jianding.example",
    ):
        assert status(await behind.ask(head("/metrics", passed_on))) == 403, (
            "a proxy on this machine is not the machine"
        )
    for target in ("/metrics", "/plan/metrics", "/%6detrics"):
        assert status(await gateway.ask(head(target))) in (403, 404), "nor through the gateway"
    async with served(not_found_app(), metrics_from="192.0.2.0/24") as elsewhere:
        assert status(await elsewhere.ask(head("/metrics"))) == 403
        assert status(await elsewhere.ask(head("/%6detrics"))) == 403
        assert status(await elsewhere.ask(head("/metrics/"))) == 403


@pytest.mark.parametrize(
    ("peer", "may"),
    [("127.0.0.1", True), ("::ffff:127.0.0.1", True), ("::1", True), ("192.0.2.7", False), ("", False), (None, False)],
)
async def test_the_machine_has_several_names(peer: str | None, may: bool) -> None:
    client = (peer, 1) if peer is not None else None
    transport = httpx.ASGITransport(app=door(not_found_app(), Settings()), client=client)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as visitor:
        assert ((await visitor.get("/metrics")).status_code == 404) == may


def test_networks_that_are_none_are_told_before_anything_is_served() -> None:
    with pytest.raises(Invalid, match="JIANDING_METRICS_FROM"):
        server(not_found_app(), Settings(metrics_from="10.0.0.0/33"))


async def test_no_route_of_a_service_leads_where_the_visitor_says(bare_house: House) -> None:
    for method, path in [*ROUTES, *(("GET", f"/{service}") for service in INTERFACES)]:
        for target in (path.rstrip("/"), f"{path}/"):
            answer = await bare_house.client.request(method, target.replace("{", "").replace("}", ""), headers=EVIL)
            assert "evil.example" not in str(answer.headers) + answer.text, f"{method} {target}"


EVIL = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
