"""The clock's question: what is due, and which mark was reached? Asking twice changes nothing, nor do two clocks at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from shared.keeping import repository
from shared.ports import Store
from shared.procedure.approval import Approval
from shared.procedure.duty import Duty, Reminding

T = TypeVar("T")
D = TypeVar("D", bound=Duty)


async def remind_each(store: Store, each: Iterable[T], reminded: Callable[[T], Awaitable[Reminding | None]]) -> None:
    """reminded: the document that is due, with a reminder noted; None where there is nothing to say."""

    async def remind_of(about: T) -> None:
        due = await reminded(about)
        if due is not None:
            await repository.save_if_first(store, due)  # False: another clock was faster, and its mark counts

    await asyncio.gather(*(remind_of(about) for about in each))


async def remind_of_forms(store: Store, form: type[Approval], owed: Iterable[D], remind: Callable[[D], bool]) -> None:
    """Note at most one reminder for each body that has not handed in its form (R1, R2).

    owed: the duty of every such body, as it is before its first reminder. remind: the verb of the duty."""

    async def reminded(fresh: D) -> D | None:
        handed_in = await repository.seek(store, form, fresh.id)
        if handed_in is not None and handed_in.on_hand:
            return None
        duty = await repository.seek(store, type(fresh), fresh.id) or fresh
        return duty if remind(duty) else None

    await remind_each(store, owed, reminded)
