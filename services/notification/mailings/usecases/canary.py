"""One letter a day that nobody needs: while it goes out, letters do. A day without one is an alarm."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from services.notification import ids
from services.notification.mailings.mailing import CANARY as LETTER
from services.notification.mailings.mailing import Mailing
from shared.keeping import repository
from shared.measured import Measured
from shared.ports import Store
from shared.trade.deadline import local_day
from shared.trade.roles import NAMES, Role

OPERATOR: Final = NAMES[Role.OPERATOR][0]
DAYS: Final = 8
"""Days that are looked back on: one that is older is as good as none."""


class Canary:
    """Of one process that has the clock. to: the mailbox; empty: nothing is sent, and nothing measured."""

    def __init__(self, store: Store, to: str, site: str) -> None:
        self._store, self._to, self._site = store, to, site
        self._sent_at: datetime | None = None

    def forget(self) -> None:
        self._sent_at = None

    async def watch(self, now: datetime) -> None:
        """The clock's question. Two clocks plan the same letter, which is there once. Raises Unavailable."""
        if not self._to:
            return
        today = local_day(now)
        days = [(today - timedelta(days=n)).isoformat() for n in range(DAYS)]
        known = await self._store.get_many(Mailing.KIND, [self._id(day) for day in days])
        mailings, _ = repository.readable(Mailing, known)
        if self._id(days[0]) not in {record.id for record in known}:
            await self._plan(days[0], now)
        sent = [mailing.sent_at for mailing in mailings if mailing.sent_at is not None]
        self._sent_at = max(sent, default=now - timedelta(days=DAYS))

    def measured(self, now: datetime) -> Iterable[Measured]:
        """Nothing before the clock asked once, or without a clock. It goes on growing where the clock stops."""
        if self._sent_at is not None:
            about = "Since the last trial letter of the day was handed to the post"
            yield Measured("jianding_canary_age_seconds", about, max(0.0, (now - self._sent_at).total_seconds()))

    async def _plan(self, day: str, now: datetime) -> None:
        """It lies with no body: no officer's list shows it."""
        mailing = Mailing(
            id=self._id(day),
            letter=LETTER,
            to=self._to,
            to_name=OPERATOR,
            body="",
            path="/",
            subject_of=day,
            fact=ids.canary_fact(day),
            values={"day": day, "site": self._site, "to_zh": OPERATOR},
            planned_at=now,
        )
        mailing.plan()
        await repository.add(self._store, mailing)

    def _id(self, day: str) -> str:
        return ids.mailing_id(ids.canary_fact(day), LETTER, self._to)
