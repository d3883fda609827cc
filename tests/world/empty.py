"""A house with nothing outside: enough to build the services and look at their routes and handlers."""

from __future__ import annotations

from typing import Any

from shared.ports.house import House
from shared.settings import Settings
from shared.throttles import Throttles
from tests.world.clock import HandClock

NOTHING: Any = None


def empty_house(**given: Any) -> House:
    """given: what is needed after all, by the names of House."""
    clock = HandClock()
    outside = dict.fromkeys(House.__dataclass_fields__, NOTHING)
    return House(**{**outside, "settings": Settings(), "clock": clock, "throttles": Throttles(clock), **given})
