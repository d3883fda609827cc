"""Forms that wait in a session for a fresh sign-in: so many, so much of them, and the oldest give way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.console.refusal import Kept
from services.console.sessions.session import LARGEST_KEPT, MOST_KEPT, Holder, Secret, Session

SESSION = Session(
    holder=Holder(account="a", name="张三", body="49001001", path="/49001001", roles=[]),
    access="",
    access_until=datetime(2026, 5, 1, tzinfo=UTC),
    refresh="",
)


def form(size: int, character: str = "x") -> Kept:
    return Kept("/annual-plans/new", (("reason", character * size),))


def test_the_oldest_gives_way() -> None:
    session = SESSION
    for n in range(MOST_KEPT + 1):
        session = session.keeping(str(n), form(1))
    assert list(session.kept) == [str(n) for n in range(1, MOST_KEPT + 1)]


def test_so_much_waits_and_no_more() -> None:
    session = SESSION.keeping("first", form(LARGEST_KEPT // 2)).keeping("second", form(LARGEST_KEPT // 2))
    assert list(session.kept) == ["second"]
    assert list(session.keeping("third", form(10)).kept) == ["second", "third"]


@pytest.mark.parametrize("character", ["x", "\x01", "字"])
def test_what_is_too_large_alone_is_not_kept(character: str) -> None:
    """Whatever it is written with: a character may take six in the record."""
    session = SESSION.keeping("first", form(10)).keeping("huge", form(LARGEST_KEPT, character))
    assert not session.kept
    assert len(Secret.new().seal(session)) < 2 * LARGEST_KEPT
