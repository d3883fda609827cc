"""Trainings (R2): whoever was not trained in the exam-affairs system reads and practises, but writes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from services.directory.accounts.account import CLOSED, Account
from services.directory.trainings.requests import NewTraining
from services.directory.trainings.training_record import VALID, Training, TrainingRecord, counts_until
from shared.actor import Actor
from shared.errors import Stale
from shared.keeping import creation, ids, repository
from shared.ports import Clock, Store
from shared.procedure.watching import remind_each
from shared.trade.deadline import MARKS, local_day


class _Asked(NewTraining):
    """What an `Idempotency-Key` is claimed for."""

    account: str


async def record(store: Store, clock: Clock, by: Actor, key: str, account: str, new: NewTraining) -> TrainingRecord:
    """The first training of an account, or a later one that takes its place. A token knows of it from the next sign-in
    or refresh. Raises NotFound, NotAllowed, WrongState, Invalid, Stale when somebody else recorded one at the same moment."""
    of = await repository.load(store, Account, account)
    by.must_reach(of.path, f"account {account}")
    known = await repository.seek(store, TrainingRecord, account)
    request, now = ids.request_id(by.id, key), clock.now()
    asked = _Asked(account=account, **new.model_dump())
    if known is not None and request in known.requests:
        await creation.once(store, by, key, asked)
        return known
    training = Training(
        certificate=new.certificate,
        passed_on=new.passed_on,
        valid_until=new.valid_until or counts_until(new.passed_on),
    )
    if known is not None:
        known.renew(by, now, of=of, training=training, request=request)
        await creation.once(store, by, key, asked)
        await repository.save(store, known)
        return known
    first = TrainingRecord.record(by, now, of=of, training=training, request=request)
    await creation.once(store, by, key, asked)
    if not await repository.add(store, first):
        raise Stale(TrainingRecord.KIND, account, 0)
    return first


async def read(store: Store, by: Actor, account: str) -> TrainingRecord:
    """Raises NotFound."""
    of = await repository.load(store, Account, account)
    by.must_reach(of.path, f"account {account}")
    return await repository.load(store, TrainingRecord, account)


async def of_accounts(store: Store, accounts: Sequence[Account]) -> list[tuple[Account, TrainingRecord]]:
    """Those that have a record, in the same order."""
    found = await asyncio.gather(*(repository.seek(store, TrainingRecord, one.id) for one in accounts))
    return [(account, record) for account, record in zip(accounts, found, strict=True) if record is not None]


async def withdraw(store: Store, clock: Clock, by: Actor, account: str, seen: int, reason: str) -> TrainingRecord:
    """Tokens that are out go on until they end, some minutes later. Raises NotFound, Stale, WrongState, NotAllowed."""
    found = await read(store, by, account)
    if found.version != seen:
        raise Stale(TrainingRecord.KIND, account, seen)
    found.withdraw(by, clock.now(), reason)
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
