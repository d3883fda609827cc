"""Everything a service gets from outside."""

from __future__ import annotations

from dataclasses import dataclass

from shared.memory.memory import Memory
from shared.memory.throttles import Throttles
from shared.ports import (
    Branches,
    Bus,
    Clock,
    Files,
    IdentityProvider,
    Mailer,
    Neighbours,
    Quarantine,
    Receivers,
    Store,
    Tokens,
    Workshop,
)
from shared.ports.others.interfaces import Interfaces
from shared.ports.others.reports import Reports
from shared.register.register import Register
from shared.settings import Settings
from shared.trade.workdays.working_days import WorkingDays


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything a service gets from outside; made once per service by the launcher."""

    register: Register
    settings: Settings
    store: Store
    bus: Bus
    mailer: Mailer
    files: Files
    clock: Clock
    calendar: WorkingDays
    neighbours: Neighbours
    keyring: Tokens
    throttles: Throttles
    memory: Memory
    workshop: Workshop
    quarantine: Quarantine
    receivers: Receivers
    interfaces: Interfaces
    identity_provider: IdentityProvider | None  # none: people sign in with passwords only
    reports: Reports | None = None  # none: nobody reads what mail servers report
    branches: Branches | None = None  # only in the one process that keeps the queues of bodies
