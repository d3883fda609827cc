"""Ports for servers that tests stop and start again on the same port.

A port that the system hands out for the asking lies among those it gives to every outgoing connection, so while its server
is down another worker's connection may take it. These lie below them, and no two workers of a run share one.
"""

from __future__ import annotations

import os
import random
import socket

FIRST, LAST = 20_000, 32_000  # Linux hands out ports from 32768 on, other systems from 49152 on


def a_port() -> int:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    while True:
        port = random.randrange(FIRST + worker, LAST, workers)
        if port not in _given and _is_free(port):
            _given.add(port)
            return port


_given: set[int] = set()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
