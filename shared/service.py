"""What a service is to the launcher: its collections, its web application, its handlers, its clockwork."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import FastAPI

from shared.contracts.access import EndedAccess
from shared.measured import Measures
from shared.messaging.worker import Handlers
from shared.outside import Ports
from shared.ports import Clock, Store

Tick = Callable[[datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Service:
    """handlers: queue job → fact type → handler. ticks: idempotent questions asked every so often by the clock role.

    readying: queue job → what makes its first message as quick as any later one. A process that takes such a queue begins it
    when it starts, and waits for it nowhere.

    beside: queue job → what runs, until it is cancelled, in every process that takes such a queue. It must be right for several
    processes to run it at the same time.

    apart: what runs, until it is cancelled, in a process of its own with rights that no other has.

    measures: what the metrics of a process tell of it; nothing of what another process does.

    at_the_root: whether its addresses begin at `/`, after those of all others; else at its name."""

    name: str
    app: FastAPI
    handlers: Mapping[str, Handlers] = field(default_factory=dict)
    ticks: Sequence[Tick] = ()
    readying: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    beside: Mapping[str, Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=dict)
    apart: Callable[[], Coroutine[Any, Any, None]] | None = None
    measures: Measures | None = None
    at_the_root: bool = False


@dataclass(frozen=True, slots=True)
class Blueprint:
    """How to make a service.

    seed: what provisioning puts into its store, given all passwords; safe to repeat. ended_access: of the one service that
    ends access. It reads its own store: asking itself, it would check the token of the question by the answer. identifies:
    whether it asks the identity provider who somebody is; no other service needs the provider's secret."""

    build: Callable[[Ports], Service]
    seed: Callable[[Store, Clock, Mapping[str, str]], Awaitable[None]] | None = None
    ended_access: Callable[[Store, datetime], Awaitable[EndedAccess]] | None = None
    identifies: bool = False
