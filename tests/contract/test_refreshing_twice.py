"""Two processes that exchange the same refresh token at the same moment, on every store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from services.directory.accounts.account import Account
from services.directory.declares import KINDS
from services.directory.provisioning import seed_machines
from services.directory.signing_in import storage, usecases
from services.directory.signing_in.sign_in import LOST_ANSWER, SignIn
from services.runtime.catalogue import WholeSettings
from services.runtime.wiring import MACHINERY
from shared.adapters.mongo import MongoStore
from shared.adapters.sqlite.store import SqliteStore
from shared.errors import NotSignedIn
from shared.keeping import repository
from shared.ports import Store
from shared.settings import read_settings
from shared.trade.roles import OPERATOR
from tests.world.clock import HandClock


@pytest.fixture(params=["sqlite", pytest.param("mongodb", marks=pytest.mark.servers)])
async def processes(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[Store]]:
    kinds = (*KINDS, *MACHINERY)
    opened: Callable[[], Store]
    if request.param == "sqlite":
        opened = lambda: SqliteStore(tmp_path / "directory.sqlite", kinds)  # noqa: E731
    else:
        url, database = request.getfixturevalue("mongodb_url"), request.getfixturevalue("database")
        opened = lambda: MongoStore(url, database, kinds)  # noqa: E731
    stores = [opened() for _ in range(2)]
    await stores[0].prepare()
    yield stores
    for store in stores:
        await store.close()


async def test_both_get_the_same_successor_and_a_copy_ends_it(processes: list[Store]) -> None:
    clock, settings = HandClock(), read_settings(WholeSettings)
    await seed_machines(processes[0], clock, {OPERATOR: "password of the operator"})
    account = await repository.load(processes[0], Account, OPERATOR)
    token = (await storage.issue(processes[0], clock, settings, account, practising=False)).refresh_token
    assert token is not None
    for _ in range(3):
        answers = await asyncio.gather(
            *(usecases.refreshed(store, clock, settings, token) for store in processes * 4), return_exceptions=False
        )
        (successor,) = {answer.refresh_token for answer in answers}
        assert successor is not None
        copied, token = token, successor
    clock.advance(LOST_ANSWER.total_seconds())
    ends = await asyncio.gather(
        *(usecases.refreshed(store, clock, settings, copied) for store in processes), return_exceptions=True
    )
    assert [type(answer) for answer in ends] == [NotSignedIn] * 2
    sign_in = await repository.load(processes[1], SignIn, token.partition(".")[0])
    assert [act.verb for act in sign_in.history] == ["open", "end"]
    with pytest.raises(NotSignedIn):
        await usecases.refreshed(processes[0], clock, settings, token)
