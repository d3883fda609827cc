"""The registers in the store: blocks of numbers are granted here."""

from __future__ import annotations

from services.certificate import ids
from services.certificate.numbers.number_register import NumberRegister
from shared.keeping import repository
from shared.ports import Store


async def grant(store: Store, register: NumberRegister, roster: str, count: int) -> int:
    """register: as `register_of` answers it. Answers the first sequence of the roster's block.

    Raises Refused, or Stale when another roster of the same register was faster: the handler then runs again."""
    if not register.version:
        await repository.add(store, register)
        register = await repository.load(store, NumberRegister, register.id)
    first, new = register.grant(roster, count)
    if new:
        await repository.save(store, register)
    return first


async def register_of(store: Store, year: int, institution: str, level: int) -> NumberRegister:
    """The one there is, or a fresh one that is not stored yet."""
    id = ids.register_id(year, institution, level)
    known = await repository.seek(store, NumberRegister, id)
    return known or NumberRegister(id=id, year=year, institution=institution, level=level)
