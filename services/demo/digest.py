"""A digest at the end of the play: what an office is told of the day in one letter, as it reads it."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.demo.clerk import Clerk


async def read(clerk: Clerk, day: date) -> dict[str, Any]:
    """Of the clerk's office."""
    found: dict[str, Any] = await clerk.get(f"/notification/digests/{day}")
    return found


def show(digest: dict[str, Any], office: str) -> None:
    """The letter, whole. office: whose it is."""
    print()
    print(f"每日汇总，{office} · the digest of a day")
    print(f"标题 subject: {digest['subject']}")
    print()
    print(digest["text"].rstrip())
    print()
