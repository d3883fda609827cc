"""Certificates in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.certificate.certificates.certificate import Certificate
from shared.ports import Page, Store, Value


async def add(store: Store, certificates: Sequence[Certificate]) -> None:
    """Each if absent: the first write of a certificate is the one that counts."""
    await store.add_many(Certificate.KIND, [replace(new.as_record(), version=1) for new in certificates])


async def numbered(store: Store, number: str) -> Certificate | None:
    page = await store.find(Certificate.KIND, {"number": number}, limit=1)
    return Certificate.from_record(page.records[0]) if page.records else None


async def in_batch(store: Store, batch: str, count: int) -> list[Certificate]:
    """count: how many there are at the most."""
    page = await store.find(Certificate.KIND, {"batch": batch}, sort="n", limit=count)
    return [Certificate.from_record(record) for record in page.records]


async def page_of_roster(store: Store, roster: str, after: tuple[Value, str] | None, limit: int) -> Page:
    """A page of them, in the order of the roster's lines."""
    return await store.find(Certificate.KIND, {"roster": roster}, sort="n", after=after, limit=limit)


async def lines_of_roster(store: Store, roster: str, first: int, count: int) -> list[Certificate]:
    """Those of `count` lines from `first` on, in their order."""
    page = await store.find(
        Certificate.KIND, {"roster": roster}, between=("n", first, first + count), sort="n", limit=count
    )
    return [Certificate.from_record(record) for record in page.records]
