"""Computed ids of notification. A format below must never change, or a retry would no longer recognise its own work."""

from __future__ import annotations

from shared.keeping.ids import computed


def mailing_id(fact: str, letter: str, recipient: str) -> str:
    return computed("mailing", fact, letter, recipient.casefold())
