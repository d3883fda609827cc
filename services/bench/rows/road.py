"""The whole road: from the approval of rosters to their last print file, against drawing the same pages alone; and one
visitor's verification on a connection that he keeps, against a bare server."""

from __future__ import annotations

import contextlib
import os

from services.bench import drawing_alone, kept_connection
from services.bench.row import Figure, Place, Row
from services.demo.main import played, started
from services.demo.progress import Progress


def measure(place: Place, size: int) -> list[Figure]:
    """size: candidates. Raises SystemExit when the books are wrong afterwards: then no figure means anything."""
    with contextlib.ExitStack() as stack:
        url, password = place.url, os.environ.get("OPERATOR_PASSWORD", "")
        if not url:
            house = stack.enter_context(started(place.folder, place.store, place.bus))
            url, password = house.url, house.password
        summary, sessions, faults = played(place.folder, size, url=url, operator_password=password)
        if faults:
            raise SystemExit("账目不符 · the books are wrong: " + "; ".join(faults))
        kept = kept_connection.against_a_bare_server(url, sessions)
    with Progress() as progress:
        alone = drawing_alone.seconds_alone(sessions, progress.tell)
    made, seconds = int(summary["certificates"]), summary["seconds"]["approve_to_certificates"]
    beside = "只绘制 · drawing alone"
    visitor = "保持连接的核验 · verification on a kept connection, p50"
    return [
        Figure("批准至打印文件 · approval to the last print file", seconds, "s", alone, beside),
        Figure("证书 · certificates", made / seconds, "/s", made / alone, beside),
        Figure(visitor, kept["verification_ms"], "ms", kept["bare_server_ms"], "空服务 · bare server"),
    ]


ROW = Row(
    what="全程 · the road",
    goal="每秒证书 ≥ 1.8 × 旧版本 · certificates a second against the commit before",
    sizes=(10_000, 40_000),
    quick=1_000,
    tiny=0,
    measure=measure,
    servers=True,
)
