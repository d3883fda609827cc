"""Troubles between the house and the world, made at the ports: production code has no hooks for them.

Every port of a house under test is wrapped in a `Port` that belongs to one life of the house, as its connections belong
to one process. Troubles are asked before and after every call; the dead hear no answers and reach nobody.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.errors import Unavailable
from shared.messaging.relay import LEASE
from shared.ports import Bus, Delivery, Done, Fate, Handle, Outgoing

When = Literal["before", "after"]


class Crash(BaseException):
    """The process dies here. No Exception, so that nobody who deals with errors deals with this."""


class Trouble:
    """What goes wrong. port: `certificate store`, `certificate bus`, `files`, `mailer`, `workshop`; method: of the port."""

    async def before(self, port: str, method: str, call: int) -> None:
        """call: how often this trouble was asked about this method of this port, from 1."""

    async def after(self, port: str, method: str, call: int) -> None: ...


@dataclass
class Fragile(Trouble):
    """Dies once, right before or right after the nth call of one method takes effect."""

    port: str
    method: str
    when: When
    nth: int = 1
    fired: bool = False

    async def before(self, port: str, method: str, call: int) -> None:
        self._fall("before", port, method, call)

    async def after(self, port: str, method: str, call: int) -> None:
        self._fall("after", port, method, call)

    def _fall(self, when: When, port: str, method: str, call: int) -> None:
        if not self.fired and (port, method, when) == (self.port, self.method, self.when) and call == self.nth:
            self.fired = True
            raise Crash(f"{when} call {call} of {method} of {port}")


@dataclass
class Doomed(Trouble):
    """Dies at the given calls, counted over all methods of all ports together; at an odd call before it, else after."""

    at: set[int]
    seen: int = 0
    falls: list[str] = field(default_factory=list)

    async def before(self, port: str, method: str, call: int) -> None:
        self.seen += 1
        self._fall(port, method, 1)

    async def after(self, port: str, method: str, call: int) -> None:
        self._fall(port, method, 0)

    def _fall(self, port: str, method: str, odd: int) -> None:
        if self.seen in self.at and self.seen % 2 == odd:
            self.at.discard(self.seen)
            self.falls.append(f"{port} {method}")
            raise Crash(f"call {self.seen}: {method} of {port}")


@dataclass
class Away(Trouble):
    """Part of the world does not answer while `on`. methods: of the port, all if empty."""

    port: str
    methods: frozenset[str] = frozenset()
    on: bool = True
    refused: int = 0
    pings: int = 0
    ends_after: int | None = None
    """It comes back by itself after so many refusals and pings in vain."""

    async def before(self, port: str, method: str, call: int) -> None:
        if not self.on or port != self.port or (self.methods and method not in self.methods and method != "ping"):
            return
        if method == "ping":
            self.pings += 1
        else:
            self.refused += 1
        if self.ends_after is not None and self.refused + self.pings >= self.ends_after:
            self.on = False
        raise Unavailable(f"暂时无法使用，请稍后再试 · {port} is away", self._ping)

    async def _ping(self) -> None:
        self.pings += 1
        if self.ends_after is not None and self.refused + self.pings >= self.ends_after:
            self.on = False
        if self.on:
            raise Unavailable(f"暂时无法使用，请稍后再试 · {self.port} is still away")


@dataclass
class Buggy(Trouble):
    """A fault in the program: the call raises what nobody foresaw, until it is mended."""

    port: str
    method: str
    from_call: int = 1
    mended: bool = False

    async def before(self, port: str, method: str, call: int) -> None:
        if not self.mended and (port, method) == (self.port, self.method) and call >= self.from_call:
            raise ZeroDivisionError("a fault in the program")


HANDLED = "handled "


@dataclass
class Life:
    """One life of the house, from a start to a death. Counts what is under way, so that a test knows when it is idle."""

    troubles: list[Trouble]
    dead: asyncio.Event = field(default_factory=asyncio.Event)
    because: str = ""
    busy: int = 0
    """Calls to what lies outside that are under way."""
    handling: int = 0
    """Messages that are in somebody's hands."""
    calls: int = 0
    """Without those that only look whether there is something to do."""
    progress: int = 0
    """Messages dealt with and facts brought to the bus."""
    counted: dict[tuple[str, str], int] = field(default_factory=dict)
    attempts: int = 0
    """The most attempts that any delivery had used up when it was handed over."""

    async def call(self, port: str, method: str, real: Callable[..., Awaitable[Any]], *given: Any, **named: Any) -> Any:
        self._must_live()
        key = (port, method)
        self.calls += not (method in ("pending", "ping") or given[:1] == (LEASE.name,))
        count = self.counted[key] = self.counted.get(key, 0) + 1
        is_outside = not method.startswith(HANDLED)
        self.busy += is_outside
        self.handling += not is_outside
        try:
            for trouble in self.troubles:
                await trouble.before(port, method, count)
            answer = await real(*given, **named)
            for trouble in self.troubles:
                await trouble.after(port, method, count)
        except Crash as crash:
            self.die(str(crash))
            raise
        finally:
            self.busy -= is_outside
            self.handling -= not is_outside
        self._must_live()
        self.progress += method == "sent" or isinstance(answer, Done)
        return answer

    def die(self, because: str) -> None:
        if not self.dead.is_set():
            self.because = because
            self.dead.set()

    def _must_live(self) -> None:
        if self.dead.is_set():
            raise Crash("already dead")


_PLAIN = frozenset({"written", "consuming", "close"})


class Port:
    """A port as one process sees it: it behaves like what `inner()` gives, through the life that `of()` gives."""

    def __init__(self, inner: Callable[[], Any], name: str, of: Callable[[], Life]) -> None:
        self._inner, self._name, self._of = inner, name, of

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._inner(), method)
        if method in _PLAIN or not callable(found):
            return found

        async def called(*given: Any, **named: Any) -> Any:
            return await self._of().call(self._name, method, found, *given, **named)

        return called


class BusPort(Port):
    """A consumer's `handled` counts as a call of its own: dying right after it means that the acknowledgement is lost."""

    async def consume(self, queue: str, prefetch: int, handle: Handle) -> None:
        life = self._of()

        async def handled(delivery: Delivery) -> Fate:
            life.attempts = max(life.attempts, delivery.attempt)
            fate: Fate = await life.call(self._name, f"{HANDLED}{queue}", handle, delivery)
            return fate

        await self._inner().consume(queue, prefetch, handled)


def backwards(messages: list[Outgoing]) -> list[Outgoing]:
    return messages[::-1]


def shuffled(messages: list[Outgoing]) -> list[Outgoing]:
    """In an order that depends on their number alone, so that a failure comes again."""
    return random.Random(len(messages)).sample(messages, len(messages))


class UnrulyBus:
    """A bus that hands on what was published only at `release`, each message `copies` times, in the order that `order`
    makes of it. The house under test releases whenever nothing else happens."""

    def __init__(self, inner: Bus, order: Callable[[list[Outgoing]], list[Outgoing]], copies: int = 1) -> None:
        self._inner, self._order, self._copies = inner, order, copies
        self.held: list[Outgoing] = []

    async def publish(self, message: Outgoing) -> None:
        self.held += [message] * self._copies

    async def release(self) -> None:
        released, self.held = self._order(self.held), []
        for message in released:
            await self._inner.publish(message)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
