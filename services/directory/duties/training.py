"""Whose training ends (R2). It is told to the person, and to nobody else: what stands on the bus is a reference."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.directory.accounts.account import ACTIVE, Account
from services.directory.duties.duty import TRAINING
from services.directory.trainings.training_record import VALID, TrainingRecord
from shared.keeping import repository
from shared.ports import Store
from shared.ports.every import every_page
from shared.procedure.duties.duty import Found, Key, Owed
from shared.register.duties import DutyRow
from shared.trade.deadline import local_day
from shared.trade.ladder import WEEKLY, Ladder
from shared.trade.roles import UNGATED

_EARLIEST = 60
"""Days before the end from which everybody is gone through: more than a ladder usually has, and its first mark may be earlier
for a holiday."""


def key_of(account: Account) -> Key:
    return Key(account.reference, account.body)


@dataclass(frozen=True, slots=True)
class TrainingOwing:
    store: Store
    ladder: Ladder
    row: DutyRow = TRAINING

    def round(self, now: datetime) -> str:
        return local_day(now).isoformat()  # no fact tells that a training was recorded

    async def everybody(self, now: datetime) -> AsyncIterator[Sequence[Key]]:
        today = local_day(now)
        first = today - timedelta(days=self._days_after)
        last = today + timedelta(days=max(_EARLIEST, self.ladder.marks[0] + _EARLIEST // 2))
        ending = ("valid_until", first.isoformat(), last.isoformat())
        async for records in every_page(
            self.store, TrainingRecord.KIND, {"state": VALID}, between=ending, sort="valid_until"
        ):
            accounts = await self.store.get_many(Account.KIND, [record.id for record in records])
            yield [key_of(account) for account in repository.readable(Account, accounts)[0]]

    async def found(self, keys: Sequence[Key], now: datetime) -> Sequence[Found]:
        pages = await asyncio.gather(
            *(self.store.find(Account.KIND, {"ref": key.about}, limit=1) for key in keys),
        )
        accounts, _ = repository.readable(Account, [record for page in pages for record in page.records])
        records = await self.store.get_many(TrainingRecord.KIND, [account.id for account in accounts])
        by_account = {record.id: record for record in repository.readable(TrainingRecord, records)[0]}
        found = {account.reference: self._one(account, by_account.get(account.id), now) for account in accounts}
        return [found.get(key.about) for key in keys]

    def _one(self, account: Account, record: TrainingRecord | None, now: datetime) -> Found:
        """A week after the last mark nobody is asked any more: who needs the training finds out at the door."""
        if record is None or record.state != VALID or account.state != ACTIVE or UNGATED.issuperset(account.roles):
            return None
        if self._is_over(record.valid_until, local_day(now)):
            return None
        return Owed(
            account.body,
            account.path,
            account.body,
            record.passed_on,
            record.valid_until,
            sum(entry.verb == "renew" for entry in record.history),
            tuple(record.marked),
            account=account.reference,
        )

    def _is_over(self, until: date, today: date) -> bool:
        return (today - until).days >= self._days_after

    @property
    def _days_after(self) -> int:
        return WEEKLY - min(self.ladder.marks[-1], 0)
