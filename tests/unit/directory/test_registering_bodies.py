"""Registering a body, with the bodies that are there already."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.directory.bodies import usecases
from services.directory.bodies.body import Body
from services.directory.bodies.requests import NewBody
from services.directory.declares import KINDS
from services.runtime.wiring import MACHINERY
from shared.actor import Actor
from shared.adapters.sqlite.store import SqliteStore
from shared.errors import AlreadyThere, NotFound
from shared.keeping import repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.trade.practice import twin, twin_path
from shared.trade.roles import Role
from tests.unit.directory.test_standing import BRANCH, CENTRE, CLERK, NOW, STATION, a_body

ASKED = Asked(CLERK, NOW)
ENTRY = {"name_zh": "示例站", "name_en": "Station", "email": "office@example.org"}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = SqliteStore(tmp_path / "directory.sqlite", (*KINDS, *MACHINERY))
    yield opened
    await opened.close()


def a_new_body(code: str, kind: str, parent: str | None) -> NewBody:
    return NewBody.model_validate({**ENTRY, "code": code, "kind": kind, "parent": parent})


async def test_nobody_registers_a_body_outside_their_own_tree(store: Store) -> None:
    new = a_new_body(STATION, "station", BRANCH)
    elsewhere = a_body("registered", "branch").model_copy(update={"path": f"/50000001/{BRANCH}/"})
    await repository.add(store, Body.from_record(elsewhere.as_record()))
    with pytest.raises(NotFound):
        await usecases.register(store, ASKED, "k", new, "49")
    assert await repository.seek(store, Body, STATION) is None


async def test_there_is_one_centre_and_its_registration_may_be_repeated(store: Store) -> None:
    for _ in range(2):
        centre = await usecases.register(store, ASKED, "k", a_new_body(CENTRE, "centre", None), "49")
        assert (centre.id, centre.version) == (CENTRE, 1)
    with pytest.raises(AlreadyThere, match="one Centre only"):
        await usecases.register(store, ASKED, "other", a_new_body("49000002", "centre", None), "49")


async def test_everybody_sees_the_bodies_above_and_below_their_own_and_no_others(store: Store) -> None:
    bodies = [a_body("registered", "centre"), a_body("registered", "branch"), a_body("licensed")]
    for body in bodies:
        await repository.add(store, Body.from_record(body.as_record()))
    officer = Actor("li.hua", "李华", BRANCH, bodies[1].path, frozenset({Role.BRANCH_OFFICER}))
    for body in bodies:
        assert (await usecases.read(store, officer, body.id, "49")).id == body.id
    other = Actor("other", "other", "49060001", f"/{CENTRE}/49060001/", frozenset({Role.BRANCH_OFFICER}))
    assert (await usecases.read(store, other, CENTRE, "49")).id == CENTRE
    for hidden in (BRANCH, STATION):
        with pytest.raises(NotFound):
            await usecases.read(store, other, hidden, "49")


async def test_who_practises_sees_twins_and_nobody_else_does(store: Store) -> None:
    station = a_body("licensed")
    await repository.add(store, Body.from_record(station.as_record()))
    roles = frozenset({Role.STATION_CLERK})
    practising = Actor("li.hua", "李华", twin(STATION), twin_path(station.path), roles, practising=True)
    seen = await usecases.read(store, practising, twin(STATION), "49")
    assert (seen.id, seen.path, seen.name_zh) == (twin(STATION), twin_path(station.path), f"（培训）{station.name_zh}")
    assert (seen.state, seen.history) == ("licensed", [])
    for hidden in (STATION, twin(BRANCH)):
        with pytest.raises(NotFound):
            await usecases.read(store, practising, hidden, "49")
    with pytest.raises(NotFound):
        await usecases.read(store, Actor("li.hua", "李华", STATION, station.path, roles), twin(STATION), "49")
