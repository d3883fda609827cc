"""A branch's own software as processes of their own: the example that branches copy, by feed or queue, and a small receiver of
webhooks that keeps its books in the example's way. Each notes what had an effect, in the transaction that moves its cursor.

    python -m tests.world.branch_desk read --url … --account … --data … [--queue …]
    python -m tests.world.branch_desk receive PORT FILE SECRET
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import importlib.util
import json
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parents[2] / "deploy" / "examples" / "branch_consumer.py"


def example() -> Any:
    spec = importlib.util.spec_from_file_location("branch_consumer", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


EXAMPLE = example()


def effect(db: sqlite3.Connection, entry: dict[str, Any]) -> None:
    db.execute("INSERT INTO effect VALUES (?, ?)", (entry["feednumber"], entry["factid"]))


def begun(file: Path, feed: str) -> None:
    """At the first entry, with nothing known."""
    ledger = EXAMPLE.Ledger(file)
    ledger.begin(feed, 0, {})
    ledger.close()
    with contextlib.closing(sqlite3.connect(file)) as db, db:
        db.execute("CREATE TABLE effect (n INTEGER, fact TEXT)")
        db.execute("CREATE TABLE call (n INTEGER)")


class Desk:
    """What stands in the file of one of these processes, which may be writing to it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def cursor(self) -> int:
        return int(self._ask("SELECT last FROM cursor")[0][0])

    @property
    def effects(self) -> list[tuple[int, str]]:
        """Number and fact of each entry, in the order in which they had their effect."""
        return [(n, fact) for n, fact in self._ask("SELECT n, fact FROM effect ORDER BY rowid")]

    @property
    def called_again(self) -> int:
        """Calls about an entry that was there already."""
        return int(self._ask("SELECT count(*) - count(DISTINCT n) FROM call")[0][0])

    def _ask(self, statement: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, timeout=30)) as db:
            return db.execute(statement).fetchall()


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    file: Path
    ledger: Any
    secret: str

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.send_response(self._status(body))
        self.send_header("content-length", "0")
        self.end_headers()

    def _status(self, body: bytes) -> int:
        if not self._is_genuine(body):
            return 401
        entry = json.loads(body)
        if "feednumber" not in entry:
            return 204
        with contextlib.closing(sqlite3.connect(self.file)) as db, db:
            db.execute("INSERT INTO call VALUES (?)", (entry["feednumber"],))
        try:
            self.ledger.apply(entry)
        except EXAMPLE.Gap as gap:
            print(gap, file=sys.stderr, flush=True)
            return 409
        return 204

    def _is_genuine(self, body: bytes) -> bool:
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        mine = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        return any(hmac.compare_digest(mine, one) for one in self.headers["webhook-signature"].split())

    def log_message(self, *_: Any) -> None: ...


def receive(port: str, file: str, secret: str) -> None:
    Receiver.file, Receiver.ledger, Receiver.secret = Path(file), EXAMPLE.Ledger(Path(file)), secret
    HTTPServer(("127.0.0.1", int(port)), Receiver).serve_forever()


if __name__ == "__main__":
    EXAMPLE.effect = effect
    what, *rest = sys.argv[1:]
    if what == "receive":
        receive(*rest)
    sys.argv[1:] = rest
    sys.exit(EXAMPLE.main())
