"""Trainings (R2): whoever was not trained in the exam-affairs system reads and practises, but writes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from services.directory.accounts.account import CLOSED, Account
from services.directory.trainings.requests import NewTraining
from services.directory.trainings.training_record import VALID, Training, TrainingRecord, counts_until
from shared.actor import Actor
from shared.keeping import creation, ids, repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.procedure.watching import remind_each
from shared.trade.deadline import MARKS, local_day


class _Content(NewTraining):
    """What an `Idempotency-Key` is claimed for."""

    account: str


async def record(store: Store, asked: Asked, key: str, account: str, new: NewTraining) -> TrainingRecord:
    """The first training of an account, or a later one that takes its place. A token knows of it from the next sign-in
    or refresh. Raises NotFound, NotAllowed, WrongState, Invalid, Stale when somebody else recorded one at the same moment."""
    of = await repository.reached(store, Account, account, asked.by)
    known = await repository.seek(store, TrainingRecord, account)
    request = ids.request_id(asked.by.id, key)
    content = _Content(account=account, **new.model_dump())
    if known is not None and request in known.requests:
        await creation.once(store, asked.by, key, content)
        return known
    training = Training(
        certificate=new.certificate,
        passed_on=new.passed_on,
        valid_until=new.valid_until or counts_until(new.passed_on),
    )
    if known is not None:
        known.renew(asked.by, asked.at, of=of, training=training, request=request)
        await creation.once(store, asked.by, key, content)
        await repository.save(store, known)
        return known
    first = TrainingRecord.record(asked.by, asked.at, of=of, training=training, request=request)
    await creation.once(store, asked.by, key, content)
    if not await repository.add(store, first):
        raise TrainingRecord.WORDS.stale(account)
    return first


async def read(store: Store, by: Actor, account: str) -> TrainingRecord:
    """By where the account sits today, not where it sat when the training was recorded. Raises NotFound."""
    await repository.reached(store, Account, account, by)
    return await repository.load(store, TrainingRecord, account)


async def of_accounts(
    store: Store, accounts: Sequence[Account]
) -> tuple[list[tuple[Account, TrainingRecord]], list[str]]:
    """Those that have a record, in the same order; and the ids of records that cannot be read."""
    stored = await asyncio.gather(*(store.get(TrainingRecord.KIND, account.id) for account in accounts))
    found, left_out = repository.readable(TrainingRecord, [record for record in stored if record is not None])
    by_id = {account.id: account for account in accounts}
    return [(by_id[record.id], record) for record in found], left_out


async def withdraw(store: Store, account: str, asked: Asked, reason: str) -> TrainingRecord:
    """Tokens that are out go on until they end, some minutes later. Raises NotFound, Stale, WrongState, NotAllowed."""
    found = await read(store, asked.by, account)
    repository.must_be_expected(found, asked)
    found.withdraw(asked.by, asked.at, reason)
    await repository.save(store, found)
    return found


async def watch(store: Store, now: datetime) -> None:
    """The clock's question: whose training ends soon, and which mark was reached? Asking twice changes nothing."""
    first, last = (local_day(now) + timedelta(days=days) for days in (min(MARKS), max(MARKS) + 1))
    ending = repository.every(
        store,
        TrainingRecord,
        {"state": VALID},
        between=("valid_until", first.isoformat(), last.isoformat()),
        sort="valid_until",
    )

    async def reminded(record: TrainingRecord) -> TrainingRecord | None:
        if not record.is_to_be_reminded(now):  # before the account is asked for
            return None
        of = await repository.seek(store, Account, record.id)
        return record if of is not None and of.state != CLOSED and record.remind(of, now) else None

    await remind_each(store, [record async for record in ending], reminded)
