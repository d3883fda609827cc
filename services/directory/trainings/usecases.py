"""Trainings (R2): whoever was not trained in the exam-affairs system reads and practises, but writes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from services.directory.accounts.account import Account
from services.directory.trainings.requests import NewTraining
from services.directory.trainings.training_record import Training, TrainingRecord, counts_until
from shared.actor import Actor
from shared.keeping import creation, ids, repository
from shared.keeping.asked import Asked
from shared.ports import Store


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
