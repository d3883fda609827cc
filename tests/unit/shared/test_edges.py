"""What a stranger may send to the edge, and how far one stuck document may reach."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from services.certificate.production.batch import NUMBERED, Batch, RefusedCertificate
from shared import trace
from shared.actor import Actor
from shared.errors import Unavailable
from shared.messaging.relay import Relay
from shared.ports import Outgoing, Page, Record, Waiting
from shared.text import one_line
from shared.trade.roles import Role
from shared.web.app import not_found_app
from shared.web.edge.size import JSON_LIMIT, MOST_PARTS, SizeLimit
from shared.web.problems import MOST_ROWS
from tests.world.clock import HandClock

NOON = datetime(2026, 4, 3, 4, 0, tzinfo=UTC)
ONE, TWO = (f"sha256:{digit * 64}" for digit in "12")


@pytest.mark.parametrize("given", ["café", "a b", "x" * 101, "a\nb", "", "张"])
def test_a_correlation_that_cannot_travel_is_dropped(given: str) -> None:
    assert trace.readable(given) == ""


def test_a_correlation_that_can_travel_is_kept() -> None:
    assert trace.readable("0af7651916cd43dd-8448eb211c80319c") == "0af7651916cd43dd-8448eb211c80319c"


@pytest.mark.parametrize(
    ("method", "path", "passes"),
    [
        ("PUT", "/reporting/rosters/49053012-2026-001/workbook", True),
        ("POST", "/reporting/rosters/49053012-2026-001/workbook", False),
        ("POST", "/reporting/rosters/49053012-2026-001/workbook/check", True),
        ("POST", "/reporting/rosters/49053012-2026-001/workbook/marked", True),
        ("PUT", "/reporting/rosters/49053012-2026-001/workbook/check", False),
        ("PUT", "/plan/annual-plans/workbook", False),
        ("PUT", "/reporting/rosters/a/b/workbook", False),
    ],
)
async def test_only_a_workbook_may_be_large(method: str, path: str, passes: bool) -> None:
    reached: list[str] = []
    status: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["path"])

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(b"content-length", str(JSON_LIMIT * 5).encode())],
        "query_string": b"",
    }
    await SizeLimit(app, JSON_LIMIT * 20)(scope, asyncio.Queue().get, send)
    assert (reached == [path], status) == (passes, [] if passes else [413])


@pytest.mark.parametrize(
    ("content", "passes"),
    [
        (b"[" + b"1," * (MOST_PARTS - 2) + b"1]", True),
        (b"[" + b"1," * MOST_PARTS + b"1]", False),
        (b"[" + b"[]" * MOST_PARTS + b"]", False),
        (b'{"a":' * (MOST_PARTS + 1), False),
        (b"a" * MOST_PARTS * 2, True),
    ],
)
async def test_a_content_of_too_many_parts_is_not_parsed(content: bytes, passes: bool) -> None:
    pieces = [content[: len(content) // 2], content[len(content) // 2 :]]

    async def receive() -> Any:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            pass

    async def send(message: Any) -> None: ...

    scope = {"type": "http", "method": "POST", "path": "/plan/annual-plans", "headers": [], "query_string": b""}
    limited = SizeLimit(app, JSON_LIMIT)(scope, receive, send)
    if passes:
        await limited
    else:
        with pytest.raises(HTTPException) as refused:
            await limited
        assert refused.value.status_code == 413


async def test_a_thousand_mistakes_are_listed_and_the_others_counted() -> None:
    app = not_found_app()

    @app.post("/forms")
    async def take(form: Form) -> None: ...

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as visitor:
        answer = await visitor.post("/forms", json={str(n): n for n in range(MOST_ROWS + 7)})
    listed = answer.json()["errors"]
    assert (answer.status_code, len(listed)) == (422, MOST_ROWS + 1)
    assert "7" in listed[-1]["what"]


@pytest.mark.parametrize(
    "text", ["a\u0000b", "a\nb", "B\u202e", "x\u200by", "a\u0085b", "\ud800", "\u2800", "\u3164", "\u115f"]
)
def test_unseen_characters_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"U\+"):
        one_line(text)


def test_names_of_many_scripts_are_one_line() -> None:
    for name in ("买买提·艾力", "欧阳㛃", "𫖯", "Müller, O'Brien"):
        assert one_line(f" {name} ") == name


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Shelf:
    """A store of outboxes."""

    def __init__(self, *ids: str) -> None:
        self.written = asyncio.Event()
        self.ids = list(ids)

    async def get(self, kind: str, id: str) -> Record | None:
        return None

    async def add(self, kind: str, record: Record, outbox: object = ()) -> bool:
        return True

    async def pending(self, limit: int) -> list[Waiting]:
        rows = {id: (Outgoing(1, NOON, "events", id, "{}"),) for id in self.ids}
        return [Waiting("thing", id, rows[id]) for id in self.ids[:limit]]

    async def sent(self, kind: str, id: str, upto: int) -> None:
        self.ids.remove(id)

    async def find(self, *_: object, **__: object) -> Page:
        return Page([], None)


class FullQueues:
    """A broker on which every key that starts with `stuck` is refused."""

    def __init__(self) -> None:
        self.tried: list[str] = []

    async def publish(self, message: Outgoing) -> None:
        self.tried.append(message.key)
        if message.key.startswith("stuck"):
            raise Unavailable("the queue is full")


async def test_stuck_documents_do_not_hold_up_the_others() -> None:
    shelf = Shelf(*(f"stuck-{n}" for n in range(450)), *(f"good-{n}" for n in range(50)))
    clock, bus = HandClock(NOON), FullQueues()
    relay = Relay(shelf, bus, clock, "here")  # type: ignore[arg-type]
    for _ in range(4):
        await relay.round()
    assert [id for id in shelf.ids if id.startswith("good")] == []
    assert len(bus.tried) == 500, "nobody is tried again before its turn"
    clock.advance(2)
    await relay.round()
    assert len(bus.tried) > 500


def test_a_redraw_draws_only_what_was_left_out_and_takes_nothing_back() -> None:
    batch = Batch(id="r-b0000", roster="r", page=0, path="/a/b/", producer="49050001", certificates=3, numbered_at=NOON)
    assert all(batch.wants(one) for one in "abc")
    assert not batch.has_drawn("a")
    left_out = [RefusedCertificate(certificate="b", number="1", characters=["㛃"])]
    batch.produce(ONE, 2, left_out, NOON)
    assert (batch.has_drawn("a"), batch.has_drawn("b")) == (True, False)
    officer = Actor("o", "o", "49050001", "/", frozenset({Role.BRANCH_OFFICER}))
    batch.redraw(officer, NOON, frozenset())
    assert (batch.state, [one for one in "abc" if batch.wants(one)]) == (NUMBERED, ["b"])
    assert (batch.has_drawn("a"), batch.has_drawn("b")) == (True, False), "what is printed stays valid meanwhile"
    batch.produce(TWO, 1, [], NOON)
    assert (batch.print_files, batch.drawn, batch.has_drawn("b")) == ([ONE, TWO], 3, True)
