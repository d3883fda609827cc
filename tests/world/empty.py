"""A house with nothing outside: enough to build the services and look at their routes and handlers."""

from __future__ import annotations

from typing import Any

from services.runtime.catalogue import REGISTER, WholeSettings
from shared.memory.memory import Memory
from shared.memory.throttles import Throttles
from shared.outside import Ports
from shared.trade.workdays.reading import ours
from shared.trade.workdays.working_days import WorkingDays
from tests.world.clock import HandClock

NOTHING: Any = None


def empty_house(**given: Any) -> Ports:
    """given: what is needed after all, by the names of Ports."""
    clock = HandClock()
    memory = Memory()
    outside = dict.fromkeys(Ports.__dataclass_fields__, NOTHING)
    return Ports(
        **{
            **outside,
            "register": REGISTER,
            "settings": WholeSettings(),
            "clock": clock,
            "calendar": WorkingDays(ours()),
            "throttles": Throttles(memory, clock),
            "memory": memory,
            **given,
        }
    )
