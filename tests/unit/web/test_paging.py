"""Cursors, tags and keys: what was given out comes back, and nothing else is taken for it."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest
from fastapi import Response

from shared.ports import Page
from shared.web.app import not_found_app
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Paged, listing
from shared.web.preconditions import ExpectedVersion, tag


async def asked(path: str, **headers: str) -> httpx.Response:
    app = not_found_app()

    @app.get("/cursor")
    async def cursor(asked: Paged) -> list[Any]:
        return [asked.after, asked.limit]

    @app.get("/version")
    async def version(expected: ExpectedVersion) -> int:
        return expected

    @app.get("/key")
    async def key(key: IdempotencyKey) -> str:
        return key

    @app.get("/tagged")
    async def tagged(response: Response) -> str:
        tag(response, 7)
        return ""

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as visitor:
        return await visitor.get(path, headers=headers)


@pytest.mark.parametrize(
    "position",
    [("/49000001/", "a"), ("张三", "张三"), (3, "a"), (-(2**63), "x"), (2**63 - 1, "x"), ("", "")],
    ids=repr,
)
async def test_a_cursor_leads_to_where_the_page_ended(position: tuple[Any, str]) -> None:
    given = listing(["x"], Page((), position), ["torn"])
    assert given.left_out == ["torn"] and given.items == ["x"]
    assert given.next and "=" not in given.next
    answer = await asked(f"/cursor?after={given.next}&limit=5")
    assert answer.json() == [list(position), 5]


async def test_the_first_page_and_the_last() -> None:
    assert (await asked("/cursor")).json() == [None, 100]
    assert listing([], Page((), None)).next is None


@pytest.mark.parametrize(("limit", "status"), [(0, 422), (1, 200), (500, 200), (501, 422)])
async def test_how_much_a_page_may_have(limit: int, status: int) -> None:
    assert (await asked(f"/cursor?limit={limit}")).status_code == status


def made_up(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "nonsense",
        made_up([]),
        made_up(["a"]),
        made_up(["a", "b", "c"]),
        made_up(7),
        made_up({"a": 1}),
        made_up(["a", 7]),
        made_up([None, "a"]),
        made_up([1.5, "a"]),
        made_up([[1], "a"]),
        made_up([2**63, "a"]),
        made_up([-(2**63) - 1, "a"]),
        made_up(["\ud800", "a"]),
        made_up(["\udfff", "a"]),
        made_up(["a", "\ud800"]),
        "a" * 1001,
    ],
)
async def test_what_is_no_cursor(cursor: str) -> None:
    assert (await asked(f"/cursor?after={cursor}")).status_code == 422


async def test_a_tag_is_taken_back() -> None:
    given = (await asked("/tagged")).headers["ETag"]
    assert given == '"v7"'
    assert (await asked("/version", **{"If-Match": given})).json() == 7
    assert (await asked("/version", **{"If-Match": ' "v999999999" '})).json() == 999_999_999


@pytest.mark.parametrize(
    ("sent", "status"), [("", 428), ("v7", 400), ('W/"v7"', 400), ('"v1234567890"', 400), ('"v7"x', 400), ("*", 400)]
)
async def test_a_tag_of_nobody_of_ours(sent: str, status: int) -> None:
    assert (await asked("/version", **{"If-Match": sent})).status_code == status


@pytest.mark.parametrize(("sent", "status"), [("k", 200), (" k ", 200), ("k" * 200, 200), ("", 400), ("  ", 400)])
async def test_keys(sent: str, status: int) -> None:
    answer = await asked("/key", **{"Idempotency-Key": sent})
    assert answer.status_code == status
    if status == 200:
        assert answer.json() == sent.strip()


@pytest.mark.parametrize(("path", "status"), [("/version", 428), ("/key", 400)])
async def test_who_sends_none_is_told_so(path: str, status: int) -> None:
    assert (await asked(path)).status_code == status


async def test_a_key_is_not_endless() -> None:
    assert (await asked("/key", **{"Idempotency-Key": "k" * 201})).status_code >= 400
