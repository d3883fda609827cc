"""What provisioning puts into the directory: the first signing key, and the accounts of the machines."""

from __future__ import annotations

from collections.abc import Mapping

from services.directory.accounts import hashing
from services.directory.accounts.account import Account
from services.directory.signing_keys import storage as keys
from shared.keeping import repository
from shared.ports import Clock, Store, every_record
from shared.trade.roles import OPERATOR, Role


async def seed_machines(store: Store, clock: Clock, passwords_of: Mapping[str, str]) -> None:
    """Accounts of the services and the operator, as provisioning knows their passwords: every name but `operator` is that
    of a service. Safe to repeat; a changed password replaces the old one, and a lock ends. A password drawn by chance that
    an earlier release hashed slowly is hashed fast from now on, and nobody is signed out by that."""
    await keys.signing_key(store, clock.now())
    await _give_references(store)
    for name, password in passwords_of.items():
        role = Role.OPERATOR if name == OPERATOR else Role.SERVICE
        known = await repository.seek(store, Account, name)
        if known is None:
            await repository.add(store, Account.provisioned(name, role, hashing.hashed_as_fits(password)))
            continue
        changed = known.forget_failures()
        if not hashing.fits(known.password_hash, password):
            known.provision_anew(clock.now(), hashing.hashed_as_fits(password))
            changed = True
        elif hashing.looks_drawn(password) and not hashing.is_fast(known.password_hash):
            known.keep_otherwise(hashing.hashed_fast(password))
            changed = True
        if changed:
            await repository.save(store, known)


async def _give_references(store: Store) -> None:
    """Accounts of release 0.1 are stored without the reference by which letters find them; loading computes it."""
    async for record in every_record(store, Account.KIND):
        if not record.body.get("ref"):
            await repository.save(store, Account.from_record(record))
