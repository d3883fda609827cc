"""Where passwords are looked at: a few at a time, in turns that depend on who asks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

from services.directory.accounts import hashing
from services.directory.accounts.fair_queue import FairQueue, Place, Rank

AT_ONCE = 2
"""Passwords of people that are hashed at a time. Each takes 64 MiB on purpose (argon2id), so a rush of sign-ins must queue:
without this bound it is the process that ends, and with it everybody's sign-in."""

WAITING = 200  # in that queue, ten seconds' work; more are turned away, those of whoever has most places first
MACHINES_AT_ONCE, MACHINES_WAITING = 1, 40  # likewise for machines whose secret was hashed like a person's

REMEMBERED = 10_000  # pairs that were right, and ranges that were wrong; the longest unseen are forgotten first
WRONG_FOR = 15 * 60.0  # seconds for which a range that was wrong comes after all others


class Submit(Protocol):
    def __call__(self, work: Any, /) -> Future[Any]: ...


class Desk:
    """One for the whole process. What it remembers is in its memory alone: it decides who goes first, never who is let
    in. monotonic: of the clock (shared.ports.Clock)."""

    def __init__(self, monotonic: Callable[[], float], submit: Submit | None = None) -> None:
        self._monotonic = monotonic
        self.people = FairQueue(AT_ONCE, WAITING, submit)
        self.machines = FairQueue(MACHINES_AT_ONCE, MACHINES_WAITING, submit)
        self._right: OrderedDict[Hashable, float] = OrderedDict()
        self._wrong: OrderedDict[Hashable, float] = OrderedDict()

    def forget(self) -> None:
        self._right.clear()
        self._wrong.clear()

    def asker(self, range: str, account: str) -> Asker:
        """Somebody who says to be `account`. range: of the address they ask from (shared.ip_addresses)."""
        return Asker(self, range, account)

    def officer(self, id: str) -> Asker:
        """Somebody whose token was checked: a place of their own, wherever they ask from."""
        return Asker(self, f"officer {id}", id, proven=True)

    def note(self, range: str, account: str, right: bool) -> None:
        if right:
            _remember(self._right, (range, account), self._monotonic())
        else:
            self._right.pop((range, account), None)
            _remember(self._wrong, range, self._monotonic())

    def rank(self, range: str, account: str) -> Rank:
        if (range, account) in self._right:
            return Rank.KNOWN
        wrong_at = self._wrong.get(range)
        lately = wrong_at is not None and 0 <= self._monotonic() - wrong_at < WRONG_FOR
        return Rank.WRONG if lately else Rank.NEW


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever has a password looked at. proven: by a token, or by the link of a letter."""

    desk: Desk
    range: str
    account: str
    proven: bool = False

    async def hashed(self, password: str) -> str:
        """What is kept of a person's new password. Raises Unavailable."""
        return await self.desk.people.take(self._place, hashing.hashed, password)

    async def fits(self, password_hash: str, password: str, *, machine: bool = False) -> bool:
        """The slow way, whatever kind of hash it is. Raises Unavailable."""
        queue = self.desk.machines if machine else self.desk.people
        return await queue.take(self._place, hashing.fits, password_hash, password)

    def note(self, right: bool) -> None:
        """Whether the password was right, for the next time."""
        self.desk.note(self.range, self.account, right)

    @property
    def _place(self) -> Place:
        rank = Rank.KNOWN if self.proven else self.desk.rank(self.range, self.account)
        return Place(rank, self.range, self.account)


def _remember(memory: OrderedDict[Hashable, float], what: Hashable, now: float) -> None:
    memory.pop(what, None)
    memory[what] = now
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)
