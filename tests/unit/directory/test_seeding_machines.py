"""What provisioning does to accounts: makes those of the services and the operator, and mends what an old release left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.directory.accounts import hashing
from services.directory.accounts.account import FAILURES, Account
from services.directory.declares import KINDS
from services.directory.ids import account_reference
from services.directory.provisioning import seed_machines
from services.directory.signing_keys import storage as keys
from services.runtime.wiring import MACHINERY
from shared.adapters.sqlite.store import SqliteStore
from shared.keeping import repository
from shared.ports import Record, Store
from shared.trade.roles import OPERATOR, Role
from tests.world.clock import HandClock

SECRETS = {"plan": "secret of plan", OPERATOR: "password of the operator"}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = SqliteStore(tmp_path / "directory.sqlite", (*KINDS, *MACHINERY))
    yield opened
    await opened.close()


async def test_services_are_machines_and_the_operator_is_a_person(store: Store) -> None:
    await seed_machines(store, HandClock(), SECRETS)
    plan, operator = [await repository.load(store, Account, name) for name in SECRETS]
    assert (plan.machine, operator.machine) == (True, False)
    assert hashing.fits(plan.password_hash, SECRETS["plan"])
    assert len(await keys.all_keys(store)) == 1


async def test_it_may_be_repeated_and_takes_a_new_password(store: Store) -> None:
    await seed_machines(store, HandClock(), SECRETS)
    await seed_machines(store, HandClock(), SECRETS)
    assert (await repository.load(store, Account, "plan")).version == 1, "nothing to write"
    await seed_machines(store, HandClock(), SECRETS | {"plan": "another secret"})
    plan = await repository.load(store, Account, "plan")
    assert hashing.fits(plan.password_hash, "another secret")
    assert plan.epoch == 1, "whoever signed in with the old one is out"
    assert len(await keys.all_keys(store)) == 1


async def test_a_secret_drawn_by_chance_is_kept_fast_from_the_next_provision_on(store: Store) -> None:
    """An earlier release hashed it like a person's password."""
    drawn = {"plan": "yvC0_w7OQ2dV-ak8rTnB5LxZe1mHsJ4u", OPERATOR: SECRETS[OPERATOR]}
    earlier = Account.provisioned("plan", Role.SERVICE, hashing.hashed(drawn["plan"]))
    await repository.add(store, earlier)
    for _ in range(2):
        await seed_machines(store, HandClock(), drawn)
    plan, operator = [await repository.load(store, Account, name) for name in drawn]
    assert hashing.is_fast(plan.password_hash)
    assert hashing.fits(plan.password_hash, drawn["plan"])
    assert (plan.epoch, plan.version) == (0, 2), "nobody is signed out, and nothing is written twice"
    assert not hashing.is_fast(operator.password_hash), "somebody made that one up"
    await seed_machines(store, HandClock(), drawn | {"plan": "a secret that somebody made up"})
    again = await repository.load(store, Account, "plan")
    assert (hashing.is_fast(again.password_hash), again.epoch) == (False, 1)


async def test_it_lets_a_locked_operator_in(store: Store) -> None:
    """Who has no mailbox and nobody above."""
    clock = HandClock()
    await seed_machines(store, clock, SECRETS)
    operator = await repository.load(store, Account, OPERATOR)
    for _ in range(FAILURES):
        operator.count_failure(clock.now())
    await repository.save(store, operator)
    await seed_machines(store, clock, SECRETS)
    assert not (await repository.load(store, Account, OPERATOR)).is_locked(clock.now())


async def test_accounts_of_the_first_release_can_be_written_to_afterwards(store: Store) -> None:
    body = {"state": "active", "name": "周宁", "body": "49053012", "path": "/49000001/49053012/", "history": []}
    old = Record("zhou.ning", {**body, "roles": ["station_clerk"], "password_hash": "h"})
    await store.add(Account.KIND, old)
    await seed_machines(store, HandClock(), SECRETS)
    page = await store.find(Account.KIND, {"ref": account_reference("zhou.ning")})
    assert [record.id for record in page.records] == ["zhou.ning"]
