"""What a service heard from others: their facts arrive, as they would by its queues."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from shared.contracts.directory import BodyRegistered
from shared.contracts.envelope import PREFIX, Envelope, Fact
from shared.keeping import local_copies
from shared.ports import Store
from tests.world.clock import MORNING

_sequence = count(1)


def told(id: str, fact: Fact, sequence: int = 0, at: datetime = MORNING) -> Envelope:
    """The fact as it arrives: after all that arrived before, unless its sequence is said."""
    number = f"{sequence or next(_sequence):010d}"
    return Envelope(
        id=f"/elsewhere/document/{id}#{number}",
        source="/elsewhere",
        type=PREFIX + fact.TYPE,
        subject=id,
        time=at,
        sequence=number,
        data=fact.model_dump(mode="json"),
    )


async def hear(store: Store, id: str, fact: Fact) -> None:
    """The latest about the document `id` of another service."""
    await local_copies.keep(store, type(fact), told(id, fact))


async def hear_of_body(store: Store, code: str, path: str, **more: Any) -> None:
    """A station, unless said otherwise; the Centre where nothing stands above it."""
    usual = {
        "kind": "station" if path.count("/") > 2 else "centre",
        "name_zh": "名称",
        "name_en": "Name",
        "produces": False,
        "email": "office@example.org",
    }
    await hear(store, code, BodyRegistered.model_validate({"body": code, "path": path, **usual, **more}))
