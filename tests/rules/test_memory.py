"""What a process remembers beside its store ends with it: nothing that grew while a house was used outlives its end."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from types import FunctionType, MethodType, ModuleType
from typing import Any

from services.demo.cast import CENTRE
from tests.world.browser import browsers_at
from tests.world.house import House
from tests.world.seeding import SMALL, approve

OURS = ("services.", "shared.")
REMEMBERS = (dict, list, set)
"""And what derives from them, e.g. OrderedDict."""


async def test_nothing_that_a_process_remembers_outlives_it(house: House) -> None:
    house.rooms.forget()
    before = remembered(house)
    await use(house)
    assert (await house.client.post("/directory/tokens", data=WRONG)).status_code == 401
    house.rooms.forget()
    grown = {place: size for place, size in remembered(house).items() if size > before.get(place, 0)}
    assert not grown, "tell it to `ports.memory`"


WRONG = {"grant_type": "password", "username": CENTRE.account("auditor"), "password": "not that one"}


async def use(house: House) -> None:
    await approve(house, SMALL)
    await house.run_until_quiet()
    async with browsers_at(house) as signed_in:
        browser = await signed_in(CENTRE.account("centre_approver"))
        for address in ("/", "/approvals", "/rosters", "/annual-plans"):
            assert (await browser.open(address)).status_code == 200


def remembered(house: House) -> dict[str, int]:
    """How much lies in each container of every object of ours that the services of this house hold."""
    found: dict[str, int] = {}
    for thing in reached([service.app for service in house.services.values()]):
        for name, value in fields_of(thing):
            if isinstance(value, REMEMBERS):
                place = f"{type(thing).__module__}.{type(thing).__name__}.{name}"
                found[place] = found.get(place, 0) + len(value)
    return found


def fields_of(thing: object) -> Iterator[tuple[str, object]]:
    yield from getattr(thing, "__dict__", {}).items()
    for kind in type(thing).__mro__:
        names = getattr(kind, "__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            if name != "__dict__" and hasattr(thing, name):
                yield name, getattr(thing, name)


def reached(roots: list[Any]) -> Iterator[object]:
    """Objects of our classes, through closures, methods and containers; not through classes, modules and what is the test's."""
    seen: set[int] = set()
    waiting: list[Any] = list(roots)
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        module = str(type(thing).__module__)
        if module.startswith(OURS):
            yield thing
        if isinstance(thing, FunctionType):
            waiting += [cell.cell_contents for cell in thing.__closure__ or () if is_filled(cell)]
        elif isinstance(thing, MethodType):
            waiting += [thing.__self__, thing.__func__]
        elif not isinstance(thing, type | ModuleType) and not module.startswith("tests."):
            waiting += gc.get_referents(thing)


def is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False
