"""Cursor paging: `?after=<cursor>&limit=`; an answer is `{"items": […], "next": "<cursor>" | null}`."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from shared.actor import Actor
from shared.errors import Invalid
from shared.keeping import placed, repository
from shared.keeping.aggregate import Aggregate
from shared.ports import Page, Store, Value

_NO_CURSOR = (
    "参数 `after` 应为上一页应答中的 `next`，请从第一页重新读起 · "
    "`after` must be the `next` of the page before: begin again without it"
)
LONGEST_CURSOR = 1000  # characters; a path and an id need fewer, and what is longer could nest too deep to be read


class Cursor(BaseModel):
    after: tuple[Value, str] | None
    limit: int


T = TypeVar("T")
A = TypeVar("A", bound=Aggregate)


class Listing(BaseModel, Generic[T]):
    """One page."""

    items: list[T] = Field(description="本页各项 · what this page shows")
    next: str | None = Field(None, description="下一页的 after，末页为空 · send as `after` to go on; null at the end")
    left_out: list[str] = Field(
        [],
        description="无法读取而未列出的文档编号，请告知运行管理员 · "
        "ids of documents that cannot be read and are left out: tell the operator",
    )


def _cursor(
    after: Annotated[
        str, Query(max_length=LONGEST_CURSOR, description="上一页给出的游标，即其 `next` · `next` of the page before")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=500, description="每页最多几项 · how many a page may have")] = 100,
) -> Cursor:
    return Cursor(after=_decode(after), limit=limit)


Paged = Annotated[Cursor, Depends(_cursor)]


async def below(store: Store, kind: str, by: Actor, cursor: Cursor, where: Mapping[str, Value] | None = None) -> Page:
    """A page of the records of one's own body and of everything below it."""
    return await repository.below(store, kind, by, where, after=cursor.after, limit=cursor.limit)


class StateCounts(BaseModel):
    """How many there are in each state: of one's own body and of everything below it."""

    states: dict[str, int] = Field(
        description="各状态的份数，本机构及下属合计，没有的为 0 · how many there are in each state, of one's own body and "
        "everything below it; 0 where there are none"
    )


async def counted_below(store: Store, what: type[Aggregate], by: Actor) -> StateCounts:
    """By the index that also serves the list of one state; what is counted is not read."""
    return StateCounts(
        states={
            state: await store.count(what.KIND, {"state": state}, between=placed.below(by.path))
            for state in what.WORDS.states
        }
    )


def listing(items: Sequence[T], page: Page, left_out: Sequence[str] = ()) -> Listing[T]:
    return Listing(items=list(items), next=_encode(page.next), left_out=list(left_out))


def shown(page: Page, what: type[A], show: Callable[[A], T]) -> Listing[T]:
    """The documents of a page, each as `show` answers it. What cannot be read is left out, and said."""
    found, left_out = repository.readable(what, page.records)
    return listing([show(one) for one in found], page, left_out)


def _encode(position: tuple[Value, str] | None) -> str | None:
    if position is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(position, ensure_ascii=False).encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[Value, str] | None:
    if not cursor:
        return None
    try:
        value, id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, TypeError) as error:
        raise Invalid(_NO_CURSOR) from error
    if not isinstance(id, str) or not _storable(value) or not _storable(id):
        raise Invalid(_NO_CURSOR)
    return value, id


def _storable(value: object) -> bool:
    """Whether a database takes it as an operand: 64 bits, and no halves of characters."""
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    return isinstance(value, int) and -(2**63) <= value < 2**63
