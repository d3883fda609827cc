"""One connection of a visitor: how long he may take, and how he is told. The server library knows requests; what never
becomes one, or stands still half way, is ended here.

A visitor who moves on is never cut off: a body or an answer has some seconds, and one more for each KB that went by.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from dataclasses import dataclass
from typing import Any

import h11
from starlette.requests import Request
from starlette.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from services.runtime.crowd import Crowd, Room
from shared.web.edge.headers import SecurityHeaders, security_headers
from shared.web.problems import problem

# Of the server library only what is a fault of ours: a line for every request that cannot be read is a log that strangers fill.
_faults = logging.getLogger(f"{__name__}.faults")
_faults.setLevel(logging.ERROR)

TOO_LATE = (
    "请求未在时限内到达，请检查网络后重发 · the request took too long to arrive: look at the network, send it again"
)
UNREADABLE = (
    "无法识别的 HTTP 请求，请核对协议（http 或 https）和端口 · "
    "this is no HTTP request that can be read: check http or https, and the port"
)
TOO_MANY = "连接过多，请稍后再试 · too many connections, try again later"
AGAIN = 5  # seconds


@dataclass(frozen=True, slots=True)
class Patience:
    """header: seconds until the head of a request is there, and for what still comes after the answer. still: seconds in
    which nothing at all need move. pace: bytes a second on average, beyond that."""

    header: float = 10.0
    still: float = 20.0
    pace: float = 1000.0


@dataclass(frozen=True, slots=True)
class _Course:
    """Something that ought to get on, since when it was looked at, and how many bytes had moved then."""

    what: tuple[str, object]
    since: float
    moved: int


class Connection(H11Protocol):
    """uvicorn's own, with an eye on the clock. `look` is called once a second."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        patience: Patience,
        crowd: Crowd,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._patience, self._crowd = patience, crowd
        self.logger = _faults
        self._received = 0
        self._reading: _Course | None = None
        self._writing: _Course | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        room = self._crowd.enter(self._address)
        if room is not Room.THERE_IS:
            self.app = _too_many  # said when he has asked, or nobody would hear it
        if room is Room.NOT_EVEN_TO_SAY_SO:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.leave(self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        super().data_received(data)

    @property
    def _address(self) -> str:
        return self.client[0] if self.client else ""

    def look(self, now: float) -> None:
        """now: seconds of the loop's clock. Ends the connection when what it waits for does not get on."""
        self._look_at_reading(now)
        self._look_at_writing(now)

    def _look_at_reading(self, now: float) -> None:
        what = self._what_is_read()
        if what is None:
            self._reading = None
        elif self._reading is None or self._reading.what != (what, self.cycle):
            self._reading = _Course((what, self.cycle), now, self._received)
        elif now - self._reading.since > self._allowed(what, self._received - self._reading.moved):
            self._refuse(408, TOO_LATE, silently=what == "rest" or not self._received)

    def _what_is_read(self) -> str | None:
        """Nothing while we are the ones who make him wait, or between two requests: that has a limit of its own."""
        state = self.conn.their_state
        if state is h11.IDLE:
            return "header" if self.timeout_keep_alive_task is None else None
        if state is h11.SEND_BODY and not self.flow.read_paused:
            return "rest" if self.cycle.response_complete else "body"
        return None

    def _look_at_writing(self, now: float) -> None:
        unsent = self.transport.get_write_buffer_size()
        if not unsent:
            self._writing = None
        elif self._writing is None or unsent > self._writing.moved:  # new ones come only when the old ones have left
            self._writing = _Course(("answer", self.cycle), now, unsent)
        elif now - self._writing.since > self._allowed("answer", self._writing.moved - unsent):
            self.transport.abort()

    def _allowed(self, what: str, moved: int) -> float:
        if what in ("header", "rest"):
            return self._patience.header
        return self._patience.still + moved / self._patience.pace

    def send_400_response(self, msg: str) -> None:
        """Called by the server library while it handles what the parser raised."""
        error = sys.exc_info()[1]
        status = error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400
        self._refuse(status, UNREADABLE)

    def _refuse(self, status: int, detail: str, silently: bool = False) -> None:
        """Answers in the application's stead, unless it has begun to, and ends the connection."""
        scope: Any = self.scope  # neither is there before the first request
        cycle: Any = self.cycle
        if not silently and self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            answer = problem(_NOWHERE, status, detail, headers={"Connection": "close"})
            answer.headers.update(security_headers(answer.headers["content-type"]))
            head = [*self.server_state.default_headers, *answer.raw_headers]
            self.transport.write(self.conn.send(h11.Response(status_code=status, headers=head)))
            if scope is None or scope["method"] != "HEAD":
                self.transport.write(self.conn.send(h11.Data(data=bytes(answer.body))))
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()


_NOWHERE = Request({"type": "http", "path": ""})


async def _say_too_many(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"Retry-After": str(AGAIN), "Connection": "close"}
    await problem(Request(scope), 503, TOO_MANY, headers=headers)(scope, receive, send)


_too_many: Any = SecurityHeaders(_say_too_many)
