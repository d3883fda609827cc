"""How many letters a provider takes in which time. Whoever sends more is refused by it, sometimes for a day.

Counted in this process: letters are to go out from one (`--only` of the worker), or each process keeps a part of the profile."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from shared.ports import Clock, Mailer, PutOff, ReadyLetter


@dataclass(frozen=True, slots=True)
class Window:
    """letters: at most that many in any span of so many seconds."""

    letters: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Profile:
    """all: letters to whomever. mailbox: to one address."""

    all: Window
    mailbox: Window

    @property
    def room_for_bulk(self) -> int:
        """Of `all`. The rest is kept for letters that are waited for: else many thousands would take the whole span."""
        return self.all.letters - max(1, self.all.letters // 5)


PROFILES = {
    "tencent": Profile(Window(20, 1), Window(10, 3600)),
    "aliyun": Profile(Window(5000, 180), Window(50, 300)),
}


class RatedMail:
    """A letter for which there is no room now waits; one whose mailbox has had enough is put off until it may have another."""

    def __init__(self, mailer: Mailer, profile: Profile, clock: Clock) -> None:
        self._mailer, self._profile, self._clock = mailer, profile, clock
        self._all: deque[float] = deque()
        self._mailboxes: dict[str, deque[float]] = {}
        self._tidied_at = clock.monotonic()
        self._single = asyncio.Lock()
        self._bulk = asyncio.Lock()

    async def send(self, letter: ReadyLetter) -> None:
        """Raises PutOff with the seconds until its mailbox may have another letter, and what the mailer raises."""
        self._must_have_room(letter.to.casefold())
        room = self._profile.room_for_bulk if letter.bulk else self._profile.all.letters
        async with self._bulk if letter.bulk else self._single:  # in the order they came in
            await self._take_of_all(room)
        self._must_have_room(letter.to.casefold()).append(self._clock.monotonic())
        await self._mailer.send(letter)

    async def close(self) -> None:
        await self._mailer.close()

    def _must_have_room(self, to: str) -> deque[float]:
        """When letters went to a mailbox of late. Raises PutOff."""
        now, window = self._clock.monotonic(), self._profile.mailbox
        if now - self._tidied_at >= window.seconds:
            self._tidied_at = now
            self._mailboxes = {
                one: sent for one, sent in self._mailboxes.items() if sent and sent[-1] > now - window.seconds
            }
        sent = self._mailboxes.setdefault(to, deque())
        _forget(sent, now - window.seconds)
        if len(sent) >= window.letters:
            wait = sent[0] + window.seconds - now
            raise PutOff("此邮箱近期信函已达上限，稍后寄发 · this mailbox has had enough letters for now", wait=wait)
        return sent

    async def _take_of_all(self, room: int) -> None:
        window = self._profile.all
        while True:
            now = self._clock.monotonic()
            _forget(self._all, now - window.seconds)
            if len(self._all) < room:
                self._all.append(now)
                return
            await self._clock.sleep(self._all[len(self._all) - room] + window.seconds - now)


def _forget(sent: deque[float], before: float) -> None:
    while sent and sent[0] <= before:
        sent.popleft()
