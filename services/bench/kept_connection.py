"""How long one visitor waits for each answer on a connection that he keeps, against a bare server that answers the same."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import uvicorn

from services.demo.play import Session

LOOK_UPS = 500  # right ones are not counted by any limit; each of another certificate
PATH = "/certificate/verifications"


def against_a_bare_server(url: str, sessions: list[Session]) -> dict[str, Any]:
    """Median milliseconds of a verification, the same of a server that does nothing else, and `kept_connection_ratio`."""
    questions = [
        json.dumps({"number": certificate["number"], "name": line.name}).encode()
        for session in sessions
        for certificate in session.certificates
        for line in session.lines[certificate["n"] - 1 : certificate["n"]]
    ][:LOOK_UPS]
    ours, answer = _median(url, questions)
    with _bare_server(answer) as bare:
        floor, _ = _median(bare, questions)
    return {
        "verification_ms": round(ours * 1000, 2),
        "bare_server_ms": round(floor * 1000, 2),
        "kept_connection_ratio": round(ours / floor, 1),
    }


def _median(url: str, questions: list[bytes]) -> tuple[float, bytes]:
    """Seconds of one answer, and the last of them. The first opens the connection and does not count, unless it is alone."""
    there = urlsplit(url)
    kind = http.client.HTTPSConnection if there.scheme == "https" else http.client.HTTPConnection
    connection = kind(there.hostname or "", there.port, timeout=30)
    seconds: list[float] = []
    content = b""
    with contextlib.closing(connection):
        for question in questions:
            before = time.perf_counter()
            connection.request("POST", there.path.rstrip("/") + PATH, question, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            if answer.status == 200:
                seconds.append(time.perf_counter() - before)
    if not seconds:
        raise SystemExit(f"{url}{PATH} 没有核验 · verified nothing: {content.decode(errors='replace')}")
    return statistics.median(seconds[1:] or seconds), content


@contextlib.contextmanager
def _bare_server(content: bytes) -> Iterator[str]:
    """The same server library, in a thread of its own, with nothing behind it."""
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]

    async def bare(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": content})

    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    web = uvicorn.Server(uvicorn.Config(bare, http="h11", ws="none", lifespan="off", log_config=None, access_log=False))
    thread = threading.Thread(target=lambda: asyncio.run(web.serve(sockets=[listening])), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        web.should_exit = True
        thread.join(10)
