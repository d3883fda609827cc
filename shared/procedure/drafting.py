"""The first draft of a form, also in the place of one that was discarded: ids are computed, so it is the same document."""

from __future__ import annotations

from typing import TypeVar

from shared.keeping import creation, repository
from shared.keeping.asked import Asked
from shared.ports import Store
from shared.procedure.approval import DISCARDED, Approval

F = TypeVar("F", bound=Approval)


async def draft(store: Store, asked: Asked, fresh: F, request: str, location: str) -> F:
    """fresh: as it would be if there had been none before. The same request again changes nothing, also when what it made
    was discarded since. Raises AlreadyThere, NotAllowed."""
    own = type(fresh).model_fields.keys() - Approval.model_fields.keys()

    async def once() -> F:
        known = await repository.seek(store, type(fresh), fresh.id)
        if known is None or known.state != DISCARDED or known.request == request:
            return await creation.create(store, fresh, request, location)
        known.body, known.path, known.request = fresh.body, fresh.path, request
        known.redraft(asked.by, asked.at, **{field: getattr(fresh, field) for field in own})
        await repository.save(store, known)
        return known

    # Of two who draft in the same place at once, the second finds what the first one made, as everywhere.
    return await repository.in_turn(once, repository.TRIES)
