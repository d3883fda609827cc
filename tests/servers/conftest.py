"""What several tests of servers stand on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world.deployment import Deployment


@pytest.fixture
def deployment(tmp_path: Path, amqp_url: str, amqp_admin_url: str, mongodb_url: str) -> Iterator[Deployment]:
    made = Deployment(tmp_path, amqp_url, amqp_admin_url, mongodb_url)
    made.provision()
    try:
        yield made
    finally:
        made.clear()
