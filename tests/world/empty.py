"""A house with nothing outside: enough to build the services and look at their routes and handlers."""

from __future__ import annotations

from typing import Any

from services.runtime.catalogue import REGISTER, WholeSettings
from shared.house import House
from shared.throttles import Throttles
from tests.world.clock import HandClock

NOTHING: Any = None


def empty_house(**given: Any) -> House:
    """given: what is needed after all, by the names of House."""
    clock = HandClock()
    outside = dict.fromkeys(House.__dataclass_fields__, NOTHING)
    outside |= {"register": REGISTER, "settings": WholeSettings(), "clock": clock, "throttles": Throttles(clock)}
    return House(
        **{
            **outside,
            "register": REGISTER,
            "settings": WholeSettings(),
            "clock": clock,
            "throttles": Throttles(clock),
            **given,
        }
    )
