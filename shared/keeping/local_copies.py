"""Copies of another owner's facts, kept by whoever needs them: the latest one wins, older arrivals are dropped."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from shared.contracts.envelope import Envelope, Fact
from shared.errors import NotYet, Stale
from shared.ports import Kind, Record, Store, every_record

F = TypeVar("F", bound=Fact)


def kind_of(fact: type[Fact]) -> str:
    """The collection of the copies: `copy_body` for `body.registered.v1`."""
    return "copy_" + fact.TYPE.split(".")[0]


def kinds(*facts: type[Fact]) -> tuple[Kind, ...]:
    return tuple(Kind(kind_of(fact)) for fact in facts)


async def keep(store: Store, fact: type[Fact], envelope: Envelope) -> None:
    """Safe to run again and out of order: the sequence of the source is the watermark, written with the copy.

    Raises Stale when another worker wrote the same copy in between."""
    kind, id = kind_of(fact), envelope.subject
    body = {"sequence": envelope.sequence, "copy": fact.from_data(envelope.data).model_dump(mode="json")}
    known = await store.get(kind, id)
    if known is None:
        if not await store.add(kind, Record(id, body)):
            raise Stale
    elif known.body["sequence"] < envelope.sequence:
        await store.put(kind, Record(id, body, known.version, known.facts))


async def seek(store: Store, fact: type[F], id: str) -> F | None:
    known = await latest(store, fact, id)
    return known[1] if known else None


async def latest(store: Store, fact: type[F], id: str) -> tuple[str, F] | None:
    """With its watermark, by which another fact of the same source is known to be older or newer."""
    known = await store.get(kind_of(fact), id)
    return (known.body["sequence"], fact.from_data(known.body["copy"])) if known else None


async def latest_of(store: Store, fact: type[F], ids: Collection[str]) -> dict[str, tuple[str, F]]:
    """The same of many, by id; those that are known here."""
    known = await store.get_many(kind_of(fact), sorted(ids))
    return {record.id: (record.body["sequence"], fact.from_data(record.body["copy"])) for record in known}


async def copy_of(store: Store, fact: type[F], id: str) -> F:
    """Raises NotYet: the fact may still be on its way."""
    known = await seek(store, fact, id)
    if known is None:
        raise NotYet(f"{id} 尚未生效，请稍后再试 · {fact.TYPE} of {id} has not arrived here (yet)")
    return known


async def copies_of(store: Store, fact: type[F], ids: Collection[str]) -> dict[str, F]:
    """By id, those that are known here."""
    known = await store.get_many(kind_of(fact), sorted(ids))
    return {record.id: fact.from_data(record.body["copy"]) for record in known}


async def all_copies(store: Store, fact: type[F]) -> list[F]:
    return [fact.from_data(record.body["copy"]) async for record in every_record(store, kind_of(fact))]
